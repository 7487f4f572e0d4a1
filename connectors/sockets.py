"""The sockets that requests go through: cut from another thread, asked right before each send, given up in time.

Stopping must never wait for a silent server, and what may no longer write must send nothing more: neither
requests, urllib3 nor httplib2 can do either. Knows sockets, no service.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import ssl
import threading
import weakref
from collections.abc import Callable
from typing import Any

NEVER = float("inf")
UNACKNOWLEDGED_MS = 10_000
"""How long the kernel goes on sending what nobody acknowledges; Linux would try for a quarter of an hour."""


class SendRefusedError(Exception):
    """Raised in place of a send once nothing may be sent any more; nothing complete of the request went out."""


class OpenSockets:
    """The sockets in use, and a way to cut them all. Thread-safe.

    ``may_send``: asked as the last thing before bytes are handed to the kernel, on each attempt.
    """

    def __init__(self, may_send: Callable[[], bool] = lambda: True) -> None:
        self._lock = threading.Lock()
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._cut = False
        self._may_send = may_send

    def are_cut(self) -> bool:
        """Whether everything was cut, for good."""
        return self._cut

    def check(self) -> None:
        """Raises `SendRefusedError` where nothing may be sent any more."""
        if not self._may_send():
            raise SendRefusedError

    def send(self, connection: socket.socket, data: bytes) -> bytes:
        """Hand the bytes to the kernel right after the check; what it did not take at once is answered.

        With a timeout Python first waits for room, and then for its own lock, which other threads may hold for
        long: between a check before that and the send a process can be stopped for a minute. Without one the
        send is what follows the check.
        """
        usual = connection.gettimeout()
        connection.settimeout(0)
        try:
            self.check()
            return data[connection.send(data) :]
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return data
        finally:
            with contextlib.suppress(OSError):
                connection.settimeout(usual)

    def add(self, connection: socket.socket) -> None:
        """Remember a connected socket; once everything was cut it is cut as well."""
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
        with self._lock:
            self._sockets.add(connection)
            if self._cut:
                _shut(connection)

    def cut(self) -> None:
        """Shut every socket down: whoever reads from one gets an error at once."""
        with self._lock:
            self._cut = True
            for connection in list(self._sockets):
                _shut(connection)


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def checked_send(sockets: OpenSockets, connection: Any, data: Any, send: Callable[[Any], None]) -> None:
    """The ``send`` of a connection of the standard library's kind, asked for leave at the last moment.

    ``send``: its own one, for what does not go out at once.
    """
    if connection.sock is None:
        # Within its own send it would connect between the check and the bytes.
        connection.connect()
    if isinstance(data, bytes):
        data = sockets.send(connection.sock, data)
        if not data:
            return
    sockets.check()
    send(data)


class CallLimit:
    """By when the call that a connection carries now must be answered. Used by one thread at a time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._latest = NEVER

    def begin(self, seconds: float) -> None:
        """A call begins, and may take so long from here to the last byte of its answer."""
        self._latest = self._clock() + seconds

    def left_s(self) -> float:
        """Seconds left. Raises `TimeoutError` where there are none."""
        left = self._latest - self._clock()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        return left


def timed_response(limit: CallLimit, kind: type[http.client.HTTPResponse]) -> Any:
    """A ``response_class`` for the standard library's connections: no byte of it is waited for beyond the limit.

    Status line, headers, ``100 Continue`` and a proxy's answer to CONNECT are read through it too. In a class it
    stands as a ``staticmethod``: else the connection would be its first argument.
    """

    def respond(connected: socket.socket, *args: Any, **kwargs: Any) -> http.client.HTTPResponse:
        return kind(_Timed(connected, limit), *args, **kwargs)  # type: ignore[arg-type]  # only makefile() is used

    return respond


class _Timed:
    """What `http.client.HTTPResponse` reads from in place of the socket."""

    def __init__(self, connected: socket.socket, limit: CallLimit) -> None:
        self._connected = connected
        self._limit = limit

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._connected, self._limit))


class _TimedReader(io.RawIOBase):
    """Bytes of a socket; each wait is cut down to what the call has left."""

    def __init__(self, connected: socket.socket, limit: CallLimit) -> None:
        self._connected = connected
        self._limit = limit
        # Counts as an open file of the socket, as the library's own does: closing the connection leaves it open.
        self._raw = connected.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        usual = self._connected.gettimeout()
        left = self._limit.left_s()
        if left < (NEVER if usual is None else usual):
            self._connected.settimeout(left)
        try:
            return self._raw.readinto(buffer)
        finally:
            self._connected.settimeout(usual)

    def close(self) -> None:
        self._raw.close()
        super().close()
