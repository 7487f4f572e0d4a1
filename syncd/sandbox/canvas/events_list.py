"""The list of calendar events: which contexts, which window, which rows, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncd.sandbox.canvas import errors
from syncd.sandbox.canvas.calls import Reply
from syncd.sandbox.canvas.contexts import code_of, context_of
from syncd.sandbox.canvas.event_json import View, encoded
from syncd.sandbox.canvas.pages import bookmarked_page, numbered_page
from syncd.sandbox.canvas.params import flag, listed, text
from syncd.sandbox.canvas.rights import has_right, may_read, may_write
from syncd.sandbox.canvas.zones import day_end, day_start, read_day, read_moment

if TYPE_CHECKING:
    from datetime import datetime

    from syncd.sandbox.canvas.calls import Call
    from syncd.sandbox.canvas.model import Event, User

FOREVER = 2**62


@dataclass(frozen=True, slots=True)
class Window:
    """Moments in UTC, both inside."""

    start: datetime
    end: datetime

    def overlaps(self, event: Event) -> bool:
        """Whether any moment of the event is inside; undated events never are."""
        start, end = event.dates.start, event.dates.end
        return start is not None and end is not None and start <= self.end and end >= self.start


def list_events(call: Call) -> Reply:
    """GET /calendar_events."""
    return _answer(call, call.user)


def list_user_events(call: Call) -> Reply:
    """GET /users/:id/calendar_events."""
    person = call.person()
    if person is not call.user and not has_right(call.world, call.user, call.world.root.id, "become_user"):
        raise call.refuse()
    return _answer(call, person)


def _answer(call: Call, person: User) -> Reply:
    wanted = text(call.params.get("type")) or "event"
    everything = flag(call.params.get("all_events"))
    undated = flag(call.params.get("undated"))
    window = None if everything or undated else read_window(call)
    contexts = _contexts(call, person)
    rows = [
        event
        for code in (contexts if wanted == "event" else [])
        for event in call.world.by_context[code].values()
        if event.state != "deleted" and _shown(event, window, undated=undated)
    ]
    rows = sorted(_flagged(call, _visible(call, rows)), key=_order)
    page = (
        bookmarked_page(call, rows, _order)
        if call.world.switches.bookmark_pages
        else numbered_page(call, rows)
    )
    excluded = listed(call.params.get("excludes"))
    view = View(
        world=call.world,
        base=call.base,
        without_description="description" in excluded,
        without_children="child_events" in excluded,
    )
    key = view.key()
    body = b"[" + b",".join([encoded(event, view, key) for event in page.rows]) + b"]"
    return Reply(body=body, headers=page.headers)


def _shown(event: Event, window: Window | None, *, undated: bool) -> bool:
    if undated:
        return event.dates.start is None and event.dates.end is None
    if window is None:
        # Appointment slots are looked for only where a window is.
        return event.appointment_group_id is None
    return window.overlaps(event)


def _flagged(call: Call, rows: list[Event]) -> list[Event]:
    if flag(call.params.get("important_dates")):
        rows = [event for event in rows if event.important_dates]
    if flag(call.params.get("blackout_date")):
        rows = [event for event in rows if event.blackout_date]
    return rows


def _visible(call: Call, rows: list[Event]) -> list[Event]:
    """Slots and hidden parents only for those who may write the course; who may not sees the children."""
    writable: dict[str, bool] = {}

    def writes(code: str) -> bool:
        if code not in writable:
            place = context_of(call.world, code)
            writable[code] = place is not None and may_write(call.world, call.user, place)
        return writable[code]

    return [
        event
        for event in rows
        if (event.appointment_group_id is None and not event.hidden) or writes(event.listed_under)
    ]


def _order(event: Event) -> list[int]:
    start = event.dates.start
    return [FOREVER if start is None else int(start.timestamp()), event.id]


def _contexts(call: Call, person: User) -> list[str]:
    """Codes that are looked at; raises CanvasRefusal if one of them cannot be read."""
    codes = listed(call.params.get("context_codes"))
    if not codes:
        return [code_of(person)]
    chosen = list(dict.fromkeys(codes[: call.world.switches.calendar_contexts_limit]))
    found = []
    for code in chosen:
        place = context_of(call.world, code)
        if place is None or not may_read(call.world, person, place):
            raise call.refuse()
        found.append(code_of(place))
    return found


def read_window(call: Call) -> Window:
    """The window: today in the caller's zone unless told. Raises CanvasRefusal for unreadable dates."""
    today = call.world.now().astimezone(call.zone).date()
    start, end = _date(call, "start_date", late=False), _date(call, "end_date", late=True)
    start = start or day_start(today, call.zone)
    end = end or day_end(today, call.zone)
    if end < start:
        end = day_end(start.astimezone(call.zone).date(), call.zone)
    return Window(start, end)


def _date(call: Call, name: str, *, late: bool) -> datetime | None:
    raw = text(call.params.get(name))
    if not raw:
        return None
    day = read_day(raw)
    if day is not None:
        return day_end(day, call.zone) if late else day_start(day, call.zone)
    moment = read_moment(raw, call.zone, strict=True)
    if moment is None:
        raise errors.bad_list_date(name)
    return moment
