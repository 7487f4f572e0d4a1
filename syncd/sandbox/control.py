"""The faults and the record over HTTP, for a process other than the simulator's.

Routes below `/_sandbox`, JSON both ways, mounted by both simulators beside their own.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response
from starlette.routing import Route

from syncd.sandbox.faults import Kind, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from syncd.sandbox.faults import Faults


def rule_from_json(told: Mapping[str, Any]) -> Rule:
    """Read a rule as a client writes it: the fields of `Rule` but `action`.

    Raises ValueError or TypeError where it is none.
    """
    fields = {key: value for key, value in told.items() if key != "action"}
    return Rule(**{**fields, "kind": Kind(fields.get("kind", ""))})


def rule_as_json(number: int, rule: Rule, struck: int) -> dict[str, Any]:
    """Show a rule, its number and how often it struck."""
    fields = {f.name: getattr(rule, f.name) for f in dataclasses.fields(rule) if f.name != "action"}
    return {"number": number, "struck": struck, **fields, "headers": dict(rule.headers)}


def json_response(content: object, status: int = 200) -> Response:
    """JSON by orjson."""
    return Response(orjson.dumps(content), status_code=status, media_type="application/json")


class Control:
    """The endpoints that set faults and read the record of one `Faults`."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    async def rules(self, request: Request) -> Response:
        """GET the rules, POST one or a list of them, DELETE all."""
        if request.method == "DELETE":
            self.faults.clear()
        elif request.method == "POST":
            told = orjson.loads(await request.body())
            try:
                wanted = [rule_from_json(one) for one in (told if isinstance(told, list) else [told])]
            except (TypeError, ValueError) as wrong:
                return json_response({"error": str(wrong)}, 400)
            return json_response({"numbers": [self.faults.add(rule) for rule in wanted]}, 201)
        return json_response({"rules": [rule_as_json(*standing) for standing in self.faults.rules()]})

    async def one_rule(self, request: Request) -> Response:
        """DELETE one rule by its number."""
        found = self.faults.remove(request.path_params["number"])
        return json_response({"removed": found}, 200 if found else 404)

    async def release(self, _: Request) -> Response:
        """POST: whatever stalls goes on."""
        self.faults.release()
        return json_response({})

    async def seed(self, request: Request) -> Response:
        """POST {"seed": n}: start the random numbers anew."""
        self.faults.seed(int(orjson.loads(await request.body())["seed"]))
        return json_response({})

    async def latency(self, request: Request) -> Response:
        """GET or PUT {"seconds": s}."""
        if request.method == "PUT":
            self.faults.latency_s = float(orjson.loads(await request.body())["seconds"])
        return json_response({"seconds": self.faults.latency_s})

    async def log(self, request: Request) -> Response:
        """GET the record, DELETE it."""
        if request.method == "DELETE":
            self.faults.forget()
        return json_response({"served": [line.as_json() for line in self.faults.log()]})

    async def count(self, request: Request) -> Response:
        """GET how many requests had ?method=, ?path=, ?applied=true|false; all writes; the peak."""
        asked = request.query_params
        applied = {"true": True, "false": False}.get(asked.get("applied", ""))
        found = self.faults.count(method=asked.get("method"), path=asked.get("path", ""), applied=applied)
        told = {"count": found, "writes": self.faults.writes(), "peak": self.faults.peak}
        return json_response(told)


def control_routes(faults: Faults) -> list[Route]:
    """Routes of `Control`, for a simulator to mount beside its own."""
    control = Control(faults)
    return [
        Route("/_sandbox/faults", control.rules, methods=["GET", "POST", "DELETE"]),
        Route("/_sandbox/faults/{number:int}", control.one_rule, methods=["DELETE"]),
        Route("/_sandbox/release", control.release, methods=["POST"]),
        Route("/_sandbox/seed", control.seed, methods=["POST"]),
        Route("/_sandbox/latency", control.latency, methods=["GET", "PUT"]),
        Route("/_sandbox/log", control.log, methods=["GET", "DELETE"]),
        Route("/_sandbox/count", control.count, methods=["GET"]),
    ]
