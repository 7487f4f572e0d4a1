"""Feeds: valid by a second reader, steady identities, ends exclusive, nothing that depends on the clock."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import vobject

from mapping.model import CanonicalCalendar, DesiredEvent
from syncd.reporting.feed import as_csv, as_ics, events_of, uid
from syncd.source.folder import load_calendar
from tests.support import college

TODAY = date(2031, 9, 1)


def feed(calendar: CanonicalCalendar, school: str | None = None, language: str = "en") -> bytes:
    events = events_of(calendar, school=school, language=language, today=TODAY)
    return as_ics(calendar, events, school=school, language=language)


def read(raw: bytes) -> dict[str, vobject.base.Component]:
    """Events by UID, as vobject reads them."""
    calendar = vobject.readOne(raw.decode())
    return {event.uid.value: event for event in calendar.vevent_list}


COLLEGE = college.calendar_of(college.college())


def test_a_second_reader_finds_every_event_on_its_days() -> None:
    calendar, _ = load_calendar(None)
    events = events_of(calendar, school="law", language="kk", today=date(2025, 8, 20))
    found = read(as_ics(calendar, events, school="law", language="kk"))
    assert len(events) > 50
    assert {name: (one.dtstart.value, one.dtend.value) for name, one in found.items()} == {
        uid(key): (event.days.start, event.days.end) for key, event in events.items()
    }
    assert {name: one.summary.value for name, one in found.items()} == {
        uid(key): event.title for key, event in events.items()
    }


def test_the_end_is_the_day_after_the_last() -> None:
    event = read(feed(COLLEGE))["2031-2032.teaching-michaelmas.main@syncd"]
    assert event.dtend.value == date(2031, 12, 6)


def test_a_uid_outlives_title_date_language_and_school() -> None:
    changed = college.spoilt(
        college.TEACHING, ("start: 2031-10-06", "start: 2031-10-07"), ("Michaelmas teaching", "Lectures")
    )
    assert read(feed(college.calendar_of(changed))).keys() == read(feed(COLLEGE)).keys()
    assert read(feed(COLLEGE, language="cy")).keys() == read(feed(COLLEGE)).keys()
    assert "2031-2032.teaching-michaelmas.main@syncd" in read(feed(COLLEGE, "south")).keys() & read(
        feed(COLLEGE)
    )


def test_the_same_data_gives_the_same_bytes_whatever_day_it_is() -> None:
    later = events_of(COLLEGE, school=None, language="en", today=TODAY + timedelta(days=1))
    assert feed(COLLEGE) == as_ics(COLLEGE, later, school=None, language="en")


def test_subscribers_are_asked_to_look_again() -> None:
    text = feed(COLLEGE).decode()
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H" in text
    assert "X-PUBLISHED-TTL:PT6H" in text


def test_lines_are_folded_and_end_as_the_standard_says() -> None:
    raw = feed(COLLEGE)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_a_feed_is_named_by_the_university_and_the_short_name_of_the_school() -> None:
    """A full name may begin with the university's own: "MNU: MNU Law School"."""
    shipped, _ = load_calendar(None)
    events = events_of(shipped, school="law", language="en", today=TODAY)
    text = as_ics(shipped, events, school="law", language="en").decode()
    assert "\r\nX-WR-CALNAME:MNU: Law School\r\n" in text


def test_nothing_is_said_of_a_space_below_the_line() -> None:
    assert "own_text" not in feed(COLLEGE).decode().replace("\r\n ", "")


def test_csv_has_both_ends_inclusive() -> None:
    events = events_of(COLLEGE, school=None, language="en", today=TODAY)
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(as_csv(COLLEGE, events, language="en")))}
    assert len(rows) == len(events)
    teaching = rows["2031-2032:teaching-michaelmas:main"]
    assert (teaching["start"], teaching["end"]) == ("2031-10-06", "2031-12-05")
    assert teaching["category"] == "Teaching"


@pytest.mark.parametrize(
    "before", ["", " ", "\N{ZERO WIDTH SPACE}", "\ufeff", "\xa0 ", "\N{ZERO WIDTH JOINER} "]
)
@pytest.mark.parametrize("opening", [*"=+-@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66"])
def test_no_cell_is_a_formula(before: str, opening: str) -> None:
    (key, event), *_ = events_of(COLLEGE, school=None, language="en", today=TODAY).items()
    wild = DesiredEvent(
        key=event.key,
        entry=event.entry,
        part=event.part,
        title=f"{before}{opening}HYPERLINK(1)",
        body=event.body,
        body_hash=event.body_hash,
        days=event.days,
        colour="",
        fingerprint=event.fingerprint,
    )
    (row,) = csv.DictReader(io.StringIO(as_csv(COLLEGE, {key: wild}, language="en")))
    assert row["title"] == f"'{before}{opening}HYPERLINK(1)"


def test_a_title_has_no_parameters() -> None:
    """Readers built on node-ical show "[object Object]" for a title with a LANGUAGE."""
    titles = [line for line in feed(COLLEGE).decode().splitlines() if line.startswith("SUMMARY")]
    assert titles
    assert all(line.startswith("SUMMARY:") for line in titles)


def test_a_name_with_commas_and_semicolons_is_escaped() -> None:
    named = college.calendar_of(
        college.spoilt("university.yaml", ("en: Moor College}", "en: 'North; bridge, and more'}"))
    )
    text = feed(named).decode().replace("\r\n ", "")
    assert re.search(r"^NAME:.*North\\; bridge\\, and more", text, re.MULTILINE), text[:400]
    assert re.search(r"^X-WR-CALNAME:.*North\\; bridge\\, and more", text, re.MULTILINE)


def test_a_revised_entry_is_newer_for_every_reader() -> None:
    events = events_of(COLLEGE, school=None, language="en", today=TODAY)
    entry = next(
        one
        for year in COLLEGE.years.values()
        for one in year.entries
        if any(f":{one.id}:" in key for key in events)
    )
    at = datetime(2031, 9, 10, 8, 30, tzinfo=UTC)
    before = read(feed(COLLEGE))
    after = read(
        as_ics(
            COLLEGE,
            events,
            school=None,
            language="en",
            revised={(entry.year, entry.id): int(at.timestamp())},
        )
    )
    name = next(uid(key) for key in events if f":{entry.id}:" in key)
    assert int(after[name].sequence.value) > int(before[name].sequence.value)
    assert after[name].dtstamp.value == after[name].last_modified.value == at
    others = before.keys() - {one for one in before if f".{entry.id}." in one}
    assert others
    assert all(after[one].serialize() == before[one].serialize() for one in others)
