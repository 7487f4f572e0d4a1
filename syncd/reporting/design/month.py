"""A month as it is drawn: days with what is marked on them, and bars in order of weight.

Spans lie above single days, the longer and the heavier first; titles play no part in the order, so a month
looks the same in every language.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from mapping.model import Days, University
from syncd.reporting.design.grid import MONDAY, each_day, lanes_of, weeks_of
from syncd.reporting.design.palette import fills_of

LIGHTEST = 1000
"""Weight of what has no category."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """An event on whole days, as it is drawn.

    ``colour``: the category's fill, '' for none; ``weight``: the smaller the heavier, see `weights`; ``key``:
    orders what weighs alike. ``mark``: a class of the page's own, such as what a plan does; ``aside``: what the
    mark says in words. ``link``: address of its own page, '' where it has none.
    """

    title: str
    days: Days
    key: str = ""
    colour: str = ""
    category: str = ""
    weight: int = LIGHTEST
    day_off: bool = False
    link: str = ""
    mark: str = ""
    aside: str = ""

    @property
    def is_span(self) -> bool:
        """More than one day."""
        return self.days.count > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A bar's part within a week. ``column``: of its first day, from 1; ``lane``: from 1, from above."""

    bar: Bar
    column: int
    columns: int
    lane: int
    begins: bool
    ends: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCell:
    """One day of a week. ``colours``: of what lies on it, the heaviest first, each once."""

    day: date
    inside: bool
    """Belongs to the month; the others fill up its first and last week."""
    is_today: bool
    is_past: bool
    is_weekend: bool
    """Not worked by the week."""
    is_off: bool
    """A day off by an event: its whole cell is tinted."""
    colours: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    days: tuple[DayCell, ...]
    pieces: tuple[Piece, ...]
    """Lane by lane, each from its first day on."""
    lanes: int


def weights(university: University) -> Mapping[str, int]:
    """Category to weight: what makes a day off first, then as the university's file lists them."""
    return {
        name: place if not category.day_off else place - LIGHTEST
        for place, (name, category) in enumerate(university.categories.items())
    }


def category_fills(university: University) -> Mapping[str, str]:
    """Category to the name of its fill."""
    return fills_of({name: category.colour for name, category in university.categories.items()})


def by_weight(bars: Iterable[Bar]) -> list[Bar]:
    """As they are drawn: spans before single days, then by first day, length and weight."""
    return sorted(
        bars,
        key=lambda bar: (not bar.is_span, bar.days.start, -bar.days.count, bar.weight, bar.key, bar.mark),
    )


def by_day(bars: Iterable[Bar]) -> list[Bar]:
    """As they are listed: by first day, then the longer and the heavier first."""
    return sorted(bars, key=lambda bar: (bar.days.start, -bar.days.count, bar.weight, bar.key, bar.mark))


def within(bars: Iterable[Bar], days: Days) -> list[Bar]:
    """Those that touch the days, as they are listed."""
    return by_day(bar for bar in bars if bar.days.overlaps(days))


def drawn_weeks(
    month: Days,
    bars: Iterable[Bar],
    *,
    working_week: Collection[int],
    today: date | None = None,
    first: int = MONDAY,
) -> Iterator[Week]:
    """The month's weeks. ``working_week``: ISO weekdays that are worked; ``today`` None: no day is past."""
    shown = by_weight(bar for bar in bars if bar.days.overlaps(month))
    for week in weeks_of(month, first):
        lanes = lanes_of(week, month, shown)
        yield Week(
            days=tuple(_cell(day, month, shown, working_week, today) for day in each_day(week)),
            pieces=tuple(
                Piece(
                    bar=bar,
                    column=(days.start - week.start).days + 1,
                    columns=days.count,
                    lane=number,
                    begins=days.start == bar.days.start,
                    ends=days.end == bar.days.end,
                )
                for number, lane in enumerate(lanes, start=1)
                for bar, days in sorted(lane, key=lambda one: one[1])
            ),
            lanes=len(lanes),
        )


def _cell(
    day: date, month: Days, bars: Iterable[Bar], working_week: Collection[int], today: date | None
) -> DayCell:
    inside = month.start <= day < month.end
    here = [bar for bar in bars if bar.days.start <= day < bar.days.end] if inside else []
    return DayCell(
        day=day,
        inside=inside,
        is_today=day == today,
        is_past=today is not None and day < today,
        is_weekend=day.isoweekday() not in working_week,
        is_off=any(bar.day_off for bar in here),
        colours=tuple(dict.fromkeys(bar.colour for bar in sorted(here, key=lambda bar: bar.weight))),
    )
