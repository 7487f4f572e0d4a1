"""What `check` says of a time that a day does not have, or has twice."""

from dataclasses import replace
from datetime import time

import pytest

from mapping.model import Entry, Hours, Kind, Shape, Target
from syncd.reporting.odd_hours import odd_hours
from tests.unit.mapping.invented import UNIVERSITY, both, calendar, entry, target

SPRING, AUTUMN = "2031-03-30", "2031-10-26"
BERLIN = target(timezone="Europe/Berlin")


def until(at: str, day: str = SPRING) -> Entry:
    hours = Hours(ends=time.fromisoformat(at), is_deadline=True)
    return entry("bell", day, kind=Kind.UNTIL, shape=Shape.UNTIL, hours=hours)


def between(begins: str, ends: str, day: str = SPRING, last: str = "") -> Entry:
    hours = Hours(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends))
    return entry("bell", day, last or day, hours=hours)


def said(one: Entry, *targets: Target) -> list[str]:
    return list(odd_hours(calendar(one), [one], targets or (BERLIN,)))


@pytest.mark.parametrize(
    ("one", "seen"),
    [
        (until("02:30"), ["02:30 on Sun 30 Mar 2031 does not exist", "see 03:30,"]),
        (between("02:30", "03:30"), ["02:30 on", "see 01:30 - 03:30,"]),
        (between("01:30", "02:30"), ["02:30 on", "see 01:30 - 03:30,"]),
        (between("02:30", "12:00", SPRING, "2031-03-31"), ["02:30 on", "see 03:30 - 12:00,"]),
    ],
)
def test_a_time_in_the_hour_that_is_left_out_is_told_with_what_people_see(
    one: Entry, seen: list[str]
) -> None:
    (sentence,) = said(one)
    assert "Europe/Berlin" in sentence
    assert all(words in sentence for words in seen), sentence


def test_a_beginning_and_an_end_in_it_are_told_each() -> None:
    assert len(said(between("02:10", "02:40"))) == 2


def test_an_hour_that_comes_twice_is_told() -> None:
    (sentence,) = said(until("02:30", AUTUMN))
    assert "02:30 on Sun 26 Oct 2031 comes twice in Europe/Berlin" in sentence
    assert "the first" in sentence


@pytest.mark.parametrize("at", ["01:59", "03:00", "12:00"])
def test_every_other_time_of_these_days_is_no_matter(at: str) -> None:
    assert not said(until(at))
    assert not said(until("03:00", AUTUMN))


def test_nothing_is_told_of_a_zone_in_which_the_time_exists() -> None:
    assert not said(until("02:30"), target(timezone="Asia/Almaty"))


def test_a_schools_own_zone_is_the_one_that_counts() -> None:
    schools = {
        "law": replace(next(iter(UNIVERSITY.schools.values())), timezone="Europe/Berlin", name=both("Law"))
    }
    one = replace(until("02:30"), schools=("law",))
    made = replace(calendar(one), university=replace(UNIVERSITY, schools=schools))
    assert "Europe/Berlin" in "".join(odd_hours(made, [one], [target(timezone="Asia/Almaty", school="law")]))


def test_feeds_are_read_in_the_universitys_zone() -> None:
    one = until("02:30")
    made = replace(calendar(one), university=replace(UNIVERSITY, timezone="Europe/Berlin"))
    assert len(list(odd_hours(made, [one], []))) == 1
