"""Days: whole days with a first and a last, never none."""

from __future__ import annotations

from datetime import date

import pytest

from mapping.model import Days

FIRST = date(2031, 3, 3)


@pytest.mark.parametrize("last", [date(2031, 3, 2), date(2031, 2, 1)])
def test_days_that_end_before_they_start_are_refused(last: date) -> None:
    with pytest.raises(ValueError, match="end before they start"):
        Days.inclusive(FIRST, last)


def test_a_single_day_counts_one_and_is_its_own_last() -> None:
    day = Days.inclusive(FIRST, FIRST)
    assert (day.count, day.last, day.end) == (1, FIRST, date(2031, 3, 4))


def test_days_overlap_where_they_share_a_day_and_not_where_they_meet() -> None:
    days = Days.inclusive(FIRST, date(2031, 3, 5))
    assert days.overlaps(Days.inclusive(date(2031, 3, 5), date(2031, 3, 9)))
    assert not days.overlaps(Days.inclusive(date(2031, 3, 6), date(2031, 3, 9)))
    assert not days.overlaps(Days.inclusive(date(2031, 3, 1), date(2031, 3, 2)))
