"""The faults and the record over HTTP, for a process other than the simulator's.

Routes below `/_sandbox`, JSON both ways, mounted by both simulators beside their own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from syncd.sandbox.faults import Faults, Kind, Rule


def rule_from_json(told: Mapping[str, Any]) -> Rule:
    """A rule as a client writes it: the fields of `Rule` but `action`. Raises ValueError, TypeError, re.error."""
    fields = {key: value for key, value in told.items() if key != "action"}
    return Rule(**{**fields, "kind": Kind(fields.get("kind", ""))})


def rule_as_json(number: int, rule: Rule, struck: int) -> dict[str, Any]:
    """A rule as a client reads it."""
    fields = {f.name: getattr(rule, f.name) for f in dataclasses.fields(rule) if f.name != "action"}
    return {"number": number, "struck": struck, **fields, "headers": dict(rule.headers)}


def json_response(content: object, status: int = 200) -> Response:
    """JSON by orjson."""
    return Response(orjson.dumps(content), status_code=status, media_type="application/json")


def control_routes(faults: Faults) -> list[Route]:
    """Routes that set faults and read the record.

    GET/POST/DELETE /_sandbox/faults (POST: one rule or a list), DELETE /_sandbox/faults/N,
    POST /_sandbox/release, POST /_sandbox/seed {"seed": n}, GET/PUT /_sandbox/latency {"seconds": s},
    GET/DELETE /_sandbox/log, GET /_sandbox/count?method=&path=&applied=true|false.
    """

    async def rules(request: HttpRequest) -> Response:
        if request.method == "DELETE":
            faults.clear()
        elif request.method == "POST":
            told = orjson.loads(await request.body())
            try:
                wanted = [rule_from_json(one) for one in (told if isinstance(told, list) else [told])]
            except (TypeError, ValueError) as wrong:
                return json_response({"error": str(wrong)}, 400)
            return json_response({"numbers": [faults.add(rule) for rule in wanted]}, 201)
        return json_response({"rules": [rule_as_json(*standing) for standing in faults.rules()]})

    async def one_rule(request: HttpRequest) -> Response:
        found = faults.remove(request.path_params["number"])
        return json_response({"removed": found}, 200 if found else 404)

    async def release(_: HttpRequest) -> Response:
        faults.release()
        return json_response({})

    async def seed(request: HttpRequest) -> Response:
        faults.seed(int(orjson.loads(await request.body())["seed"]))
        return json_response({})

    async def latency(request: HttpRequest) -> Response:
        if request.method == "PUT":
            faults.latency_s = float(orjson.loads(await request.body())["seconds"])
        return json_response({"seconds": faults.latency_s})

    async def log(request: HttpRequest) -> Response:
        if request.method == "DELETE":
            faults.forget()
        return json_response({"served": [line.as_json() for line in faults.log()], "peak": faults.peak})

    async def count(request: HttpRequest) -> Response:
        asked = request.query_params
        applied = {"true": True, "false": False}.get(asked.get("applied", ""))
        found = faults.count(method=asked.get("method"), path=asked.get("path", ""), applied=applied)
        return json_response({"count": found, "writes": faults.writes(), "peak": faults.peak})

    return [
        Route("/_sandbox/faults", rules, methods=["GET", "POST", "DELETE"]),
        Route("/_sandbox/faults/{number:int}", one_rule, methods=["DELETE"]),
        Route("/_sandbox/release", release, methods=["POST"]),
        Route("/_sandbox/seed", seed, methods=["POST"]),
        Route("/_sandbox/latency", latency, methods=["GET", "PUT"]),
        Route("/_sandbox/log", log, methods=["GET", "DELETE"]),
        Route("/_sandbox/count", count, methods=["GET"]),
    ]
