"""Whatever a service answers, nothing leaves a connector but its own errors, and the other contexts are read.

Any JSON in any field of any answer, any header value, any chain of pages, over real HTTP.
"""

from __future__ import annotations

import contextlib
import copy
import json
import string
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.canvas.connector import CanvasConnector
from connectors.canvas.settings import CanvasSettings
from connectors.errors import ConnectorError
from connectors.google_calendar import GoogleCalendarConnector, GoogleSettings
from connectors.port import Connector, Observation
from connectors.retry import RetryPolicy
from mapping.model import Context, Create, Days, Delete, Target, Update, Why
from syncd.sandbox.google.keys import service_account_key
from syncd.sandbox.google.world import World
from tests.support.raw_service import Answer, Asked, RawService
from tests.unit.connectors.canvas.conftest import wish

ODD_TEXTS = st.sampled_from(
    [
        "9999-12-31T23:00:00Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31",
        "0001-01-01",
        "2025-09-31T00:00:00Z",
        "-0001-01-01",
        "\x00",
        "\ud800",
        "<" * 300,
        "v1;;;;",
        "9" * 5_000,
    ]
)
NUMBERS = st.sampled_from([0, -1, 2**63, -(2**63), 2**64, 1e308, 0.5])
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | ODD_TEXTS | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
HEADER = st.sampled_from(
    [
        "",
        "9" * 5_000,
        "-1",
        "nan",
        "inf",
        '<http://[::1/api/v1/>; rel="next"',
        '<>; rel="next"',
        "<x",
        '</api/v1/calendar_events?page=2>; rel="next", </api/v1/x?page=1>; rel="current"',
        f'</api/v1/calendar_events?page={"9" * 5_000}>; rel="last"',
        "Mon, 99 Foo 9999 99:99:99 +9999",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "gzip",
        "1, 1",
    ]
) | st.text(alphabet=string.printable.strip() + "\xe9", max_size=20)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "Link",
            "Date",
            "Retry-After",
            "X-Rate-Limit-Remaining",
            "X-Request-Cost",
            "X-Request-Id",
            "Content-Type",
            "Content-Encoding",
            "WWW-Authenticate",
            "Location",
        ]
    ),
    HEADER,
    max_size=2,
)

# A connector is made for each example: it costs milliseconds, and nothing of one leaks into the next.
SEARCH = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])

CANVAS_ROW: dict[str, Any] = {
    "id": 7,
    "title": "Exam",
    "start_at": "2025-09-01T19:00:00Z",
    "end_at": "2025-09-01T19:00:00Z",
    "all_day": True,
    "description": "<p>x</p>",
    "context_code": "course_101",
    "effective_context_code": "course_101",
    "workflow_state": "active",
    "updated_at": "2025-08-01T00:00:00Z",
    "parent_event_id": None,
    "appointment_group_id": None,
}
PROFILE: dict[str, Any] = {"id": 1, "time_zone": "Asia/Almaty", "name": "x"}
COURSE: dict[str, Any] = {
    "id": 101,
    "name": "Law",
    "workflow_state": "available",
    "total_students": 3,
    "created_at": "2025-08-01T00:00:00Z",
    "account_id": 1,
    "account_name": "Root",
    "sis_course_id": None,
    "course_code": "L",
    "blueprint": False,
}
ACCOUNT: dict[str, Any] = {"id": 1, "name": "Root", "root_account_id": None, "parent_account_id": None}
TERMS: dict[str, Any] = {"enrollment_terms": [{"id": 1, "name": "T", "start_at": None, "end_at": None}]}
RIGHTS: dict[str, Any] = {"manage_calendar": True, "read_sis": True}
VISIBLE: list[Any] = [{"id": 1, "visible": True}]

GOOGLE_ROW: dict[str, Any] = {
    "id": "abcde",
    "etag": '"1"',
    "status": "confirmed",
    "summary": "Exam",
    "description": "x",
    "start": {"date": "2025-11-11"},
    "end": {"date": "2025-11-12"},
    "eventType": "default",
    "extendedProperties": {"private": {"syncdOwner": "mnu", "syncdKey": "k"}},
}


def paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    yield here
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from paths(one, (*here, name))


def replaced(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    if not path:
        return other
    changed = copy.deepcopy(value)
    inner = changed
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = other
    return changed


def spoilt(value: Any) -> st.SearchStrategy[Any]:
    """The value with any JSON in any one place."""
    return st.builds(
        lambda path, other: replaced(value, path, other), st.sampled_from(list(paths(value))), JSON
    )


class CanvasAnswers:
    """What a Canvas of two courses answers. 102 is as it should be; everything about 101 may be spoilt."""

    def __init__(self) -> None:
        self.row: Any = CANVAS_ROW
        self.single: Any = {}
        self.headers: dict[str, str] = {}

    def __call__(self, asked: Asked) -> Answer:
        parts = urlsplit(asked.target)
        path, query = parts.path, parse_qs(parts.query)
        for name, value in self.single.items():
            if path.endswith(name):
                return self._json(value)
        if path.endswith("/calendar_events") and asked.method == "GET":
            codes = query.get("context_codes[]", [])
            rows = [self.row] if "course_101" in codes else []
            if "course_102" in codes:
                rows.append({**CANVAS_ROW, "id": 8, "context_code": "course_102"})
            headers = self.headers if "course_101" in codes else {}
            return Answer(body=encoded(rows), headers=headers)
        if "/calendar_events" in path:
            return Answer(body=encoded(self.row), headers=self.headers)
        usual = {
            "profile": PROFILE,
            "courses/101": COURSE,
            "/courses": [COURSE],
            "accounts/self": ACCOUNT,
            "accounts/1": ACCOUNT,
            "/accounts": [ACCOUNT],
            "terms": TERMS,
            "sub_accounts": [],
            "permissions": RIGHTS,
            "account_calendars": VISIBLE,
        }
        return self._json(next((value for name, value in usual.items() if path.endswith(name)), {}))

    def _json(self, value: Any) -> Answer:
        return Answer(body=encoded(value))


def encoded(value: Any) -> bytes:
    return json.dumps(value, allow_nan=False).encode()


def canvas_to(service: RawService) -> CanvasConnector:
    waits = threading.Event()
    return CanvasConnector(
        CanvasSettings(
            base_url=service.url,
            tokens=("a",),
            owner="mnu",
            timezone="Asia/Almaty",
            retry=RetryPolicy(attempts=1),
            sleep=lambda _: waits.is_set(),
            rng=Random(1),  # noqa: S311 - jitter
        )
    )


@pytest.fixture(scope="module")
def canvas_service() -> Iterator[RawService]:
    with RawService(CanvasAnswers()) as service:
        yield service


def course(number: int) -> Context:
    return Context(id=f"course_{number}", kind="canvas", target="law", students=3, published=True)


def read(connector: Connector, *contexts: Context) -> dict[str, Observation | ConnectorError]:
    return {context.id: outcome for context, outcome in connector.observe(contexts)}


def everything(connector: Connector, context: Context, target: Target) -> None:
    """Each method of the port; only the connector's own errors may come out."""
    desired = wish()
    seen = read(connector, context)[context.id]
    attempts = [
        connector.account,
        lambda: list(connector.discover([target])),
        lambda: connector.fate(context, "7"),
        lambda: list(connector.check(target)),
        lambda: connector.apply(context, Create(context=context.id, why=Why.FILL, desired=desired)),
    ]
    if isinstance(connector, (CanvasConnector, GoogleCalendarConnector)):
        around = Days.inclusive(date(2025, 9, 2), date(2025, 9, 2))
        attempts += [
            lambda: connector.read_event(context, "7"),
            lambda: list(connector.reread([context], around)),
        ]
    if isinstance(connector, CanvasConnector):
        attempts.append(lambda: connector.terms_of(target))
    if isinstance(seen, Observation) and seen.events:
        event = seen.events[0]
        change = Update(context=context.id, why=Why.EDIT, desired=desired, observed=event, fields=())
        gone = Delete(context=context.id, why=Why.ORPHAN, key="k", observed=event)
        attempts += [lambda: connector.apply(context, change), lambda: connector.apply(context, gone)]
    for attempt in attempts:
        with contextlib.suppress(ConnectorError):
            attempt()


LAW = Target(
    name="law",
    kind="canvas",
    place="course",
    languages=("en",),
    courses=(101,),
    account="1",
    enrollment_terms=("1",),
    account_calendars=("1",),
)


@SEARCH
@given(row=spoilt(CANVAS_ROW), headers=HEADERS)
def test_anything_in_a_row_or_header_of_one_course_fails_at_most_that_course(
    canvas_service: RawService, row: Any, headers: dict[str, str]
) -> None:
    answers = CanvasAnswers()
    answers.row, answers.headers = row, headers
    canvas_service.respond = answers
    connector = canvas_to(canvas_service)
    seen = read(connector, course(101), course(102))
    other = seen["course_102"]
    assert isinstance(other, Observation), other
    assert "8" in {event.remote_id for event in other.events}
    everything(connector, course(101), LAW)
    connector.close()


@SEARCH
@given(st.data())
def test_anything_in_any_other_answer_of_canvas_is_an_error_of_ours_or_none(
    canvas_service: RawService, data: st.DataObject
) -> None:
    answers = CanvasAnswers()
    name, usual = data.draw(
        st.sampled_from(
            [
                ("profile", PROFILE),
                ("courses/101", COURSE),
                ("accounts/1/courses", [COURSE]),
                ("accounts/self", ACCOUNT),
                ("accounts/1", ACCOUNT),
                ("terms", TERMS),
                ("permissions", RIGHTS),
                ("account_calendars", VISIBLE),
            ]
        )
    )
    answers.single = {name: data.draw(spoilt(usual))}
    canvas_service.respond = answers
    connector = canvas_to(canvas_service)
    everything(connector, course(101), LAW)
    assert isinstance(read(connector, course(102))["course_102"], Observation)
    connector.close()


@SEARCH
@given(chain=st.lists(st.sampled_from(["1", "2", "3", "x", "", "9" * 30]), max_size=6))
def test_any_chain_of_pages_ends(canvas_service: RawService, chain: list[str]) -> None:
    answers = CanvasAnswers()

    def respond(asked: Asked) -> Answer:
        query = parse_qs(urlsplit(asked.target).query)
        of_101 = "course_101" in query.get("context_codes[]", []) or "page" in query
        if not of_101 or "/calendar_events" not in asked.target:
            return answers(asked)
        at = len([one for one in canvas_service.asked if "/calendar_events" in one.target])
        page = chain[at % len(chain)] if chain else ""
        link = f'<{canvas_service.url}/api/v1/calendar_events?page={page}>; rel="next"'
        return Answer(body=[{**CANVAS_ROW, "id": at % 4 + 1}], headers={"Link": link} if page else {})

    canvas_service.asked.clear()
    canvas_service.respond = respond
    connector = canvas_to(canvas_service)
    seen = read(connector, course(101), course(102))
    assert isinstance(seen["course_102"], Observation)
    connector.close()


class GoogleAnswers:
    """Two calendars; the first one's answers may be spoilt."""

    def __init__(self) -> None:
        self.page: Any = {}
        self.row: Any = GOOGLE_ROW
        self.headers: dict[str, str] = {}
        self.token: Any = {"access_token": "made-up", "expires_in": 3599, "token_type": "Bearer"}

    def __call__(self, asked: Asked) -> Answer:
        path = unquote(urlsplit(asked.target).path)
        if path.endswith("/token"):
            return Answer(body=encoded(self.token))
        first = "/calendars/law/" in path
        if path.endswith("/events") and asked.method == "GET":
            body = self.page if first else google_page([GOOGLE_ROW])
        else:
            body = self.row if first else GOOGLE_ROW
        return Answer(body=encoded(body), headers=self.headers if first else {})


def google_page(rows: list[Any]) -> dict[str, Any]:
    return {
        "kind": "calendar#events",
        "accessRole": "writer",
        "timeZone": "UTC",
        "items": rows,
        "nextSyncToken": "t",
    }


@pytest.fixture(scope="module")
def google_service() -> Iterator[RawService]:
    with RawService(GoogleAnswers()) as service:
        yield service


@pytest.fixture(scope="module")
def key_file(google_service: RawService, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("google") / "key.json"
    path.write_text(json.dumps(service_account_key(World(), google_service.url)))
    return path


def google_to(service: RawService, key: Path) -> GoogleCalendarConnector:
    return GoogleCalendarConnector(
        GoogleSettings(
            credentials_file=key,
            owner="mnu",
            timezone="Asia/Almaty",
            endpoint=service.url,
            retry=RetryPolicy(attempts=1),
            sleep=lambda _: False,
            rng=Random(1),  # noqa: S311 - jitter
        )
    )


SCHOOL = Target(name="law", kind="google", place="school", languages=("en",), calendar_id="law")


@SEARCH
@given(page=spoilt(google_page([GOOGLE_ROW])), row=spoilt(GOOGLE_ROW), headers=HEADERS)
def test_anything_in_an_answer_about_one_calendar_fails_at_most_that_calendar(
    google_service: RawService, key_file: Path, page: Any, row: Any, headers: dict[str, str]
) -> None:
    answers = GoogleAnswers()
    answers.page, answers.row, answers.headers = page, row, headers
    google_service.respond = answers
    connector = google_to(google_service, key_file)
    law = Context(id="law", kind="google", target="law")
    art = Context(id="art", kind="google", target="art")
    seen = read(connector, law, art)
    assert isinstance(seen["art"], Observation), seen["art"]
    everything(connector, law, SCHOOL)
    connector.close()


@settings(SEARCH, max_examples=15)
@given(token=spoilt({"access_token": "made-up", "expires_in": 3599, "token_type": "Bearer"}))
def test_anything_in_place_of_a_token_is_an_error_of_ours_or_none(
    google_service: RawService, key_file: Path, token: Any
) -> None:
    answers = GoogleAnswers()
    answers.token, answers.page = token, google_page([])
    google_service.respond = answers
    connector = google_to(google_service, key_file)
    everything(connector, Context(id="law", kind="google", target="law"), SCHOOL)
    connector.close()
