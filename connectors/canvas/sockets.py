"""Connections that can be cut from another thread, so that stopping never waits for a silent server.

Neither requests nor urllib3 ends a read that blocks elsewhere; closing a session only drops idle
connections. Knows sockets, nothing of Canvas.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import weakref
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager


class OpenSockets:
    """The sockets in use, and a way to cut them all. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._cut = False

    def are_cut(self) -> bool:
        """Whether everything was cut, for good."""
        return self._cut

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


class CuttableAdapter(HTTPAdapter):
    """An adapter whose connections `OpenSockets` knows, with or without a proxy."""

    def __init__(self, sockets: OpenSockets) -> None:
        self._pools = _pools(sockets)
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of our kind."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> PoolManager:
        """The same behind a proxy."""
        manager: PoolManager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _shut(plug: socket.socket) -> None:
    with contextlib.suppress(OSError):
        plug.shutdown(socket.SHUT_RDWR)


def _pools(sockets: OpenSockets) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            if self.sock is not None:  # pragma: no branch - connect() raises where there is none
                sockets.add(self.sock)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            if self.sock is not None:  # pragma: no branch - connect() raises where there is none
                sockets.add(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
