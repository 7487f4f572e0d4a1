"""From status, headers and body to our errors: the one table, case by case."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from connectors.errors import (
    AccessDeniedError,
    AuthenticationError,
    ConnectorError,
    MalformedResponseError,
    NotFoundError,
    QuotaExhaustedError,
    RateLimitedError,
    RejectedError,
    TransientError,
    UnavailableError,
)
from connectors.google_calendar.failures import (
    Call,
    GarbledAnswerError,
    GoneError,
    IdTakenError,
    LostAnswerError,
    OthersFieldsError,
    StaleError,
    asked_wait_s,
    failure,
)

CALL = Call(operation="insert event", context="law@group.calendar.google.com")
HTML = b"<!DOCTYPE html><html><body>Bad Gateway</body></html>"


def said(status: int, reason: str, message: str = "Why not") -> bytes:
    errors = [{"domain": "global", "reason": reason, "message": message}]
    return orjson.dumps({"error": {"code": status, "message": message, "errors": errors}})


def error(status: int, body: bytes, **headers: str) -> ConnectorError:
    return failure(CALL, status, headers, body)


@pytest.mark.parametrize(
    ("status", "reason", "kind"),
    [
        (400, "invalid", RejectedError),
        (400, "timeRangeEmpty", RejectedError),
        (401, "authError", AuthenticationError),
        (403, "userRateLimitExceeded", RateLimitedError),
        (403, "rateLimitExceeded", RateLimitedError),
        (429, "rateLimitExceeded", RateLimitedError),
        (403, "quotaExceeded", QuotaExhaustedError),
        (429, "quotaExceeded", QuotaExhaustedError),
        (403, "dailyLimitExceeded", QuotaExhaustedError),
        (403, "dailyLimitExceededUnreg", QuotaExhaustedError),
        (403, "calendarUsageLimitsExceeded", QuotaExhaustedError),
        (403, "userRateLimitExceededUnreg", RateLimitedError),
        (403, "concurrentLimitExceeded", RateLimitedError),
        (403, "forbiddenForNonOrganizer", OthersFieldsError),
        (403, "forbiddenForServiceAccounts", OthersFieldsError),
        (403, "forbidden", AccessDeniedError),
        (403, "insufficientPermissions", AccessDeniedError),
        (404, "notFound", NotFoundError),
        (409, "duplicate", IdTakenError),
        (409, "conflict", UnavailableError),
        (410, "deleted", GoneError),
        (410, "fullSyncRequired", GoneError),
        (412, "conditionNotMet", StaleError),
        (500, "backendError", LostAnswerError),
        (503, "backendError", LostAnswerError),
        (408, "", LostAnswerError),
        (413, "uploadTooLarge", RejectedError),
    ],
)
def test_each_reason_has_its_error(status: int, reason: str, kind: type[ConnectorError]) -> None:
    found = error(status, said(status, reason))
    assert type(found) is kind
    assert (found.operation, found.context, found.status) == (CALL.operation, CALL.context, status)
    if kind is not RateLimitedError:
        assert "Why not" in str(found)


@pytest.mark.parametrize("status", [400, 403, 404])
@pytest.mark.parametrize("body", [HTML, b"", b"[]", b'{"message": "no"}', b"\xff\xfe"])
def test_a_refusal_that_is_not_the_apis_is_no_verdict(status: int, body: bytes) -> None:
    assert type(error(status, body)) is GarbledAnswerError


@pytest.mark.parametrize(("status", "kind"), [(409, IdTakenError), (410, GoneError), (412, StaleError)])
def test_statuses_only_an_api_gives_need_no_body(status: int, kind: type[ConnectorError]) -> None:
    assert type(error(status, b"")) is kind


def test_newer_fronts_name_the_reason_as_a_status() -> None:
    body = orjson.dumps({"error": {"code": 403, "message": "Slow down", "status": "RESOURCE_EXHAUSTED"}})
    assert type(error(403, body)) is RateLimitedError


def test_token_style_errors_are_read_too() -> None:
    body = orjson.dumps({"error": "invalid_request", "error_description": "No such thing"})
    assert "No such thing" in str(error(400, body))


@pytest.mark.parametrize("body", [HTML, b"", said(503, "backendError")])
def test_a_server_error_may_have_happened_and_passes(body: bytes) -> None:
    found = error(502, body)
    assert isinstance(found, LostAnswerError)
    assert isinstance(found, TransientError)


def test_a_redirect_is_refused_by_name() -> None:
    found = error(302, b"", location="https://elsewhere.example/login")
    assert type(found) is MalformedResponseError
    assert "elsewhere.example" in str(found)


def test_a_quota_that_is_used_up_names_hours() -> None:
    found = error(403, said(403, "quotaExceeded"))
    assert isinstance(found, QuotaExhaustedError)
    assert found.until_s >= 3600
    assert f"rest for {found.until_s / 3600:.0f} h" in str(found)


def test_a_short_rest_is_told_in_minutes() -> None:
    short = QuotaExhaustedError("too much.", operation="insert event", until_s=90.0)
    assert "rest for 2 min" in str(short)


def test_a_long_message_is_cut() -> None:
    assert len(str(error(400, said(400, "invalid", "x" * 5000)))) < 500


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0.0),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "999999"}, 3600.0),
        ({"retry-after": "soon"}, 0.0),
        ({"retry-after": "-3"}, 0.0),
        (
            {"retry-after": "Mon, 01 Sep 2025 00:01:00 GMT", "date": "Mon, 01 Sep 2025 00:00:30 GMT"},
            30.0,
        ),
        ({"retry-after": "Mon, 01 Sep 2025 00:00:00 GMT", "date": "Mon, 01 Sep 2025 00:00:30 GMT"}, 0.0),
        ({"retry-after": "Mon, 01 Sep 2025 00:01:00 GMT"}, 0.0),
        ({"retry-after": "Mon, 01 Sep 2025 00:01:00", "date": "Mon, 01 Sep 2025 00:00:30 -0000"}, 0.0),
    ],
)
def test_retry_after_is_read_in_both_forms(headers: dict[str, str], seconds: float) -> None:
    assert asked_wait_s(headers) == seconds


@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_was_asked_for_is_passed_on(status: int) -> None:
    found: Any = error(status, b"", **{"retry-after": "7"})
    assert found.retry_after_s == 7
