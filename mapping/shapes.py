"""Entry to parts: which events an entry is drawn as, on which days, and what leads the title.

Decides days and leads only; titles are `mapping.text.render`'s, and whether a part is shown at all is
`mapping.routing`'s. How a kind of target copes with long spans comes in as a `Drawing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from mapping.model import Days, Entry, Kind, Part, Shape, Target

SHORT_TASK = 3
"""Days up to which a task is one event: opening and last day would only crowd each other."""


MOMENT_MINUTES = 30
_FIRST_MINUTE, _LAST_MINUTE = time(0, 0), time(23, 59)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What a kind of target can show."""

    split_periods_over_days: int | None
    """A period of more days than this becomes two all-day events; None: always one span."""
    markup: Literal["html", "text"]
    limit: int
    """Characters of a body; what people write below the fixed line comes on top."""
    moments: bool
    """True where an event may begin and end at the same minute; else a moment lasts a while."""


CANVAS = Drawing(split_periods_over_days=14, markup="html", limit=200_000, moments=True)
"""Spans are timed events there, which a month view repeats on every day; 511,999 characters in all."""

GOOGLE = Drawing(split_periods_over_days=None, markup="text", limit=7_500, moments=False)
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
    WEEK = "title_week"
    BETWEEN = "title_between"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One event of an entry. ``days`` of more than one day mean a span; no ``lead``: the bare title."""

    part: Part
    days: Days
    lead: Lead | None = None
    number: int = 1
    """Which of several events of one part: its single days, or its weeks."""
    at: str = ""
    """The time as a title says it, '' for whole days: ``17:00``, or two with a dash between; over several days an arrow."""


def drawn(
    entry: Entry, target: Target, drawing: Drawing, moment_minutes: int = MOMENT_MINUTES, zone: str = ""
) -> tuple[Drawn, ...]:
    """The events of an entry, opening first; empty for a rule that is published as text.

    ``moment_minutes``: how long a moment lasts where the drawing knows none. ``zone``: where the entry's hours
    are read, '' for the target's zone; the parts are always in that one.
    """
    if entry.rule is not None:
        return _latest_day(entry, target.school)
    if entry.days is None:
        return ()
    if entry.dates:
        parts = tuple(replace(_main(days), number=number) for number, days in enumerate(entry.spans, start=1))
    elif entry.weeks:
        parts = tuple(_weeks(entry.weeks, drawing))
    else:
        parts = _of_shape(shape_of(entry, target), entry.days, drawing)
    return tuple(
        _timed(one, entry, drawing, moment_minutes, (zone or target.timezone, target.timezone))
        for one in parts
    )


def shape_of(entry: Entry, target: Target) -> Shape:
    """The target's word for the category, else the entry's own shape, which holds the category's default.

    A target decides about windows only: a day and an "until" have nothing to draw otherwise.
    """
    if entry.kind is not Kind.WINDOW:
        return entry.shape
    return target.shapes.get(entry.category, entry.shape)


def _latest_day(entry: Entry, school: str | None) -> tuple[Drawn, ...]:
    milestones = entry.milestones_of(school)
    if entry.rule is None or entry.rule.publish != "date" or not milestones:
        return ()
    day = milestones[0].day
    return (_main(Days.inclusive(day, day), Lead.LATEST),)


def _of_shape(shape: Shape, days: Days, drawing: Drawing) -> tuple[Drawn, ...]:
    match shape:
        case Shape.UNTIL:
            return (_main(_last_day(days), Lead.LAST_DAY),)
        case Shape.BETWEEN:
            return _between(days, drawing)
        case Shape.DAY:
            return (_main(days),)
        case Shape.TASK:
            return _task(days)
        case Shape.EDGES:
            return _edges(days)
        case Shape.PERIOD | Shape.WEEKS:
            return _period(days, drawing)
        case _:
            assert_never(shape)


def _weeks(weeks: tuple[Days, ...], drawing: Drawing) -> Iterator[Drawn]:
    """A banner a week; where spans are drawn badly, its first day."""
    for number, week in enumerate(weeks, start=1):
        days = week if drawing.split_periods_over_days is None else Days.inclusive(week.start, week.start)
        yield replace(_main(days, Lead.WEEK), number=number)


def _task(days: Days) -> tuple[Drawn, ...]:
    if days.count <= SHORT_TASK:
        return (_main(days),)
    return (_opening(days, Lead.OPENS), _main(_last_day(days), Lead.LAST_DAY))


def _period(days: Days, drawing: Drawing) -> tuple[Drawn, ...]:
    longest = drawing.split_periods_over_days
    if longest is None or days.count <= longest:
        return (_main(days),)
    return _edges(days)


def _between(days: Days, drawing: Drawing) -> tuple[Drawn, ...]:
    """One span; where a long one would be repeated on every day, its first and last day, both still to be announced."""
    longest = drawing.split_periods_over_days
    if longest is None or days.count <= longest:
        return (_main(days, Lead.BETWEEN),)
    return (_opening(days, Lead.BETWEEN), _main(_last_day(days), Lead.BETWEEN))


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


# --- times of day --------------------------------------------------------------------------------


def _timed(one: Drawn, entry: Entry, drawing: Drawing, minutes: int, zones: tuple[str, str]) -> Drawn:
    """The same with the entry's hours: an opening begins, a last day ends, all else does both."""
    begins, ends = entry.hours.begins, entry.hours.ends
    if one.part is Part.OPENING:
        ends = None
    elif one.lead in {Lead.LAST_DAY, Lead.ENDS}:
        begins = None
    if begins is None and ends is None:
        return one
    if one.days.count > 1 or (begins is not None and ends is not None):
        days = replace(one.days, clock=(begins or _FIRST_MINUTE, ends or _LAST_MINUTE))
    else:
        days = _moment(one.days, begins, ends, timedelta(minutes=0 if drawing.moments else minutes))
    return replace(one, days=_read_there(days, *zones), at=_said(one.days, begins, ends))


def _moment(day: Days, begins: time | None, ends: time | None, length: timedelta) -> Days:
    """A deadline is the time that ends at its minute, a beginning the one that starts there."""
    at = begins or ends or _FIRST_MINUTE
    moment = datetime.combine(day.start, at)
    first, last = (moment, moment + length) if begins is not None else (moment - length, moment)
    if last.time() == _FIRST_MINUTE and last > first:
        last -= timedelta(minutes=1)
    return Days.inclusive(first.date(), last.date(), (first.time(), last.time()))


def _read_there(days: Days, here: str, there: str) -> Days:
    """The same moments on the clocks of another zone, '' for zones that are not known.

    A minute that the clocks jump over becomes the one they jump to, as every service has it. Where a beginning would
    then not come before its end, the end and the length stand and the beginning is that much earlier; likewise where
    an hour that comes twice has the beginning in its first pass and the end in its second.
    """
    if not here or not there:
        return days
    first, last = (
        datetime.combine(day, at, ZoneInfo(here)).astimezone(UTC)
        for day, at in zip((days.start, days.last), days.clock, strict=True)
    )
    if last <= first and (days.count > 1 or days.clock[0] != days.clock[1]):
        # Of two readings of a minute that is left out, `fold` names the earlier.
        first = datetime.combine(days.start, days.clock[0].replace(fold=1), ZoneInfo(here)).astimezone(UTC)
    begins, ends = (one.astimezone(ZoneInfo(there)).replace(tzinfo=None, fold=0) for one in (first, last))
    if ends < begins:
        begins = ends - (last - first)
    return Days.inclusive(begins.date(), ends.date(), (begins.time(), ends.time()))


def _said(days: Days, begins: time | None, ends: time | None) -> str:
    first, last = (f"{one:%H:%M}" if one is not None else "" for one in (begins, ends))
    if days.count > 1:
        return " ".join(filter(None, (first, "→", last)))
    return "\N{EN DASH}".join(filter(None, (first, last)))
