"""A month of the status page: weeks of days, events as bars in their category's colour, today and days off."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from mapping.model import Days
from syncd.reporting.design.grid import each_day, lanes_of, weeks_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An event as the page shows it. ``colour``: the category's number."""

    title: str
    days: Days
    category: str
    colour: str
    day_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One bar within a week, or a free day where ``event`` is None. ``columns``: how many days wide."""

    event: Shown | None
    columns: int
    begins: bool = False
    ends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCell:
    day: date
    inside: bool
    """Belongs to the month; the others fill up its first and last week."""
    today: bool
    off: bool
    """No working day: by the week, or by an event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    days: tuple[DayCell, ...]
    lanes: tuple[tuple[Piece, ...], ...]


def in_month(events: Iterable[Shown], month: Days) -> list[Shown]:
    """Events that touch the month: by first day, the longer first."""
    touching = [event for event in events if event.days.overlaps(month)]
    return sorted(touching, key=lambda event: (event.days.start, -event.days.count, event.title))


def drawn_weeks(
    month: Days, events: Iterable[Shown], *, today: date, working_week: Collection[int]
) -> Iterator[Week]:
    """The month's weeks, Monday to Sunday. ``working_week``: ISO weekdays that are working days."""
    shown = in_month(events, month)
    off = [event.days for event in shown if event.day_off]
    for week in weeks_of(month):
        cells = tuple(
            DayCell(
                day=day,
                inside=month.start <= day < month.end,
                today=day == today,
                off=day.isoweekday() not in working_week or any(one.start <= day < one.end for one in off),
            )
            for day in each_day(week)
        )
        lanes = (sorted(lane, key=lambda one: one[1]) for lane in lanes_of(week, month, shown))
        yield Week(days=cells, lanes=tuple(tuple(_pieces(week, lane)) for lane in lanes))


def _pieces(week: Days, lane: Iterable[tuple[Shown, Days]]) -> Iterator[Piece]:
    at = week.start
    for event, days in lane:
        for _ in range((days.start - at).days):
            yield Piece(event=None, columns=1)
        yield Piece(
            event=event,
            columns=days.count,
            begins=days.start == event.days.start,
            ends=days.end == event.days.end,
        )
        at = days.end
    for _ in range((week.end - at).days):
        yield Piece(event=None, columns=1)
