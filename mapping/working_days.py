"""Counting working days: which days a count steps over, and why.

Days off and the working week come in as values; no country and no holiday is known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from mapping.model import DayOffHit, Days

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays:
    """A working week (ISO weekdays, not empty) and the days off, each with the entry it comes from."""

    week: frozenset[int]
    days_off: Mapping[date, str]

    def is_working(self, day: date) -> bool:
        return day.isoweekday() in self.week and day not in self.days_off

    def after(self, day: date, count: int) -> tuple[date, tuple[DayOffHit, ...]]:
        """The day ``count`` working days after ``day``, and the days off stepped over on the way.

        The count begins on the day after; 0 is the day itself, working or not. Days off that fall
        outside the working week are not told: they cost nothing.
        """
        hits: list[DayOffHit] = []
        while count > 0:
            day += _DAY
            if self.is_working(day):
                count -= 1
            elif day.isoweekday() in self.week:
                hits.append(DayOffHit(day=day, entry=self.days_off[day]))
        return day, tuple(hits)


def days_off_of(periods: Iterable[tuple[str, Days]]) -> dict[date, str]:
    """Each day of the periods with the id of the first entry that names it."""
    days: dict[date, str] = {}
    for entry, period in periods:
        for offset in range(period.count):
            days.setdefault(period.start + offset * _DAY, entry)
    return days
