"""Connections for httplib2 that are timed as a whole, can be cut from another thread, and never go elsewhere.

Without cache and redirects; proxy and authorities come from the settings, never from the environment.
Knows sockets, nothing of calendars.
"""

from __future__ import annotations

import http.client
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import httplib2

from connectors.bodies import LARGEST_BODY
from connectors.google_calendar.settings import GoogleSettings
from connectors.http import clock_skew_s
from connectors.sockets import CallLimit, OpenSockets, checked_send, timed_response

_PIECE = 65_536


class WholeResponse(http.client.HTTPResponse):
    """A response whose body is read as a whole, within bounds of size; the connection bounds the time."""

    def read(self, amt: int | None = None) -> bytes:
        """All of the body. Raises `TooLongError` where it is too large, IncompleteRead where it ends early."""
        if amt is not None:
            return super().read(amt)
        content = bytearray()
        while piece := self.read1(_PIECE):
            content += piece
            if len(content) > LARGEST_BODY:
                self.close()
                raise TooLongError
        if self.length:
            raise http.client.IncompleteRead(bytes(content), self.length)
        self.close()
        return bytes(content)


class TooLongError(http.client.HTTPException):
    """The body has more bytes than any answer needs."""


class Transport(httplib2.Http):  # type: ignore[misc]  # httplib2 ships no annotations
    """httplib2 with our connections. Used by one thread at a time."""

    def __init__(self, settings: GoogleSettings, sockets: OpenSockets) -> None:
        super().__init__(
            timeout=settings.timeouts.read_s,
            # Our connections go through the proxy by themselves: httplib2 can only with another library.
            proxy_info=None,
            decode_limit_hard=LARGEST_BODY,
        )
        self.follow_redirects = False
        self.sent = False
        """Whether anything of the latest request may have reached the service."""
        self._limit = CallLimit(settings.clock)
        self._timeouts = settings.timeouts
        self.skew_s: float | None = None
        """By how far the service's clock was ahead when it last answered."""
        self._kinds = _connections(self, settings, sockets, self._limit)

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> tuple[httplib2.Response, bytes]:
        """One request; never sent on elsewhere."""
        self.sent = False
        self._limit.begin(self._timeouts.look_s if method == "GET" else self._timeouts.whole_s)
        kind = self._kinds["http" if uri.startswith("http:") else "https"]
        answer: tuple[httplib2.Response, bytes] = super().request(
            uri, method, body=body, headers=dict(headers or {}), connection_type=kind
        )
        self.skew_s = clock_skew_s(answer[0].get("date"), time.time())
        return answer


def _connections(
    transport: Transport, settings: GoogleSettings, sockets: OpenSockets, limit: CallLimit
) -> Mapping[str, type[Any]]:
    """The standard library's connections behind httplib2's names: timed, known to `sockets`, through the proxy."""
    timeouts = settings.timeouts
    response = timed_response(limit, WholeResponse)
    proxy = urlsplit(settings.proxy) if settings.proxy else None

    def open_with(connection: Any, connect: Callable[[Any], None]) -> None:
        if proxy is not None and not connection._tunnel_host:  # noqa: SLF001 - set_tunnel() has no getter in 3.11
            connection.set_tunnel(connection.host, connection.port, _proxy_headers(proxy))
            connection.host, connection.port = proxy.hostname, proxy.port or 80
        connection.timeout = timeouts.connect_s
        connect(connection)
        connection.sock.settimeout(timeouts.read_s)
        sockets.add(connection.sock)

    class Plain(httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc]
        response_class = staticmethod(response)

        def connect(self) -> None:
            open_with(self, http.client.HTTPConnection.connect)

        def request(self, *args: Any, **kwargs: Any) -> None:
            transport.sent = True
            super().request(*args, **kwargs)

        def send(self, data: Any) -> None:
            checked_send(sockets, self, data, super().send)

    class Secure(httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc]
        response_class = staticmethod(response)

        def connect(self) -> None:
            if settings.ca_file:
                self._context.load_verify_locations(cafile=str(settings.ca_file))
            open_with(self, http.client.HTTPSConnection.connect)

        def request(self, *args: Any, **kwargs: Any) -> None:
            transport.sent = True
            super().request(*args, **kwargs)

        def send(self, data: Any) -> None:
            checked_send(sockets, self, data, super().send)

    return {"http": Plain, "https": Secure}


def _proxy_headers(proxy: SplitResult) -> dict[str, str]:
    if not proxy.username:
        return {}
    credentials = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(credentials.encode()).decode()}"}
