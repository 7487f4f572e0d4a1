"""Serves the pages from a thread of the daemon, on loopback or on a socket for a proxy of this host."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import Any

import uvicorn

from syncd.daemon.view import DaemonView
from syncd.web.app import build_app
from syncd.web.http import http_options
from syncd.web.listener import listen

TICK_S = 1.0
"""Seconds between two looks of the server at its clock; uvicorn's own choice is a tenth."""
BEAT_S = 10
"""Seconds between two reports to the watchdog."""


class _Server(uvicorn.Server):
    """uvicorn's server, which wakes once a second while nobody asks, and at once when it is to end."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._wake: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    async def main_loop(self) -> None:
        """Until `leave`."""
        loop, wake = asyncio.get_running_loop(), asyncio.Event()
        self._wake = (loop, wake)
        # What on_tick does, it does at every tenth count, which uvicorn reaches once a second.
        while not await self.on_tick(0):
            # A timer alone: `asyncio.wait_for` turns the loop five times more, for a task that it cancels.
            tick = loop.call_later(TICK_S, wake.set)
            await wake.wait()
            wake.clear()
            tick.cancel()

    def leave(self) -> None:
        """From another thread: take no more questions."""
        self.should_exit = True
        if self._wake is not None:
            loop, wake = self._wake
            with suppress(RuntimeError):  # the loop is closed: it has ended by itself
                loop.call_soon_threadsafe(wake.set)


class WebServer:
    """Listens from the moment it is made, so that a taken address is told at the start."""

    def __init__(self, daemon: DaemonView, address: str, log: Any) -> None:
        self._log = log
        self._workers = daemon.workers
        self._watchdog = daemon.watchdog
        self._listener = listen(address)
        self._server = _Server(
            uvicorn.Config(
                build_app(daemon),
                **http_options(),
                callback_notify=self._beat,
                timeout_notify=BEAT_S,
            )
        )
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)

    @property
    def port(self) -> int:
        """The port in use, 0 for a socket in the file system."""
        return self._listener.port

    def start(self) -> None:
        """Serve in a thread of its own."""
        path = self._listener.path
        self._log.info("web", port=self.port or None, path=str(path) if path is not None else None)
        self._thread.start()

    def close(self) -> None:
        """Take no more questions; those being answered get a second."""
        self._server.leave()
        if self._thread.is_alive():
            self._thread.join(2.0)
        self._listener.close()

    def _serve(self) -> None:
        self._workers.keep("web", lambda: self._server.run(sockets=[self._listener.socket]))
        self._watchdog.rest("web")

    async def _beat(self) -> None:
        """Called by the server as long as its loop turns."""
        self._watchdog.beat("web", 3 * BEAT_S)
