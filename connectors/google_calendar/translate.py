"""Events as Google's JSON tells them, and our wishes as the resources it takes. Pure, both ways.

Whole days are all-day events: dates without a zone, the end exclusive, never passing through an instant; timed
ones are instants, written in the campus zone. What we own is summary, start and end, our part of the
description and our private properties; all the rest belongs to people and goes back as it was read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.fields import object_in, text_in
from connectors.google_calendar.description import compose, divide, readable, tail_to_keep
from mapping.identity import UNREADABLE_DATE, body_hash, day_words, google_event_id, same_words
from mapping.model import Days, DesiredEvent, Field, Marker, ObservedEvent
from mapping.text.typography import plain, unbroken

Row = Mapping[str, Any]
"""One event as Google's JSON tells it."""

GENERATIONS = 20
"""Most ids one key may burn in one calendar."""
CANCELLED = "cancelled"

_OWNER, _KEY, _CONTEXT = "syncdOwner", "syncdKey", "syncdContext"
_FINGERPRINT, _GENERATION, _SEED = "syncdFingerprint", "syncdGeneration", "syncdSeed"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """As whom we write, and the campus zone, in which people's timed events end on a day."""

    owner: str
    zone: ZoneInfo
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)
    """Targets with a zone of their own."""

    def at(self, target: str) -> Place:
        """The same in the target's zone."""
        return replace(self, zone=self.zones[target]) if target in self.zones else self


@dataclass(frozen=True, slots=True, kw_only=True)
class Ident:
    """What an event's id was derived from besides calendar and key. ``seed`` outlives a change of owner."""

    seed: str
    generation: int


# --- reading --------------------------------------------------------------------------------


def observed(row: Row, calendar: str, place: Place) -> ObservedEvent:
    """The event of a row, as seen in the calendar."""
    days = _days(row, place.zone)
    described = divide(text_in(row, "description", calendar))
    marker = read_marker(row, calendar)
    return ObservedEvent(
        context=calendar,
        remote_id=str(row["id"]),
        title=plain(text_in(row, "summary", calendar)),
        days=days,
        when=_when(row, days, place.zone),
        last_day=None if repeats(row) else _last_day(row, days, place.zone),
        marker=marker,
        genuine=marker is not None and is_genuine(row, calendar, marker),
        writable=_can_be_ours(row, calendar, marker),
        body_hash=body_hash(readable(described.head)),
        tail=described.tail,
        version=text_in(row, "etag", calendar),
        stamp=text_in(row, "updated", calendar),
    )


def read_marker(row: Row, calendar: str) -> Marker | None:
    """The marker in the private properties; None unless it is there in full."""
    private = _private(row, calendar)
    values = [private.get(name) or "" for name in (_OWNER, _KEY, _CONTEXT, _FINGERPRINT)]
    if not all(values):
        return None
    owner, key, context, fingerprint = values
    return Marker(
        owner=owner,
        key=key,
        context=context,
        fingerprint=fingerprint,
        generation=_generation(private.get(_GENERATION)),
    )


def is_genuine(row: Row, calendar: str, marker: Marker) -> bool:
    """Whether the marker belongs to this very event: its id was derived from it, in this calendar."""
    seed = _private(row, calendar).get(_SEED) or marker.owner
    wanted = google_event_id(seed, calendar, marker.key, marker.generation)
    return marker.context == calendar and row.get("id") == wanted


def is_deleted(row: Row) -> bool:
    """Whether the row is a tombstone."""
    return row.get("status") == CANCELLED


def repeats(row: Row) -> bool:
    """Whether the row is of a series. In JSON an empty field is as good as none."""
    return bool(row.get("recurrence"))


def ident_of(row: Row, calendar: str, key: str, owner: str) -> Ident | None:
    """What the row's id was derived from for this key; None where the id is not ours for it."""
    marker = read_marker(row, calendar)
    if marker is not None and marker.key == key and is_genuine(row, calendar, marker):
        return Ident(seed=_private(row, calendar).get(_SEED) or marker.owner, generation=marker.generation)
    for generation in range(GENERATIONS):
        if row.get("id") == google_event_id(owner, calendar, key, generation):
            return Ident(seed=owner, generation=generation)
    return None


def _can_be_ours(row: Row, calendar: str, marker: Marker | None) -> bool:
    """No instance and no special type; a series only where a person made one of our event."""
    if row.get("recurringEventId") is not None or (row.get("eventType") or "default") != "default":
        return False
    return not repeats(row) or (marker is not None and is_genuine(row, calendar, marker))


def _private(row: Row, calendar: str) -> Mapping[str, str]:
    properties = object_in(row, "extendedProperties", calendar)
    # With the event's id, by which an odd value is told.
    private = object_in({**properties, "id": row.get("id")}, "private", calendar)
    # Google keeps texts only; anything else is no marker of ours.
    return {name: value for name, value in private.items() if isinstance(value, str)}


def _generation(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 4 else 0


# --- dates ----------------------------------------------------------------------------------


def _days(row: Row, zone: ZoneInfo) -> Days | None:
    """Days for exactly what we would write: all-day or from minute to minute, and not repeated."""
    if repeats(row):
        return None
    first, end = _date(_moment(row, "start")), _date(_moment(row, "end"))
    if first is not None and end is not None:
        return Days(first, end) if first < end else None
    return _timed_days(_instant(_moment(row, "start"), zone), _instant(_moment(row, "end"), zone), zone)


def _timed_days(start: datetime | None, end: datetime | None, zone: ZoneInfo) -> Days | None:
    if start is None or end is None or end.time() == time.min:
        return None
    clock = (start.time().replace(fold=0), end.time().replace(fold=0))
    if end.date() < start.date() or (start.date() == end.date() and clock[1] < clock[0]):
        return None
    days = Days.inclusive(start.date(), end.date(), clock)
    minutes = start.second == start.microsecond == end.second == end.microsecond == 0
    return days if minutes and _span(days, zone) == (start.astimezone(UTC), end.astimezone(UTC)) else None


def _span(days: Days, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First and last moment of timed days, in UTC, since a repeated local hour is unequal to any time elsewhere."""
    begins, ends = days.clock
    return (
        datetime.combine(days.start, begins, zone).astimezone(UTC),
        datetime.combine(days.last, ends, zone).astimezone(UTC),
    )


def _moment(row: Row, name: str) -> Mapping[str, Any]:
    """``start`` or ``end``; whatever is there and no object counts as no date."""
    moment = row.get(name)
    return moment if isinstance(moment, Mapping) else {}


def _date(moment: Mapping[str, Any]) -> date | None:
    text = moment.get("date")
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _instant(moment: Mapping[str, Any], zone: ZoneInfo) -> datetime | None:
    """The moment in the campus zone; None where it makes none, or one beyond the days that Python knows."""
    text = moment.get("dateTime")
    try:
        read = datetime.fromisoformat(text) if isinstance(text, str) else None
        if read is None:
            return None
        return (read if read.tzinfo is not None else read.replace(tzinfo=zone)).astimezone(zone)
    except (ValueError, OverflowError):
        return None


def _last_day(row: Row, days: Days | None, zone: ZoneInfo) -> date | None:
    if days is not None:
        return days.last
    start, end = _instant(_moment(row, "start"), zone), _instant(_moment(row, "end"), zone)
    if end is None:
        return None
    at_midnight = end.timetz().replace(tzinfo=None) == time.min
    ended_before = at_midnight and start is not None and end > start
    return end.date() - _DAY if ended_before else end.date()


def _when(row: Row, days: Days | None, zone: ZoneInfo) -> str:
    words = day_words(days) if days is not None and not days.clock else _timed_words(row, zone)
    return f"{words}, repeated" if repeats(row) else words


def _timed_words(row: Row, zone: ZoneInfo) -> str:
    start, end = _instant(_moment(row, "start"), zone), _instant(_moment(row, "end"), zone)
    if start is None or end is None:
        first = _date(_moment(row, "start"))
        if first is not None:
            return first.isoformat()
        return UNREADABLE_DATE if row.get("start") or row.get("end") else "no date"
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M} to {until}"


# --- writing --------------------------------------------------------------------------------


def new_event(desired: DesiredEvent, calendar: str, place: Place, generation: int) -> dict[str, Any]:
    """The resource of an insert. No attendees and no reminders, ever; not busy; colour only here."""
    ident = Ident(seed=place.owner, generation=generation)
    colour = {"colorId": desired.colour} if desired.colour else {}
    return {
        "id": google_event_id(place.owner, calendar, desired.key, generation),
        "summary": unbroken(desired.title),
        "description": compose(desired.body, ""),
        **_dates(desired.days, place.zone),
        "transparency": "transparent",
        **colour,
        "extendedProperties": {"private": _marker_properties(desired, calendar, place.owner, ident)},
    }


def revived_event(row: Row, event: dict[str, Any], desired: DesiredEvent) -> dict[str, Any]:
    """A tombstone's resource filled with life: our new event, its sequence echoed, people's words kept."""
    kept = {name: row[name] for name in ("sequence", "iCalUID") if name in row}
    tail = divide(row.get("description") or "").tail
    return {**event, **kept, "status": "confirmed", "description": compose(desired.body, tail)}


def replaced_event(
    row: Row, desired: DesiredEvent, calendar: str, place: Place, *, names: Collection[Field], ident: Ident
) -> dict[str, Any]:
    """The resource as read, with the managed fields named replaced."""
    event = {**row}
    changes = changed_fields(row, desired, calendar, place, names=names, ident=ident)
    if Field.DAYS in names:
        event.pop("recurrence", None)
    if properties := changes.pop("extendedProperties", None):
        properties_now = row.get("extendedProperties") or {}
        changes["extendedProperties"] = {
            **properties_now,
            "private": {**(properties_now.get("private") or {}), **properties["private"]},
        }
    return {**event, **changes}


def changed_fields(
    row: Row, desired: DesiredEvent, calendar: str, place: Place, *, names: Collection[Field], ident: Ident
) -> dict[str, Any]:
    """Only what the managed fields named become."""
    changes: dict[str, Any] = {}
    if Field.TITLE in names:
        changes["summary"] = unbroken(desired.title)
    if Field.DAYS in names:
        changes |= _dates(desired.days, place.zone)
    if Field.TEXT in names:
        stored = row.get("description") or ""
        changes["description"] = compose(desired.body, tail_to_keep(stored, desired.body))
    if Field.MARKER in names or Field.OWNER in names:
        ours = _marker_properties(desired, calendar, place.owner, ident)
        changes["extendedProperties"] = {"private": ours}
    return changes


def differing(
    row: Row, desired: DesiredEvent, calendar: str, place: Place, *, names: Collection[Field], ident: Ident
) -> frozenset[Field]:
    """Which of the managed fields named are not as desired."""
    event = observed(row, calendar, place)
    found: set[Field] = set()
    if Field.TITLE in names and not same_words(event.title, desired.title):
        found.add(Field.TITLE)
    if Field.DAYS in names and event.days != desired.days:
        found.add(Field.DAYS)
    if Field.TEXT in names and event.body_hash != desired.body_hash:
        found.add(Field.TEXT)
    if Field.MARKER in names or Field.OWNER in names:
        ours = _marker_properties(desired, calendar, place.owner, ident)
        private = _private(row, calendar)
        if any(private.get(name) != value for name, value in ours.items()):
            found.add(Field.MARKER)
    return frozenset(found)


def deviation(
    event: ObservedEvent, desired: DesiredEvent, *, names: Collection[Field], sent_tail: str
) -> str:
    """Where an answer differs from what was written, in words; '' if nowhere."""
    found = []
    if Field.TITLE in names and not same_words(event.title, desired.title):
        found.append(f"title is {event.title!r}")
    if Field.DAYS in names and event.days != desired.days:
        found.append(f"date is {event.when} instead of {day_words(desired.days)}")
    if Field.TEXT in names:
        if event.body_hash != desired.body_hash:
            found.append("text differs from what was sent")
        if event.tail.strip() != sent_tail.strip():
            found.append("what people wrote below the line was altered")
    if Field.MARKER in names:
        marker = event.marker
        if marker is None or not event.genuine or marker.fingerprint != str(desired.fingerprint):
            found.append("marker is missing or altered")
    return "; ".join(found)


def _dates(days: Days, zone: ZoneInfo) -> dict[str, Any]:
    if days.clock:
        start, end = (one.astimezone(zone).isoformat() for one in _span(days, zone))
        return {
            "start": {"dateTime": start, "timeZone": zone.key},
            "end": {"dateTime": end, "timeZone": zone.key},
        }
    return {"start": {"date": days.start.isoformat()}, "end": {"date": days.end.isoformat()}}


def _marker_properties(desired: DesiredEvent, calendar: str, owner: str, ident: Ident) -> dict[str, str]:
    return {
        _OWNER: owner,
        _KEY: desired.key,
        _CONTEXT: calendar,
        _FINGERPRINT: str(desired.fingerprint),
        _GENERATION: str(ident.generation),
        _SEED: ident.seed,
    }
