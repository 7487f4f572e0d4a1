"""Planning from records alone: a recorded event as it was last observed, and which contexts plan alike.

What is planned so is checked against a read of each event before it is written.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from collections.abc import Set as AbstractSet

from mapping.identity import day_words
from mapping.model import Context, Marker, ObservedEvent, Record


def as_last_seen(owner: str, context: str, record: Record) -> ObservedEvent:
    """A recorded event as it was last observed."""
    marker = Marker(
        owner=owner,
        key=record.key,
        context=context,
        fingerprint=record.fingerprint,
        generation=record.generation,
    )
    return ObservedEvent(
        context=context,
        remote_id=record.remote_id,
        title=record.title,
        days=record.days,
        when=day_words(record.days),
        last_day=record.days.last if record.days is not None else None,
        marker=marker,
        genuine=True,
        body_hash=record.body_hash,
        version=record.version,
        body_known=False,
    )


def likeness(context: Context, records: Mapping[str, Record], respected: AbstractSet[str]) -> Hashable:
    """Equal for contexts of one target whose plans from `as_last_seen` differ in nothing but ids.

    The ids are the contexts' and their events'; versions and the service's own times, which go with an event's id, say
    nothing here, since no event was read. ``respected``: of the context, as `mapping.planning.plan.Situation` has it.
    """
    return (
        context.target,
        context.kind,
        context.published,
        frozenset(respected),
        frozenset(
            (
                key,
                record.title,
                record.days,
                record.fingerprint,
                record.body_hash,
                record.has_tail,
                record.generation,
                record.wish,
            )
            for key, record in records.items()
        ),
    )
