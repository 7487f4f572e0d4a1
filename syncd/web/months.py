"""A month as a wall calendar draws it: weeks of days, events as bars over their days, in level lanes.

Arithmetic only: no page, no words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mapping.model import Days

_WEEK = timedelta(days=7)
_INTO_NEXT = timedelta(days=32)


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


def month_days(any_day: date) -> Days:
    """The month that a day lies in."""
    first = any_day.replace(day=1)
    return Days(first, (first + _INTO_NEXT).replace(day=1))


def in_month(events: Iterable[Shown], month: Days) -> list[Shown]:
    """Events that touch the month: by first day, the longer first."""
    touching = [event for event in events if event.days.overlaps(month)]
    return sorted(touching, key=lambda event: (event.days.start, -event.days.count, event.title))


def weeks_of(
    month: Days, events: Iterable[Shown], *, today: date, working_week: Collection[int]
) -> Iterator[Week]:
    """The month's weeks, Monday to Sunday. ``working_week``: ISO weekdays that are working days."""
    shown = in_month(events, month)
    off = [event.days for event in shown if event.day_off]
    monday = month.start - timedelta(days=month.start.weekday())
    while monday < month.end:
        week = Days(monday, monday + _WEEK)
        cells = tuple(
            DayCell(
                day=day,
                inside=month.start <= day < month.end,
                today=day == today,
                off=day.isoweekday() not in working_week or any(one.start <= day < one.end for one in off),
            )
            for day in _each(week)
        )
        yield Week(days=cells, lanes=tuple(_lanes(week, month, shown)))
        monday += _WEEK


def _lanes(week: Days, month: Days, events: Sequence[Shown]) -> Iterator[tuple[Piece, ...]]:
    """Each bar in the first lane that is free for all its days of the week."""
    lanes: list[list[tuple[Shown, Days]]] = []
    for event in events:
        days = _common(_common(event.days, week), month)
        if days is None:
            continue
        free = next((lane for lane in lanes if not any(days.overlaps(other) for _, other in lane)), None)
        if free is None:
            free = []
            lanes.append(free)
        free.append((event, days))
    return (tuple(_pieces(week, sorted(lane, key=lambda one: one[1]))) for lane in lanes)


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


def _common(one: Days | None, other: Days) -> Days | None:
    if one is None or not one.overlaps(other):
        return None
    return Days(max(one.start, other.start), min(one.end, other.end))


def _each(days: Days) -> Iterator[date]:
    return (days.start + timedelta(days=offset) for offset in range(days.count))
