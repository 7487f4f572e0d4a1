"""The sockets that requests go through: cut from another thread, asked right before each send, given up in time.

Stopping must never wait for a silent server, and what may no longer write must send nothing more: neither
requests, urllib3 nor httplib2 can do either. Knows sockets, no service.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import weakref
from collections.abc import Callable

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

    def add(self, plug: socket.socket) -> None:
        """Remember a connected socket; once everything was cut it is cut as well."""
        with contextlib.suppress(OSError):
            plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
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
