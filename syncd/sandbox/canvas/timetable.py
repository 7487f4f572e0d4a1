"""The timetable upsert: the only server-side key Canvas has, and it deletes what it is not told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncd.sandbox.canvas.calls import Reply, reply
from syncd.sandbox.canvas.params import text
from syncd.sandbox.canvas.rights import may_write_course

if TYPE_CHECKING:
    from syncd.sandbox.canvas.calls import Call

TAKEN = ("start_at", "end_at", "title", "location_name")


def put_timetable(call: Call) -> Reply:
    """POST /courses/:id/calendar_events/timetable_events; the real one works later, in a job."""
    course = call.course()
    if not may_write_course(call.world, call.user, course):
        raise call.refuse()
    author = call.author()
    author.notify = False
    rows = call.world.course_events(course.id, deleted=True)
    known = {event.timetable_code: event for event in rows if event.timetable_code is not None}
    told = call.params.get("events")
    for row in told if isinstance(told, list) else []:
        params: dict[str, Any] = {key: row[key] for key in TAKEN if key in row}
        code = text(row.get("code")) or f"{params.get('start_at')}-{params.get('end_at')}"
        event = known.pop(code, None)
        if event is None:
            author.create(course, params, timetable_code=code)
            continue
        if event.state == "deleted":
            author.revive(event)
        author.update(event, params)
    for event in known.values():
        if event.state != "deleted":
            author.delete(event)
    return reply({"status": "ok"})
