"""What a service does not store as it was sent: when that counts, and when the event is left at rest.

A wish that came back different twice in a row is not sent a third time. Different in the answer to our own
write, or at a later read at which the service's own time of the last change is still that of our write; a
later time is somebody's edit, and no matter of this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mapping.identity import body_hash, day_words, visible_words
from mapping.model import DesiredEvent, FieldChange, ObservedEvent, Record, Unstored

MOST_SENT = 2
"""Times that one wish is sent although it comes back different."""


def as_made(event: ObservedEvent) -> str:
    """Hash of all that we manage in an event, as the service shows it."""
    mark = event.marker.fingerprint if event.marker is not None and event.genuine else ""
    when = day_words(event.days) or event.when
    return body_hash("\x1f".join((visible_words(event.title), when, event.body_hash, mark)))


def after_write(
    before: Unstored | None, desired: DesiredEvent, event: ObservedEvent, deviation: str, *, now: float
) -> Unstored | None:
    """What to remember of a wish once its write was answered; None where there is nothing to.

    An answer that is as sent proves nothing yet where the wish came back different before.
    """
    wish = desired.mark
    same = before is not None and before.wish == wish
    if not deviation:
        return replace(before, tried_at=now) if before is not None and same else None
    return Unstored(
        key=desired.key,
        wish=wish,
        times=(before.times if before is not None and same else 0) + 1,
        stamp=event.stamp,
        made=as_made(event),
        words=deviation,
        tried_at=now,
    )


def after_read(
    before: Unstored | None,
    desired: DesiredEvent,
    event: ObservedEvent,
    record: Record | None,
    fields: Sequence[FieldChange],
) -> Unstored | None:
    """What to remember of a wish that a read shows different in these fields."""
    wish = desired.mark
    if before is not None and before.wish != wish:
        before = None
    if record is None or record.wish != wish or not is_as_we_left_it(event, record):
        return before
    if before is not None and before.stamp == event.stamp:
        return before
    return Unstored(
        key=desired.key,
        wish=wish,
        times=(before.times if before is not None else 0) + 1,
        stamp=event.stamp,
        made=as_made(event),
        words="; ".join(_words(one) for one in fields),
        tried_at=before.tried_at if before is not None else 0.0,
    )


def is_at_rest(known: Unstored | None, event: ObservedEvent) -> bool:
    """Whether what the event differs in is what the service makes of our wish, sent often enough."""
    if known is None or known.times < MOST_SENT:
        return False
    return (bool(event.stamp) and event.stamp == known.stamp) or as_made(event) == known.made


def is_as_we_left_it(event: ObservedEvent, record: Record | None) -> bool:
    """Whether the service's own time says that nobody changed the event since our last write."""
    return (
        record is not None
        and bool(event.stamp)
        and record.remote_id == event.remote_id
        and record.stamp == event.stamp
    )


def was_edited(event: ObservedEvent, record: Record | None) -> bool:
    """Whether the service's own time shows an edit after our last write."""
    return (
        record is not None
        and bool(record.stamp)
        and record.remote_id == event.remote_id
        and event.stamp > record.stamp
    )


def _words(change: FieldChange) -> str:
    if change.name in {"title", "days"}:
        return f"{change.name} is {change.old or 'none'} instead of {change.new}"
    return f"{change.name} differs from what was sent"
