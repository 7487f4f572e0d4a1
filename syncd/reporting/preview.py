"""One entry as people will read it in a place: titles with their days, then the description, as plain lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from mapping.desired import desired_events
from mapping.document.names import SCHOOL_PLACE
from mapping.document.plain import unknown
from mapping.model import CanonicalCalendar, DesiredEvent, Entry, Kind, Target
from mapping.shapes import DRAWINGS
from mapping.text.typography import plain
from syncd.errors import UsageError
from syncd.reporting.english import counted, days
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


def sample(calendar: CanonicalCalendar) -> Entry | None:
    """One that stands for all: the first window that is no day off, else the first day; None where none has one."""
    entries = [one for year in calendar.years.values() for one in year.entries if one.days is not None]
    off = {name for name, category in calendar.university.categories.items() if category.day_off}
    windows = (one for one in entries if one.kind is Kind.WINDOW and one.category not in off)
    return next(windows, entries[0] if entries else None)


def read_aloud(calendar: CanonicalCalendar, entry: Entry, today: date) -> Iterator[tuple[str, str]]:
    """(places and language, the entry as it reads there); places where it reads the same are one.

    Where it reads as somewhere else but for the last lines, that is said in a line of its own.
    """
    for language in calendar.university.languages:
        places: dict[str, list[str]] = {}
        for place in PLACES:
            lines = preview(calendar, entry, place=place, languages=(language,), school=None, today=today)
            places.setdefault("".join(lines).rstrip(), []).append(place)
        for text, same in places.items():
            longer = next((one for one in places if one != text and one.startswith(f"{text}\n")), "")
            cut = counted(len(longer.removeprefix(text).split("\n\n")) - 1, "paragraph")
            likewise = f"as {' and '.join(places[longer])}, without the last {cut}." if longer else text
            yield f"{' and '.join(same)}, {language}", likewise


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
