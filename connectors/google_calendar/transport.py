"""Connections for httplib2 that are timed as a whole, can be cut from another thread, and never go elsewhere.

Without cache and redirects; proxy and authorities come from the settings, never from the environment.
Knows sockets, nothing of calendars.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import socket
import threading
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httplib2

from connectors.google_calendar.settings import GoogleSettings, Timeouts

_PIECE = 65_536


class OpenSockets:
    """The sockets in use, and a way to cut them all. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._cut = False

    def add(self, plug: socket.socket) -> None:
        """Remember a connected socket; once everything was cut it is cut as well."""
        with self._lock:
            self._sockets.add(plug)
            if self._cut:
                _shut(plug)

    def cut(self) -> None:
        """Shut every socket down: whoever reads from one gets an error at once."""
        with self._lock:
            self._cut = True
            for plug in list(self._sockets):
                _shut(plug)


def _shut(plug: socket.socket) -> None:
    with contextlib.suppress(OSError):
        plug.shutdown(socket.SHUT_RDWR)


class _TimelyResponse(http.client.HTTPResponse):
    """A response whose body must be there in time as a whole, however slowly it drips."""

    def __init__(self, *args: Any, whole_s: float, clock: Callable[[], float], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clock = clock
        self._latest = clock() + whole_s

    def read(self, amt: int | None = None) -> bytes:
        """All of the body. Raises TimeoutError where it is late, IncompleteRead where it ends early."""
        if amt is not None:
            return super().read(amt)
        pieces = []
        while piece := self.read1(_PIECE):
            pieces.append(piece)
            if self._clock() > self._latest:
                raise TimeoutError("the answer takes too long")
        content = b"".join(pieces)
        if self.length:
            raise http.client.IncompleteRead(content, self.length)
        self.close()
        return content


class Transport(httplib2.Http):  # type: ignore[misc]  # httplib2 ships no annotations
    """httplib2 with our connections."""

    def __init__(self, settings: GoogleSettings, sockets: OpenSockets) -> None:
        super().__init__(
            timeout=settings.timeouts.read_s,
            proxy_info=httplib2.proxy_info_from_url(settings.proxy) if settings.proxy else None,
            ca_certs=str(Path(settings.ca_file)) if settings.ca_file else None,
        )
        self.follow_redirects = False
        self._kinds = _connections(settings.timeouts, settings.clock, sockets)

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> tuple[httplib2.Response, bytes]:
        """One request; never sent on elsewhere."""
        kind = self._kinds["http" if uri.startswith("http:") else "https"]
        answer: tuple[httplib2.Response, bytes] = super().request(
            uri, method, body=body, headers=dict(headers or {}), connection_type=kind
        )
        return answer


def _connections(
    timeouts: Timeouts, clock: Callable[[], float], sockets: OpenSockets
) -> Mapping[str, type[Any]]:
    response = functools.partial(_TimelyResponse, whole_s=timeouts.whole_s, clock=clock)

    def opened(connection: Any, connect: Callable[[], None]) -> None:
        connection.timeout = timeouts.connect_s
        connect()
        connection.sock.settimeout(timeouts.read_s)
        sockets.add(connection.sock)

    class Plain(httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc]
        response_class = response

        def connect(self) -> None:
            opened(self, super().connect)

    class Secure(httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc]
        response_class = response

        def connect(self) -> None:
            opened(self, super().connect)

    return {"http": Plain, "https": Secure}
