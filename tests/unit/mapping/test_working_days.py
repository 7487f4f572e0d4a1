"""Weeks of universities whose weekend is not Saturday and Sunday, counted by hand."""

from __future__ import annotations

from datetime import date

import pytest

from mapping.model import Days, Offset, Rule, RuleStep, Unit
from mapping.rules import milestones
from mapping.working_days import WorkingDays

SPRING = Days.inclusive(date(2027, 2, 7), date(2027, 5, 27))
"""From a Sunday to a Thursday."""


@pytest.mark.parametrize(
    ("week", "first", "second"),
    [
        # Sunday to Thursday: 7 to 11 February, then 14 to 18.
        ({7, 1, 2, 3, 4}, (7, 11), (14, 18)),
        # Saturday to Thursday: the Saturday lies before the period.
        ({6, 7, 1, 2, 3, 4}, (7, 11), (13, 18)),
        # Monday to Friday, and to Saturday: the Sunday is no working day.
        ({1, 2, 3, 4, 5}, (8, 12), (15, 19)),
        ({1, 2, 3, 4, 5, 6}, (8, 13), (15, 20)),
        # A weekend programme keeps Saturday and Sunday together.
        ({6, 7}, (7, 7), (13, 14)),
        ({1, 2, 3, 4, 5, 6, 7}, (7, 7), (8, 14)),
    ],
)
def test_a_week_is_parted_where_the_weekend_lies(
    week: set[int], first: tuple[int, int], second: tuple[int, int]
) -> None:
    weeks = list(WorkingDays(week=frozenset(week), days_off={}).weeks(SPRING))
    assert [(one[0].day, one[-1].day) for one in weeks[:2]] == [first, second]


@pytest.mark.parametrize(
    ("week", "weekday", "expected"),
    [
        # Weeks of Sunday to Thursday begin on 7, 14, 21, 28 February, 7, 14, 21, 28 March.
        ({7, 1, 2, 3, 4}, 4, date(2027, 4, 1)),
        ({7, 1, 2, 3, 4}, 7, date(2027, 3, 28)),
        ({7, 1, 2, 3, 4}, 0, date(2027, 4, 1)),
        # From Monday to Friday the eighth begins on 29 March.
        ({1, 2, 3, 4, 5}, 4, date(2027, 4, 1)),
        ({1, 2, 3, 4, 5}, 7, date(2027, 4, 4)),
    ],
)
def test_the_eighth_teaching_week_is_counted_by_the_universitys_own_weeks(
    week: set[int], weekday: int, expected: date
) -> None:
    eighth = Offset(unit=Unit.TEACHING_WEEK, count=8, weekday=weekday)
    rule = Rule(
        anchors=("spring",),
        publish="date",
        steps=(RuleStep(step="withdrawal", after="anchor", working_days=0, name={}, offset=eighth),),
    )
    found = milestones(rule, {}, {"spring": SPRING}, WorkingDays(week=frozenset(week), days_off={}))
    assert [one.day for one in found] == [expected]
