"""Our zone rules against those that a service applied, as its own answers show them. Decides, writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from datetime import date

from connectors.errors import ZoneRulesError
from mapping.model import Context, ObservedEvent, Record
from mapping.planning.unstored import is_as_we_left_it, was_edited
from syncd.config.zone_data import in_use


def check_offset(context: Context, event: ObservedEvent) -> None:
    """Raises `ZoneRulesError` where the service laid another offset on the event's day than ours."""
    offset = event.offset
    if offset is not None and offset.differs:
        raise ZoneRulesError(
            day=offset.day.isoformat(),
            ours=offset.ours,
            theirs=offset.theirs,
            rules=str(in_use()),
            context=context.id,
        )


def check_context(
    context: Context,
    events: Iterable[ObservedEvent],
    records: Mapping[str, Record],
    unclear: Collection[str],
    told_from: date,
) -> None:
    """The same for the event of ours that was written last and that nobody has changed since.

    The others may still lie as older rules put them. ``records``: by event key. ``unclear``: keys of events whose write
    had no answer, where this read is the first that shows what the service made of it. ``told_from``: what lies before
    that day tells nothing, but for an unclear write.
    """
    by_id = {record.remote_id: record for record in records.values() if record.stamp}
    if not by_id and not unclear:
        return
    ours = [
        event
        for event in events
        if event.offset is not None
        and (
            (event.offset.day >= told_from and is_as_we_left_it(event, by_id.get(event.remote_id)))
            or _is_of_unclear_write(event, records, unclear)
        )
    ]
    if ours:
        check_offset(context, max(ours, key=lambda event: event.stamp))


def _is_of_unclear_write(
    event: ObservedEvent, records: Mapping[str, Record], unclear: Container[str]
) -> bool:
    marker = event.marker
    if marker is None or not event.genuine or marker.key not in unclear:
        return False
    record = records.get(marker.key)
    return record is None or was_edited(event, record)
