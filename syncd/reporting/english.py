"""English for reports: days as the command line prints and reads them, moments, and numbers of things.

For reports in the terminal; what people read in a calendar is worded by `mapping.text.dates` from the data's
phrases.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from mapping.model import Days
from syncd.errors import UsageError

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(one: date) -> str:
    """``Sat 13 Sep 2025``, in English whatever the locale, since the rest of the report is."""
    return f"{_WEEKDAYS[one.weekday()]} {one.day} {_MONTHS[one.month - 1]} {one.year}"


def days(span: Days | None) -> str:
    """One day, or first to last; the year once where both have the same."""
    if span is None:
        return "no date"
    if span.clock:
        return _timed(span)
    if span.count == 1:
        return day(span.start)
    first = day(span.start)
    if span.start.year == span.last.year:
        first = first.removesuffix(f" {span.start.year}")
    return f"{first} - {day(span.last)}"


def clock(span: Days) -> str:
    """``17:00``, ``10:00 - 12:00``, ``the whole day``."""
    if not span.clock:
        return "the whole day"
    begins, ends = (f"{one:%H:%M}" for one in span.clock)
    return begins if begins == ends else f"{begins} - {ends}"


def clock_json(span: Days | None) -> dict[str, str | None]:
    """``from`` and ``to`` as programs read them, null for whole days."""
    begins, ends = (f"{one:%H:%M}" for one in span.clock) if span is not None and span.clock else (None, None)
    return {"from": begins, "to": ends}


def _timed(span: Days) -> str:
    """``Fri 28 Aug 2026, 17:00``; over several days both with their time."""
    if span.count == 1:
        return f"{day(span.start)}, {clock(span)}"
    begins, ends = (f"{one:%H:%M}" for one in span.clock)
    return f"{day(span.start)}, {begins} - {day(span.last)}, {ends}"


def moment(seconds: float | None, zone: tzinfo) -> str:
    """Seconds since the epoch as ``Sat 13 Sep 2025 14:05 UTC+5`` in a zone; ``never`` for None."""
    if seconds is None:
        return "never"
    at = datetime.fromtimestamp(seconds, tz=zone)
    return f"{day(at.date())} {at:%H:%M} {_offset(at)}"


def _offset(at: datetime) -> str:
    """The offset in force at that moment: a zone's name would not say whether summer time was on."""
    text = at.strftime("%z")
    hours, minutes = text[:3].lstrip("+").lstrip("0"), text[3:5]
    if hours.startswith("-"):
        hours = f"-{hours[1:].lstrip('0') or '0'}"
    elif hours:
        hours = f"+{hours}"
    if minutes == "00":
        return f"UTC{hours}"
    return f"UTC{hours or '+0'}:{minutes}"


def read_day(text: str, option: str) -> date:
    """A day typed as ``2025-09-13``. Raises `UsageError` naming the option."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: {text!r} is not a date such as 2025-09-13") from None


def counted(number: int, noun: str) -> str:
    """``1 calendar``, ``1,214 calendars``, ``2 entries``. The noun's plural takes an s."""
    if number == 1:
        return f"{number} {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("ry") else f"{number:,} {noun}s"
