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
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.exceptions import ConnectTimeout, ProxyError, ReadTimeout, RequestException
from urllib3.exceptions import MaxRetryError, NewConnectionError

from connectors.authorities import certificate_words
from connectors.bodies import LARGEST_BODY
from connectors.canvas.failures import Call, decode, failure, is_throttled, lost, not_sent
from connectors.canvas.pace import Pace, QuotaReport
from connectors.canvas.sockets import CuttableAdapter
from connectors.errors import CertificateError, ConnectorError, StoppedError, TooLargeError, UnknownHostError
from connectors.http import RequestNote, Timeouts, clock_skew_s
from connectors.sockets import CallLimit, OpenSockets, SendRefusedError
from mapping.model.quick import dataclass

_PIECE = 65_536
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
    """Sends one request at a time for its thread; ``call`` says in words which, ``data`` is the last JSON."""

    def __init__(self, wire: Wire) -> None:
        self._limit = CallLimit(wire.clock)
        super().__init__(wire.sockets, self._limit, wire.trust)
        self._wire = wire
        self.call = Call(operation="call")
        self.data: Any = None
        self.seconds = 0.0
        """What the last answer took."""
        self.size = 0
        """Bytes of the last answer's body, unpacked."""

    @contextlib.contextmanager
    def saying(self, call: Call) -> Iterator[None]:
        """Name what the requests inside are for."""
        before, self.call = self.call, call
        try:
            yield
        finally:
            self.call = before

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002, FBT001, FBT002 - requests' signature
        timeout: Any = None,  # noqa: ARG002
        verify: Any = True,  # noqa: FBT002
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send and read one request. Raises a `ConnectorError` for anything but a success in JSON."""
        call, wire = self.call, self._wire
        request.headers["User-Agent"] = wire.user_agent
        wire.pace.enter(operation=call.operation, context=call.context)
        if wire.sockets.are_cut():
            wire.pace.leave(QuotaReport(served=False))
            raise _closed(call)
        started = wire.clock()
        response: requests.Response | None = None
        quota, wait_s = QuotaReport(served=False), 0.0
        try:
            whole_s = wire.timeouts.look_s if request.method == "GET" else wire.timeouts.whole_s
            whole_s = whole_s if call.within_s is None else min(whole_s, call.within_s)
            self._limit.begin(whole_s)
            times = (wire.timeouts.connect_s, wire.timeouts.read_s)
            response = super().send(
                request, stream=True, timeout=times, verify=verify, cert=cert, proxies=proxies
            )
            body = self._read(call, response, started + whole_s)
            quota = _quota(response, body)
        except SendRefusedError as error:
            raise StoppedError(
                "nothing may be sent from here any more.", operation=call.operation, context=call.context
            ) from error
        except _FAILURES as error:
            cut = wire.sockets.are_cut() and call.repeatable
            raise (_closed(call) if cut else _broken(call, error, request.url or "")) from error
        finally:
            wait_s = wire.pace.leave(quota)
            self.seconds = wire.clock() - started
            wire.note(_note(call, request, response, quota, self.seconds))
        refusal = failure(call, response.status_code, response.headers, body, wait_s=wait_s)
        if refusal is not None:
            raise refusal
        self.size = len(body)
        data = self.data = decode(call, response.status_code, body)
        # canvasapi asks the response: once read is enough, and its own reader has no bounds.
        response.json = lambda **_: data  # type: ignore[method-assign]
        return response

    def _read(self, call: Call, response: requests.Response, latest: float) -> bytearray:
        """The whole body. Raises the error of a lost answer where it takes too long or never ends."""
        body = bytearray()
        raw = response.raw
        while piece := raw.read1(_PIECE, decode_content=True):
            body += piece
            if len(body) > LARGEST_BODY:
                raw.close()
                raise _too_large(call, response.status_code)
            if self._wire.clock() > latest:
                raw.close()
                raise lost(call, "the answer took too long.", response.status_code, late=True)
        raw.release_conn()
        # Whoever holds the response (canvasapi) finds nothing to read any more.
        response._content = b""  # noqa: SLF001
        response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001
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


def _quota(response: requests.Response, body: bytes | bytearray) -> QuotaReport:
    headers = response.headers
    refused = is_throttled(response.status_code, body)
    return QuotaReport(
        cost=_number(headers.get("X-Request-Cost")),
        remaining=_number(headers.get("X-Rate-Limit-Remaining")),
        served=response.ok,
        refused=refused,
        retry_after_s=min(_number(headers.get("Retry-After")) or 0.0, _LONGEST_ASKED_S) if refused else 0.0,
    )


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else None
    except ValueError:
        return None
    return number if number is not None and abs(number) < 1e6 else None


def _note(
    call: Call,
    request: requests.PreparedRequest,
    response: requests.Response | None,
    quota: QuotaReport,
    seconds: float,
) -> RequestNote:
    return RequestNote(
        operation=call.operation,
        context=call.context,
        method=request.method or "",
        path=urlsplit(request.url or "").path,
        status=response.status_code if response is not None else 0,
        seconds=seconds,
        cost=quota.cost,
        remaining=quota.remaining,
        request_id=response.headers.get("X-Request-Id", "") if response is not None else "",
        throttled=quota.refused,
        skew_s=clock_skew_s(response.headers.get("Date"), time.time()) if response is not None else None,
    )
