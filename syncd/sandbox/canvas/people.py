"""People who act in Canvas beside the program under test: teachers in the web interface, and course imports.

Takes the same saving path as requests, without asking for permissions.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from syncd.sandbox.canvas.contexts import context_of
from syncd.sandbox.canvas.events import Author
from syncd.sandbox.canvas.zones import zone_named

if TYPE_CHECKING:
    from syncd.sandbox.canvas.contexts import Place
    from syncd.sandbox.canvas.model import Event, User
    from syncd.sandbox.canvas.world import World

_DATA_ATTRIBUTE = re.compile(r"\sdata-[a-z0-9-]+(?:=\"[^\"]*\")?")


class People:
    """Somebody at work in a world's web interface.

    `by` None is nobody in particular: then all of a course are written to.
    """

    def __init__(self, world: World, by: User | None = None) -> None:
        self.world = world
        self.by = by

    def _author(self, *, notify: bool = True) -> Author:
        return Author(self.world, self.by, notify=notify)

    def _place(self, code: str) -> Place:
        place = context_of(self.world, code)
        if place is None:
            raise LookupError(f"no context {code} in this world")
        return place

    def add(self, context: str, **params: Any) -> Event:
        """Type a new event; `params` as in a request (title, start_at, ...)."""
        with self.world.lock:
            return self._author().create(self._place(context), params)

    def edit(self, event_id: int, **params: Any) -> Event:
        """Change some fields of an event."""
        with self.world.lock:
            return self._author().update(self.world.events[event_id], params)

    def delete(self, event_id: int) -> Event:
        """Delete an event."""
        with self.world.lock:
            return self._author().delete(self.world.events[event_id])

    def move(self, event_id: int, context: str) -> Event:
        """Give an event to another context, as the calendar's editor can."""
        with self.world.lock:
            return self._author().update(self.world.events[event_id], {}, self._place(context))

    def duplicate(self, event_id: int, context: str | None = None, **params: Any) -> Event:
        """Make a second event with the same content, description and marker included."""
        with self.world.lock:
            event = self.world.events[event_id]
            return self._author().create(self._place(context or event.context), content_of(event) | params)

    def retype(self, event_id: int) -> Event:
        """Save the description with all data attributes lost, as an editor that drops them would."""
        with self.world.lock:
            event = self.world.events[event_id]
            bare = _DATA_ATTRIBUTE.sub("", event.description or "")
            return self._author().update(event, {"description": bare})

    def add_to_section(self, section_id: int, parent_id: int, **params: Any) -> Event:
        """Give a section its own time for a course's event."""
        with self.world.lock:
            section = self.world.sections[section_id]
            parent = self.world.events[parent_id]
            told = {"title": f"{parent.title} ({section.name})"} | params
            course = f"course_{section.course_id}"
            child = self._author().create(section, told, parent_id=parent.id, effective_context=course)
            parent.children.append(child.id)
            parent.rendered.clear()
            return child

    def add_slot(self, course_id: int, group_id: int, **params: Any) -> Event:
        """Offer an appointment slot in a course."""
        with self.world.lock:
            place = self._place(f"course_{course_id}")
            return self._author(notify=False).create(place, params, appointment_group_id=group_id)

    def lock(self, event_id: int) -> Event:
        """Lock an event, as a blueprint can."""
        event = self.world.events[event_id]
        event.state = "locked"
        event.rendered.clear()
        return event

    def copy_course(self, source_id: int, target_id: int, *, shift_days: int = 0) -> list[Event]:
        """Import one course's events into another: matched by migration id, silent, reviving deleted rows."""
        with self.world.lock:
            rows = [e for e in self.world.course_events(source_id) if e.context == f"course_{source_id}"]
            return [self._import(event, target_id, shift_days) for event in rows]

    def sync_blueprint(self, blueprint_id: int) -> list[Event]:
        """Push a blueprint course's events to all courses associated with it (inferred)."""
        targets = [c.id for c in self.world.courses.values() if c.blueprint_id == blueprint_id]
        return [event for target in targets for event in self.copy_course(blueprint_id, target)]

    def _import(self, source: Event, target_id: int, shift_days: int) -> Event:
        author = self._author(notify=False)
        params = self._imported(source, shift_days)
        migration = f"event-{source.id}"
        known = self.world.course_events(target_id, deleted=True)
        found = next((event for event in known if event.migration_id == migration), None)
        if found is None:
            return author.create(self._place(f"course_{target_id}"), params, migration_id=migration)
        if found.state == "deleted":
            author.revive(found)
        return author.update(found, params)

    def _imported(self, source: Event, shift_days: int) -> dict[str, Any]:
        switches = self.world.switches
        params = content_of(source)
        if not switches.copies_keep_comments:
            params["comments"] = None
        if not switches.copies_keep_zone:
            params["time_zone_edited"] = None
        zone = zone_named(source.zone) or self.world.zone_of(None)
        for name in ("start_at", "end_at"):
            if params[name] is not None and shift_days:
                # A shift keeps the local clock time, over changes of daylight saving too.
                with suppress(OverflowError):  # at the end of time nothing is later
                    moved = params[name].astimezone(zone) + timedelta(days=shift_days)
                    params[name] = moved.astimezone(UTC)
        return params


def content_of(event: Event) -> dict[str, Any]:
    """What a copy of an event carries, as request parameters."""
    return {
        "title": event.title,
        "description": event.description,
        "start_at": event.dates.start,
        "end_at": event.dates.end,
        "all_day": event.dates.all_day,
        "location_name": event.location_name,
        "location_address": event.location_address,
        "time_zone_edited": event.zone,
        "comments": event.comments,
        "important_dates": event.important_dates,
        "blackout_date": event.blackout_date,
    }
