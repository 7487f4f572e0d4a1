"""Months drawn as weeks of days, events as bars in lanes: arithmetic for a page, no page.

Every bar is cut into one piece a day, so that a table without any script or style position can show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mapping.model import Days

ADDED, MOVED, REMOVED, WAS, CHANGED, SAME = "added", "moved", "removed", "was", "changed", "same"
"""What a plan does to a bar. ``was``: where a moved one stood before; ``changed``: other fields only."""
_WEEK = timedelta(days=7)
_FIRST_OF_NEXT = timedelta(days=32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """An event on whole days, and what the plan does to it."""

    title: str
    days: Days
    mark: str = SAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One day of a bar. ``named``: the title stands here, on the first day and on each Monday."""

    bar: Bar
    named: bool
    first: bool
    last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCell:
    """One day. ``lanes``: a piece or None for each lane of the week, so that bars stay level."""

    day: date
    inside: bool
    lanes: tuple[Piece | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """``first``: its first day; ``weeks``: Monday to Sunday, filled up with days of its neighbours."""

    first: date
    weeks: tuple[tuple[DayCell, ...], ...]


def months(bars: Iterable[Bar], *, only_changed: bool = True) -> Iterator[Month]:
    """The months that any bar touches, or only those that a changed bar does, in order."""
    drawn = sorted(bars, key=lambda bar: (bar.days.start, -bar.days.count, bar.title, bar.mark))
    wanted = [bar for bar in drawn if bar.mark != SAME] if only_changed else drawn
    for first in sorted({one for bar in wanted for one in _months_of(bar.days)}):
        yield _month(first, drawn)


def _months_of(days: Days) -> Iterator[date]:
    month = days.start.replace(day=1)
    while month <= days.last:
        yield month
        month = _next_month(month)


def _next_month(first: date) -> date:
    return (first + _FIRST_OF_NEXT).replace(day=1)


def _month(first: date, bars: Sequence[Bar]) -> Month:
    whole = Days(first, _next_month(first))
    monday = first - timedelta(days=first.weekday())
    weeks = []
    while monday < whole.end:
        weeks.append(_week(Days(monday, monday + _WEEK), whole, bars))
        monday += _WEEK
    return Month(first=first, weeks=tuple(weeks))


def _week(week: Days, month: Days, bars: Sequence[Bar]) -> tuple[DayCell, ...]:
    """Bars of the week, clipped to the month, each in the first lane that is free for all its days."""
    lanes: list[list[tuple[Bar, Days]]] = []
    for bar in bars:
        days = _overlap(_overlap(bar.days, week), month)
        if days is None:
            continue
        free = next((lane for lane in lanes if not any(days.overlaps(other) for _, other in lane)), None)
        if free is None:
            free = []
            lanes.append(free)
        free.append((bar, days))
    return tuple(
        DayCell(
            day=day,
            inside=month.start <= day < month.end,
            lanes=tuple(_piece(lane, day) for lane in lanes),
        )
        for day in (week.start + timedelta(days=offset) for offset in range(7))
    )


def _piece(lane: Iterable[tuple[Bar, Days]], day: date) -> Piece | None:
    for bar, days in lane:
        if days.start <= day < days.end:
            return Piece(
                bar=bar, named=day == days.start, first=day == bar.days.start, last=day == bar.days.last
            )
    return None


def _overlap(one: Days | None, other: Days) -> Days | None:
    if one is None or not one.overlaps(other):
        return None
    return Days(max(one.start, other.start), min(one.end, other.end))
