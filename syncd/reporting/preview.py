"""One entry as people will read it in a place: titles with their days, then the description, as plain lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from mapping.desired import desired_events
from mapping.document.names import SCHOOL_PLACE
from mapping.document.plain import unknown
from mapping.model import CanonicalCalendar, DesiredEvent, Entry, Target
from mapping.shapes import DRAWINGS
from mapping.text.typography import plain
from syncd.errors import UsageError
from syncd.reporting.english import days
from syncd.reporting.feed import readable

PLACES = ("canvas", "google", "feed")
_KIND_OF_FEED = "google"


def preview(
    calendar: CanonicalCalendar,
    entry: Entry,
    *,
    place: str,
    languages: tuple[str, ...],
    school: str | None,
    today: date,
) -> Iterator[str]:
    """Lines, each with its line end. Nothing is drawn for a rule that is told elsewhere: then a word of where."""
    events = _events(calendar, entry, place=place, languages=languages, school=school, today=today)
    if not events:
        yield _not_drawn(entry)
        return
    for event in events:
        yield f"{plain(event.title)}  [{days(event.days)}]\n"
    body = plain(events[0].body)
    yield f"\n{readable(calendar, body, languages[0]) if place == 'feed' else body}\n"


def sample(calendar: CanonicalCalendar) -> Entry:
    """The entry that says most of itself: a shown one with the longest official text."""
    entries = [one for year in calendar.years.values() for one in year.entries if one.days is not None]
    if not entries:
        raise UsageError("The calendar has no entry with a day; name one.")
    return max(entries, key=lambda one: max(map(len, one.text.values()), default=0))


def find_entry(calendar: CanonicalCalendar, name: str) -> Entry:
    """The entry of that id, of the latest year that has it. Raises `UsageError`."""
    found = [one for year in calendar.years.values() for one in year.entries if one.id == name]
    if not found:
        known = {one.id for year in calendar.years.values() for one in year.entries}
        raise UsageError(unknown("entry", name, known))
    return found[-1]


def _events(
    calendar: CanonicalCalendar,
    entry: Entry,
    *,
    place: str,
    languages: tuple[str, ...],
    school: str | None,
    today: date,
) -> list[DesiredEvent]:
    kind = _KIND_OF_FEED if place == "feed" else place
    target = Target(
        name="preview",
        kind=kind,
        place=SCHOOL_PLACE,
        languages=languages,
        years=(entry.year,),
        school=school or next(iter(entry.schools), None),
        include=frozenset({entry.id}),
    )
    drawing = replace(DRAWINGS[kind], markup="text")
    found = desired_events(calendar, target, drawing, today).values()
    return [event for event in found if event.entry == entry.id]


def _not_drawn(entry: Entry) -> str:
    if entry.rule is None:
        return f"{entry.id} is not shown there.\n"
    if entry.rule.publish == "page":
        return f"{entry.id} stands on the calendar's page alone (publish: page).\n"
    return f"{entry.id} has no event of its own: it is told in {', '.join(entry.rule.anchors)}.\n"
