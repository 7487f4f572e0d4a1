"""The world over HTTP, for another process: look at it, change it, act as people in it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import orjson
from starlette.routing import Route

from syncd.sandbox.canvas.acts import Acts, raw_event
from syncd.sandbox.control import json_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from syncd.sandbox.canvas.throttle import Throttle
    from syncd.sandbox.canvas.world import World

BASE = "/_sandbox/canvas"


class WorldControl:
    """The endpoints below /_sandbox/canvas of one simulator."""

    def __init__(self, world: World, throttle: Throttle) -> None:
        self.world = world
        self.limits = throttle.limits
        self.acts = Acts(world)

    async def act(self, request: Request) -> Response:
        """POST one act or a list of them (see `acts.py`)."""
        told = orjson.loads(await request.body())
        try:
            done = [self.acts.do(one) for one in told] if isinstance(told, list) else self.acts.do(told)
        except (LookupError, TypeError, ValueError) as wrong:
            return json_response({"error": str(wrong)}, 400)
        return json_response(done)

    async def events(self, request: Request) -> Response:
        """GET stored events: ?context=course_1, ?deleted=true; without a context those of all."""
        world, asked = self.world, request.query_params
        deleted = asked.get("deleted") == "true"
        with world.lock:
            contexts = [asked["context"]] if "context" in asked else list(world.by_context)
            rows = [raw_event(event) for code in contexts for event in world.events_of(code, deleted=deleted)]
        return json_response({"events": rows})

    async def mail(self, request: Request) -> Response:
        """GET the notifications, DELETE them."""
        outbox = self.world.mail
        if request.method == "DELETE":
            outbox.forget()
        mails = [mail.as_json() for mail in outbox.mails]
        return json_response({"mails": mails, "messages": outbox.messages()})

    async def switches(self, request: Request) -> Response:
        """GET the switches, PUT some of them."""
        answer = await _settings(request, self.world.switches)
        self.world.touch_faces()
        return answer

    async def throttle(self, request: Request) -> Response:
        """GET the throttle's limits, PUT some of them."""
        return await _settings(request, self.limits)


async def _settings(request: Request, settings: Any) -> Response:
    known = {field.name for field in dataclasses.fields(settings)}
    told = orjson.loads(await request.body()) if request.method == "PUT" else {}
    if not told.keys() <= known:
        return json_response(
            {"error": f"unknown: {sorted(told.keys() - known)}", "known": sorted(known)}, 400
        )
    for name, value in told.items():
        setattr(settings, name, value)
    return json_response(dataclasses.asdict(settings))


def world_routes(world: World, throttle: Throttle) -> list[Route]:
    """Routes of `WorldControl`."""
    control = WorldControl(world, throttle)
    return [
        Route(f"{BASE}/act", control.act, methods=["POST"]),
        Route(f"{BASE}/events", control.events, methods=["GET"]),
        Route(f"{BASE}/mail", control.mail, methods=["GET", "DELETE"]),
        Route(f"{BASE}/switches", control.switches, methods=["GET", "PUT"]),
        Route(f"{BASE}/throttle", control.throttle, methods=["GET", "PUT"]),
    ]
