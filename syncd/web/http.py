"""HTTP as it is spoken on the loopback socket: deadlines of a connection, which uvicorn has none of.

A request's head has `HEAD_S` to arrive, and its answer `ANSWER_S` to be made and taken in. Connections
beyond `CONNECTIONS` push out the one that has waited longest for its head, so that whoever opens many and
says nothing takes no place from those who ask.
"""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

HEAD_S = 5.0
ANSWER_S = 30.0
CONNECTIONS = 128


class DeadlineProtocol(H11Protocol):
    """One connection. Every server has a class of its own, by `protocol`, for what its connections share."""

    waiting: MutableMapping[DeadlineProtocol, None]
    """Connections whose head is not whole, longest first."""
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()
        if len(self.connections) > CONNECTIONS:
            next(iter(self.waiting)).give_up()

    def data_received(self, data: bytes) -> None:
        before = self.cycle
        if self._deadline is None:
            self._await_head()
        super().data_received(data)
        if self.cycle is not before:
            self._await_answer()

    def on_response_complete(self) -> None:
        before = self.cycle
        self._forget()
        super().on_response_complete()
        if self.cycle is not before:
            self._await_answer()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request. Whatever answers the part of it that was one answers nobody any more."""
        # None before the first request, which uvicorn's types do not say.
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started:
                self.give_up()
                return
        super().send_400_response(msg)

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def give_up(self) -> None:
        """Close the connection, whatever is under way."""
        self._forget()
        self.transport.abort()

    def _await_head(self) -> None:
        self._forget()
        self.waiting[self] = None
        self._deadline = self.loop.call_later(HEAD_S, self.give_up)

    def _await_answer(self) -> None:
        self._forget()
        self._deadline = self.loop.call_later(ANSWER_S, self.give_up)

    def _forget(self) -> None:
        self.waiting.pop(self, None)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def protocol() -> type[DeadlineProtocol]:
    """A protocol for one server."""
    values: dict[str, Any] = {"waiting": {}}
    return type("DeadlineProtocol", (DeadlineProtocol,), values)


def http_options() -> dict[str, Any]:
    """What uvicorn is configured with wherever we serve pages."""
    return {
        "http": protocol(),
        "ws": "none",
        "lifespan": "off",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "timeout_keep_alive": 10,
        "timeout_graceful_shutdown": 1,
    }
