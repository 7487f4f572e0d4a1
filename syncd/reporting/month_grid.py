"""The grid of a wall calendar: a month's weeks from Monday to Sunday, and bars over them in level lanes.

Arithmetic only, for every page that draws months: no words, no marks, no colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Protocol, TypeVar

from mapping.model import Days

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


def weeks_of(month: Days) -> Iterator[Days]:
    """The weeks that touch the month, whole: the first and the last may reach into its neighbours."""
    monday = month.start - timedelta(days=month.start.weekday())
    while monday < month.end:
        yield Days(monday, monday + _WEEK)
        monday += _WEEK


def each_day(days: Days) -> Iterator[date]:
    """Every day, in order."""
    return (days.start + timedelta(days=offset) for offset in range(days.count))


def lanes_of(week: Days, month: Days, bars: Iterable[Drawn]) -> list[list[tuple[Drawn, Days]]]:
    """Bars clipped to the week within the month, each in the first lane that is free for all its days."""
    lanes: list[list[tuple[Drawn, Days]]] = []
    for bar in bars:
        days = _common(_common(bar.days, week), month)
        if days is None:
            continue
        free = next((lane for lane in lanes if not any(days.overlaps(other) for _, other in lane)), None)
        if free is None:
            free = []
            lanes.append(free)
        free.append((bar, days))
    return lanes


def _common(one: Days | None, other: Days) -> Days | None:
    if one is None or not one.overlaps(other):
        return None
    return Days(max(one.start, other.start), min(one.end, other.end))
