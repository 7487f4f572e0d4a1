"""Events as Canvas's JSON tells them, and our wishes as the form fields it takes. Pure, both ways.

Dates are instants at Canvas and days here, with a clock where they are timed; the campus zone stands between
them, never the zone of the token's user. One whole day is an all-day event at exact local midnight; a longer
span is a timed event from 00:00 of its first day to 23:59 of its last, since Canvas loses the all-day flag of
longer ones when they change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import NoneType
from typing import Any
from zoneinfo import ZoneInfo

from connectors.canvas.description import read_description, write_description
from connectors.fields import text_in
from mapping.identity import UNREADABLE_DATE, body_hash, day_words, same_words
from mapping.model import ALL_FIELDS, DayOffset, Days, DesiredEvent, Field, Marker, ObservedEvent, Record
from mapping.text.typography import plain, unbroken

Row = Mapping[str, Any]
"""One event as Canvas's JSON tells it."""
Form = list[tuple[str, str]]

_LAST_MINUTE = time(23, 59)
_DAY = timedelta(days=1)
_FURTHEST = timedelta(hours=15)
_LONGEST_REMEMBERED = 512
"""Characters of a title whose meaning is kept; Canvas keeps 255."""
_TEXT = (str, NoneType)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where we write and as whom: what translation needs to know besides the event itself."""

    owner: str
    zone: ZoneInfo
    origin: str
    """Scheme and host of this Canvas."""
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)
    """Targets with a zone of their own."""

    def at(self, target: str) -> Place:
        """The same in the target's zone."""
        return replace(self, zone=self.zones[target]) if target in self.zones else self


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDates:
    """An event's dates as read, see the fields of `ObservedEvent`."""

    days: Days | None
    when: str
    last_day: date | None


NO_DATE = SeenDates(days=None, when="no date", last_day=None)
ODD_DATE = SeenDates(days=None, when=UNREADABLE_DATE, last_day=None)

# --- dates ----------------------------------------------------------------------------------


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of the day in the zone, in UTC; where 00:00 is skipped, when the clocks jump."""
    # In UTC, since Python holds a repeated or skipped local time unequal to any time of another zone.
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def skips_midnight(day: date, zone: ZoneInfo) -> bool:
    """Whether the clocks jump over the day's 00:00, so that its first instant is a later hour."""
    return day_start(day, zone).astimezone(zone).time() != time.min


def span_end(day: date, zone: ZoneInfo) -> datetime:
    """23:59 of the day in the zone, in UTC."""
    return datetime.combine(day, _LAST_MINUTE, zone).astimezone(UTC)


def span_of(days: Days, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First and last moment in UTC: by the clock where there is one, else as whole days are written here."""
    if days.clock:
        begins, ends = days.clock
        return (
            datetime.combine(days.start, begins, zone).astimezone(UTC),
            datetime.combine(days.last, ends, zone).astimezone(UTC),
        )
    start = day_start(days.start, zone)
    return start, start if days.count == 1 else span_end(days.last, zone)


def date_fields(days: Days, zone: ZoneInfo) -> dict[str, str]:
    """The four fields that place an event on days, offset and zone always named."""
    all_day = days.count == 1 and not days.clock
    start, end = _span_in_words(days, zone)
    return {
        "start_at": start,
        "end_at": end,
        "all_day": "true" if all_day else "false",
        "time_zone_edited": zone.key,
    }


@lru_cache(maxsize=4096)
def _span_in_words(days: Days, zone: ZoneInfo) -> tuple[str, str]:
    start, end = span_of(days, zone)
    return start.astimezone(zone).isoformat(), end.astimezone(zone).isoformat()


@lru_cache(maxsize=4096)
def read_dates(start_at: str | None, end_at: str | None, all_day: bool, zone: ZoneInfo) -> SeenDates:  # noqa: FBT001 - a field of the event
    """Dates as Canvas tells them, in campus days; days only for exactly what `date_fields` writes."""
    start, end = _instant(start_at), _instant(end_at)
    start, end = start or end, end or start
    if start is None or end is None:
        return NO_DATE if not (start_at or end_at) else ODD_DATE
    try:
        return _seen_dates(start, end, all_day=all_day, zone=zone)
    except OverflowError:  # a day before the first or after the last that Python knows
        return ODD_DATE


def _seen_dates(start: datetime, end: datetime, *, all_day: bool, zone: ZoneInfo) -> SeenDates:
    first, last = start.astimezone(zone), end.astimezone(zone)
    days = _whole_days(start, end, all_day=all_day, zone=zone)
    if days is None and not all_day:
        days = _timed_days(start, end, zone)
    return SeenDates(
        days=days,
        when=day_words(days)
        if days is not None and not days.clock
        else _timed_words(first, last, all_day=all_day),
        last_day=_last_day(start, end, all_day=all_day, zone=zone),
    )


def _whole_days(start: datetime, end: datetime, *, all_day: bool, zone: ZoneInfo) -> Days | None:
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    if start != day_start(first, zone):
        return None
    if all_day:
        return Days.inclusive(first, first) if start == end else None
    if last <= first or end != span_end(last, zone):
        return None
    return Days.inclusive(first, last)


def _timed_days(start: datetime, end: datetime, zone: ZoneInfo) -> Days | None:
    """Days with a clock, for exactly what would be written for them: whole minutes, the first of a repeated hour."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    if end < start or last.time() == time.min:
        return None
    clock = (first.time().replace(fold=0), last.time().replace(fold=0))
    if first.date() == last.date() and clock[1] < clock[0]:
        return None
    days = Days.inclusive(first.date(), last.date(), clock)
    minutes = first.second == first.microsecond == last.second == last.microsecond == 0
    return days if minutes and span_of(days, zone) == (start, end) else None


def _last_day(start: datetime, end: datetime, *, all_day: bool, zone: ZoneInfo) -> date:
    last = end.astimezone(zone).date()
    if not all_day and end > start and end == day_start(last, zone):
        return last - _DAY
    return last


def _timed_words(first: datetime, last: datetime, *, all_day: bool) -> str:
    words = f"{first:%Y-%m-%d %H:%M}"
    if last != first:
        words += f" to {last:%H:%M}" if last.date() == first.date() else f" to {last:%Y-%m-%d %H:%M}"
    return f"{words}, all day" if all_day else words


def _instant(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


# --- reading --------------------------------------------------------------------------------


def observed(
    row: Row, context: str, place: Place, *, version: str, record: Record | None = None, unread: bool = False
) -> ObservedEvent:
    """The event of a row, as seen in the context.

    ``record`` given: the description was not read, the record says what it was. ``unread``: it was not read, and
    when it last was the event was somebody else's, without our mark. ``version`` is the row's
    `updated_at`, or '' where that may still stand for a later change, see `settled_version`.
    """
    shown = _shown_by(row, context, place.zone)
    dates = shown.dates
    marker: Marker | None
    if unread:
        marker, words, tail = None, "", ""
    elif record is not None:
        marker, words, tail = _recorded_marker(record, context, place.owner), record.body_hash, ""
    else:
        description = read_description(text_in(row, "description", context), place.origin)
        marker, words, tail = description.marker, description.body_hash, description.tail
    return ObservedEvent(
        context=context,
        remote_id=str(row["id"]),
        title=shown.title,
        days=dates.days,
        when=dates.when,
        last_day=dates.last_day,
        marker=marker,
        genuine=marker is not None and marker.context == context,
        writable=is_own_row(row, context),
        body_hash=words,
        tail=tail,
        version=version,
        stamp=_time_of_change(row),
        offset=shown.offset,
        body_known=record is None and not unread,
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """What people see of an event besides its description: in courses of one view the same of each."""

    title: str
    dates: SeenDates
    offset: DayOffset | None


def _shown_by(row: Row, context: str, zone: ZoneInfo) -> _Shown:
    title, all_day = text_in(row, "title", context), bool(row.get("all_day"))
    start, end, named = row.get("start_at"), row.get("end_at"), row.get("all_day_date")
    dates_are_texts = isinstance(start, _TEXT) and isinstance(end, _TEXT) and isinstance(named, _TEXT)
    if not dates_are_texts or len(title) > _LONGEST_REMEMBERED:
        return _Shown(plain(title), _dates(start, end, all_day, zone), applied_offset(row, zone))
    return _shown(title, start, end, all_day, named, zone)


@lru_cache(maxsize=4096)
def _shown(
    title: str,
    start: str | None,
    end: str | None,
    all_day: bool,  # noqa: FBT001 - a field of the event
    named: str | None,
    zone: ZoneInfo,
) -> _Shown:
    row = {"start_at": start, "all_day": all_day, "all_day_date": named}
    return _Shown(plain(title), _dates(start, end, all_day, zone), applied_offset(row, zone))


def _dates(start: object, end: object, all_day: bool, zone: ZoneInfo) -> SeenDates:  # noqa: FBT001 - a field of the event
    if not isinstance(start, _TEXT) or not isinstance(end, _TEXT):
        return ODD_DATE
    return read_dates(start, end, all_day, zone)


def _time_of_change(row: Row) -> str:
    told = row.get("updated_at")
    return told if isinstance(told, str) else ""


def applied_offset(row: Row, zone: ZoneInfo) -> DayOffset | None:
    """The offset that Canvas laid on an all-day event: the day it names against the instant it begins at.

    None for any other event, and where the two lie further apart than any offset from UTC.
    """
    named, told = row.get("all_day_date"), row.get("start_at")
    if not row.get("all_day") or not isinstance(named, str) or not isinstance(told, str):
        return None
    return _offset(named, told, zone)


@lru_cache(maxsize=4096)
def _offset(named: str, told: str, zone: ZoneInfo) -> DayOffset | None:
    try:
        day, start = date.fromisoformat(named[:10]), _instant(told)
        if start is None:
            return None
        midnight = datetime.combine(day, time.min, UTC)
        theirs, ours = midnight - start, midnight - day_start(day, zone)
    except (ValueError, OverflowError):
        return None
    if abs(theirs) > _FURTHEST:
        return None
    return DayOffset(day=day, ours=round(ours.total_seconds()), theirs=round(theirs.total_seconds()))


def is_own_row(row: Row, context: str) -> bool:
    """Whether the row is an event of this very context: no section's child, no appointment slot."""
    return (
        row.get("context_code") == context
        and row.get("parent_event_id") is None
        and row.get("appointment_group_id") is None
    )


def is_deleted(row: Row) -> bool:
    """Whether Canvas tells of an event that is no longer there."""
    return row.get("workflow_state") == "deleted"


def is_locked(row: Row) -> bool:
    """Whether Canvas refuses every change of an event, as of one that a blueprint course locks."""
    return row.get("workflow_state") == "locked"


def _recorded_marker(record: Record, context: str, owner: str) -> Marker | None:
    if not record.fingerprint:
        return None
    return Marker(owner=owner, key=record.key, context=context, fingerprint=record.fingerprint)


# --- writing --------------------------------------------------------------------------------


def marker_of(desired: DesiredEvent, context: str, owner: str) -> Marker:
    """The marker that the event should carry in this context."""
    return Marker(owner=owner, key=desired.key, context=context, fingerprint=desired.mark)


def create_form(desired: DesiredEvent, context: str, place: Place) -> Form:
    """All fields of a new event."""
    return _form(
        {"context_code": context, **wished_fields(desired, context, place, names=ALL_FIELDS, tail="")}
    )


def wished_fields(
    desired: DesiredEvent, context: str, place: Place, *, names: Collection[Field], tail: str
) -> dict[str, str]:
    """Canvas's fields for the managed fields named; the description holds text, marker and people's part."""
    fields: dict[str, str] = {}
    if Field.TITLE in names:
        fields["title"] = unbroken(desired.title)
    if Field.DAYS in names:
        fields |= date_fields(desired.days, place.zone)
    if Field.TEXT in names or Field.MARKER in names:
        fields["description"] = write_description(
            marker_of(desired, context, place.owner), desired.body, tail
        )
    return fields


def update_form(fields: Mapping[str, str]) -> Form:
    """The form of an update: only the fields given, the others stay as they are at Canvas."""
    return _form(fields)


def _form(fields: Mapping[str, str]) -> Form:
    return [(f"calendar_event[{name}]", value) for name, value in fields.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """Where an answer differs from the wish: names of managed fields, and the same in words."""

    names: frozenset[Field]
    words: str


def deviation(
    event: ObservedEvent, desired: DesiredEvent, context: str, place: Place, *, names: Collection[Field]
) -> Deviation:
    """Compare an answer with what was wished, in the managed fields that were written."""
    found: dict[Field, str] = {}
    if Field.TITLE in names and not same_words(event.title, desired.title):
        found[Field.TITLE] = f"title is {event.title!r}"
    if Field.DAYS in names and event.days != desired.days:
        found[Field.DAYS] = f"date is {event.when} instead of {day_words(desired.days)}"
    if Field.TEXT in names and event.body_hash != desired.body_hash:
        found[Field.TEXT] = "text differs from what was sent"
    wants_marker = Field.TEXT in names or Field.MARKER in names
    if wants_marker and event.marker != marker_of(desired, context, place.owner):
        found[Field.MARKER] = "marker is missing or altered"
    return Deviation(names=frozenset(found), words="; ".join(found.values()))


def hashes_to(html: str, wanted: str, place: Place) -> bool:
    """Whether a piece of HTML shows the words of this `body_hash` and nothing else."""
    return read_description(html, place.origin).body_hash == wanted if html else wanted == body_hash("")
