"""Serves the pages on a loopback socket from a thread of the daemon."""

from __future__ import annotations

import socket
import threading
from typing import Any

import uvicorn

from syncd.config.settings import PREFIX
from syncd.daemon.view import DaemonView
from syncd.errors import SettingsError
from syncd.web.app import build_app
from syncd.web.http import http_options

BACKLOG = 128
"""Connections that wait to be taken."""
BEAT_S = 10
"""Seconds between two reports to the watchdog."""


class WebServer:
    """Listens from the moment it is made, so that a taken port is told at the start."""

    def __init__(self, daemon: DaemonView, address: str, log: Any) -> None:
        self._log = log
        self._workers = daemon.workers
        self._watchdog = daemon.watchdog
        self._plug = _listen(address)
        self._server = uvicorn.Server(
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
        """The port in use."""
        return int(self._plug.getsockname()[1])

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._log.info("web", port=self.port)
        self._thread.start()

    def close(self) -> None:
        """Take no more questions; those being answered get a second."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(2.0)
        self._plug.close()

    def _serve(self) -> None:
        self._workers.keep("web", lambda: self._server.run(sockets=[self._plug]))
        self._watchdog.rest("web")

    async def _beat(self) -> None:
        """Called by the server as long as its loop turns."""
        self._watchdog.beat("web", 3 * BEAT_S)


def _listen(address: str) -> socket.socket:
    """A listening socket. Raises `SettingsError`."""
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, int(port)))
        listener.listen(BACKLOG)
    except (OSError, ValueError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(f"{PREFIX}HTTP_LISTEN: {address} cannot be used ({reason}).") from error
    return listener
