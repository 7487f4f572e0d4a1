"""Counting working days: which days a count steps over, and why.

Days off and the working week come in as values; no country and no holiday is known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from mapping.model import DayOffHit, Days

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays:
    """A working week (ISO weekdays, not empty), the days off with the entry each comes from, and days worked all the same."""

    week: frozenset[int]
    days_off: Mapping[date, str]
    worked: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        return day in self.worked or (day.isoweekday() in self.week and day not in self.days_off)

    def after(self, day: date, count: int) -> tuple[date, tuple[DayOffHit, ...]]:
        """The day ``count`` working days after ``day``, before it where below zero, and the days off stepped over.

        The count begins on the day after (before); 0 is the day itself, working or not. Days off that fall
        outside the working week are not told: they cost nothing.
        """
        hits: list[DayOffHit] = []
        step = _DAY if count > 0 else -_DAY
        left = abs(count)
        while left > 0:
            day += step
            if self.is_working(day):
                left -= 1
            elif day.isoweekday() in self.week:
                hits.append(DayOffHit(day=day, entry=self.days_off[day]))
        return day, tuple(hits)

    def weeks(self, period: Days) -> Iterator[tuple[date, ...]]:
        """The working days of each week of a period; a week without any is left out."""
        first = self.first_of_week(period.start)
        while first < period.end:
            inside = (first + timedelta(days=offset) for offset in range(7))
            days = tuple(day for day in inside if period.start <= day < period.end and self.is_working(day))
            if days:
                yield days
            first += timedelta(days=7)

    def first_of_week(self, day: date) -> date:
        """The first day of the week that ``day`` lies in: Monday, or the day after the weekend where that lies earlier.

        Who works from Sunday to Thursday begins the week on Sunday; a week counted from Monday would part it.
        """
        first = 1
        if {7, 1} <= self.week and len(self.week) < 7:
            first = 7
            while first - 1 in self.week:
                first -= 1
        return day - timedelta(days=(day.isoweekday() - first) % 7)


def days_off_of(periods: Iterable[tuple[str, Days]]) -> dict[date, str]:
    """Each day of the periods with the id of the first entry that names it."""
    days: dict[date, str] = {}
    for entry, period in periods:
        for offset in range(period.count):
            days.setdefault(period.start + offset * _DAY, entry)
    return days


def each_day(days: Days) -> Iterator[date]:
    """Every day, in order."""
    return (days.start + offset * _DAY for offset in range(days.count))
