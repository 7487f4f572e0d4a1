"""The world over HTTP, for a process other than the simulator's: seed, inspect, act, set switches.

Routes below `/_sandbox`, JSON both ways; faults on the wire are set beside them (see `sandbox.control`).
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import ValidationError
from starlette.routing import Route

from syncd.sandbox.control import json_response
from syncd.sandbox.google.errors import ApiError
from syncd.sandbox.google.keys import service_account_key
from syncd.sandbox.google.people import PERSON, People
from syncd.sandbox.google.render import render, view_of
from syncd.sandbox.google.seed import seed_university

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from syncd.sandbox.google.rows import Calendar, Deed, Row
    from syncd.sandbox.google.world import World

Json = dict[str, Any]
ACTS = frozenset(name for name, _ in inspect.getmembers(People, inspect.isfunction) if name[0] != "_")
"""What a person can be told to do: the methods of `People`."""
WORLD_ACTS = frozenset(
    {
        "clear",
        "advance",
        "grant_token",
        "revoke_token",
        "revoke_account",
        "restore_account",
        "delete_keys",
        "grant_access",
        "revoke_access",
        "set_role",
        "expire_sync_tokens",
        "expire_page_tokens",
    }
)
"""Methods of `World` that can be called from outside."""


def world_routes(world: World) -> list[Route]:
    """Routes of the control interface.

    GET /_sandbox/state; GET /_sandbox/calendars/{id}/events?deleted=true; GET /_sandbox/deeds;
    GET/PATCH /_sandbox/switches; POST /_sandbox/university;
    POST /_sandbox/calendars {id, summary, time_zone, owner, writers};
    POST /_sandbox/people/{act} {calendar, event, ..., as} with a method of `People`;
    POST /_sandbox/world/{act} {...} with one of `WORLD_ACTS`;
    POST /_sandbox/service-accounts {email, delegated}, which answers the content of a key file.
    Wrong requests are 400; refusals by the rules of storage (deleted, id taken) have the API's own body.
    """
    control = WorldControl(world)
    return [
        control.route("/_sandbox/state", control.state, "GET"),
        control.route("/_sandbox/deeds", control.deeds, "GET"),
        control.route("/_sandbox/switches", control.switches, "GET", "PATCH"),
        control.route("/_sandbox/university", control.university, "POST"),
        control.route("/_sandbox/calendars", control.add_calendar, "POST"),
        control.route("/_sandbox/calendars/{calendar}/events", control.events, "GET"),
        control.route("/_sandbox/people/{act}", control.person, "POST"),
        control.route("/_sandbox/world/{act}", control.act, "POST"),
        control.route("/_sandbox/service-accounts", control.service_account, "POST"),
    ]


class WorldControl:
    """One method per route: JSON in, JSON out."""

    def __init__(self, world: World) -> None:
        self.world = world

    def route(self, path: str, run: Callable[[Json, Request], object], *verbs: str) -> Route:
        """A route that runs a method under the world's lock."""

        async def endpoint(request: Request) -> Response:
            content = await request.body()
            try:
                payload = orjson.loads(content) if content.strip() else {}
                with self.world.lock:
                    return json_response(run(payload, request))
            except ApiError as refusal:
                return json_response(refusal.body(), refusal.code)
            except (ValidationError, ValueError, TypeError, LookupError, AttributeError) as wrong:
                return json_response({"error": str(wrong)}, 400)

        return Route(path, endpoint, methods=list(verbs))

    def state(self, _told: Json, _request: Request) -> object:
        """Everything but the events."""
        return {
            "calendars": [_calendar(calendar) for calendar in self.world.calendars.values()],
            "switches": self.world.switches.model_dump(mode="json"),
            "mails": dict(self.world.mails),
            "writes": len(self.world.deeds),
            "now": self.world.now(),
        }

    def events(self, _told: Json, request: Request) -> object:
        """Events of a calendar, deleted ones on request."""
        calendar = self.world.calendars[request.path_params["calendar"]]
        deleted = request.query_params.get("deleted") == "true"
        return {"items": [_event(row, calendar) for row in self.world.events(calendar.id, deleted=deleted)]}

    def deeds(self, _told: Json, _request: Request) -> object:
        """Every effective write."""
        return {"items": [_deed(deed, self.world) for deed in self.world.deeds]}

    def switches(self, payload: Json, _request: Request) -> object:
        """Set some, see all."""
        for name, value in payload.items():
            setattr(self.world.switches, name, value)
        return self.world.switches.model_dump(mode="json")

    def university(self, _told: Json, _request: Request) -> object:
        """Seed the school calendars."""
        return {"calendars": seed_university(self.world)}

    def add_calendar(self, payload: Json, _request: Request) -> object:
        """One more calendar, writable for the service account unless `writers` says otherwise."""
        writers = tuple(payload.pop("writers", (self.world.service_account,)))
        return _calendar(self.world.add_calendar(payload.pop("id", None), writers=writers, **payload))

    def person(self, payload: Json, request: Request) -> object:
        """Act by hand."""
        act = request.path_params["act"]
        if act not in ACTS:
            raise LookupError(f"people cannot {act}; they can {', '.join(sorted(ACTS))}")
        person = People(self.world, payload.pop("as", PERSON))
        return {"result": getattr(person, act)(**payload)}

    def act(self, payload: Json, request: Request) -> object:
        """Change the world itself."""
        act = request.path_params["act"]
        if act not in WORLD_ACTS:
            raise LookupError(f"the world cannot {act}; it can {', '.join(sorted(WORLD_ACTS))}")
        getattr(self.world, act)(**payload)
        return {}

    def service_account(self, payload: Json, request: Request) -> object:
        """A new key."""
        return service_account_key(self.world, str(request.base_url).rstrip("/"), **payload)


def _calendar(calendar: Calendar) -> Json:
    return {
        "id": calendar.id,
        "summary": calendar.summary,
        "timeZone": calendar.time_zone,
        "acl": calendar.acl,
        "live": sum(not row.cancelled for row in calendar.rows.values()),
        "deleted": sum(row.cancelled for row in calendar.rows.values()),
    }


def _event(row: Row, calendar: Calendar) -> Json:
    """An event in its creator's eyes, deleted ones with all that is known, and whether it can be read."""
    return render(row, view_of(calendar, row.creator, "owner", bare=False)) | {"purged": row.purged}


def _deed(deed: Deed, world: World) -> Json:
    calendar = world.calendars.get(deed.calendar)
    return {
        "number": deed.number,
        "kind": deed.kind,
        "calendar": deed.calendar,
        "event": deed.event,
        "by": deed.by,
        "before": None if calendar is None or deed.before is None else _event(deed.before, calendar),
        "after": None if calendar is None else _event(deed.after, calendar),
    }
