"""The simulator as an ASGI application: routes, authentication, and refusals turned into answers.

Requests take effect one at a time under the world's lock, in the order in which they arrive.
"""

from __future__ import annotations

import logging
from itertools import count
from typing import TYPE_CHECKING, Any

import orjson
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from syncd.sandbox.canvas import (
    account_calendars_api,
    accounts_api,
    courses_api,
    events_api,
    events_list,
    timetable,
    users_api,
)
from syncd.sandbox.canvas.calls import Reply, open_call, to_response
from syncd.sandbox.canvas.control import world_routes
from syncd.sandbox.canvas.errors import CanvasRefusal, crash, not_found
from syncd.sandbox.canvas.throttle import Throttle
from syncd.sandbox.control import control_routes
from syncd.sandbox.faults import Faults
from syncd.sandbox.middleware import CONTROL, FaultMiddleware

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from syncd.sandbox.canvas.calls import Call
    from syncd.sandbox.canvas.world import World

    Endpoint = Callable[[Call], Reply]

LOG = logging.getLogger(__name__)

NO_USER_AGENT = {
    "error": "Forbidden",
    "message": (
        "You are not authorized to access this site because you have not provided a valid user agent."
    ),
}
MAINTENANCE = (
    "<!DOCTYPE html><html><head><title>Canvas is down for maintenance</title></head>"
    "<body><h1>Scheduled maintenance</h1></body></html>"
)
STRING_IDS = "application/json+canvas-string-ids"

ROUTES: list[tuple[str, str, Endpoint]] = [
    ("GET", "/calendar_events", events_list.list_events),
    ("POST", "/calendar_events", events_api.create_event),
    ("GET", "/calendar_events/{event}", events_api.show_event),
    ("PUT", "/calendar_events/{event}", events_api.update_event),
    ("DELETE", "/calendar_events/{event}", events_api.delete_event),
    ("GET", "/users/{user}/calendar_events", events_list.list_user_events),
    ("GET", "/users/{user}", users_api.show_user),
    ("GET", "/users/{user}/profile", users_api.show_profile),
    ("GET", "/settings/environment", users_api.show_environment),
    ("GET", "/accounts", accounts_api.list_accounts),
    ("GET", "/accounts/{account}", accounts_api.show_account),
    ("GET", "/accounts/{account}/courses", courses_api.list_account_courses),
    ("GET", "/accounts/{account}/terms", accounts_api.list_terms),
    ("GET", "/accounts/{account}/terms/{term}", accounts_api.show_term),
    ("GET", "/accounts/{account}/sub_accounts", accounts_api.list_sub_accounts),
    ("GET", "/accounts/{account}/permissions", accounts_api.show_account_permissions),
    ("GET", "/accounts/{account}/account_calendars", account_calendars_api.list_account_calendars),
    ("GET", "/account_calendars", account_calendars_api.list_my_account_calendars),
    ("GET", "/account_calendars/{account}", account_calendars_api.show_account_calendar),
    ("PUT", "/account_calendars/{account}", account_calendars_api.update_account_calendar),
    ("GET", "/courses", courses_api.list_my_courses),
    ("GET", "/courses/{course}", courses_api.show_course),
    ("GET", "/courses/{course}/permissions", accounts_api.show_course_permissions),
    ("POST", "/courses/{course}/calendar_events/timetable_events", timetable.put_timetable),
]


class Canvas:
    """One simulated Canvas: its world, its faults and its throttle, and the application that serves them."""

    def __init__(
        self, world: World, *, faults: Faults | None = None, throttle: Throttle | None = None
    ) -> None:
        self.world = world
        self.faults = faults or Faults()
        self.throttle = throttle or Throttle()
        self._numbers = count(1)
        routes = [
            Route(f"/api/v1{path}", self._endpoint(endpoint), methods=[method])
            for method, path, endpoint in ROUTES
        ]
        control = [*control_routes(self.faults), *world_routes(world, self.throttle)]
        inner = Starlette(routes=[*routes, *control], exception_handlers={404: _missing, 405: _missing})
        self.app: ASGIApp = FaultMiddleware(self._edge(inner), self.faults, gate=self.throttle)

    def _edge(self, inner: ASGIApp) -> ASGIApp:
        """What stands before Canvas itself: maintenance, the User-Agent rule, the optional .json suffix."""

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            switches = self.world.switches
            if scope["type"] != "http" or scope["path"].startswith(CONTROL):
                await inner(scope, receive, send)
            elif switches.maintenance:
                await HTMLResponse(MAINTENANCE, status_code=503)(scope, receive, send)
            elif switches.require_user_agent and not _user_agent(scope):
                await _json(403, NO_USER_AGENT)(scope, receive, send)
            else:
                await inner({**scope, "path": scope["path"].removesuffix(".json")}, receive, send)

        return serve

    def _endpoint(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        async def respond(request: Request) -> Response:
            try:
                # Reading the body is the only wait: what follows happens as a whole.
                await request.body()
                call = await open_call(self.world, request)
                with self.world.lock:
                    response = to_response(call, endpoint(call))
            except CanvasRefusal as refusal:
                response = _json(refusal.status, refusal.body, refusal.headers)
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
                LOG.exception("the simulator failed on %s %s", request.method, request.url.path)
                crashed = crash(self.world.next_id("report"))
                response = _json(crashed.status, crashed.body)
            response.headers["X-Request-Context-Id"] = f"request-{next(self._numbers)}"
            if self.world.switches.string_ids_by_accept and STRING_IDS in request.headers.get("accept", ""):
                return _with_string_ids(response)
            return response

        return respond


def _user_agent(scope: Scope) -> bool:
    return any(name == b"user-agent" and value.strip() for name, value in scope["headers"])


async def _missing(_request: Request, _error: Exception) -> Response:
    refusal = not_found()
    return _json(refusal.status, refusal.body)


def _json(status: int, body: object, headers: dict[str, str] | None = None) -> Response:
    return Response(
        orjson.dumps(body),
        status_code=status,
        headers=headers,
        media_type="application/json; charset=utf-8",
    )


def _with_string_ids(response: Response) -> Response:
    body = orjson.dumps(_stringed(orjson.loads(bytes(response.body))))
    response.body = body
    response.headers["content-length"] = str(len(body))
    return response


def _stringed(value: Any) -> Any:
    if isinstance(value, list):
        return [_stringed(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: str(one) if _is_id(key) and isinstance(one, int) else _stringed(one)
        for key, one in value.items()
    }


def _is_id(key: str) -> bool:
    return key == "id" or key.endswith("_id")
