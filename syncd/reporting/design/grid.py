"""The grid of a wall calendar: a month's weeks, and bars over them in level lanes.

Arithmetic only, for every page that draws months: no words, no marks, no colours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from typing import Protocol, TypeVar

from mapping.model import Days

MONDAY, SATURDAY, SUNDAY = 1, 6, 7
_WEEK = timedelta(days=7)
_INTO_NEXT = timedelta(days=32)


class OnDays(Protocol):
    """Whatever lies on whole days."""

    @property
    def days(self) -> Days: ...


Drawn = TypeVar("Drawn", bound=OnDays)


def month_of(day: date) -> Days:
    """The month that a day lies in."""
    first = day.replace(day=1)
    return Days(first, (first + _INTO_NEXT).replace(day=1))


def months_of(days: Days) -> Iterator[Days]:
    """Every month that the days touch, whole, in order."""
    month = month_of(days.start)
    while month.start < days.end:
        yield month
        month = month_of(month.end)


def first_weekday(working_week: Collection[int]) -> int:
    """With which ISO weekday weeks begin: Sunday where people work then and not on Saturday, else Monday."""
    return SUNDAY if SUNDAY in working_week and SATURDAY not in working_week else MONDAY


def weeks_of(month: Days, first: int = MONDAY) -> Iterator[Days]:
    """The weeks that touch the month, whole: the first and the last may reach into its neighbours."""
    day = month.start - timedelta(days=(month.start.isoweekday() - first) % 7)
    while day < month.end:
        yield Days(day, day + _WEEK)
        day += _WEEK


def each_day(days: Days) -> Iterator[date]:
    """Every day, in order."""
    return (days.start + timedelta(days=offset) for offset in range(days.count))


def lanes_of(week: Days, month: Days, bars: Iterable[Drawn]) -> list[list[tuple[Drawn, Days]]]:
    """Bars clipped to the week within the month, each in the first lane that is free for all its days.

    A single day lies below everything that is on its day already: with the spans first, it never slips into a gap
    among them, and what falls on one day stands together.
    """
    lanes: list[list[tuple[Drawn, Days]]] = []
    for bar in bars:
        days = _common(_common(bar.days, week), month)
        if days is None:
            continue
        taken = [
            number for number, lane in enumerate(lanes) if any(days.overlaps(other) for _, other in lane)
        ]
        if bar.days.count == 1:
            free = taken[-1] + 1 if taken else 0
        else:
            free = next(number for number in range(len(lanes) + 1) if number not in taken)
        if free == len(lanes):
            lanes.append([])
        lanes[free].append((bar, days))
    return lanes


def _common(one: Days | None, other: Days) -> Days | None:
    if one is None or not one.overlaps(other):
        return None
    return Days(max(one.start, other.start), min(one.end, other.end))
