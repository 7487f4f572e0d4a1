"""The one place every request to Canvas passes, canvasapi's included: pace, timeouts, status to error.

An adapter under a requests session. It waits for its turn, sends, reads the whole answer against a
deadline, tells pace and counters, follows no redirect, and raises our errors. It never repeats a request.
"""

from __future__ import annotations

import contextlib
import http.client
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.exceptions import ConnectTimeout, ProxyError, ReadTimeout, RequestException
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError

from connectors.authorities import certificate_words
from connectors.bodies import LARGEST_BODY
from connectors.canvas import exchange
from connectors.canvas.exchange import Reply, Request
from connectors.canvas.failures import Call, decode, failure, is_throttled, lost, not_sent
from connectors.canvas.pace import Pace, QuotaReport
from connectors.canvas.sockets import CuttableAdapter
from connectors.errors import CertificateError, ConnectorError, StoppedError, TooLargeError, UnknownHostError
from connectors.http import RequestNote, Timeouts, clock_skew_s
from connectors.sockets import CallLimit, OpenSockets, SendRefusedError

_PIECE = 65_536
_ERRORS = range(400, 600)
SETTING = "SYNCD_CANVAS__BASE_URL"
"""Where the address comes from, for whoever must correct it."""
_LONGEST_ASKED_S = 3600.0
"""Seconds of waiting that a Retry-After may ask for."""
_FAILURES = (RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What all adapters of one token share."""

    pace: Pace
    timeouts: Timeouts
    clock: Callable[[], float]
    sockets: OpenSockets
    user_agent: str
    note: Callable[[RequestNote], None]
    trust: ssl.SSLContext | None = None
    """Authorities; None for requests' own."""


class PacedAdapter(CuttableAdapter):
    """Sends one request at a time for its thread; ``call`` says in words which."""

    def __init__(self, wire: Wire) -> None:
        self._limit = CallLimit(wire.clock)
        super().__init__(wire.sockets, self._limit, wire.trust)
        self._wire = wire
        self.call = Call(operation="call")

    @contextlib.contextmanager
    def saying(self, call: Call) -> Iterator[None]:
        """Name what the requests inside are for."""
        before, self.call = self.call, call
        try:
            yield
        finally:
            self.call = before

    def ask(self, request: Request, template: requests.PreparedRequest, proxies: Mapping[str, str]) -> Reply:
        """Send and read one request of ours, over the connection that stands or else as a session would.

        ``template``: a request of the session's to the same host. Raises a `ConnectorError` for anything but a success
        in JSON.
        """

        def transfer(reply: Reply, latest: float) -> None:
            with self.standing(template, proxies) as connection:
                if connection is not None:
                    self._over(connection, request, reply, latest)
                    return
            self._by_requests(request.prepared(template), reply, latest, proxies=proxies)

        return self._paced(request.method, request.url, transfer)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002, FBT001, FBT002 - requests' signature
        timeout: Any = None,  # noqa: ARG002
        verify: Any = True,  # noqa: FBT002
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The same for what a session sends, as canvasapi's does."""
        request.headers["User-Agent"] = self._wire.user_agent
        responses: list[requests.Response] = []

        def transfer(reply: Reply, latest: float) -> None:
            responses.append(
                self._by_requests(request, reply, latest, verify=verify, cert=cert, proxies=proxies)
            )

        data = self._paced(request.method or "", request.url or "", transfer).data
        # canvasapi asks the response: once read is enough, and its own reader has no bounds.
        responses[0].json = lambda **_: data  # type: ignore[method-assign]
        return responses[0]

    def _paced(self, method: str, url: str, transfer: Callable[[Reply, float], None]) -> Reply:
        """What comes of a transfer in its turn, told to pace and counters. ``transfer``: until when, by our clock."""
        call, wire = self.call, self._wire
        wire.pace.enter(operation=call.operation, context=call.context)
        if wire.sockets.are_cut():
            wire.pace.leave(QuotaReport(served=False))
            raise _closed(call)
        started = wire.clock()
        reply, quota, wait_s = Reply(), QuotaReport(served=False), 0.0
        try:
            whole_s = wire.timeouts.look_s if method == "GET" else wire.timeouts.whole_s
            whole_s = whole_s if call.within_s is None else min(whole_s, call.within_s)
            self._limit.begin(whole_s)
            transfer(reply, started + whole_s)
            quota = _quota(reply)
        except SendRefusedError as error:
            raise StoppedError(
                "nothing may be sent from here any more.", operation=call.operation, context=call.context
            ) from error
        except _FAILURES as error:
            cut = wire.sockets.are_cut() and call.repeatable
            raise (_closed(call) if cut else _broken(call, error, url)) from error
        finally:
            wait_s = wire.pace.leave(quota)
            reply.seconds = wire.clock() - started
            wire.note(_note(call, method, url, reply, quota))
        refusal = failure(call, reply.status, reply.headers, reply.body, wait_s=wait_s)
        if refusal is not None:
            raise refusal
        reply.data = decode(call, reply.status, reply.body)
        return reply

    def _over(self, connection: HTTPConnection, request: Request, reply: Reply, latest: float) -> None:
        """The exchange over a connection that stands."""
        timeouts = self._wire.timeouts
        response = exchange.send(connection, request, send_s=timeouts.connect_s, read_s=timeouts.read_s)
        reply.status, reply.headers = response.status, exchange.headers_of(response)
        at_once = exchange.read_at_once(response, reply.headers)
        if at_once is None:
            pieces = exchange.in_pieces(response, reply.headers, request.method)
            reply.body = self._read(pieces, reply.status, latest)
        else:
            reply.body = at_once

    def _by_requests(
        self, request: requests.PreparedRequest, reply: Reply, latest: float, **options: Any
    ) -> requests.Response:
        """The exchange as requests makes it, over a connection that it opens where none stands."""
        timeouts = self._wire.timeouts
        times = (timeouts.connect_s, timeouts.read_s)
        response = super().send(request, stream=True, timeout=times, **options)
        reply.status, reply.headers = response.status_code, response.headers
        reply.body = self._read(response.raw, reply.status, latest)
        # Whoever holds the response (canvasapi) finds nothing to read any more.
        response._content = b""  # noqa: SLF001
        response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001
        return response

    def _read(self, raw: urllib3.BaseHTTPResponse, status: int, latest: float) -> bytearray:
        """The whole body. Raises the error of a lost answer where it takes too long or never ends."""
        body, call = bytearray(), self.call
        while piece := raw.read1(_PIECE, decode_content=True):
            body += piece
            if len(body) > LARGEST_BODY:
                raw.close()
                raise _too_large(call, status)
            if self._wire.clock() > latest:
                raw.close()
                raise lost(call, "the answer took too long.", status, late=True)
        raw.release_conn()
        return body


def _too_large(call: Call, status: int) -> ConnectorError:
    reason = f"the answer has more than {LARGEST_BODY >> 20} MB."
    if not call.repeatable:
        return lost(call, reason, status)
    return TooLargeError(reason, operation=call.operation, context=call.context, status=status)


def _closed(call: Call) -> StoppedError:
    return StoppedError("the connection was closed.", operation=call.operation, context=call.context)


def _broken(call: Call, error: BaseException, url: str) -> Exception:
    host = urlsplit(url).hostname or ""
    if words := certificate_words(error, host):
        return CertificateError(words, operation=call.operation, context=call.context, setting=SETTING)
    if _said(error) == "NameResolutionError":
        return UnknownHostError(
            f"the host {host} cannot be found.",
            operation=call.operation,
            context=call.context,
            setting=SETTING,
        )
    if isinstance(error, (ConnectTimeout, ProxyError)) or _never_connected(error):
        return not_sent(call, f"no connection to Canvas ({_said(error)}).")
    late = isinstance(error, ReadTimeout) or "Timeout" in _said(error)
    if late:
        return lost(call, "the answer took too long.", late=True)
    return lost(call, f"the connection broke before the answer was complete ({_said(error)}).")


def _never_connected(error: BaseException) -> bool:
    reason = error.args[0] if error.args else None
    cause = reason.reason if isinstance(reason, MaxRetryError) else reason
    if isinstance(cause, NewConnectionError):
        return True
    return isinstance(cause, BaseException) and any(
        isinstance(part, ssl.SSLCertVerificationError) for part in (cause, *cause.args)
    )


def _said(error: BaseException) -> str:
    """The kind of failure, without the address a vendor's message holds."""
    reason = error.args[0] if error.args else None
    cause = reason.reason if isinstance(reason, MaxRetryError) else reason
    return type(cause if isinstance(cause, BaseException) else error).__name__


def _quota(reply: Reply) -> QuotaReport:
    headers = reply.headers
    refused = is_throttled(reply.status, reply.body)
    return QuotaReport(
        cost=_number(headers.get("x-request-cost")),
        remaining=_number(headers.get("x-rate-limit-remaining")),
        served=reply.status not in _ERRORS,
        refused=refused,
        retry_after_s=min(_number(headers.get("retry-after")) or 0.0, _LONGEST_ASKED_S) if refused else 0.0,
    )


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else None
    except ValueError:
        return None
    return number if number is not None and abs(number) < 1e6 else None


def _note(call: Call, method: str, url: str, reply: Reply, quota: QuotaReport) -> RequestNote:
    return RequestNote(
        operation=call.operation,
        context=call.context,
        method=method,
        # Without its query an address is one of few, which urlsplit remembers.
        path=urlsplit(url.partition("?")[0]).path,
        status=reply.status,
        seconds=reply.seconds,
        cost=quota.cost,
        remaining=quota.remaining,
        request_id=reply.headers.get("x-request-id", ""),
        throttled=quota.refused,
        skew_s=clock_skew_s(reply.headers.get("date"), time.time()) if reply.status else None,
    )
