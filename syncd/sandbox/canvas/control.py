"""The world over HTTP, for another process: look at it, change it, act as people in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from syncd.sandbox.control import json_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from syncd.sandbox.canvas.app import Canvas


def world_routes(canvas: Canvas) -> list[Route]:
    """Routes below /_sandbox/canvas."""

    async def mail(_: Request) -> Response:
        return json_response({"mails": [one.as_json() for one in canvas.world.mail.mails]})

    return [Route("/_sandbox/canvas/mail", mail, methods=["GET"])]
