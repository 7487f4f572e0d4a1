"""One wire for every request: what goes out, what comes back, and where the token never goes."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
from canvasapi.account import Account
from responses import matchers

from connectors.canvas.failures import Call
from connectors.errors import (
    AuthenticationError,
    CertificateError,
    ConnectorError,
    MalformedResponseError,
    RateLimitedError,
    StoppedError,
    UnavailableError,
    UnclearOutcomeError,
)
from connectors.http import Timeouts
from connectors.retry import RetryPolicy
from connectors.sockets import OpenSockets
from tests.unit.connectors.canvas.desk import BASE, CREATE, EVENTS, TOKEN, Authority, Desk, Plug, head


@pytest.fixture
def canned() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def test_a_read_carries_token_user_agent_and_every_parameter(canned: responses.RequestsMock) -> None:
    canned.get(
        EVENTS,
        json=[{"id": 1}],
        match=[
            matchers.header_matcher({"Authorization": f"Bearer {TOKEN}", "User-Agent": "syncd/1.2"}),
            matchers.query_param_matcher({"context_codes[]": "course_1"}),
        ],
    )
    assert Desk().read().data == [{"id": 1}]


def test_a_write_goes_out_as_a_form(canned: responses.RequestsMock) -> None:
    form = {"calendar_event[title]": "A&B"}
    canned.post(EVENTS, json={"id": 1}, status=201, match=[matchers.urlencoded_params_matcher(form)])
    assert Desk().create().data == {"id": 1}


def test_lines_of_any_length_arrive_letter_by_letter(canned: responses.RequestsMock) -> None:
    text = "\n".join(("<p>\u04d8 + 1 % & = ~</p>", "\r", "\u044f " * 2000, "", "end \U0001f600"))
    match = [matchers.urlencoded_params_matcher({"calendar_event[description]": text})]
    canned.post(EVENTS, json={"id": 1}, status=201, match=match)
    Desk().client.write("POST", "calendar_events", [("calendar_event[description]", text)], CREATE)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "answer",
    [
        {"status": 503, "body": "<html>"},
        {"status": 200, "body": "<html>a proxy</html>"},
        {"status": 200, "body": '[{"id": 1'},
        {"status": 429, "body": "429 (Rate Limit Exceeded)"},
        {"status": 403, "body": "403 Forbidden (Rate Limit Exceeded)\n"},
        {"body": ConnectionError("reset")},
    ],
)
def test_what_may_be_repeated_is_repeated_until_it_works(
    canned: responses.RequestsMock, method: str, answer: dict[str, Any]
) -> None:
    desk = Desk()
    canned.add(method, f"{EVENTS}/1", **answer)
    canned.add(method, f"{EVENTS}/1", json={"id": 1})
    call = Call(operation="change event")
    if method == "GET":
        told = desk.client.get("calendar_events/1", (), call)
    else:
        told = desk.client.write(method, "calendar_events/1", (), call)
    assert told.data == {"id": 1}
    assert (desk.counter.counts.requests, desk.counter.counts.retried) == (2, 1)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "json": {"errors": [{"message": "An error occurred."}]}},
        {"status": 502, "body": "<html>"},
        {"status": 200, "body": "<html>"},
        {"status": 201, "body": '{"id": 1'},
        {"status": 302, "headers": {"Location": BASE}},
        {"body": ConnectionError("reset")},
    ],
)
def test_a_create_whose_answer_is_lost_is_sent_once_and_unclear(
    canned: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    desk = Desk()
    canned.post(EVENTS, **answer)
    with pytest.raises(UnclearOutcomeError) as caught:
        desk.create()
    assert desk.counter.counts.requests == 1
    assert caught.value.context == "course_1"
    assert desk.time.slept == []


@pytest.mark.parametrize(
    ("status", "body"), [(429, ""), (403, "403 Forbidden (Rate Limit Exceeded)\n"), (429, "<html>")]
)
def test_a_throttled_create_was_not_executed_and_is_sent_again(
    canned: responses.RequestsMock, status: int, body: str
) -> None:
    desk = Desk()
    canned.post(EVENTS, status=status, body=body)
    canned.post(EVENTS, json={"id": 1}, status=201)
    assert desk.create().data == {"id": 1}
    assert desk.counter.counts.throttled == 1


def test_retry_after_is_waited(canned: responses.RequestsMock) -> None:
    desk = Desk()
    canned.get(EVENTS, status=429, headers={"Retry-After": "40", "X-Rate-Limit-Remaining": "500"})
    canned.get(EVENTS, json=[])
    desk.read()
    assert sum(desk.time.slept) >= 40


def test_a_lasting_throttle_leaves_as_rate_limited(canned: responses.RequestsMock) -> None:
    desk = Desk(retry=RetryPolicy(attempts=3))
    for _ in range(3):
        canned.get(EVENTS, status=429, headers={"X-Rate-Limit-Remaining": "600"})
    with pytest.raises(RateLimitedError):
        desk.read()


def test_a_read_of_another_shape_is_repeated_and_then_unavailable(canned: responses.RequestsMock) -> None:
    desk = Desk(retry=RetryPolicy(attempts=2))
    canned.get(EVENTS, json={"errors": "odd"})
    canned.get(EVENTS, json={"errors": "odd"})
    with pytest.raises(UnavailableError, match="dict where a list belongs"):
        desk.read()


def test_a_refused_token_is_told_at_once(canned: responses.RequestsMock) -> None:
    desk = Desk()
    canned.get(EVENTS, status=401, headers={"WWW-Authenticate": "Bearer"}, json={"errors": []})
    with pytest.raises(AuthenticationError):
        desk.read()
    assert desk.counter.counts.requests == 1


@pytest.mark.parametrize("location", ["https://else.example.org/", f"{BASE}/login"])
def test_no_redirect_is_followed(canned: responses.RequestsMock, location: str) -> None:
    desk = Desk()
    canned.get(EVENTS, status=302, headers={"Location": location})
    with pytest.raises(MalformedResponseError, match="does not follow"):
        desk.read()
    assert desk.counter.counts.requests == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://else.example.org/api/v1/calendar_events?page=2",
        "https://canvas.example.edu.else.org/api/v1/calendar_events?page=2",
        "https://canvas.example.edu:8443/api/v1/calendar_events?page=2",
        "https://canvas.example.edu@else.org/api/v1/calendar_events?page=2",
        "//else.example.org/api/v1/x",
        "https://canvas.example.edu/login",
    ],
)
def test_a_next_page_elsewhere_is_refused(canned: responses.RequestsMock, url: str) -> None:
    canned.get(EVENTS, json=[], headers={"Link": f'<{url}>; rel="next"'})
    with pytest.raises(MalformedResponseError, match="another host"):
        Desk().read()


@pytest.mark.parametrize(
    "url",
    [
        f"{EVENTS}?page=2",
        "http://canvas.example.edu/api/v1/calendar_events?page=2",
        "https://canvas.example.edu:443/api/v1/calendar_events?page=2",
        "/api/v1/calendar_events?page=2",
    ],
)
def test_a_next_page_is_asked_for_on_our_own_scheme_and_host(
    canned: responses.RequestsMock, url: str
) -> None:
    canned.get(EVENTS, json=[], headers={"Link": f'<{url}>; rel="next"'})
    assert Desk().read().next_url == f"{EVENTS}?page=2"


def test_the_headers_of_paging_and_time_are_read(canned: responses.RequestsMock) -> None:
    link = (
        f'<{EVENTS}?page=2&per_page=50>; rel="current",<{EVENTS}?page=3&per_page=50>; rel="next",'
        f'<{EVENTS}?page=9&per_page=50>; rel="last"'
    )
    canned.get(EVENTS, json=[], headers={"Link": link, "Date": "Mon, 07 Sep 2026 06:00:00 GMT"})
    answer = Desk().read()
    assert (answer.page, answer.last_page, answer.per_page, answer.numbered) == (2, 9, 50, True)
    assert answer.date == datetime(2026, 9, 7, 6, tzinfo=UTC)


def test_a_link_header_that_cannot_be_read_is_no_last_page(canned: responses.RequestsMock) -> None:
    canned.get(EVENTS, json=[], headers={"Link": f'<{EVENTS}?page=2>; title="2; of 3"; rel="next"'})
    with pytest.raises(MalformedResponseError, match="Link"):
        Desk().read()


def test_links_of_something_between_us_and_canvas_are_passed_over(canned: responses.RequestsMock) -> None:
    canned.get(EVENTS, json=[], headers={"Link": "</style.css>; rel=preload; as=style"})
    assert Desk().read().next_url == ""


def test_bookmarks_are_no_numbers(canned: responses.RequestsMock) -> None:
    canned.get(
        EVENTS, json=[], headers={"Link": f'<{EVENTS}?page=bookmark:x>; rel="current"', "Date": "yesterday"}
    )
    answer = Desk().read()
    assert (answer.page, answer.numbered, answer.date) == (None, False, None)


def test_environment_and_netrc_play_no_part(
    canned: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine canvas.example.edu login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    canned.get(EVENTS, json=[], match=[matchers.header_matcher({"Authorization": f"Bearer {TOKEN}"})])
    desk = Desk()
    desk.read()
    session = desk.client._line().session
    assert (session.trust_env, session.proxies, session.verify) == (False, {}, True)


def test_the_proxy_is_that_of_the_settings() -> None:
    session = Desk(proxy="http://127.0.0.1:3128").client._line().session
    assert session.verify is True
    assert session.proxies == {"http": "http://127.0.0.1:3128", "https": "http://127.0.0.1:3128"}


def test_cookies_are_not_kept(canned: responses.RequestsMock) -> None:
    canned.get(EVENTS, json=[], headers={"Set-Cookie": "_session=1; path=/"})
    desk = Desk()
    desk.read()
    assert len(desk.client._line().session.cookies) == 0


def test_each_thread_has_a_session_of_its_own() -> None:
    desk = Desk()
    seen = [desk.client._line().session]
    thread = threading.Thread(target=lambda: seen.append(desk.client._line().session))
    thread.start()
    thread.join()
    assert seen[0] is not seen[1]
    assert desk.client._line().session is seen[0]


def test_every_request_is_noted_without_query_body_or_token(canned: responses.RequestsMock) -> None:
    canned.get(
        EVENTS,
        json=[],
        headers={"X-Request-Cost": "0.12", "X-Rate-Limit-Remaining": "599.5", "X-Request-Id": "r-1"},
    )
    desk = Desk()
    desk.read()
    (note,) = desk.notes
    assert (note.operation, note.context, note.method, note.path) == (
        "list events",
        "course_1",
        "GET",
        "/api/v1/calendar_events",
    )
    assert (note.status, note.cost, note.remaining, note.request_id) == (200, 0.12, 599.5, "r-1")
    assert TOKEN not in repr(note)


@pytest.mark.parametrize("value", ["", "much", "nan", "1e99"])
def test_odd_quota_headers_are_ignored(canned: responses.RequestsMock, value: str) -> None:
    canned.get(EVENTS, json=[], headers={"X-Rate-Limit-Remaining": value})
    desk = Desk()
    desk.read()
    assert desk.notes[0].remaining is None


def test_no_error_shows_the_token(canned: responses.RequestsMock) -> None:
    canned.get(EVENTS, body=ConnectionError(f"to {TOKEN}"))
    with pytest.raises(UnavailableError) as caught:
        Desk(retry=RetryPolicy(attempts=1)).read()
    assert TOKEN not in str(caught.value)
    assert TOKEN not in repr(Desk().settings)


def test_importing_and_building_a_connector_imports_neither_canvasapi_nor_what_repeats_calls() -> None:
    code = (
        "import sys\n"
        "from connectors.canvas.connector import CanvasConnector\n"
        "from connectors.canvas.settings import CanvasSettings\n"
        "CanvasConnector(CanvasSettings(base_url='https://c.edu', tokens=('t',), owner='o', timezone='UTC'))\n"
        "print([m for m in ('canvasapi', 'arrow', 'tenacity') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_canvasapi_goes_the_same_way(canned: responses.RequestsMock) -> None:
    desk = Desk()
    canned.get(f"{BASE}/api/v1/accounts/7", status=503, body="<html>")
    canned.get(
        f"{BASE}/api/v1/accounts/7",
        json={"id": 7, "name": "Root"},
        match=[matchers.header_matcher({"User-Agent": "syncd/1.2", "Authorization": f"Bearer {TOKEN}"})],
    )
    account = desk.client.ask(lambda canvas: canvas.get_account(7), Call(operation="read account"))
    assert account.name == "Root"
    assert desk.counter.counts.by_operation == {"read account": 2}


@pytest.mark.parametrize("told", [{"name": "no id"}, [], "text"])
def test_an_answer_canvasapi_cannot_read_is_malformed(canned: responses.RequestsMock, told: Any) -> None:
    canned.get(f"{BASE}/api/v1/accounts/7/terms", json=told)
    with pytest.raises(MalformedResponseError):
        Desk().client.ask(_terms, Call(operation="list terms"))


def _terms(canvas: Any) -> Any:
    requester = canvas._Canvas__requester
    return list(Account(requester, {"id": 7}).get_enrollment_terms())


# --- over real sockets ------------------------------------------------------------------------


class Wire(Plug):
    """A server that answers each connection with a script of its own."""

    def __init__(self, script: Callable[[socket.socket], None], *, peek: bool = False) -> None:
        super().__init__()
        self._script = script
        # A script that speaks TLS must see the first bytes itself.
        self._flags = socket.MSG_PEEK if peek else 0

    def speak(self, connection: socket.socket) -> None:
        connection.recv(65_536, self._flags)
        self._script(connection)


def cut_short(connection: socket.socket) -> None:
    connection.sendall(head("Content-Length: 100") + b'[{"id": 1}]')


def cut_in_a_chunk(connection: socket.socket) -> None:
    connection.sendall(head("Transfer-Encoding: chunked") + b'20\r\n[{"id": 1}]')


def nothing(connection: socket.socket) -> None:
    pass


@pytest.mark.parametrize("script", [cut_short, cut_in_a_chunk, nothing])
def test_a_connection_that_breaks_is_never_an_answer(script: Callable[[socket.socket], None]) -> None:
    with Wire(script) as wire:
        desk = Desk(wire.url, retry=RetryPolicy(attempts=2))
        with pytest.raises(UnavailableError):
            desk.read()
        assert wire.accepted == 2
        with pytest.raises(UnclearOutcomeError) as caught:
            desk.create()
        assert not caught.value.late
        assert wire.accepted == 3
        desk.client.close()


def test_a_silent_server_is_given_up_by_the_read_timeout() -> None:
    def wait(_: socket.socket) -> None:
        wire.over.wait(10)

    with Wire(wait) as wire:
        timeouts = Timeouts(connect_s=5, read_s=0.05)
        desk = Desk(wire.url, retry=RetryPolicy(attempts=1), timeouts=timeouts)
        with pytest.raises(UnavailableError, match="too long"):
            desk.read()
        with pytest.raises(UnclearOutcomeError) as caught:
            desk.create()
        assert caught.value.late
        wire.over.set()
        desk.client.close()


def test_a_dripping_answer_is_given_up_by_the_whole_timeout() -> None:
    desk: Desk

    def drip(connection: socket.socket) -> None:
        # Longer than what can come at once, however late the reader begins.
        connection.sendall(head("Content-Length: 1000000"))
        while not wire.over.is_set():
            # Each piece takes another half of what a whole answer may take.
            desk.time.sleep(30)
            connection.sendall(b" ")

    with Wire(drip) as wire:
        desk = Desk(wire.url, retry=RetryPolicy(attempts=1))
        with pytest.raises(UnavailableError, match="too long"):
            desk.read()
        wire.over.set()
        desk.client.close()


def test_a_refused_connection_was_not_sent_and_any_call_is_repeated() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    desk = Desk(f"http://127.0.0.1:{port}", retry=RetryPolicy(attempts=3))
    with pytest.raises(UnavailableError, match="no connection"):
        desk.create()
    assert desk.counter.counts.requests == 3


def test_a_request_that_cannot_even_be_made_was_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(retry=RetryPolicy(attempts=1))

    def refuse(*_: object, **__: object) -> None:
        raise requests.exceptions.InvalidHeader("odd")

    monkeypatch.setattr(requests.Session, "prepare_request", refuse)
    with pytest.raises(UnavailableError, match="cannot be made"):
        desk.create()


@pytest.mark.parametrize(
    ("method", "path", "params", "form"),
    [
        ("GET", "calendar_events", [("context_codes[]", "course_1"), ("q", "a b&c=d/ü")], ()),
        ("GET", "calendar_events?page=bookmark:W10%3D&q=a b", (), ()),
        ("POST", "calendar_events", (), [("calendar_event[title]", "Tag der Einheit & mehr ü")]),
        ("PUT", "calendar_events/1", (), [("calendar_event[title]", "")]),
        (
            "PUT",
            "calendar_events/1",
            (),
            [("calendar_event[title]", "".join(map(chr, range(0x500))) + "🎓+%41")],
        ),
        ("DELETE", "calendar_events/1%2F", (), ()),
    ],
)
def test_a_request_is_the_one_that_requests_itself_would_make(
    canned: responses.RequestsMock, method: str, path: str, params: Any, form: Any
) -> None:
    desk = Desk()
    canned.add(method, re.compile(f"{BASE}/.*"), json={})
    if method == "GET":
        desk.client.get(path, params, Call(operation="test"))
    else:
        desk.client.write(method, path, form, Call(operation="test"))
    sent = canned.calls[0].request
    session = desk.client._line().session
    url, headers = f"{BASE}/api/v1/{path}", {"Accept": "application/json"}
    expected = session.prepare_request(
        requests.Request(method, url, params=list(params), data=list(form), headers=headers)
    )
    names = ("Authorization", "User-Agent")
    assert (sent.method, sent.url, sent.body) == (expected.method, expected.url, expected.body)
    assert {name: sent.headers[name] for name in sent.headers if name not in names} == {
        name: expected.headers[name] for name in expected.headers if name not in names
    }
    assert sent.headers["Authorization"].startswith("Bearer ")


def test_a_connection_made_after_the_cut_is_cut_as_well() -> None:
    sockets = OpenSockets()
    sockets.cut()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sockets.add(ours)
        assert ours.recv(1) == b""


@pytest.mark.parametrize("known", [True, False])
def test_a_private_authority_is_trusted_only_where_it_is_named(tmp_path: Path, known: bool) -> None:
    authority = Authority(tmp_path)

    def answer(connection: socket.socket) -> None:
        with authority.context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(65_536)
            secure.sendall(head("Content-Length: 2", "Connection: close") + b"[]")

    with Wire(answer, peek=True) as wire:
        desk = Desk(
            wire.url.replace("http:", "https:"),
            retry=RetryPolicy(attempts=1),
            ca_file=str(authority.file) if known else "",
        )
        if known:
            assert desk.read().data == []
        else:
            # Nothing was sent before the handshake failed: even a create may be repeated.
            with pytest.raises(CertificateError, match="does not trust"):
                desk.create()
        desk.client.close()


def test_an_unreachable_proxy_was_not_sent_either() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    desk = Desk(proxy=f"http://127.0.0.1:{port}", retry=RetryPolicy(attempts=2))
    with pytest.raises(UnavailableError, match="no connection"):
        desk.create()


def test_cutting_the_sockets_ends_a_blocked_read() -> None:
    reading = threading.Event()

    def hold(_: socket.socket) -> None:
        reading.set()
        wire.over.wait(10)

    with Wire(hold) as wire:
        desk = Desk(wire.url)
        ended: list[ConnectorError] = []

        def read() -> None:
            try:
                desk.read()
            except ConnectorError as error:
                ended.append(error)

        thread = threading.Thread(target=read)
        thread.start()
        assert reading.wait(10)
        desk.sockets.cut()
        thread.join(10)
        assert [type(error) for error in ended] == [StoppedError]
        with pytest.raises(StoppedError):
            desk.create()
        wire.over.set()
        desk.client.close()


def test_a_create_in_flight_when_the_sockets_are_cut_is_unclear() -> None:
    desk: Desk

    def cut(_: socket.socket) -> None:
        desk.sockets.cut()

    with Wire(cut) as wire:
        desk = Desk(wire.url)
        with pytest.raises(UnclearOutcomeError):
            desk.create()
        desk.client.close()
