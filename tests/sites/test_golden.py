"""What made universities of other shapes show: golden plans for Canvas, Google and the feed.

After a meant change: ``python -m tests.support.made_sites``, and look at the difference.
"""

import re

import pytest

from mapping.desired import desired_events, drawing_for
from mapping.document.names import SCHOOL_PLACE
from mapping.model import Target
from mapping.text.markup import visible_text
from tests.support.made_sites import FOLDER, NAMES, calendar_of, golden, today_of

GAP = re.compile(r"\(\s*\)|\(\s*,|,\s*[,.;:)]|:\s*[.,;]|\bn/a\b|\bNone\b|[{}]|(?<=[^\s.])\.\.(?!\.)")
"""What a sentence looks like that was meant to hold something: "Section , item 4", "No. n/a", "()"."""


@pytest.mark.parametrize("name", NAMES)
def test_a_site_shows_what_was_looked_at(name: str) -> None:
    found = dict(golden(name))
    kept = {path.name: path.read_text("utf-8") for path in (FOLDER / name / "golden").iterdir()}
    assert found == kept


def test_there_are_at_least_eight_and_they_differ_in_shape() -> None:
    calendars = {name: calendar_of(name) for name in NAMES}
    assert len(calendars) >= 8
    weeks = {frozenset(year.working_week) for one in calendars.values() for year in one.years.values()}
    assert len(weeks) > 1
    assert {code for one in calendars.values() for code in one.university.languages} >= {
        "de",
        "fr",
        "zh",
        "ar",
        "tr",
    }


@pytest.mark.parametrize(
    ("name", "key", "day"),
    [
        ("egret-island", "2025-2026:withdraw:main", "2025-10-11"),
        ("dala", "2024-2025:results:main", "2025-01-06"),
        ("neckarstadt", "2026-27:rueckmeldung-ws:opening", "2026-06-01"),
        ("quarry", "2026-2027:week-2:main", "2026-09-07"),
    ],
)
def test_days_that_were_counted_by_hand(name: str, key: str, day: str) -> None:
    lines = [line for text in dict(golden(name)).values() for line in text.splitlines()]
    assert any(line.startswith(f"{key} | {day} ") for line in lines)


def test_each_campus_counts_by_its_own_calendar() -> None:
    found = dict(golden("forth"))
    days = {
        name: text.partition("appeal:main | ")[2][:10]
        for name, text in found.items()
        if "appeal:main" in text
    }
    assert days == {
        "canvas-courses.txt": "2025-12-08",
        "google-dubai.txt": "2025-12-09",
        "google-malaysia.txt": "2025-12-12",
    }


@pytest.mark.parametrize("name", NAMES)
def test_no_description_has_a_gap_or_says_what_the_row_does_not(name: str) -> None:
    calendar = calendar_of(name)
    for code in calendar.university.languages:
        target = Target(name="reader", kind="google", place=SCHOOL_PLACE, languages=(code,))
        absent = visible_text(calendar.phrases["source_absent"][code], "text")
        entries = {entry.id: entry for year in calendar.years.values() for entry in year.entries}
        for event in desired_events(calendar, target, drawing_for(target), today_of(calendar)).values():
            said = visible_text(event.body, "text")
            assert not GAP.search(said), said
            assert (absent in said) <= entries[event.entry].not_printed, said
