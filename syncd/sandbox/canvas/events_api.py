"""The calendar event endpoints except the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.sandbox.canvas import errors
from syncd.sandbox.canvas.calls import Reply, reply
from syncd.sandbox.canvas.contexts import context_of
from syncd.sandbox.canvas.event_json import View, as_json, encoded
from syncd.sandbox.canvas.model import Course, Section
from syncd.sandbox.canvas.params import text
from syncd.sandbox.canvas.rights import may_change, may_read, may_write
from syncd.sandbox.canvas.series import new_series_uuid, put_children, read_duplicate, read_rrule, repeat

if TYPE_CHECKING:
    from syncd.sandbox.canvas.calls import Call
    from syncd.sandbox.canvas.contexts import Place
    from syncd.sandbox.canvas.model import Event

ITERATED = ("all", "following")


def show_event(call: Call) -> Reply:
    """GET /calendar_events/:id, deleted events included."""
    event = _event(call)
    place = context_of(call.world, event.listed_under)
    if event.state == "deleted" and not call.world.switches.show_deleted_events:
        raise errors.not_found()
    if place is None or not may_read(call.world, call.user, place):
        raise call.refuse()
    return Reply(body=encoded(event, View(world=call.world, base=call.base)))


def create_event(call: Call) -> Reply:
    """POST /calendar_events. The same request twice makes two events."""
    params = _params(call)
    place = context_of(call.world, text(params.get("context_code")) or "")
    if place is None:
        raise errors.not_found()
    if isinstance(place, Course) and place.state == "deleted":
        raise errors.with_error("cannot create event for deleted course")
    if not may_write(call.world, call.user, place):
        raise call.refuse()
    event, others = _save_new(call, place, params)
    view = View(world=call.world, base=call.base)
    shown = as_json(event, view)
    shown["duplicates"] = [{"calendar_event": as_json(other, view)} for other in others]
    return reply(shown, 201)


def _save_new(call: Call, place: Place, params: dict[str, Any]) -> tuple[Event, list[Event]]:
    author = call.author()
    how = read_duplicate(params) or read_duplicate(call.params)
    sections = params.get("child_event_data")
    author.notify = not sections
    rule = text(params.get("rrule"))
    if rule:
        params = {**params, "series_uuid": new_series_uuid()}
        read_rrule(rule, author.draft(place, params).dates.start, author)
    event = author.create(place, params, rrule=rule or None)
    if sections:
        put_children(author, event, sections)
    if rule:
        how = read_rrule(rule, event.dates.start, author)
    return event, [] if how is None else repeat(author, event, place, params, how)


def update_event(call: Call) -> Reply:
    """PUT /calendar_events/:id: absent fields stay."""
    event = _event(call)
    if not may_change(call.world, call.user, event):
        raise call.refuse()
    params = _params(call)
    place = _destination(call, event, params)
    author = call.author()
    author.update(event, params, place)
    if params.get("child_event_data"):
        put_children(author, event, params["child_event_data"])
    for other in _series(call, event):
        author.update(
            other, {key: value for key, value in params.items() if key not in ("start_at", "end_at")}
        )
    return Reply(body=encoded(event, View(world=call.world, base=call.base)))


def _destination(call: Call, event: Event, params: dict[str, Any]) -> Place | None:
    code = text(params.get("context_code"))
    if not code or code == event.context:
        return None
    place = context_of(call.world, code)
    if place is None:
        raise errors.not_found()
    if event.parent_id is not None or event.appointment_group_id is not None or isinstance(place, Section):
        raise errors.with_message("context_code cannot be changed for scheduler or section-level events")
    if not may_write(call.world, call.user, place):
        raise call.refuse()
    return place


def delete_event(call: Call) -> Reply:
    """DELETE /calendar_events/:id. A second time the permission fails, for the event is deleted."""
    event = _event(call)
    if not may_change(call.world, call.user, event):
        raise call.refuse()
    author = call.author()
    gone = [event, *_series(call, event)]
    for one in gone:
        author.delete(one, text(call.params.get("cancel_reason")))
    view = View(world=call.world, base=call.base)
    if event.series_uuid is not None:
        return reply([as_json(one, view) for one in gone])
    return Reply(body=encoded(event, view))


def _series(call: Call, event: Event) -> list[Event]:
    """Other members of the event's series that `which` means."""
    which = text(call.params.get("which"))
    if event.series_uuid is None or which not in ITERATED:
        return []
    rows = call.world.events_of(event.context)
    same = [one for one in rows if one.series_uuid == event.series_uuid and one is not event]
    start = event.dates.start
    if which == "all" or start is None:
        return same
    return [one for one in same if one.dates.start is not None and one.dates.start >= start]


def _event(call: Call) -> Event:
    raw = call.route["event"]
    event = call.world.events.get(int(raw)) if raw.isdecimal() else None
    if event is None:
        raise errors.not_found()
    return event


def _params(call: Call) -> dict[str, Any]:
    params = call.params.get("calendar_event")
    if not isinstance(params, dict) or not params:
        raise errors.missing_object()
    return params
