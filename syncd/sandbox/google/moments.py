"""Points in time of an event: all-day dates and timed instants, and the forms in which they travel.

A date never passes through an instant, except to be compared with one, in the zone of its calendar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from syncd.sandbox.google.errors import ApiError, bad_request, invalid, required

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?")


@cache
def zone_named(name: str) -> ZoneInfo | None:
    """The zone of an IANA name, None if there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Start or end: a `day` (all-day) or an instant `at` in UTC, whole seconds. `zone`: IANA name as sent."""

    day: date | None = None
    at: datetime | None = None
    zone: str | None = None

    def utc(self, zone: ZoneInfo) -> datetime:
        """The instant; a day begins at midnight of `zone`."""
        if self.at is not None:
            return self.at
        if self.day is None:
            raise ValueError("a moment is a day or an instant")
        return datetime(self.day.year, self.day.month, self.day.day, tzinfo=zone).astimezone(UTC)

    def shown(self, zone: ZoneInfo, default_zone: str) -> dict[str, str]:
        """As answers have it: an instant with the offset of `zone`, named by its own or the default zone."""
        if self.day is not None:
            return {"date": self.day.isoformat()}
        local = self.utc(zone).astimezone(zone).isoformat(timespec="seconds")
        return {"dateTime": local.replace("+00:00", "Z"), "timeZone": self.zone or default_zone}

    def moved(self, by: timedelta) -> Moment:
        """The same, later by `by`; whole days where it is a day."""
        if self.day is not None:
            return Moment(day=self.day + by, zone=self.zone)
        if self.at is None:
            raise ValueError("a moment is a day or an instant")
        return Moment(at=self.at + by, zone=self.zone)


def read_moment(
    told: Any,
    which: str,
    *,
    recurring: bool,
    unknown_zones: AbstractSet[str],
    default_zone: str,
) -> Moment:
    """Start or end (`which`) as a request has it, in the default zone if it names none. Raises ApiError."""
    if not isinstance(told, dict):
        raise required(f"Missing {which} time.")
    day, at, zone = told.get("date"), told.get("dateTime"), told.get("timeZone")
    if zone is not None and (not isinstance(zone, str) or zone in unknown_zones or zone_named(zone) is None):
        raise invalid(f"Invalid time zone definition for {which} time.")
    if (day is None) == (at is None):
        raise required(f"Missing {which} time.") if day is None else invalid(f"Invalid {which} time.")
    if day is not None:
        return Moment(day=_day(day, which))
    if not isinstance(at, str) or DATE_TIME.fullmatch(at) is None:
        raise invalid(f"Invalid {which} time.")
    if recurring and zone is None:
        raise _no_zone(which)
    return Moment(at=_instant(at, zone, which), zone=zone or default_zone)


def _day(told: object, which: str) -> date:
    if not isinstance(told, str) or DATE.fullmatch(told) is None:
        raise invalid(f"Invalid {which} time.")
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise invalid(f"Invalid {which} time.") from None


def _instant(text: str, zone: str | None, which: str) -> datetime:
    try:
        local = datetime.fromisoformat(text).replace(microsecond=0)
        if local.tzinfo is None:
            if zone is None:
                raise _no_zone(which)
            local = local.replace(tzinfo=ZoneInfo(zone))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise invalid(f"Invalid {which} time.") from None


def _no_zone(which: str) -> ApiError:
    return required(f"Missing time zone definition for {which} time.")


def read_bound(text: str, name: str) -> datetime:
    """timeMin, timeMax or updatedMin: RFC 3339 with an offset, sub-seconds ignored. Raises ApiError (400)."""
    if DATE_TIME.fullmatch(text) is None:
        raise bad_request(location=name)
    try:
        bound = datetime.fromisoformat(text).replace(microsecond=0)
    except ValueError:
        raise bad_request(location=name) from None
    if bound.tzinfo is None:
        raise bad_request(location=name)
    return bound.astimezone(UTC)


def stamp_text(ms: int) -> str:
    """Milliseconds since 1970 as `updated` shows them."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def second_text(ms: int) -> str:
    """Milliseconds since 1970 as `created` shows them: whole seconds, with zero milliseconds."""
    return datetime.fromtimestamp(ms // 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
