"""The methods of the events collection, from the parameters of a call to the bytes of its answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from syncd.sandbox.google.call import JSON_TYPE, Answer
from syncd.sandbox.google.changes import Write
from syncd.sandbox.google.errors import required
from syncd.sandbox.google.listing import Listing, Page
from syncd.sandbox.google.moments import stamp_text, zone_named
from syncd.sandbox.google.query import read_query, read_zone
from syncd.sandbox.google.recurrence import UTC_ZONE, instances
from syncd.sandbox.google.render import View, rendered, view_of
from syncd.sandbox.google.rows import Calendar, Row, etag_of
from syncd.sandbox.google.selector import select
from syncd.sandbox.google.writing import EventWriter, find

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from syncd.sandbox.google.context import Context
    from syncd.sandbox.google.selector import Selection

MAIL = ("all", "externalOnly", "none")


def _view(context: Context, calendar: Calendar, role: str, *, listed: bool = False) -> View:
    params = context.call.params
    selection: Selection = context.selection
    if listed and selection:
        selection = selection.get("items") or selection.get("*") or {}
    return replace(
        view_of(
            calendar,
            context.caller.email,
            role,
            zone=read_zone(params),
            bare=context.world.switches.bare_tombstones,
        ),
        max_attendees=params.number("maxAttendees", low=1),
        fields=params.text("fields") or "",
        selection=selection,
    )


def _write(context: Context) -> Write:
    params = context.call.params
    mail = params.choice("sendUpdates", MAIL)
    if mail is None:
        mail = "all" if params.flag("sendNotifications") else "none"
    return Write(
        caller=context.caller,
        if_match=context.if_match,
        mail=mail,
        attachments=bool(params.flag("supportsAttachments")),
        conference=bool(params.number("conferenceDataVersion", low=0, high=1)),
        labels=bool(params.number("eventLabelVersion", low=0, high=1)),
    )


def _writer(context: Context) -> tuple[EventWriter, Calendar, str]:
    calendar, role = context.calendar("writer")
    return EventWriter(context.world, calendar, _write(context)), calendar, role


def _event(row: Row, view: View) -> Answer:
    return Answer(
        status=200, body=rendered(row, view), headers=(("content-type", JSON_TYPE), ("etag", row.etag))
    )


def _written(context: Context, row: Row, calendar: Calendar, role: str) -> Answer:
    view = _view(context, calendar, role)
    if not context.world.switches.write_answers_in_calendar_zone:
        view = replace(view, zone=None)
    return _event(row, view)


def get(context: Context) -> Answer:
    """One event, deleted or not."""
    calendar, role = context.calendar()
    row = find(context.world, calendar, context.names[1])
    if context.call.headers.get("if-none-match") == row.etag:
        return Answer(status=304, headers=(("etag", row.etag),))
    return _event(row, _view(context, calendar, role))


def insert(context: Context) -> Answer:
    """A new event."""
    writer, calendar, role = _writer(context)
    return _written(context, writer.insert(context.body), calendar, role)


def import_(context: Context) -> Answer:
    """A private copy."""
    writer, calendar, role = _writer(context)
    return _written(context, writer.import_(context.body), calendar, role)


def update(context: Context) -> Answer:
    """The whole resource anew."""
    writer, calendar, role = _writer(context)
    return _written(context, writer.update(context.names[1], context.body), calendar, role)


def patch(context: Context) -> Answer:
    """Some fields anew."""
    writer, calendar, role = _writer(context)
    return _written(context, writer.update(context.names[1], context.body, patch=True), calendar, role)


def delete(context: Context) -> Answer:
    """A tombstone."""
    writer, _, _ = _writer(context)
    writer.delete(context.names[1])
    return Answer(status=204)


def move(context: Context) -> Answer:
    """To another calendar; the answer says `cancelled` although the event is fine over there."""
    name = context.call.params.text("destination")
    if not name:
        raise required("Required parameter: destination")
    writer, calendar, role = _writer(context)
    destination, _ = context.calendar("writer", name=name)
    return _written(context, writer.move(context.names[1], destination), calendar, role)


def quick_add(context: Context) -> Answer:
    """An event of one hour from now on with the text as its title; nothing is read out of the text."""
    text = context.call.params.text("text")
    if not text:
        raise required("Required parameter: text")
    writer, calendar, role = _writer(context)
    begin = datetime.fromtimestamp(int(context.world.now()), UTC)
    body = {
        "summary": text,
        "start": {"dateTime": begin.isoformat()},
        "end": {"dateTime": (begin + timedelta(hours=1)).isoformat()},
    }
    return _written(context, writer.insert(body), calendar, role)


def list_(context: Context) -> Answer:
    """A page of events."""
    calendar, role = context.calendar()
    query = read_query(context.call.params)
    page = Listing(calendar, query, context.world.switches, context.world.now()).page()
    return _collection(context, calendar, role, page)


def list_instances(context: Context) -> Answer:
    """All instances of a series, on one page."""
    calendar, role = context.calendar()
    series = find(context.world, calendar, context.names[1])
    zone = zone_named(calendar.time_zone) or UTC_ZONE
    rows = (
        list(instances(series, calendar.exceptions_of(series.id), zone))
        if series.recurrence and not series.cancelled
        else []
    )
    show_deleted = bool(context.call.params.flag("showDeleted"))
    shown = [row for row in rows if show_deleted or not row.cancelled]
    return _collection(context, calendar, role, Page(rows=shown))


def _collection(context: Context, calendar: Calendar, role: str, page: Page) -> Answer:
    newest = max(calendar.newest, calendar.stamp)
    etag = etag_of(newest)
    if context.call.headers.get("if-none-match") == etag:
        return Answer(status=304, headers=(("etag", etag),))
    head: dict[str, Any] = {
        "kind": "calendar#events",
        "etag": etag,
        "summary": calendar.summary,
        "description": calendar.description or None,
        "updated": stamp_text(newest),
        "timeZone": calendar.time_zone,
        "accessRole": role,
        "defaultReminders": [],
        "nextPageToken": page.page_token,
        "nextSyncToken": page.sync_token,
    }
    head = {name: value for name, value in head.items() if value is not None}
    selection = context.selection
    content = select({**selection, "items": {}}, head) if selection else head
    if not selection or "items" in selection or "*" in selection:
        view = _view(context, calendar, role, listed=True)
        content["items"] = [orjson.Fragment(rendered(row, view)) for row in page.rows]
    return Answer(
        status=200, body=orjson.dumps(content), headers=(("content-type", JSON_TYPE), ("etag", etag))
    )


METHODS: Mapping[str, Callable[[Context], Answer]] = {
    "events.get": get,
    "events.list": list_,
    "events.instances": list_instances,
    "events.insert": insert,
    "events.import": import_,
    "events.quickAdd": quick_add,
    "events.update": update,
    "events.patch": patch,
    "events.delete": delete,
    "events.move": move,
}
"""Methods by name."""
