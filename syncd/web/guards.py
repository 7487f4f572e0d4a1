"""What stands between the socket and the pages: headers on every answer, known hosts, a limit on work at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

AT_ONCE = 32
"""Answers that are worked on at the same time; further ones are told to come back."""
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names of this machine."""


class SafeHeaders:
    """Puts `HEADERS` on every answer, faults included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and add to the head of the answer."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                raw = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", ()), *raw]}
            await send(message)

        await self._app(scope, receive, guarded)


class KnownHosts:
    """Answers 421 to whoever asks for another host than ``hosts``; loopback names pass, and all do where it is empty.

    So a page of somebody else's cannot have its reader's browser read ours under a name of its own.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] = ()) -> None:
        self._app = app
        self._hosts = frozenset(map(str.casefold, hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse."""
        asked = [value for name, value in scope.get("headers", ()) if name == b"host"]
        if self._hosts and any(host_of(one) not in self._hosts | LOOPBACK for one in asked):
            answer = PlainTextResponse("This host is not served here.\n", 421)
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


def host_of(header: bytes) -> str:
    """A Host header's name, without port and final dot."""
    text = header.decode("latin-1").strip().casefold()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0].rstrip(".")


class AtOnce:
    """Answers 503 beyond `AT_ONCE`; ``free``: paths that cost nothing and are always answered."""

    def __init__(self, app: ASGIApp, free: Collection[str] = ()) -> None:
        self._app = app
        self._free = frozenset(free)
        self._now = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or tell to come back."""
        if scope.get("path") in self._free:
            await self._app(scope, receive, send)
            return
        if self._now >= AT_ONCE:
            answer = PlainTextResponse(
                "Too many are asking; try again in a moment.\n", 503, {"Retry-After": "5"}
            )
            await answer(scope, receive, send)
            return
        self._now += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._now -= 1
