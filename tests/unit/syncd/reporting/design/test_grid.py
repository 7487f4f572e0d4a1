"""Weeks and months of a wall calendar."""

from datetime import date, timedelta

import pytest

from mapping.model import Days
from syncd.reporting.design.grid import SUNDAY, each_day, first_weekday, month_of, months_of, weeks_of


def test_the_month_after_december_is_in_the_next_year() -> None:
    assert month_of(date(2031, 12, 31)) == Days(date(2031, 12, 1), date(2032, 1, 1))


@pytest.mark.parametrize("first", range(1, 8))
def test_weeks_begin_as_asked_and_cover_the_month_once(first: int) -> None:
    month = month_of(date(2031, 10, 9))
    weeks = list(weeks_of(month, first))
    assert {week.start.isoweekday() for week in weeks} == {first}
    inside = [day for week in weeks for day in each_day(week) if month.start <= day < month.end]
    assert inside == [date(2031, 10, 1) + timedelta(days=offset) for offset in range(31)]
    assert all(week.overlaps(month) for week in weeks)


def test_every_month_that_a_span_touches_is_named_once() -> None:
    months = list(months_of(Days.inclusive(date(2031, 11, 30), date(2032, 2, 1))))
    assert [month.start for month in months] == [
        date(2031, 11, 1),
        date(2031, 12, 1),
        date(2032, 1, 1),
        date(2032, 2, 1),
    ]


def test_weeks_begin_on_sunday_where_people_work_then_and_rest_on_saturday() -> None:
    assert first_weekday({7, 1, 2, 3, 4}) == SUNDAY
    assert first_weekday({1, 2, 3, 4, 5}) == 1
    assert first_weekday({1, 2, 3, 4, 5, 6}) == 1
    assert first_weekday(range(1, 8)) == 1
