"""Runs an ASGI application on loopback, in a background thread.

Binds 127.0.0.1 only and refuses any other address: a simulator must never be reachable from outside.
"""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from syncd.sandbox.middleware import TRANSPORT

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from types import TracebackType

    from starlette.types import ASGIApp

HOST = "127.0.0.1"
GRACE_S = 1
"""Seconds a request in flight gets at the end before it is cancelled."""


class LoopbackProtocol(H11Protocol):
    """uvicorn's HTTP protocol that also shows the application its connection, so that a fault can cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put the connection into the state that each request's scope gets a copy of."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}


def listen(port: int = 0) -> socket.socket:
    """A listening loopback socket; port 0 takes any free one."""
    # asyncio turns Nagle's delay (40 ms an answer) off only where the socket says that it speaks TCP.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(512)
    return listener


def _server(app: ASGIApp) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=LoopbackProtocol,
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=GRACE_S,
        )
    )


class Loopback:
    """An application served from a background thread while the context lasts.

    `url` is the base without a trailing slash. `on_stop` is called before the server ends, to let go of
    requests that wait (pass `faults.release`).
    """

    def __init__(self, app: ASGIApp, *, port: int = 0, on_stop: Callable[[], None] | None = None) -> None:
        self._app = app
        self._port = port
        self._on_stop = on_stop
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port in use. Raises RuntimeError before the start."""
        if self._socket is None:
            raise RuntimeError("the sandbox server has not been started: use it as a context")
        return self._port

    @property
    def url(self) -> str:
        """Base URL, for example http://127.0.0.1:4000."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> Self:
        """Listen and serve; the kernel queues requests from this moment on: nobody need wait."""
        self._socket = listen(self._port)
        self._port = int(self._socket.getsockname()[1])
        self._server = _server(self._app)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name=f"sandbox-{self.port}", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """End the server and its thread."""
        if self._server is None or self._thread is None or self._socket is None:
            return
        if self._on_stop is not None:
            self._on_stop()
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
