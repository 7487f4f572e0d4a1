"""Google's own client over our connections: one line is one connection, used by one thread at a time.

Makes requests and names what went wrong in our words. The only door to the vendor's libraries: this module
is imported when a first request is made, not before.
"""

from __future__ import annotations

import functools
import http.client
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httplib2
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google_auth_httplib2 import Request as TokenRequest
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError
from googleapiclient.model import JsonModel

from connectors.authorities import causes, certificate_words
from connectors.bodies import NotJsonError, TooManyValuesError, read_json
from connectors.containment import contained
from connectors.errors import (
    AuthenticationError,
    CertificateError,
    ClockError,
    ConnectorError,
    StoppedError,
    UnavailableError,
    UnknownHostError,
)
from connectors.google_calendar.failures import (
    Call,
    GarbledAnswerError,
    LargeAnswerError,
    LostAnswerError,
    SlowAnswerError,
    failure,
)
from connectors.google_calendar.keyfile import KeyFile
from connectors.google_calendar.settings import GoogleSettings
from connectors.google_calendar.tokens import SharedToken, load_credentials
from connectors.google_calendar.transport import TooLongError, Transport
from connectors.sockets import OpenSockets, SendRefusedError
from mapping.errors import SyncdError

SETTING = "SYNCD_GOOGLE__ENDPOINT"
"""Where the address comes from, for whoever must correct it."""


_TOO_LARGE = (
    TooLongError,
    TooManyValuesError,
    httplib2.decode.DecodeLimitError,
    httplib2.decode.DecodeRatioError,
)


class Exchange:
    """What all lines share: one token and the list of open sockets."""

    def __init__(self, settings: GoogleSettings, key: KeyFile) -> None:
        self._settings = settings
        self._token = SharedToken(load_credentials(settings, key))
        self._sockets = OpenSockets(settings.may_send)

    def line(self) -> Line:
        """A new line; connected when it is first used."""
        return Line(self, self._settings, Transport(self._settings, self._sockets), self._token)

    def cut(self) -> None:
        """Cut all lines, whoever waits on them."""
        self._sockets.cut()


class Line:
    """One connection to Google, with the token of its exchange."""

    def __init__(
        self, exchange: Exchange, settings: GoogleSettings, transport: Transport, token: SharedToken
    ) -> None:
        self.exchange = exchange
        self._http = _Authorised(transport, token)
        self._root = settings.root
        # Kept: making the resource takes longer than making a request.
        self._events = build_from_document(
            _document(settings.root), http=self._http, model=_BoundedModel()
        ).events()

    def request(self, make: Callable[[Any], Any]) -> Any:
        """The request that ``make`` makes of Google's events resource, not sent yet."""
        return make(self._events)

    def execute(self, call: Call, request: Any) -> Any:
        """Send a request; the answer of a success, or one of our errors.

        httplib2 sends it a second time where the connection ends before an answer (`caller` says why each may be).
        """
        try:
            return self._explaining(call, lambda: request.execute(num_retries=0))
        except HttpError as refused:
            with contained(call.operation, call.context):
                error = failure(call, refused.resp.status, refused.resp, refused.content)
            raise error from refused

    def sign_in(self, call: Call) -> None:
        """Have a token that is good, or one of our errors."""
        self._explaining(call, self._http.sign_in)

    def _explaining(self, call: Call, attempt: Callable[[], Any]) -> Any:
        try:
            return attempt()
        except HttpError:
            raise  # an answer; whoever sent the request reads it
        except SendRefusedError as error:
            raise StoppedError(
                "nothing may be sent from here any more.", operation=call.operation, context=call.context
            ) from error
        except Exception as error:
            raise _explained(call, error, sent=self._http.sent, root=self._root) from error

    @property
    def skew_s(self) -> float | None:
        """By how far the service's clock was ahead when it last answered."""
        return self._http.skew_s

    def drop(self) -> None:
        """Close the connection; the next request opens another."""
        self._http.close()


class _BoundedModel(JsonModel):  # type: ignore[misc]
    """Google's own reader of answers, but within bounded memory."""

    def deserialize(self, content: Any) -> Any:
        """The value of a body; one that is no JSON as it is, which no caller takes for the API's."""
        try:
            return read_json(content)
        except NotJsonError:
            return content


def _explained(call: Call, error: Exception, *, sent: bool, root: str) -> ConnectorError:
    """Our error for any that may come out of a call."""
    if isinstance(error, SyncdError):
        raise error
    host = urlsplit(root).hostname or ""
    if words := certificate_words(error, host):
        return CertificateError(words, operation=call.operation, context=call.context, setting=SETTING)
    if any(isinstance(one, httplib2.ServerNotFoundError) for one in causes(error)):
        missing = str(error).rpartition(" ")[2] or host
        return UnknownHostError(
            f"the host {missing} cannot be found.",
            operation=call.operation,
            context=call.context,
            setting=SETTING,
        )
    what = f"{type(error).__name__}: {_told(error)}" if _told(error) else type(error).__name__
    kind, words = _kind(error, sent=sent)
    return kind(f"{words} ({what}).", operation=call.operation, context=call.context)


def _kind(error: Exception, *, sent: bool) -> tuple[type[ConnectorError], str]:
    if isinstance(error, _TOO_LARGE):
        return LargeAnswerError, "the answer is larger than any the API gives"
    if sent and isinstance(error, TimeoutError):
        return SlowAnswerError, "the answer took too long"
    if isinstance(error, GoogleAuthError):
        return _of_the_credential(error)
    if isinstance(error, (OSError, httplib2.HttpLib2Error, http.client.HTTPException, UnicodeDecodeError)):
        return (LostAnswerError, "no answer came") if sent else (UnavailableError, "Google cannot be reached")
    return GarbledAnswerError, "the answer cannot be read"


def _of_the_credential(error: GoogleAuthError) -> tuple[type[ConnectorError], str]:
    if isinstance(error, TransportError) or (isinstance(error, RefreshError) and _may_pass(error)):
        return UnavailableError, "no token could be fetched"
    if _is_about_the_clock(str(error)):
        return ClockError, "Google gives no token, since this machine's time is not Google's"
    return AuthenticationError, "Google gives no token for this credential"


def _told(error: Exception) -> str:
    """What an error says, without the answer that the library puts beside it."""
    first = error.args[0] if error.args else ""
    return first if isinstance(first, str) else str(error)


def _is_about_the_clock(text: str) -> bool:
    return "reasonable timeframe" in text or "short-lived token" in text


def _may_pass(error: RefreshError) -> bool:
    """Whether a refused token may be given later: says the library, or a page came instead of an answer."""
    detail = error.args[0] if error.args else ""
    return bool(error.retryable) or (isinstance(detail, str) and detail.lstrip().startswith("<"))


class _Authorised:
    """What Google's client sends requests through: with the shared token, renewed once where it is refused."""

    def __init__(self, transport: Transport, token: SharedToken) -> None:
        self.credentials = token.credentials
        self._transport = transport
        self._token = token
        self._fetch = TokenRequest(transport)

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> tuple[httplib2.Response, bytes]:
        """One request, or two where the token was refused."""
        token = self._token.headers(self._ask)
        answer = self._transport.request(uri, method, body=body, headers={**(headers or {}), **token})
        if answer[0].status == http.client.UNAUTHORIZED:
            token = self._token.renew(token, self._ask)
            answer = self._transport.request(uri, method, body=body, headers={**(headers or {}), **token})
        return answer

    def sign_in(self) -> None:
        """Have a token."""
        self._token.headers(self._ask)

    @property
    def skew_s(self) -> float | None:
        """By how far the service's clock was ahead when it last answered."""
        return self._transport.skew_s

    @property
    def sent(self) -> bool:
        """Whether anything of the latest request may have reached the service."""
        return self._transport.sent

    def close(self) -> None:
        self._transport.close()

    def _ask(self, *args: Any, **kwargs: Any) -> Any:
        """Fetch a token; a failing line is told from a failing request by its type."""
        try:
            return self._fetch(*args, **{**kwargs, "timeout": None})
        except OSError as error:
            raise TransportError(error) from error


def _document(root: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_shipped_document())
    # Both addresses follow the root, that of batches too; the one for client certificates must not be used.
    document["rootUrl"] = root
    document.pop("mtlsRootUrl", None)
    return document


@functools.cache
def _shipped_document() -> str:
    text: str = get_static_doc("calendar", "v3")
    return text
