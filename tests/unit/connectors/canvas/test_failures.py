"""From status, headers and body to our errors: the one table, case by case."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from connectors.canvas.failures import Call, NotCanvasError, decode, failure, lost, not_sent, words
from connectors.errors import (
    AccessDeniedError,
    AuthenticationError,
    ConflictError,
    ConnectorError,
    MalformedResponseError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    TransientError,
    UnavailableError,
    UnclearOutcomeError,
)

READ = Call(operation="list events", context="course_1")
CREATE = Call(operation="create event", context="course_1", repeatable=False)
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="canvas-lms"'}
REFUSED = {"status": "unauthorized", "errors": [{"message": "user not authorised to perform that action"}]}
HTML = b"<!DOCTYPE html><html><body>Service Unavailable</body></html>"


def said(told: Any) -> bytes:
    return orjson.dumps(told)


@pytest.mark.parametrize("status", [200, 201])
def test_a_success_is_no_error(status: int) -> None:
    assert failure(READ, status, {}, b"{}") is None


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind"),
    [
        (401, CHALLENGE, said({"errors": [{"message": "Invalid access token."}]}), AuthenticationError),
        (401, {"www-authenticate": "x"}, b"", AuthenticationError),
        (401, CHALLENGE, HTML, AuthenticationError),
        (401, {}, said(REFUSED), AccessDeniedError),
        (403, {}, said(REFUSED), AccessDeniedError),
        (403, {}, said({"error": "Forbidden", "message": "no valid user agent"}), AccessDeniedError),
        (403, {}, b"", AccessDeniedError),
        (403, {}, b"403 Forbidden (Rate Limit Exceeded)\n", RateLimitedError),
        (429, {}, b"429 Too Many Requests (Rate Limit Exceeded)\n", RateLimitedError),
        (429, {}, HTML, RateLimitedError),
        (429, {}, b"", RateLimitedError),
        (404, {}, said({"errors": [{"message": "The specified resource does not exist."}]}), NotFoundError),
        (400, {}, said({"error": "cannot create event for deleted course"}), RejectedError),
        (422, {}, said({"message": "no"}), RejectedError),
        (409, {}, said({"message": "no"}), ConflictError),
        (500, {}, said({"errors": [{"message": "An error occurred."}]}), UnavailableError),
        (502, {}, HTML, UnavailableError),
        (503, {}, HTML, UnavailableError),
        (504, {}, b"", UnavailableError),
        (408, {}, b"", UnavailableError),
        (404, {}, HTML, NotCanvasError),
        (403, {}, HTML, UnavailableError),
        (302, {"Location": "https://else.example.org/"}, b"", MalformedResponseError),
    ],
)
def test_what_an_answer_to_a_read_means(
    status: int, headers: dict[str, str], body: bytes, kind: type[ConnectorError]
) -> None:
    error = failure(READ, status, headers, body)
    assert type(error) is kind
    assert (error.operation, error.context, error.status) == ("list events", "course_1", status)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (500, said({"errors": [{"message": "An error occurred."}]}), UnclearOutcomeError),
        (502, HTML, UnclearOutcomeError),
        (404, HTML, UnclearOutcomeError),
        (302, b"", UnclearOutcomeError),
        (429, b"", RateLimitedError),
        (403, b"403 Forbidden (Rate Limit Exceeded)\n", RateLimitedError),
        (403, said(REFUSED), AccessDeniedError),
        (404, said({"errors": []}), NotFoundError),
        (400, said({"errors": {}}), RejectedError),
    ],
)
def test_what_an_answer_to_a_create_means(status: int, body: bytes, kind: type[ConnectorError]) -> None:
    assert type(failure(CREATE, status, {}, body)) is kind


def test_a_lost_create_is_unclear_and_a_lost_read_may_be_repeated() -> None:
    assert isinstance(lost(CREATE, "gone"), UnclearOutcomeError)
    assert not isinstance(lost(CREATE, "gone"), TransientError)
    assert isinstance(lost(READ, "gone"), UnavailableError)


@pytest.mark.parametrize(("status", "late"), [(500, False), (502, False), (504, True), (408, True)])
def test_a_create_that_a_proxy_lost_patience_with_may_still_be_under_way(status: int, late: bool) -> None:
    error = failure(CREATE, status, {}, b"")
    assert isinstance(error, UnclearOutcomeError)
    assert error.late is late


def test_a_create_that_was_never_sent_may_be_repeated() -> None:
    assert isinstance(not_sent(CREATE, "no connection"), TransientError)


@pytest.mark.parametrize("body", [HTML, b"", b'[{"id": 1', b"\xff\xfe"])
def test_a_success_that_is_not_json_is_a_lost_answer(body: bytes) -> None:
    with pytest.raises(UnavailableError):
        decode(READ, 200, body)
    with pytest.raises(UnclearOutcomeError):
        decode(CREATE, 201, body)


def test_an_answer_cut_short_is_told_without_quoting_what_people_wrote() -> None:
    with pytest.raises(UnavailableError) as told:
        decode(READ, 200, b'[{"id": 1, "title": "Dean Smith is ill", "descr')
    assert "cut short" in str(told.value)
    assert "Smith" not in str(told.value)


def test_json_is_decoded() -> None:
    assert decode(READ, 200, b'[{"id": 1}]') == [{"id": 1}]


def test_a_throttle_refusal_carries_the_wait() -> None:
    error = failure(READ, 429, {}, b"", wait_s=7.5)
    assert isinstance(error, RateLimitedError)
    assert error.retry_after_s == 7.5


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"errors": [{"message": "one"}, {"message": "two"}]}, "one; two"),
        (
            {"errors": {"title": [{"attribute": "title", "type": "too_long", "message": "too_long"}]}},
            "title: too_long",
        ),
        ({"errors": {"start_date": "Invalid date"}}, "start_date: Invalid date"),
        ({"errors": "Invalid as_user_id"}, "Invalid as_user_id"),
        ({"message": "no"}, "no"),
        ({"error": "no."}, "no"),
        ({"errors": [{"page": "Invalid page"}]}, "page: Invalid page"),
        ({"errors": [[[[[["deep"]]]]]]}, ""),
        ({"errors": 7, "message": None}, ""),
        ({"status": "unauthorized"}, ""),
        ([], ""),
        (None, ""),
        (17, ""),
    ],
)
def test_error_bodies_of_every_shape_are_read(told: Any, expected: str) -> None:
    assert words(said(told)) == expected


def test_words_are_one_capped_line() -> None:
    assert words(b"plain\n words") == "plain words"
    assert words(HTML) == ""
    assert len(words(said({"message": "x" * 5000}))) == 200
    assert len(words(b"y" * 5000)) == 200
