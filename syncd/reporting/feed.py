"""The canonical calendar as iCalendar and CSV, for programs that are neither Canvas nor Google.

The same entries, titles and texts as a school's Google calendar. UIDs depend on the entry alone, never
on title or date, so that a subscriber sees an event move and not vanish.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vDuration, vText

from mapping.desired import desired_events, drawing_for
from mapping.document.names import SCHOOL_PLACE
from mapping.identity import split_key
from mapping.model import CanonicalCalendar, Days, DesiredEvent, Entry, Target
from mapping.revisions import moment_by_files, sequence_of
from mapping.text.phrases import Voice, is_fixed_line
from mapping.text.typography import plain, unbroken

REFRESH_EVERY = timedelta(hours=6)
"""How often a subscriber is asked to look again."""
_KIND = "google"
"""Whose drawing a feed has: whole days, plain text."""


def events_of(
    calendar: CanonicalCalendar,
    *,
    school: str | None,
    language: str,
    today: date,
    timezone: str = "",
    moments: bool = False,
) -> Mapping[str, DesiredEvent]:
    """What a school's calendar shows, by event key; None for what concerns any school. ``today``: see titles.

    ``timezone``: see `zone_of`. ``moments``: a deadline is its minute, as a page can say it, and not the half hour
    that a calendar needs to draw it.
    """
    target = Target(
        name="export",
        kind=_KIND,
        place=SCHOOL_PLACE,
        languages=(language,),
        school=school,
        colours=False,
        timezone=zone_of(calendar, school, timezone),
    )
    drawing = drawing_for(target)
    return desired_events(calendar, target, replace(drawing, moments=moments or drawing.moments), today)


def zone_of(calendar: CanonicalCalendar, school: str | None, timezone: str) -> str:
    """The school's zone, else the university's, else the one given; '' where none is known."""
    of_school = calendar.university.schools[school].timezone if school is not None else ""
    return of_school or calendar.university.timezone or timezone


def as_ics(
    calendar: CanonicalCalendar,
    events: Mapping[str, DesiredEvent],
    *,
    school: str | None,
    language: str,
    timezone: str = "",
    revised: Mapping[tuple[str, str], int] | None = None,
) -> bytes:
    """iCalendar, RFC 5545: whole days, DTEND exclusive, CRLF. The same data gives the same bytes.

    ``revised``: see `mapping.revisions`; what is not in it counts from its approval.

    Timed events are moments in UTC; where no zone is known, the wall clock of whoever reads.
    """
    zone = zone_of(calendar, school, timezone)
    feed = Calendar()
    feed.add("prodid", "-//syncd//academic calendar//EN")
    feed.add("version", "2.0")
    feed.add("calscale", "GREGORIAN")
    feed.add("method", "PUBLISH")
    # As text of its own: the library writes properties that RFC 5545 does not know without escaping them.
    feed["name"] = feed["x-wr-calname"] = vText(_name(calendar, school, language))
    feed.add("refresh-interval", vDuration(REFRESH_EVERY), parameters={"value": "DURATION"})
    feed.add("x-published-ttl", vDuration(REFRESH_EVERY))
    entries = _entries(calendar)
    for key, event in events.items():
        entry = _entry(entries, key)
        known = (revised or {}).get((entry.year, entry.id))
        moment = moment_by_files(calendar, entry, {}) if known is None else known
        feed.add_component(_event(calendar, entry, event, language, zone, moment))
    return bytes(feed.to_ical())


def as_csv(calendar: CanonicalCalendar, events: Mapping[str, DesiredEvent], *, language: str) -> str:
    """One event a line, first and last day both included, as a spreadsheet reads it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["start", "end", "title", "category", "ref", "entry", "key", "from", "to"])
    entries = _entries(calendar)
    for key, event in events.items():
        entry = _entry(entries, key)
        category = calendar.university.say(calendar.university.categories[entry.category].name, language)
        cells = [event.title, category, entry.ref, entry.id, key]
        days = [event.days.start.isoformat(), event.days.last.isoformat()]
        clock = [f"{one:%H:%M}" for one in event.days.clock] or ["", ""]
        writer.writerow([*days, *(_inert(cell) for cell in cells), *clock])
    return out.getvalue()


def _entries(calendar: CanonicalCalendar) -> Mapping[tuple[str, str], Entry]:
    """Entries by year and id."""
    return {(name, entry.id): entry for name, year in calendar.years.items() for entry in year.entries}


def _entry(entries: Mapping[tuple[str, str], Entry], key: str) -> Entry:
    year, entry, _ = split_key(key)
    return entries[year, entry]


def _event(
    calendar: CanonicalCalendar, entry: Entry, event: DesiredEvent, language: str, zone: str, moment: int
) -> Event:
    found = Event()
    since = datetime.fromtimestamp(moment, tz=UTC)
    found.add("uid", uid(event.key))
    found.add("dtstamp", since)
    found.add("last-modified", since)
    found.add("sequence", sequence_of(moment))
    # No LANGUAGE parameter: readers that keep parameters beside the value show an object for the title.
    found.add("summary", unbroken(event.title))
    found.add("description", _description(calendar, event, language))
    first, last = _span(event.days, zone)
    found.add("dtstart", first)
    found.add("dtend", last)
    found.add("transp", "TRANSPARENT")
    category = calendar.university.categories[entry.category]
    found.add("categories", [calendar.university.say(category.name, language)])
    return found


def _span(days: Days, zone: str) -> tuple[date, date]:
    """Days, or moments for timed ones; never of no length."""
    if not days.clock:
        return days.start, days.end
    first, last = (
        datetime.combine(day, at) for day, at in zip((days.start, days.last), days.clock, strict=True)
    )
    if zone:
        first, last = (one.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for one in (first, last))
    return first, last


def _description(calendar: CanonicalCalendar, event: DesiredEvent, language: str) -> str:
    return readable(calendar, event.body, language)


def readable(calendar: CanonicalCalendar, body: str, language: str) -> str:
    """A body without what it says about the space below its line: nobody can write into a feed."""
    voice = Voice(university=calendar.university, phrases=calendar.phrases, language=language)
    own = plain(voice.phrase("own_text"))
    lines = (line for line in body.splitlines() if plain(line) != own and not is_fixed_line(line))
    return "\n".join(lines).strip()


def uid(key: str) -> str:
    """Of an event, from its key alone."""
    return f"{key.replace(':', '.')}@syncd"


def _name(calendar: CanonicalCalendar, school: str | None, language: str) -> str:
    university = calendar.university
    name = university.say(university.short or university.name, language)
    if not school:
        return name
    # A school's full name may begin with the university's: "MNU: MNU Law School".
    named = university.schools[school]
    return f"{name}: {university.say(named.short or named.name, language)}"


def _inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, also not one that sees past what nobody sees."""
    opening = unicodedata.normalize("NFKC", text).lstrip(_UNSEEN)[:1]
    return f"'{text}" if opening in {"=", "+", "-", "@"} or text[:1] in {"\t", "\r", "\n"} else text


_UNSEEN = "".join(
    chr(code) for code in range(0x10000) if unicodedata.category(chr(code)) in {"Zs", "Zl", "Zp", "Cf", "Cc"}
)
"""What may stand before a formula without showing: blanks, zero-width and control characters."""
