"""Refusals of Canvas: status, body and headers of each; raised by whoever notices, sent as the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="canvas-lms"'}

NOT_ALLOWED = {
    "en": "user not authorized to perform that action",
    "en-AU": "user not authorised to perform that action",
    "en-GB": "user not authorised to perform that action",
    "kk": "пайдаланушының бұл әрекетті орындауға құқығы жоқ",
    "ru": "пользователь не авторизован для выполнения данного действия",
}
"""The permission message by the user's locale; an unknown locale reads English."""


class CanvasRefusal(Exception):  # noqa: N818 - an answer, not a failure of the simulator
    """A request that Canvas answers with an error."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


def no_token() -> CanvasRefusal:
    """The request carries no token."""
    body = {"status": "unauthenticated", "errors": [{"message": "user authorization required"}]}
    return CanvasRefusal(401, body, CHALLENGE)


def bad_token(message: str, expired_at: str | None = None) -> CanvasRefusal:
    """The token is not known, revoked or expired."""
    error = {"message": message} if expired_at is None else {"message": message, "expired_at": expired_at}
    return CanvasRefusal(401, {"errors": [error]}, CHALLENGE)


def missing_scope() -> CanvasRefusal:
    """The token is good but not for this endpoint; without the challenge header."""
    return CanvasRefusal(401, {"errors": [{"message": "Insufficient scopes on access token."}]})


def not_allowed(locale: str | None, *, old: bool) -> CanvasRefusal:
    """The user lacks the permission; 401 in older versions."""
    message = NOT_ALLOWED.get(locale or "en", NOT_ALLOWED["en"])
    return CanvasRefusal(401 if old else 403, {"status": "unauthorized", "errors": [{"message": message}]})


def bad_masquerade() -> CanvasRefusal:
    """as_user_id names nobody, or somebody the caller may not act as."""
    return CanvasRefusal(401, {"errors": "Invalid as_user_id"})


def not_found() -> CanvasRefusal:
    """No such thing."""
    return CanvasRefusal(404, {"errors": [{"message": "The specified resource does not exist."}]})


def invalid(attribute: str, kind: str) -> CanvasRefusal:
    """A validation failed; the message text is unconfirmed."""
    error = {"attribute": attribute, "type": kind, "message": kind}
    return CanvasRefusal(400, {"errors": {attribute: [error]}})


def missing_object() -> CanvasRefusal:
    """The body has no calendar_event."""
    return CanvasRefusal(400, {"errors": [{"message": "calendar_event is missing"}]})


def bad_list_date(name: str) -> CanvasRefusal:
    """start_date or end_date of a list cannot be read."""
    return CanvasRefusal(400, {"errors": {name: f"Invalid date or invalid datetime for {name}"}})


def with_message(message: str) -> CanvasRefusal:
    """400 with a lone `message`."""
    return CanvasRefusal(400, {"message": message})


def with_error(message: str) -> CanvasRefusal:
    """400 with a lone `error`."""
    return CanvasRefusal(400, {"error": message})


def stale_page() -> CanvasRefusal:
    """A bookmark page that no longer holds."""
    error = {"page": "Invalid page; please restart iteration and follow `next` links"}
    return CanvasRefusal(400, {"status": "bad_request", "errors": [error]})


def crash(report: int) -> CanvasRefusal:
    """An error inside Canvas."""
    error = {"message": "An error occurred.", "error_code": "internal_server_error"}
    return CanvasRefusal(500, {"errors": [error], "error_report_id": report})
