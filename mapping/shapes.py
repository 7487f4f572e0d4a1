"""Entry to parts: which events an entry is drawn as, on which days, and what leads the title.

Decides days and leads only; titles are `mapping.text.render`'s, and whether a part is shown at all is
`mapping.routing`'s. How a kind of target copes with long spans comes in as a `Drawing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, assert_never

from mapping.model import Days, Entry, Kind, Part, Shape, Target

SHORT_TASK = 3
"""Days up to which a task is one event: opening and last day would only crowd each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What a kind of target can show."""

    split_periods_over_days: int | None
    """A period of more days than this becomes two all-day events; None: always one span."""
    markup: Literal["html", "text"]
    limit: int
    """Characters of a body; what people write below the fixed line comes on top."""


CANVAS = Drawing(split_periods_over_days=14, markup="html", limit=200_000)
"""Spans are timed events there, which a month view repeats on every day; 511,999 characters in all."""

GOOGLE = Drawing(split_periods_over_days=None, markup="text", limit=7_500)
"""Spans are banners; descriptions are cut at about 8,000 characters."""

DRAWINGS: Mapping[str, Drawing] = MappingProxyType({"canvas": CANVAS, "google": GOOGLE})
"""By `Target.kind`."""


class Lead(StrEnum):
    """What stands first in a title; the value is the phrase's key."""

    OPENS = "title_opens"
    LAST_DAY = "title_last_day"
    BEGINS = "title_begins"
    ENDS = "title_ends"
    LATEST = "title_latest"
    BETWEEN = "title_between"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One event of an entry. ``days`` of more than one day mean a span; no ``lead``: the bare title."""

    part: Part
    days: Days
    lead: Lead | None = None


def drawn(entry: Entry, target: Target, drawing: Drawing) -> tuple[Drawn, ...]:
    """The events of an entry, opening first; empty for a rule that is published as text."""
    if entry.rule is not None:
        return _latest_day(entry)
    if entry.days is None:
        return ()
    return _of_shape(shape_of(entry, target), entry.days, drawing)


def shape_of(entry: Entry, target: Target) -> Shape:
    """The target's word for the category, else the entry's own shape, which holds the category's default.

    A target decides about windows only: a day and an "until" have nothing to draw otherwise.
    """
    if entry.kind is not Kind.WINDOW:
        return entry.shape
    return target.shapes.get(entry.category, entry.shape)


def _latest_day(entry: Entry) -> tuple[Drawn, ...]:
    if entry.rule is None or entry.rule.publish != "date" or entry.derived is None:
        return ()
    return (_main(Days.inclusive(entry.derived, entry.derived), Lead.LATEST),)


def _of_shape(shape: Shape, days: Days, drawing: Drawing) -> tuple[Drawn, ...]:
    match shape:
        case Shape.UNTIL:
            return (_main(_last_day(days), Lead.LAST_DAY),)
        case Shape.BETWEEN:
            return (_main(days, Lead.BETWEEN),)
        case Shape.DAY:
            return (_main(days),)
        case Shape.TASK:
            return _task(days)
        case Shape.EDGES:
            return _edges(days)
        case Shape.PERIOD:
            return _period(days, drawing)
        case _:
            assert_never(shape)


def _task(days: Days) -> tuple[Drawn, ...]:
    if days.count <= SHORT_TASK:
        return (_main(days),)
    return (_opening(days, Lead.OPENS), _main(_last_day(days), Lead.LAST_DAY))


def _period(days: Days, drawing: Drawing) -> tuple[Drawn, ...]:
    longest = drawing.split_periods_over_days
    if longest is None or days.count <= longest:
        return (_main(days),)
    return _edges(days)


def _edges(days: Days) -> tuple[Drawn, ...]:
    """First and last day of a period, also where a span could be drawn: months of banner say nothing."""
    if days.count <= SHORT_TASK:
        return (_main(days),)
    return (_opening(days, Lead.BEGINS), _main(_last_day(days), Lead.ENDS))


def _main(days: Days, lead: Lead | None = None) -> Drawn:
    return Drawn(part=Part.MAIN, days=days, lead=lead)


def _opening(days: Days, lead: Lead) -> Drawn:
    return Drawn(part=Part.OPENING, days=Days.inclusive(days.start, days.start), lead=lead)


def _last_day(days: Days) -> Days:
    return Days.inclusive(days.last, days.last)
