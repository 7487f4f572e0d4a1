"""What a request body of an event means: fields checked, brought to the form in which Google keeps them.

Fields at their default are left out, read-only and unknown ones ignored. Who may write what is decided
elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from syncd.sandbox.google.errors import ApiError, invalid, required, time_range_empty
from syncd.sandbox.google.extras import read_attachments, read_attendees, read_conference, read_source
from syncd.sandbox.google.moments import Moment, read_moment, zone_named
from syncd.sandbox.google.properties import read_properties

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.sandbox.google.switches import Switches

Json = dict[str, Any]

DEFAULTS: Mapping[str, Any] = {
    "summary": "",
    "description": "",
    "location": "",
    "transparency": "opaque",
    "visibility": "default",
    "guestsCanModify": False,
    "guestsCanInviteOthers": True,
    "guestsCanSeeOtherGuests": True,
    "anyoneCanAddSelf": False,
    "endTimeUnspecified": False,
}
"""Fields with a default; answers leave them out while they have it."""

ORGANIZER_ONLY = ("guestsCanModify", "guestsCanInviteOthers", "guestsCanSeeOtherGuests", "anyoneCanAddSelf")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "transparency": ("opaque", "transparent"),
    "visibility": ("default", "public", "private", "confidential"),
    "status": ("confirmed", "tentative", "cancelled"),
    "eventType": ("default", "birthday", "focusTime", "fromGmail", "outOfOffice", "workingLocation"),
}
COLORS = frozenset(str(number) for number in range(1, 12))
OVERRIDES_LIMIT = 5
MINUTES_LIMIT = 40_320
CONFERENCE_BLOCK = re.compile(r"\s*-::~:~::[~:]{8,}::-.*?-::~:~::[~:]{8,}::-\s*", re.DOTALL)
"""What stands between Google's own conference delimiters in a description."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Under which terms a body is read: calendar zone, request parameters, stored fields, switches."""

    switches: Switches
    zone: str
    attachments: bool = False
    conference: bool = False
    labels: bool = False
    stored: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A body that was accepted. `status`, `sequence`, `reminders` are None where it says nothing."""

    fields: Json
    start: Moment
    end: Moment
    status: str | None
    sequence: int | None
    reminders: Json | None


def read_content(body: Json, terms: Terms) -> Content:
    """Accept a whole event. Raises ApiError (400)."""
    recurrence = _recurrence(body)
    start, end = (
        read_moment(
            body.get(which),
            which,
            recurring=bool(recurrence),
            unknown_zones=terms.switches.unknown_zones,
            default_zone=terms.zone,
        )
        for which in ("start", "end")
    )
    _check_order(start, end)
    fields = _plain(body) | _texts(body, terms)
    for name in ("start", "end"):
        fields[name] = {key: value for key, value in body[name].items() if value is not None}
    if recurrence:
        fields["recurrence"] = recurrence
    fields |= _color(body, terms)
    properties = read_properties(
        body.get("extendedProperties"), drop_surplus=terms.switches.too_many_properties == "drop"
    )
    fields |= {
        name: value
        for name, value in (
            ("extendedProperties", properties),
            ("attendees", read_attendees(body.get("attendees"))),
            ("source", read_source(body.get("source"))),
            ("attachments", _guarded("attachments", body, terms, wanted=terms.attachments)),
            ("conferenceData", _guarded("conferenceData", body, terms, wanted=terms.conference)),
        )
        if value
    }
    return Content(
        fields=fields,
        start=start,
        end=end,
        status=_choice(body, "status"),
        sequence=_sequence(body),
        reminders=_reminders(body.get("reminders")),
    )


def _guarded(name: str, body: Json, terms: Terms, *, wanted: bool) -> Any:
    """A field that a request parameter must release; else the stored one stays."""
    if not wanted:
        return terms.stored.get(name)
    return read_attachments(body.get(name)) if name == "attachments" else read_conference(body.get(name))


def _check_order(start: Moment, end: Moment) -> None:
    if start.day is not None and end.day is not None:
        empty = end.day <= start.day
    elif start.at is not None and end.at is not None:
        empty = end.at <= start.at
    else:
        raise invalid("Start and end times must either both be date or both be dateTime.")
    if empty:
        raise time_range_empty()


def _plain(body: Json) -> Json:
    fields: Json = {}
    for name, default in DEFAULTS.items():
        value = body.get(name)
        if value is None:
            continue
        if type(value) is not type(default):
            raise invalid(f"Invalid value for: {name}")
        if name in CHOICES:
            _choice(body, name)
        if value != default:
            fields[name] = value
    kind = _choice(body, "eventType")
    if kind not in (None, "default"):
        fields["eventType"] = kind
    return fields


def _texts(body: Json, terms: Terms) -> Json:
    text = body.get("description")
    if not text:
        return {}
    text = CONFERENCE_BLOCK.sub("", text)
    limit = terms.switches.description_limit
    if limit is not None and len(text) > limit:
        if terms.switches.description_over_limit == "refuse":
            raise invalid("The description is too long.")
        text = text[:limit]
    return {"description": text} if text else {}


def _color(body: Json, terms: Terms) -> Json:
    """Colour index or, where the client knows labels, the label that supersedes it."""
    name = "eventLabelId" if terms.labels else "colorId"
    value = body.get(name)
    if value in (None, ""):
        return {}
    if not isinstance(value, str) or (name == "colorId" and value not in COLORS):
        raise invalid(f"Invalid value for: {name}")
    return {name: value}


def _choice(body: Json, name: str) -> str | None:
    value = body.get(name)
    if value is not None and value not in CHOICES[name]:
        raise invalid(f"Invalid value for: {value} is not a valid value")
    return value if isinstance(value, str) else None


def _sequence(body: Json) -> int | None:
    value = body.get("sequence")
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise invalid("Invalid sequence value.")
    return value


def _recurrence(body: Json) -> list[str]:
    lines = body.get("recurrence")
    if lines is None:
        return []
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise invalid("Invalid recurrence rule.")
    if any(not line.startswith(("RRULE", "EXRULE", "RDATE", "EXDATE")) for line in lines):
        raise invalid("Invalid recurrence rule.")
    return lines


def _reminders(told: Any) -> Json | None:
    if told is None:
        return None
    if not isinstance(told, dict):
        raise invalid("Invalid reminders.")
    overrides = told.get("overrides") or []
    if told.get("useDefault") and overrides:
        raise ApiError(
            400,
            "cannotUseDefaultRemindersAndSpecifyOverride",
            "Cannot specify both default reminders and overrides at the same time.",
            domain="calendar",
        )
    if len(overrides) > OVERRIDES_LIMIT:
        raise invalid("Too many override reminders specified for the event.")
    for one in overrides:
        if one.get("method") not in ("email", "popup") or not isinstance(one.get("minutes"), int):
            raise required("Missing override reminder method or minutes.")
        if not 0 <= one["minutes"] <= MINUTES_LIMIT:
            raise invalid("Invalid override reminder minutes.")
    if overrides:
        return {"useDefault": False, "overrides": overrides}
    return {"useDefault": bool(told.get("useDefault"))}


def merge_patch(base: Mapping[str, Any], patch: Mapping[str, Any]) -> Json:
    """PATCH semantics: objects merge, arrays are replaced whole, null deletes a field or one property."""
    merged = dict(base)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, dict):
            below = merged.get(name)
            merged[name] = merge_patch(below if isinstance(below, dict) else {}, value)
        else:
            merged[name] = value
    return merged


def check_zone(name: object) -> str:
    """An IANA name for a calendar. Raises ApiError (400)."""
    if not isinstance(name, str) or zone_named(name) is None:
        raise invalid("Invalid time zone.")
    return name
