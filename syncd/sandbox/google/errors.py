"""The refusals of the Calendar API, each with the code, domain, reason and message that Google sends.

It only names them; who is refused is decided elsewhere.
"""

from __future__ import annotations

from typing import Any

STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    410: "FAILED_PRECONDITION",
    412: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
"""Values of `error.status`, which only newer fronts send."""
SPEED_MESSAGES = {
    "rateLimitExceeded": "Rate Limit Exceeded",
    "userRateLimitExceeded": "User Rate Limit Exceeded",
    "dailyLimitExceeded": "Daily Limit Exceeded",
}
"""Reasons of a refusal for speed and their messages."""


class ApiError(Exception):
    """A request was refused; `body` is the JSON that the client gets with status `code`.

    `location` names the parameter or header at fault. `headers` go out with the answer.
    """

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        *,
        domain: str = "global",
        location: str | None = None,
        location_type: str = "parameter",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(f"{code} {reason}: {message}")
        self.code = code
        self.reason = reason
        self.message = message
        self.domain = domain
        self.location = location
        self.location_type = location_type
        self.headers = headers

    def body(self, *, with_status: bool = False) -> dict[str, Any]:
        """The body: `{"error": {"code", "message", "errors": [...]}}`; newer fronts add `status`."""
        line = {"domain": self.domain, "reason": self.reason, "message": self.message}
        if self.location is not None:
            line |= {"locationType": self.location_type, "location": self.location}
        error: dict[str, Any] = {"code": self.code, "message": self.message, "errors": [line]}
        if with_status and self.code in STATUS_NAMES:
            error["status"] = STATUS_NAMES[self.code]
        return {"error": error}


def invalid(message: str, location: str | None = None) -> ApiError:
    """400: a value is not acceptable."""
    return ApiError(400, "invalid", message, location=location)


def invalid_parameter(message: str, location: str) -> ApiError:
    """400: a query parameter is not acceptable."""
    return ApiError(400, "invalidParameter", message, location=location)


def bad_request(message: str = "Bad Request", location: str | None = None) -> ApiError:
    """400: the request makes no sense as a whole."""
    return ApiError(400, "badRequest", message, location=location)


def required(message: str) -> ApiError:
    """400: something is missing."""
    return ApiError(400, "required", message)


def parse_error() -> ApiError:
    """400: the body is not JSON."""
    return ApiError(400, "parseError", "Parse Error")


def time_range_empty() -> ApiError:
    """400: the end is not after the start."""
    return ApiError(
        400, "timeRangeEmpty", "The specified time range is empty.", domain="calendar", location="timeMax"
    )


def login_required() -> ApiError:
    """401: no credential at all."""
    return ApiError(
        401,
        "required",
        "Login Required.",
        location="Authorization",
        location_type="header",
        headers=(("www-authenticate", 'Bearer realm="https://accounts.google.com/"'),),
    )


def invalid_credentials() -> ApiError:
    """401: the token is unknown, expired or revoked."""
    return ApiError(
        401,
        "authError",
        "Invalid Credentials",
        location="Authorization",
        location_type="header",
        headers=(("www-authenticate", 'Bearer realm="https://accounts.google.com/", error="invalid_token"'),),
    )


def insufficient_scope() -> ApiError:
    """403: the token was not granted a scope that the method needs."""
    return ApiError(
        403,
        "insufficientPermissions",
        "Insufficient Permission",
        headers=(
            ("www-authenticate", 'Bearer realm="https://accounts.google.com/", error="insufficient_scope"'),
        ),
    )


def forbidden() -> ApiError:
    """403 without a better reason."""
    return ApiError(403, "forbidden", "Forbidden")


def required_access_level(level: str) -> ApiError:
    """403: the caller's role on the calendar is too low."""
    return ApiError(
        403,
        "requiredAccessLevel",
        f"You need to have {level} access to this calendar.",
        domain="calendar",
    )


def non_organizer() -> ApiError:
    """403: shared properties of an event that somebody else organizes."""
    return ApiError(
        403,
        "forbiddenForNonOrganizer",
        "Shared properties can only be changed by the organizer of the event.",
        domain="calendar",
    )


def service_account_attendees() -> ApiError:
    """403: attendees set by a service account without delegation."""
    return ApiError(
        403,
        "forbiddenForServiceAccounts",
        "Service accounts cannot invite attendees without Domain-Wide Delegation of Authority.",
        domain="calendar",
    )


def rate_limited(
    code: int = 403, reason: str = "rateLimitExceeded", retry_after_s: int | None = None
) -> ApiError:
    """403 or 429: too fast; both codes mean the same."""
    message = SPEED_MESSAGES[reason]
    headers = () if retry_after_s is None else (("retry-after", str(retry_after_s)),)
    return ApiError(code, reason, message, domain="usageLimits", headers=headers)


def quota_exceeded() -> ApiError:
    """403: the account wrote too much lately; lasts hours or longer."""
    return ApiError(403, "quotaExceeded", "Calendar usage limits exceeded.", domain="usageLimits")


def not_found() -> ApiError:
    """404: never existed, or not visible to the caller."""
    return ApiError(404, "notFound", "Not Found")


def duplicate() -> ApiError:
    """409: the id or iCalUID is taken, by a live or a deleted event."""
    return ApiError(409, "duplicate", "The requested identifier already exists.")


def conflict() -> ApiError:
    """409: two parts of one batch collide."""
    return ApiError(409, "conflict", "Conflict")


def deleted() -> ApiError:
    """410: deleted before."""
    return ApiError(410, "deleted", "Resource has been deleted")


def full_sync_required() -> ApiError:
    """410: the sync token is dead."""
    return ApiError(
        410,
        "fullSyncRequired",
        "Sync token is no longer valid, a full sync is required.",
        domain="calendar",
        location="syncToken",
    )


def updated_min_too_long_ago() -> ApiError:
    """410: `updatedMin` reaches behind what is kept."""
    return ApiError(
        410,
        "updatedMinTooLongAgo",
        "The requested minimum modification time lies too far in the past.",
        domain="calendar",
        location="updatedMin",
    )


def condition_not_met() -> ApiError:
    """412: If-Match named another version."""
    return ApiError(
        412, "conditionNotMet", "Precondition Failed", location="If-Match", location_type="header"
    )


def backend_error(code: int = 503) -> ApiError:
    """500 or 503."""
    return ApiError(code, "internalError" if code == 500 else "backendError", "Backend Error")
