"""An event as the API shows it, encoded once per viewpoint and kept until something changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from syncd.sandbox.canvas.contexts import context_of
from syncd.sandbox.canvas.outbound import Outlook, rewritten
from syncd.sandbox.canvas.zones import text_of

if TYPE_CHECKING:
    from syncd.sandbox.canvas.model import Event
    from syncd.sandbox.canvas.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """From where events are seen: base URL, and which parts a list leaves out."""

    world: World
    base: str
    without_description: bool = False
    without_children: bool = False

    @property
    def outlook(self) -> Outlook:
        """How descriptions are rewritten."""
        switches = self.world.switches
        return Outlook(base=self.base, theme=switches.theme_assets, verifiers=switches.file_verifiers)

    def key(self) -> tuple[object, ...]:
        """What the encoded JSON depends on beside the event."""
        switches = self.world.switches
        return (
            self.base,
            self.world.faces,
            self.without_description,
            self.without_children,
            switches.theme_assets,
            switches.file_verifiers,
        )


def encoded(event: Event, view: View, key: tuple[object, ...] | None = None) -> bytes:
    """The event's JSON text; `key` is `view.key()`, to be computed once for a list."""
    key = view.key() if key is None else key
    found = event.rendered.get(key)
    if found is None:
        found = orjson.dumps(as_json(event, view))
        # A hidden parent shows its children: its text would have to follow theirs, so it is not kept.
        if not event.children:
            event.rendered[key] = found
    return found


def as_json(event: Event, view: View) -> dict[str, Any]:
    """All keys of an event."""
    dates = event.dates
    shown: dict[str, Any] = {
        "id": event.id,
        "title": event.title,
        "start_at": text_of(dates.start),
        "end_at": text_of(dates.end),
        "workflow_state": event.state,
        "created_at": text_of(event.created_at),
        "updated_at": text_of(event.updated_at),
        "all_day": dates.all_day,
        "all_day_date": None if dates.all_day_date is None else dates.all_day_date.isoformat(),
        "comments": event.comments,
        "location_address": event.location_address,
        "location_name": event.location_name,
        "type": "event",
        "description": rewritten(event.description, view.outlook),
        "child_events_count": len(event.children),
        "all_context_codes": event.effective_context or event.context,
        "context_code": event.context,
        "context_name": _context_name(event, view.world),
        "context_color": None,
        "parent_event_id": event.parent_id,
        "hidden": event.hidden,
        "child_events": _children(event, view),
        "url": f"{view.base}/api/v1/calendar_events/{event.id}",
        "html_url": f"{view.base}/calendar?event_id={event.id}&include_contexts={event.listed_under}",
        "duplicates": [],
        "series_uuid": event.series_uuid,
        "rrule": event.rrule,
        "blackout_date": event.blackout_date,
        "important_dates": event.important_dates,
    }
    if view.without_description:
        del shown["description"]
    if event.effective_context is not None:
        shown["effective_context_code"] = event.effective_context
    if event.series_uuid is not None:
        shown["series_head"] = event.rrule is not None and _is_head(event, view.world)
    if event.appointment_group_id is not None:
        shown |= _slot(event, view)
    return shown


def _context_name(event: Event, world: World) -> str:
    place = context_of(world, event.context)
    return "" if place is None else place.name


def _children(event: Event, view: View) -> list[dict[str, Any]]:
    if view.without_children:
        return []
    rows = (view.world.events[number] for number in event.children)
    return [as_json(child, view) for child in rows if child.state != "deleted"]


def _is_head(event: Event, world: World) -> bool:
    return all(
        other.id >= event.id for other in world.by_context[event.context].values() if _same(other, event)
    )


def _same(other: Event, event: Event) -> bool:
    return other.series_uuid == event.series_uuid and other.state != "deleted"


def _slot(event: Event, view: View) -> dict[str, Any]:
    group = event.appointment_group_id
    return {
        "appointment_group_id": group,
        "appointment_group_url": f"{view.base}/api/v1/appointment_groups/{group}",
        "can_manage_appointment_group": True,
        "participant_type": "User",
        "participants_per_appointment": None,
        "available_slots": 1,
        "reserve_url": f"{view.base}/api/v1/calendar_events/{event.id}/reservations/{{{{ id }}}}",
    }
