"""Months of a plan: weeks of days, events as bars in lanes, each with what the plan does to it.

Every bar is cut into one piece a day, so that a table without any script or style position can show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from mapping.model import Days
from syncd.reporting.design.grid import each_day, lanes_of, month_of, weeks_of

ADDED, MOVED, REMOVED, WAS, CHANGED, SAME = "added", "moved", "removed", "was", "changed", "same"
"""What a plan does to a bar. ``was``: where a moved one stood before; ``changed``: other fields only."""


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
    month = month_of(days.start)
    while month.start <= days.last:
        yield month.start
        month = month_of(month.end)


def _month(first: date, bars: Sequence[Bar]) -> Month:
    whole = month_of(first)
    return Month(first=first, weeks=tuple(_week(week, whole, bars) for week in weeks_of(whole)))


def _week(week: Days, month: Days, bars: Sequence[Bar]) -> tuple[DayCell, ...]:
    lanes = lanes_of(week, month, bars)
    return tuple(
        DayCell(
            day=day,
            inside=month.start <= day < month.end,
            lanes=tuple(_piece(lane, day) for lane in lanes),
        )
        for day in each_day(week)
    )


def _piece(lane: Iterable[tuple[Bar, Days]], day: date) -> Piece | None:
    for bar, days in lane:
        if days.start <= day < days.end:
            return Piece(
                bar=bar, named=day == days.start, first=day == bar.days.start, last=day == bar.days.last
            )
    return None
