"""Series and their instances: which exist, how they are called, how they look. dateutil reads the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from syncd.sandbox.google.errors import invalid
from syncd.sandbox.google.moments import Moment, zone_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syncd.sandbox.google.rows import Row

UTC_ZONE = ZoneInfo("UTC")
INSTANCES_LIMIT = 730
"""Instances of one series that are ever looked at; an endless rule ends here."""


def starts(row: Row, zone: ZoneInfo) -> Iterator[Moment]:
    """Original starts of the instances, ascending. Raises ApiError (400) for a rule that cannot be read."""
    own = zone_named(row.start.zone or "") or zone
    day = row.start.day
    first = (
        datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a date rule has no zone
        if day is not None
        else row.start.utc(own).astimezone(own)
    )
    try:
        rule = rrulestr("\n".join(row.recurrence), dtstart=first, forceset=True)
        for found in islice(rule, INSTANCES_LIMIT):
            if day is not None:
                yield Moment(day=found.date())
            else:
                yield Moment(at=found.astimezone(UTC), zone=row.start.zone)
    except (ValueError, TypeError, AttributeError):
        raise invalid("Invalid recurrence rule.") from None


def suffix(original: Moment) -> str:
    """How the id of an instance ends, after the id of the series and an underscore."""
    if original.day is not None:
        return original.day.strftime("%Y%m%d")
    return original.utc(UTC_ZONE).strftime("%Y%m%dT%H%M%SZ")


def length(row: Row) -> timedelta:
    """How long an event lasts."""
    if row.start.day is not None and row.end.day is not None:
        return row.end.day - row.start.day
    return row.end.utc(UTC_ZONE) - row.start.utc(UTC_ZONE)


def instance(row: Row, original: Moment) -> Row:
    """An instance as the rule has it."""
    fields = {name: value for name, value in row.fields.items() if name not in ("recurrence", "start", "end")}
    end = original.moved(length(row))
    fields["start"] = original.shown(UTC_ZONE, "UTC")
    fields["end"] = end.shown(UTC_ZONE, "UTC")
    return replace(
        row,
        id=f"{row.id}_{suffix(original)}",
        fields=fields,
        start=original,
        end=end,
        series=row.id,
        original=original,
    )


def instances(row: Row, changed: dict[Moment, Row], zone: ZoneInfo) -> Iterator[Row]:
    """All instances of a series, changed and cancelled ones in their place."""
    for original in starts(row, zone):
        yield changed.get(original) or instance(row, original)


def find_instance(row: Row, wanted: str, zone: ZoneInfo) -> Row | None:
    """The unchanged instance with the id `wanted`, None if the rule has none."""
    for original in starts(row, zone):
        if wanted == f"{row.id}_{suffix(original)}":
            return instance(row, original)
    return None
