"""A row as an answer shows it: what the server adds, what it leaves out, in whose eyes and in which zone."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from syncd.sandbox.google.moments import second_text, stamp_text, zone_named
from syncd.sandbox.google.recurrence import UTC_ZONE
from syncd.sandbox.google.rows import Calendar, Row, at_least
from syncd.sandbox.google.selector import Selection, select

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from syncd.sandbox.google.moments import Moment

Json = dict[str, Any]
COPIED = (
    "recurrence",
    "transparency",
    "visibility",
    "attendees",
    "extendedProperties",
    "conferenceData",
    "guestsCanModify",
    "guestsCanInviteOthers",
    "guestsCanSeeOtherGuests",
    "anyoneCanAddSelf",
    "endTimeUnspecified",
    "attachments",
)
"""Fields that are shown as they are stored, in this order, after those with a place of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Who looks at the events of a calendar and how: equal views of one row are the same bytes.

    `role`: of the viewer on the calendar. `zone`: offsets of timed answers; None: as sent. `bare`: tombstones
    show only what is guaranteed. `fields`: the `fields` parameter, `selection` what it means for one event.
    """

    calendar: str
    calendar_stamp: int
    summary: str
    calendar_zone: str
    viewer: str
    role: str
    zone: str | None
    bare: bool = False
    max_attendees: int | None = None
    fields: str = ""
    selection: Selection = field(default_factory=dict, compare=False, hash=False)


def view_of(calendar: Calendar, viewer: str, role: str, *, zone: str | None = None, bare: bool) -> View:
    """The plain view of a viewer; `zone` None means the calendar's."""
    return View(
        calendar=calendar.id,
        calendar_stamp=calendar.stamp,
        summary=calendar.summary,
        calendar_zone=calendar.time_zone,
        viewer=viewer,
        role=role,
        zone=zone or calendar.time_zone,
        bare=bare,
    )


def rendered(row: Row, view: View) -> bytes:
    """The JSON of an event in a view, made once per version."""
    found = row.rendered.get(view)
    if found is None:
        found = row.rendered[view] = orjson.dumps(select(view.selection, render(row, view)))
    return found


def render(row: Row, view: View) -> Json:
    """An event as JSON, all its fields."""
    head: Json = {"kind": "calendar#event", "etag": row.etag, "id": row.id, "status": row.status}
    if row.cancelled and row.series is not None:
        return head | _place_in_series(row, view)
    if row.cancelled and view.bare:
        return head
    if not _sees_details(row, view):
        return head | _times(row, view) | _place_in_series(row, view) | {"visibility": "private"}
    shown = head | {
        "htmlLink": _link(row, view),
        "created": second_text(row.created),
        "updated": stamp_text(row.updated),
    }
    for name in ("summary", "description", "location", "colorId", "eventLabelId"):
        if name in row.fields:
            shown[name] = row.fields[name]
    shown["creator"] = _person(row.creator, view)
    shown["organizer"] = dict(row.organizer) if row.organizer is not None else _organizer(view)
    shown |= _times(row, view) | _place_in_series(row, view)
    shown["iCalUID"] = row.ical_uid
    shown["sequence"] = row.sequence
    shown |= {name: row.fields[name] for name in COPIED if name in row.fields}
    _trim_attendees(shown, view)
    shown["reminders"] = row.reminders.get(view.viewer, {"useDefault": True})
    if "source" in row.fields and view.viewer == row.creator:
        shown["source"] = row.fields["source"]
    shown["eventType"] = row.fields.get("eventType", "default")
    return shown


def _sees_details(row: Row, view: View) -> bool:
    if row.fields.get("visibility") == "public":
        return True
    if row.fields.get("visibility") in ("private", "confidential"):
        return at_least(view.role, "writer")
    return at_least(view.role, "reader")


def _times(row: Row, view: View) -> Json:
    return {"start": _time("start", row, view), "end": _time("end", row, view)}


def _time(name: str, row: Row, view: View) -> Mapping[str, str]:
    if view.zone is None:
        sent: Mapping[str, str] = row.fields[name]
        return sent if "date" in sent else {"timeZone": view.calendar_zone, **sent}
    moment: Moment = row.start if name == "start" else row.end
    return moment.shown(_zone(view), view.calendar_zone)


def _zone(view: View) -> ZoneInfo:
    return zone_named(view.zone or view.calendar_zone) or UTC_ZONE


def _place_in_series(row: Row, view: View) -> Json:
    if row.series is None or row.original is None:
        return {}
    return {
        "recurringEventId": row.series,
        "originalStartTime": row.original.shown(_zone(view), view.calendar_zone),
    }


def _person(email: str, view: View) -> Json:
    return {"email": email, "self": True} if email == view.calendar else {"email": email}


def _organizer(view: View) -> Json:
    return {"email": view.calendar, "displayName": view.summary, "self": True}


def _link(row: Row, view: View) -> str:
    eid = base64.urlsafe_b64encode(f"{row.id} {view.calendar}".encode()).decode().rstrip("=")
    return f"https://www.google.com/calendar/event?eid={eid}"


def _trim_attendees(shown: Json, view: View) -> None:
    if view.max_attendees is not None and len(shown.get("attendees", ())) > view.max_attendees:
        shown["attendees"] = shown["attendees"][: view.max_attendees]
        shown["attendeesOmitted"] = True
