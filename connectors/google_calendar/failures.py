"""What Google's answers mean: from status, headers and body to one of our errors. Pure.

Decided by status and by the reason in the error body. A body that is not the API's means that something
between us and Google answered, whatever the status says: a page with a 404 is no missing event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.bodies import NotJsonError, TooManyValuesError, read_json
from connectors.errors import (
    BODY_LIMIT,
    AccessDeniedError,
    ApiDisabledError,
    AuthenticationError,
    ConflictError,
    ConnectorError,
    MalformedResponseError,
    NotFoundError,
    QuotaExhaustedError,
    RateLimitedError,
    RejectedError,
    TooLargeError,
    TooSlowError,
    UnavailableError,
    cut,
)

QUOTA_PAUSE_S = 3 * 3600.0
"""Seconds without writes after quotaExceeded: it lasts hours, and every try prolongs it."""
DAILY_PAUSE_S = 12 * 3600.0
_LONGEST_ASKED_S = 3600.0

_TOO_FAST = ("rateLimitExceeded", "userRateLimitExceeded", "concurrentLimitExceeded", "RESOURCE_EXHAUSTED")
_EXHAUSTED: Mapping[str, float] = {
    "quotaExceeded": QUOTA_PAUSE_S,
    "calendarUsageLimits": QUOTA_PAUSE_S,
    "dailyLimitExceeded": DAILY_PAUSE_S,
}
"""Beginnings of reasons: some are told with an ending (Unreg, Exceeded)."""
_UNMISTAKABLE = frozenset({409, 410, 412})
"""Said by nobody but an API, so no body is asked for."""
_SWITCHED_OFF = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
_NOT_AS_A_WHOLE = frozenset({"forbiddenForServiceAccounts", "forbiddenForNonOrganizer"})


class LostAnswerError(UnavailableError):
    """Sent, and no usable answer came. Every call here may be repeated: ids are ours, writes carry an etag."""


class GarbledAnswerError(LostAnswerError):
    """An answer that is not the API's: something between us and Google gave it."""

    advice = "It is tried again by itself; if it lasts, check the endpoint and any proxy in between."


class SlowAnswerError(LostAnswerError, TooSlowError):
    """Sent, and not answered in time as a whole."""


class LargeAnswerError(LostAnswerError):
    """Sent, and answered with more than any answer needs."""

    advice = TooLargeError.advice
    at_once = False


class IdTakenError(ConflictError):
    """409 to an insert: the id is held by an event, alive or deleted; maybe by our own first try."""


class GoneError(NotFoundError):
    """410: the event was deleted already, or a token of a list is too old."""


class StaleError(ConflictError):
    """412: the event changed since it was read."""


class OthersFieldsError(AccessDeniedError):
    """The event as a whole may not be written by us since it has guests; our own fields still may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request in words: what it is for, and in which calendar."""

    operation: str
    context: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _ErrorBody:
    reason: str
    message: str


def failure(call: Call, status: int, headers: Mapping[str, str], body: bytes) -> ConnectorError:
    """The error that an answer without success stands for."""
    error = _error_body(body)
    about: dict[str, Any] = {"operation": call.operation, "context": call.context, "status": status}
    if 300 <= status < 400:
        target = headers.get("location", "")[: BODY_LIMIT // 2]
        return MalformedResponseError(f"we were sent on to {target!r}; the token does not follow.", **about)
    if status in {403, 429} and (limited := _limited(status, headers, error, about)) is not None:
        return limited
    if status == 401:
        return AuthenticationError(f"the credential is refused: {_words(error)}.", **about)
    if status >= 500 or status == 408:
        return _lost(call, status, headers, error, body)
    if error is None and status not in _UNMISTAKABLE:
        return GarbledAnswerError(f"something between us and Google answered with {_shape(body)}.", **about)
    return _refusal(status, error, about)


def _limited(
    status: int, headers: Mapping[str, str], error: _ErrorBody | None, about: Mapping[str, Any]
) -> ConnectorError | None:
    """The error of a refusal for speed or quota; None for any other."""
    reason = error.reason if error is not None else ""
    for beginning, pause_s in _EXHAUSTED.items():
        if reason.startswith(beginning):
            return QuotaExhaustedError(f"{_words(error)}.", **about, until_s=pause_s)
    if status == 429 or reason.startswith(_TOO_FAST):
        return RateLimitedError("the pace was too high.", **about, retry_after_s=asked_wait_s(headers))
    return None


def asked_wait_s(headers: Mapping[str, str]) -> float:
    """Seconds that Retry-After asks for, 0 if it asks for none; at most an hour."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return 0.0
    if text.isascii() and text.isdecimal():
        return min(float(text[:10]), _LONGEST_ASKED_S)
    try:
        until, now = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0.0
    if until.tzinfo is None or now.tzinfo is None:
        return 0.0
    wait_s = (until - now).total_seconds()
    return min(max(wait_s, 0.0), _LONGEST_ASKED_S)


def _lost(
    call: Call, status: int, headers: Mapping[str, str], error: _ErrorBody | None, body: bytes
) -> ConnectorError:
    reason = f"Google answered with {_words(error) if error is not None else _shape(body)}."
    wait_s = asked_wait_s(headers)
    if wait_s > 0 and status == 503:
        return RateLimitedError(
            reason, operation=call.operation, context=call.context, status=status, retry_after_s=wait_s
        )
    return LostAnswerError(reason, operation=call.operation, context=call.context, status=status)


def _refusal(status: int, error: _ErrorBody | None, about: Mapping[str, Any]) -> ConnectorError:
    reason = error.reason if error is not None else ""
    kind = _KINDS.get(status, RejectedError)
    if status == 403 and reason in _SWITCHED_OFF:
        kind = ApiDisabledError
    if status == 403 and reason in _NOT_AS_A_WHOLE:
        kind = OthersFieldsError
    if status == 409 and reason == "conflict":
        kind = UnavailableError
    return kind(f"{_words(error)}.", **about)


_KINDS: Mapping[int, type[ConnectorError]] = {
    403: AccessDeniedError,
    404: NotFoundError,
    409: IdTakenError,
    410: GoneError,
    412: StaleError,
}


def _error_body(body: bytes) -> _ErrorBody | None:
    """Reason and message of an error body; None for a body that is not the API's."""
    try:
        payload = read_json(body)
    except (NotJsonError, TooManyValuesError):
        return None
    error = payload.get("error") if isinstance(payload, dict) else None
    if isinstance(error, str):
        return _ErrorBody(reason=error, message=str(payload.get("error_description") or error))
    if not isinstance(error, dict):
        return None
    details = error.get("errors")
    first = details[0] if isinstance(details, list) and details and isinstance(details[0], dict) else {}
    reason = first.get("reason") or error.get("status") or ""
    return _ErrorBody(reason=str(reason), message=str(error.get("message") or first.get("message") or ""))


def _words(error: _ErrorBody | None) -> str:
    if error is None:
        return "no reason given"
    message = cut(" ".join(error.message.split())).rstrip(".")
    return f"{message} ({error.reason})" if error.reason else message or "no reason given"


def _shape(body: bytes) -> str:
    start = body.lstrip()[:1]
    if not start:
        return "nothing"
    return "an HTML page" if start == b"<" else "something that is not the API's"
