"""What is sound and looks like a slip, and what only looks unusual."""

from __future__ import annotations

import pytest

from mapping.model import CanonicalCalendar
from mapping.slips import slips_of_names, slips_of_year
from syncd.source.folder import load_calendar
from tests.support.college import CLOSED, TEACHING, YEAR, calendar_of, college, spoilt

NAME = "2031-2032"


def slips(files: dict[str, bytes]) -> list[str]:
    calendar = calendar_of(files)
    return [*slips_of_names(calendar.university), *slips_of_year(calendar.university, calendar.years[NAME])]


def test_the_college_and_the_shipped_calendar_have_none() -> None:
    assert slips(college()) == []
    shipped: CanonicalCalendar = load_calendar(None)[0]
    for year in shipped.years.values():
        assert [*slips_of_names(shipped.university), *slips_of_year(shipped.university, year)] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("university.yaml", "cy: De, en: South", "cy: Gogledd, en: South", "the schools north and south have the same name"),
        ("university.yaml", "cy: Ystwyll", "cy: Mihangel", "the terms of full-time michaelmas and hilary have the same name"),
        (
            TEACHING,
            "start: 2031-12-08\n    end: 2031-12-12",
            "start: 2032-03-08\n    end: 2032-03-11",
            "is of michaelmas, 2031-10-06 to 2031-12-19, and its days 2032-03-08 to 2032-03-11 lie in hilary",
        ),
        (CLOSED, "entries:", "worked: [2041-12-27]\nentries:", "worked names 2041-12-27, which lies outside the year"),
        (YEAR, "year: 2031-2032", "year: 2032-2033a", "the year is called 2032-2033a"),
    ],
)  # fmt: skip
def test_a_slip_is_told(file: str, old: str, new: str, told: str) -> None:
    files = spoilt(file, (old, new))
    calendar = calendar_of(files)
    name = NAME if NAME in calendar.years else "2032-2033a"
    found = [*slips_of_names(calendar.university), *slips_of_year(calendar.university, calendar.years[name])]
    assert len(found) == 1, found
    assert told in found[0]


def test_an_entry_before_or_after_its_term_and_in_no_other_is_none() -> None:
    assert (
        slips(
            spoilt(
                TEACHING, ("start: 2031-12-08\n    end: 2031-12-12", "start: 2031-12-22\n    end: 2031-12-23")
            )
        )
        == []
    )
