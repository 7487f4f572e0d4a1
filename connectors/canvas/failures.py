"""What Canvas's answers mean: from status, headers and body to one of our errors. Pure.

Decided by status and header; body texts are localised and only quoted, except the one that tells an old
throttle refusal from a missing right. Error bodies come in many shapes and are read defensively.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.bodies import NotJsonError, TooManyValuesError, read_json
from connectors.errors import (
    BODY_LIMIT,
    AccessDeniedError,
    AuthenticationError,
    ConflictError,
    ConnectorError,
    MalformedResponseError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    ScopesError,
    TooLargeError,
    TooSlowError,
    UnavailableError,
    UnclearOutcomeError,
    cut,
)

Body = bytes | bytearray
_QUOTED = 4096
"""Bytes of a plain error body that are looked at for words."""
_THROTTLED = b"Rate Limit Exceeded"
_STILL_AT_IT = (408, 504)
"""What a proxy answers that lost patience with Canvas."""
_TIMED_OUT = 408
_SERVER_ERRORS = 500


class NotCanvasError(MalformedResponseError):
    """What answers under the base URL is another web server."""

    advice = (
        "Set SYNCD_CANVAS__BASE_URL to the address of Canvas alone, for example https://canvas.example.edu."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request in words: what it is for, and whether repeating it is safe."""

    operation: str
    context: str = ""
    repeatable: bool = True
    """False for a create: sent twice it makes two events."""
    within_s: float | None = None
    """Seconds for the answer, where it gets fewer than is usual."""


PROFILE = "read profile"
"""Asks for an address that every Canvas has: where it is unknown, another server answers, in JSON or not."""


def is_throttled(status: int, body: Body) -> bool:
    """Refused for pace and not executed: 429, or a 403 of older Canvas that says so."""
    return status == 429 or (status == 403 and _THROTTLED in body)


def lost(call: Call, reason: str, status: int = 0, *, late: bool = False) -> ConnectorError:
    """The error of a call that was sent and has no usable answer. ``late``: Canvas may still be at it."""
    if call.repeatable:
        kind = TooSlowError if late else UnavailableError
        return kind(reason, operation=call.operation, context=call.context, status=status)
    late = late or status in _STILL_AT_IT
    return UnclearOutcomeError(
        reason, operation=call.operation, context=call.context, status=status, late=late
    )


def not_sent(call: Call, reason: str) -> ConnectorError:
    """The error of a call that cannot have reached Canvas: any call may be repeated."""
    return UnavailableError(reason, operation=call.operation, context=call.context)


def decode(call: Call, status: int, body: Body) -> Any:
    """The JSON of a success. Raises the error of a lost answer where it is none, `TooLargeError`."""
    try:
        return read_json(body)
    except TooManyValuesError as error:
        reason = "the answer holds more values than a list of events can."
        if not call.repeatable:
            raise lost(call, reason, status) from error
        raise TooLargeError(reason, operation=call.operation, context=call.context, status=status) from error
    except NotJsonError as error:
        raise lost(call, f"the answer is not the API's but {_shape(body)}.", status) from error


def failure(
    call: Call, status: int, headers: Mapping[str, str], body: Body, *, wait_s: float = 0.0
) -> ConnectorError | None:
    """The error an answer stands for, None for a success. ``wait_s`` goes into a throttle refusal."""
    if 200 <= status < 300:
        return None
    about = {"operation": call.operation, "context": call.context}
    if is_throttled(status, body):
        return RateLimitedError("the pace was too high.", **about, status=status, retry_after_s=wait_s)
    if status < 400:
        return _redirected(call, status, headers)
    if status == 404 and call.repeatable and (call.operation == PROFILE or not _is_api(body)):
        return NotCanvasError(
            f"the address answers, but not as Canvas does: with {_shape(body)}.", **about, status=status
        )
    if status >= _SERVER_ERRORS or status == _TIMED_OUT or (status != 401 and not _is_api(body)):
        return lost(call, f"Canvas answered with {_shape(body)}.", status)
    return _refusal(call, status, headers, body)


def _refusal(call: Call, status: int, headers: Mapping[str, str], body: Body) -> ConnectorError:
    """The error of an answer that Canvas itself gave."""
    kind = _KINDS.get(status, RejectedError)
    if status == 401 and b"nsufficient scopes" in body[:_QUOTED]:
        kind = ScopesError
    elif status == 401 and "www-authenticate" in {name.casefold() for name in headers}:
        reason = f"the token is refused: {words(body)}."
        return AuthenticationError(reason, operation=call.operation, context=call.context, status=status)
    elif not _is_api(body):
        return lost(call, f"Canvas answered with {_shape(body)}.", status)
    reason = f"{words(body) or 'no reason given'}."
    return kind(reason, operation=call.operation, context=call.context, status=status)


_KINDS: Mapping[int, type[ConnectorError]] = {
    401: AccessDeniedError,  # without WWW-Authenticate: older Canvas's missing right
    403: AccessDeniedError,
    404: NotFoundError,
    409: ConflictError,
}


def _redirected(call: Call, status: int, headers: Mapping[str, str]) -> ConnectorError:
    location = next((value for name, value in headers.items() if name.casefold() == "location"), "")
    reason = f"Canvas sent us on to {location[: BODY_LIMIT // 2]!r}; the token does not follow."
    if not call.repeatable:
        return lost(call, reason, status)
    return MalformedResponseError(reason, operation=call.operation, context=call.context, status=status)


def words(body: Body) -> str:
    """What an error body says, in one capped line; '' if nothing can be made of it."""
    try:
        payload = read_json(body)
    except (NotJsonError, TooManyValuesError):
        # JSON that was cut short is not quoted: it may hold texts that people wrote.
        return (
            _line(bytes(body[:_QUOTED]).decode("utf-8", "replace"))
            if _is_plain(body) and not _began_as_json(body)
            else ""
        )
    return _line("; ".join(_messages(payload)))


def _messages(payload: Any, depth: int = 0) -> list[str]:
    """Every message in an error of any of Canvas's shapes: list, object of lists, string, bare message."""
    if isinstance(payload, str):
        return [payload]
    if depth > 4 or not payload:
        return []
    if isinstance(payload, list):
        return [message for one in payload[:5] for message in _messages(one, depth + 1)]
    if not isinstance(payload, dict):
        return []
    for name in ("errors", "message", "error"):
        if payload.get(name):
            return _messages(payload[name], depth + 1)
    found = []
    for name, value in list(payload.items())[:5]:
        if name not in {"status", "error_code", "type", "attribute", "error_report_id"}:
            found += [f"{name}: {message}" for message in _messages(value, depth + 1)]
    return found


def _is_api(body: Body) -> bool:
    """Whether an error came from the API rather than from something between: JSON, plain text or nothing."""
    return not body[:_QUOTED].strip() or _began_as_json(body) or _is_plain(body)


def _is_plain(body: Body) -> bool:
    return not body[:_QUOTED].lstrip().startswith(b"<")


def _began_as_json(body: Body) -> bool:
    """Whether a body began like an answer of the API's, whatever became of the rest."""
    return bytes(body[:_QUOTED].lstrip()[:1]) in {b"{", b"["}


def _shape(body: Body) -> str:
    start = bytes(body[:_QUOTED].lstrip()[:1])
    if not start:
        return "nothing"
    if start == b"<":
        return "an HTML page"
    payload = words(body)
    if payload:
        return f"an error: {payload}"
    return "JSON that is cut short or says nothing" if _began_as_json(body) else "something unreadable"


def _line(text: str) -> str:
    return cut(" ".join(text.split())).rstrip(".")
