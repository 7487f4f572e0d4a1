"""requests over connections that `OpenSockets` knows: cut, asked before each send, and timed as a whole.

Knows sockets, nothing of Canvas.
"""

from __future__ import annotations

import contextlib
import re
import ssl
from collections.abc import Iterator
from http.client import HTTPResponse
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager

from connectors.sockets import CallLimit, OpenSockets, checked_send, timed_response

_ORIGIN = re.compile(r"[a-z]+://[^/?#]*", re.IGNORECASE)


class CuttableAdapter(HTTPAdapter):
    """An adapter whose connections `OpenSockets` knows and `CallLimit` times, with or without a proxy."""

    def __init__(self, sockets: OpenSockets, limit: CallLimit, trust: ssl.SSLContext | None = None) -> None:
        self._trust = trust
        self._pools = _pools(sockets, limit)
        self._last: tuple[object, Any] | None = None
        """What the last request asked for, and the pool it got."""
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of our kind."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._trust)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: Any,
        proxies: Any = None,
        cert: Any = None,
    ) -> Any:
        """The pool of a request's host. All requests of an adapter go to one host: the last one is mostly right."""
        host = _ORIGIN.match(request.url or "")
        asked = (host and host[0], verify, cert, tuple((proxies or {}).items()))
        if self._last is None or self._last[0] != asked:
            pool = super().get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert)
            self._last = (asked, pool)
        return self._last[1]

    @contextlib.contextmanager
    def standing(
        self, request: requests.PreparedRequest, proxies: Any = None
    ) -> Iterator[HTTPConnection | None]:
        """The connection that stands to a request's host, to be used and given back; None where there is none.

        Where using it fails in any way, it is closed.
        """
        pool = self.get_connection_with_tls_context(request, True, proxies=proxies)
        connection = pool.take_standing()
        if connection is None:
            yield None
            return
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        finally:
            pool.give_back(connection)

    def close(self) -> None:
        """Close the pools."""
        self._last = None
        super().close()

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> PoolManager:
        """The same behind a proxy."""
        manager: PoolManager = super().proxy_manager_for(proxy, **kwargs, ssl_context=self._trust)
        manager.pool_classes_by_scheme = self._pools
        return manager


class _Pool(HTTPConnectionPool):
    """A pool whose connection is used without `urlopen` as well, once that has opened it."""

    def take_standing(self) -> HTTPConnection | None:
        """A connection that is open and, as far as this side knows, not hung up; None where the next must be opened.

        None as well where a proxy is told each address as a whole, which `urlopen` does.
        """
        connection = cast("HTTPConnection", self._get_conn())
        is_direct = self.proxy is None or connection.proxy_is_tunneling
        if is_direct and not connection.is_closed:
            return connection
        self._put_conn(connection)
        return None

    def give_back(self, connection: HTTPConnection) -> None:
        """The connection may be used again, or opened again where it is closed."""
        self._put_conn(connection)


def _pools(sockets: OpenSockets, limit: CallLimit) -> dict[str, type[HTTPConnectionPool]]:
    response = timed_response(limit, HTTPResponse)

    class Plain(HTTPConnection):
        response_class = staticmethod(response)  # type: ignore[assignment]  # urllib3 names a class

        def connect(self) -> None:
            super().connect()
            if self.sock is not None:  # pragma: no branch - connect() raises where there is none
                sockets.add(self.sock)

        def send(self, data: Any) -> None:
            checked_send(sockets, self, data, super().send)

    class Secure(HTTPSConnection):
        response_class = staticmethod(response)  # type: ignore[assignment]  # urllib3 names a class

        def connect(self) -> None:
            super().connect()
            if self.sock is not None:  # pragma: no branch - connect() raises where there is none
                sockets.add(self.sock)

        def send(self, data: Any) -> None:
            checked_send(sockets, self, data, super().send)

    class PlainPool(_Pool):
        ConnectionCls = Plain

    class SecurePool(_Pool, HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
