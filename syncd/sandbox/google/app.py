"""The simulator over HTTP: the API, batches, `/token`, and the control interface below `/_sandbox`.

An ASGI application; serve it with `syncd.sandbox.serve.Loopback`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from syncd.sandbox.control import control_routes
from syncd.sandbox.google.api import Api
from syncd.sandbox.google.batch import BATCH_PATH, answer_batch
from syncd.sandbox.google.call import Answer, Call, Params
from syncd.sandbox.google.control import world_routes
from syncd.sandbox.google.oauth import TOKEN_PATH, answer_token
from syncd.sandbox.google.wire import google_faults
from syncd.sandbox.middleware import FaultMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from syncd.sandbox.faults import Faults
    from syncd.sandbox.google.world import World

VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def create_app(world: World, faults: Faults | None = None) -> ASGIApp:
    """The simulator of one world; `faults` strike whatever is not the control interface."""
    rules = google_faults() if faults is None else faults
    api = Api(world)
    routes = [
        Route("/calendar/v3/{rest:path}", _endpoint(api.answer), methods=VERBS),
        Route(BATCH_PATH, _endpoint(lambda call: answer_batch(api, call)), methods=["POST"]),
        Route(TOKEN_PATH, _endpoint(lambda call: answer_token(world, call)), methods=["POST"]),
        *world_routes(world),
        *control_routes(rules),
    ]
    return FaultMiddleware(Starlette(routes=routes), rules)


def _endpoint(serve: Callable[[Call], Answer]) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        answer = serve(await _call(request))
        return Response(answer.body, status_code=answer.status, headers=dict(answer.headers))

    return endpoint


async def _call(request: Request) -> Call:
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return Call(
        method=request.method,
        path=raw.decode("latin-1").partition("?")[0],
        params=Params.parse(request.scope["query_string"].decode("latin-1")),
        headers=dict(request.headers),
        body=await request.body(),
    )
