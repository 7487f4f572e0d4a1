"""Saving and deleting events: the one path that requests, people and imports all take.

Permissions are the caller's business; so is holding the world's lock.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from syncd.sandbox.canvas.attributes import read_attributes
from syncd.sandbox.canvas.contexts import code_of, context_of
from syncd.sandbox.canvas.dates import Dates, settle
from syncd.sandbox.canvas.model import Account, Course, Event, Section, User
from syncd.sandbox.canvas.zones import zone_named

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from syncd.sandbox.canvas.contexts import Place
    from syncd.sandbox.canvas.mail import Notice
    from syncd.sandbox.canvas.world import World

DEFAULT_TITLES = {
    Course: "Course Event",
    Account: "Account Event",
    User: "User Event",
    Section: "Course Event",
}


class Author:
    """Somebody who writes events: whom the world knows them as, and how their texts are read.

    `actor` None is Canvas itself. `host` is this Canvas's name in links. `notify` False saves silently.
    """

    def __init__(
        self,
        world: World,
        actor: User | None,
        *,
        zone: ZoneInfo | None = None,
        host: str = "",
        notify: bool = True,
    ) -> None:
        self.world = world
        self.actor = actor
        self.zone = zone or world.zone_of(actor)
        self.host = host or "canvas.invalid"
        self.notify = notify

    def create(self, place: Place, params: Mapping[str, Any], **given: Any) -> Event:
        """Save a new event from a request's parameters; `given` sets attributes no request can.

        Raises CanvasRefusal, and then nothing was saved.
        """
        event = self.draft(place, params, **given)
        event.id = self.world.next_id("event")
        self.world.put(event)
        self._tell("New Event Created", event)
        return event

    def draft(self, place: Place, params: Mapping[str, Any], **given: Any) -> Event:
        """The event that `create` would save, without an id. Raises CanvasRefusal."""
        wanted = read_attributes(self.world, params, self.zone, self.host)
        now = self.world.now().replace(microsecond=0)
        event = Event(id=0, context=code_of(place), created_at=now, updated_at=now, **given)
        if wanted.get("title") is None:
            wanted["title"] = DEFAULT_TITLES[type(place)]
        self._assign(event, wanted)
        return event

    def update(self, event: Event, params: Mapping[str, Any], place: Place | None = None) -> Event:
        """Save the given parameters over an event, and move it to `place` if told. Raises CanvasRefusal."""
        wanted = read_attributes(self.world, params, self.zone, self.host)
        if wanted.get("title", "") is None:
            del wanted["title"]
        was = event.dates
        changed = self._assign(event, wanted)
        if place is not None and code_of(place) != event.context:
            self.world.place(event, code_of(place))
            changed = True
        if changed:
            event.updated_at = self.world.now().replace(microsecond=0)
            event.rendered.clear()
        if (event.dates.start, event.dates.end) != (was.start, was.end):
            self._tell("Event Date Changed", event)
        return event

    def delete(self, event: Event, reason: str | None = None) -> Event:
        """Mark an event and its children deleted; sends nothing."""
        event.state = "deleted"
        event.cancel_reason = reason or event.cancel_reason
        event.updated_at = self.world.now().replace(microsecond=0)
        event.rendered.clear()
        for number in event.children:
            self.delete(self.world.events[number], reason)
        return event

    def revive(self, event: Event) -> None:
        """Bring a deleted event back, as only imports and timetables can."""
        event.state = "active"
        event.rendered.clear()

    def zone_for(self, event: Event) -> ZoneInfo:
        """Zone in which the event's days are meant: its own if it parses, else the request's."""
        return zone_named(event.zone) or self.zone

    def _assign(self, event: Event, wanted: Mapping[str, Any]) -> bool:
        """Put the attributes on the event and let the dates settle; whether anything changed."""
        before = {field.name: getattr(event, field.name) for field in dataclasses.fields(event)}
        for name, value in wanted.items():
            if name not in ("start", "end", "all_day"):
                setattr(event, name, value)
        was = event.dates
        asked = Dates(
            start=wanted.get("start", was.start),
            end=wanted.get("end", was.end),
            all_day=wanted.get("all_day", was.all_day),
            all_day_date=was.all_day_date,
        )
        # Every save runs the rules: one that names no date still gives a date to an all-day event without.
        event.dates = settle(asked, was, self.zone_for(event))
        return any(getattr(event, name) != value for name, value in before.items())

    def _tell(self, notice: Notice, event: Event) -> None:
        place = context_of(self.world, event.context)
        if self.notify and isinstance(place, Course):
            self.world.mail.send(notice, place, event, self.world.staff(place.id), self.actor)
