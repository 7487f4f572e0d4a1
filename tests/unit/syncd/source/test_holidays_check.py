"""A second opinion on days off is told as differences, by day, and changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mapping.errors import InvalidCalendarError
from syncd.source.folder import load_calendar
from syncd.source.holidays_check import HolidayDifference, compare_days_off
from tests.support.college import calendar_of, college, spoilt


def test_the_shipped_days_off_are_those_of_the_country() -> None:
    assert compare_days_off(load_calendar(None)[0]) == ()


def test_days_that_only_one_of_the_two_calls_off_are_told() -> None:
    found = {one.day: one for one in compare_days_off(calendar_of(college())) if one.year == "2031-2032"}

    assert found[date(2031, 12, 24)] == HolidayDifference(
        year="2031-2032", day=date(2031, 12, 24), entry="christmas"
    )
    assert str(found[date(2031, 12, 24)]).startswith("2031-12-24 is a day off by entry christmas")
    assert date(2031, 12, 25) not in found
    assert str(found[date(2032, 1, 1)]).startswith("2032-01-01 is a day off by the holidays package")


def test_only_days_between_the_first_and_last_term_or_day_off_are_compared() -> None:
    days = [one.day for one in compare_days_off(calendar_of(college())) if one.year == "2031-2032"]

    assert days
    assert all(date(2031, 10, 6) <= day <= date(2032, 3, 12) for day in days)


def test_data_without_a_country_is_not_compared() -> None:
    assert compare_days_off(calendar_of(spoilt("university.yaml", ("country: GB\n", "")))) == ()


def test_a_year_without_terms_and_days_off_is_not_compared() -> None:
    calendar = calendar_of(college())
    bare = replace(calendar.years["2032-2033"], terms={}, entries=())

    assert compare_days_off(replace(calendar, years={"2032-2033": bare})) == ()


def test_a_country_the_package_does_not_know_is_told() -> None:
    calendar = calendar_of(spoilt("university.yaml", ("country: GB", "country: XX")))

    with pytest.raises(
        InvalidCalendarError, match=r"university\.yaml: the holidays package knows no country XX"
    ):
        compare_days_off(calendar)
