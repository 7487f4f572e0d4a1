"""What saving does to an event's dates and its all-day flag, in Canvas's order.

Pure: values in, values out. The zone has been chosen by the caller.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from syncd.sandbox.canvas.zones import midnight

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """An event's time: UTC moments, both or none; `all_day_date` may be stale on a timed event."""

    start: datetime | None = None
    end: datetime | None = None
    all_day: bool = False
    all_day_date: date | None = None


UNSAVED = Dates()


def settle(wanted: Dates, was: Dates, zone: ZoneInfo) -> Dates:
    """Dates as they are stored when `wanted` is saved over `was` (`UNSAVED` for a new event)."""
    dates = _ordered(wanted)
    if dates.all_day and not was.all_day:
        dates = _floored(dates, zone)
    elif dates.start != was.start or dates.end != was.end:
        dates = replace(dates, all_day=_is_midnight_point(dates, zone))
    if dates.all_day and (dates.all_day_date is None or dates.start != was.start):
        dates = _floored(dates, zone)
        day = None if dates.start is None else dates.start.astimezone(zone).date()
        dates = replace(dates, all_day_date=day)
    return dates


def _ordered(dates: Dates) -> Dates:
    start = dates.start if dates.start is not None else dates.end
    end = dates.end if dates.end is not None else start
    if start is not None and end is not None and end < start:
        end = start
    return replace(dates, start=start, end=end)


def _floored(dates: Dates, zone: ZoneInfo) -> Dates:
    if dates.start is None or dates.end is None:
        return dates
    return replace(dates, start=midnight(dates.start, zone), end=midnight(dates.end, zone))


def _is_midnight_point(dates: Dates, zone: ZoneInfo) -> bool:
    return dates.start is not None and dates.start == dates.end and _clock(dates.start, zone) == "00:00"


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    try:
        return moment.astimezone(zone).strftime("%H:%M")
    except OverflowError:  # at the end of time, or at its beginning
        return ""
