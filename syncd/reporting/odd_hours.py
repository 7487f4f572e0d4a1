"""Times of day that a day does not have, or has twice, because clocks change: what people will see instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mapping.desired import zone_of_hours
from mapping.model import CanonicalCalendar, Entry, Target
from mapping.routing import of_school
from mapping.shapes import CANVAS, drawn
from syncd.reporting.english import clock, day


def odd_hours(
    calendar: CanonicalCalendar, entries: Iterable[Entry], targets: Iterable[Target]
) -> Iterator[str]:
    """A sentence for each time of an entry that is odd in a zone in which it is read.

    ``targets``: who shows the entries; feeds are read in the university's zone besides.
    """
    readers = [_reader(calendar.university.timezone), *targets]
    for entry in entries:
        own = zone_of_hours(calendar, entry)
        zones = {own or one.timezone for one in readers if of_school(entry, one)}
        for zone in sorted(filter(None, zones)):
            for when, at in _times(entry):
                before, after = (
                    datetime.combine(when, at.replace(fold=fold), ZoneInfo(zone)).utcoffset() or timedelta()
                    for fold in (0, 1)
                )
                if before < after:
                    yield _left_out(calendar, entry, zone, when, at)
                elif before > after:
                    yield (
                        f"{entry.id}: {at:%H:%M} on {day(when)} comes twice in {zone}, where clocks go back then; "
                        "calendars take the first. If the second is meant, name a time after the change."
                    )


def _reader(zone: str) -> Target:
    return Target(name="check", kind="canvas", place="course", languages=(), timezone=zone)


def _times(entry: Entry) -> Iterator[tuple[date, time]]:
    """Each minute that the entry names."""
    for span in entry.spans:
        if entry.hours.begins is not None:
            yield span.start, entry.hours.begins
        if entry.hours.ends is not None:
            yield span.last, entry.hours.ends


def _left_out(calendar: CanonicalCalendar, entry: Entry, zone: str, when: date, at: time) -> str:
    events = drawn(entry, _reader(zone), CANVAS, calendar.university.moment_minutes, zone)
    shown = ", ".join(
        clock(one.days) for one in events if one.days.clock and when in {one.days.start, one.days.last}
    )
    return (
        f"{entry.id}: {at:%H:%M} on {day(when)} does not exist in {zone}, where clocks go forward over it; people will "
        f"see {shown or 'another time'}, while the title says {at:%H:%M}. Name a time that the day has."
    )
