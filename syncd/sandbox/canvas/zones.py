"""Time zones, and time texts in and out, as Canvas reads and writes them.

Knows no event: what dates do to an event stands in `dates.py`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

RAILS_ZONES = {
    "Hawaii": "Pacific/Honolulu",
    "Alaska": "America/Juneau",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Arizona": "America/Phoenix",
    "Mountain Time (US & Canada)": "America/Denver",
    "Central Time (US & Canada)": "America/Chicago",
    "Eastern Time (US & Canada)": "America/New_York",
    "Atlantic Time (Canada)": "America/Halifax",
    "Newfoundland": "America/St_Johns",
    "Brasilia": "America/Sao_Paulo",
    "Azores": "Atlantic/Azores",
    "UTC": "Etc/UTC",
    "London": "Europe/London",
    "Dublin": "Europe/Dublin",
    "Lisbon": "Europe/Lisbon",
    "Amsterdam": "Europe/Amsterdam",
    "Berlin": "Europe/Berlin",
    "Budapest": "Europe/Budapest",
    "Paris": "Europe/Paris",
    "Stockholm": "Europe/Stockholm",
    "Warsaw": "Europe/Warsaw",
    "Helsinki": "Europe/Helsinki",
    "Kyiv": "Europe/Kiev",
    "Istanbul": "Europe/Istanbul",
    "Moscow": "Europe/Moscow",
    "Baku": "Asia/Baku",
    "Tbilisi": "Asia/Tbilisi",
    "Yerevan": "Asia/Yerevan",
    "Kabul": "Asia/Kabul",
    "Ekaterinburg": "Asia/Yekaterinburg",
    "Tashkent": "Asia/Tashkent",
    "Kolkata": "Asia/Kolkata",
    "Kathmandu": "Asia/Kathmandu",
    "Almaty": "Asia/Almaty",
    "Astana": "Asia/Almaty",
    "Novosibirsk": "Asia/Novosibirsk",
    "Bangkok": "Asia/Bangkok",
    "Beijing": "Asia/Shanghai",
    "Singapore": "Asia/Singapore",
    "Tokyo": "Asia/Tokyo",
    "Adelaide": "Australia/Adelaide",
    "Sydney": "Australia/Sydney",
    "Auckland": "Pacific/Auckland",
}
"""Rails' own names for zones (a part of its table), which Canvas accepts beside IANA's."""

_SEPARATOR = r"[-/. ]"
_DATE = rf"(?P<year>\d{{4}}){_SEPARATOR}(?P<month>\d\d){_SEPARATOR}(?P<day>\d\d)"
_CLOCK = r"(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:\.\d+)?)?"
_OFFSET = r"(?P<offset>Z|UTC|[+-]\d\d:?\d\d)?"
DATE_ONLY = re.compile(rf"\s*{_DATE}\s*")
STRICT_MOMENT = re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)T{_CLOCK}{_OFFSET}")
LOOSE_MOMENT = re.compile(rf"\s*{_DATE}(?:T|\s+){_CLOCK}\s*{_OFFSET}\s*")
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@lru_cache(maxsize=256)
def zone_named(name: str | None) -> ZoneInfo | None:
    """The zone of an IANA or Rails name; None if it names none."""
    if not name:
        return None
    try:
        return ZoneInfo(RAILS_ZONES.get(name, name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def midnight(moment: datetime, zone: ZoneInfo) -> datetime:
    """Start of the moment's day in the zone, in UTC."""
    return day_start(moment.astimezone(zone).date(), zone)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The day's 00:00 in the zone, in UTC."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def day_end(day: date, zone: ZoneInfo) -> datetime:
    """The day's 23:59:59 in the zone, in UTC."""
    return datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC)


def text_of(moment: datetime | None) -> str | None:
    """UTC, whole seconds, with Z."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_day(text: str) -> date | None:
    """A date alone, with any of Canvas's separators; None if it is not one."""
    found = DATE_ONLY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def read_moment(text: str, zone: ZoneInfo, *, strict: bool = False) -> datetime | None:
    """A date with time, read in `zone` if it has no offset; None if it cannot be read.

    `strict` asks for ISO 8601 with its T, as the list's parameters do.
    """
    found = (STRICT_MOMENT if strict else LOOSE_MOMENT).fullmatch(text)
    if found is None:
        return None
    numbers = [int(found[part] or 0) for part in ("year", "month", "day", "hour", "minute", "second")]
    try:
        local = datetime(*numbers, tzinfo=zone)  # type: ignore[arg-type,misc]
    except ValueError:
        return None
    offset = found["offset"]
    if offset is None:
        return local.astimezone(UTC)
    if offset in ("Z", "UTC"):
        return local.replace(tzinfo=UTC)
    sign = -1 if offset[0] == "-" else 1
    digits = offset[1:].replace(":", "")
    ahead = sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return local.replace(tzinfo=UTC) - ahead


def cast_moment(text: str, zone: ZoneInfo) -> datetime | None:
    """What an event's date attribute becomes: a date alone is its midnight in `zone`; unreadable is None."""
    day = read_day(text)
    return day_start(day, zone) if day is not None else read_moment(text, zone)
