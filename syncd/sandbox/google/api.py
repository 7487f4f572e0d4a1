"""One API call from front to back: who calls, may they, is there quota, then the method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from syncd.sandbox.google import calendars, events
from syncd.sandbox.google.call import Answer, Call, Params, json_answer, text_answer
from syncd.sandbox.google.context import Context
from syncd.sandbox.google.errors import (
    ApiError,
    invalid_credentials,
    parse_error,
    quota_exceeded,
    rate_limited,
)
from syncd.sandbox.google.router import Route, route
from syncd.sandbox.google.selector import check, parse

if TYPE_CHECKING:
    from syncd.sandbox.google.access import Caller
    from syncd.sandbox.google.selector import Selection
    from syncd.sandbox.google.world import World

METHODS = {**events.METHODS, **calendars.METHODS}
NOT_FOUND_PAGE = "<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title>"
OVERRIDE = "x-http-method-override"


class Api:
    """Answers calls to one world."""

    def __init__(self, world: World) -> None:
        self.world = world

    def answer(self, call: Call) -> Answer:
        """The answer to one call; refusals are answers too."""
        call = overridden(call)
        found = route(call.method, call.path)
        if found is None:
            return text_answer(NOT_FOUND_PAGE, 404)
        with self.world.lock:
            try:
                return self._run(call, found)
            except ApiError as refusal:
                content = refusal.body(with_status=self.world.switches.error_status_field)
                return json_answer(content, refusal.code, refusal.headers)

    def _run(self, call: Call, found: Route) -> Answer:
        caller = self._caller(call)
        caller.require(found.method)
        self._charge(call, found, caller)
        context = Context(
            world=self.world,
            method=found.method,
            call=call,
            caller=caller,
            names=found.names,
            body=_body(call, found),
            selection=_selection(call, found),
        )
        return METHODS[found.method](context)

    def _caller(self, call: Call) -> Caller:
        world = self.world
        caller = world.access.caller(call.headers, call.params, world.now(), world.stranger())
        if world.switches.unauthorized_next > 0:
            world.switches.unauthorized_next -= 1
            raise invalid_credentials()
        return caller

    def _charge(self, call: Call, found: Route, caller: Caller) -> None:
        """Charge the quota: speed first, then bursts on one calendar, then the long-term limit of writes."""
        world, switches = self.world, self.world.switches
        too_fast = rate_limited(switches.rate_limit_code, switches.rate_limit_reason, switches.retry_after_s)
        payer = call.params.text("quotaUser") or call.headers.get("x-goog-quota-user") or caller.email
        if not world.quota.charge(
            payer,
            found.units,
            world.now(),
            limit=switches.units_per_minute,
            project_limit=switches.project_units_per_minute,
        ):
            raise too_fast
        if not found.writes:
            return
        if found.names and not world.quota.write(
            found.names[0], world.now(), limit=switches.burst_writes, length_s=switches.burst_window_s
        ):
            raise too_fast
        if switches.quota_exceeded_after is not None:
            if switches.quota_exceeded_after == 0:
                switches.quota_exceeded = True
            else:
                switches.quota_exceeded_after -= 1
        if switches.quota_exceeded:
            raise quota_exceeded()


def overridden(call: Call) -> Call:
    """A POST that stands for another verb, its query in a form body (long GETs of the Python client)."""
    verb = call.headers.get(OVERRIDE)
    if call.method != "POST" or verb is None:
        return call
    kind = call.headers.get("content-type", "")
    form = Params()
    body = call.body
    if kind.startswith("application/x-www-form-urlencoded"):
        form, body = Params.parse(body.decode("utf-8", "replace")), b""
    return Call(
        method=verb.upper(), path=call.path, params=call.params.over(form), headers=call.headers, body=body
    )


def _body(call: Call, found: Route) -> dict[str, Any]:
    if not found.writes or not call.body.strip():
        return {}
    try:
        body = orjson.loads(call.body)
    except orjson.JSONDecodeError:
        raise parse_error() from None
    if not isinstance(body, dict):
        raise parse_error()
    return body


def _selection(call: Call, found: Route) -> Selection:
    text = call.params.text("fields")
    if not text:
        return {}
    selection = parse(text)
    check(selection, found.answer, text)
    return selection
