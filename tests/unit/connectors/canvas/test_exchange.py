"""What goes over a connection that stands already: the same bytes, the same answers and the same failures."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from typing import Any

import pytest

from connectors.canvas import exchange
from connectors.canvas.failures import Call
from connectors.errors import (
    ConnectorError,
    MalformedResponseError,
    RateLimitedError,
    StoppedError,
    TooLargeError,
    UnavailableError,
    UnclearOutcomeError,
)
from connectors.http import Timeouts
from connectors.retry import RetryPolicy
from tests.unit.connectors.canvas.desk import TOKEN, Authority, Desk, Plug, head

ROWS = [{"id": 7, "title": "ü" * 3000}]
BODY = json.dumps(ROWS).encode()
PACKED = gzip.compress(BODY)
NOISE = Random(7).randbytes(500_000)  # noqa: S311 - what gzip makes no shorter
ONCE = RetryPolicy(attempts=1)
Script = Callable[[socket.socket], object]


def says(*parts: bytes) -> Script:
    return lambda connection: connection.sendall(b"".join(parts))


def plain(body: bytes, *lines: str) -> Script:
    return says(head(f"Content-Length: {len(body)}", *lines), body)


class Talk(Plug):
    """A server that answers one request after the other with a script each; the last one answers all that follow.

    A script that returns "over" hangs up.
    """

    def __init__(
        self, *scripts: Script, wrap: Callable[[socket.socket], socket.socket] | None = None
    ) -> None:
        super().__init__()
        self._scripts = list(scripts)
        self._wrap = wrap
        self.requests: list[bytes] = []
        self.hung_up = threading.Event()

    def speak(self, connection: socket.socket) -> None:
        try:
            with self._wrap(connection) if self._wrap else connection as spoken:
                self._talk(spoken)
        finally:
            self.hung_up.set()

    def _talk(self, connection: socket.socket) -> None:
        while request := self._request(connection):
            self.requests.append(request)
            script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
            if script(connection) == "over":
                return

    def _request(self, connection: socket.socket) -> bytes:
        got = b""
        while b"\r\n\r\n" not in got:
            got += (piece := connection.recv(65_536))
            if not piece:
                return b""
        told = [line for line in got.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        length = int(told[0].partition(b":")[2]) if told else 0
        while len(got.partition(b"\r\n\r\n")[2]) < length:
            got += connection.recv(65_536)
        return got


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The requests that went over a connection that stood, by method; those of no test are none."""
    used: list[str] = []
    send = exchange.send

    def noted(connection: Any, request: exchange.Request, **times: float) -> Any:
        used.append(request.method)
        return send(connection, request, **times)

    monkeypatch.setattr(exchange, "send", noted)
    yield used
    assert used


@pytest.mark.parametrize(
    ("method", "path", "params", "form"),
    [
        ("GET", "calendar_events", [("context_codes[]", "course_1"), ("q", "a b&c=d/ü")], ()),
        ("GET", "calendar_events?page=bookmark:W10%3D&q=a b&c[]=100%", (), ()),
        ("POST", "calendar_events", (), [("calendar_event[title]", "Tag der Einheit & mehr ü")]),
        ("PUT", "calendar_events/1", (), [("calendar_event[description]", "x" * 200_000)]),
        ("DELETE", "calendar_events/1%2F", (), ()),
    ],
)
def test_a_request_is_the_same_byte_by_byte(
    short: list[str], method: str, path: str, params: Any, form: Any
) -> None:
    with Talk(plain(b"{}")) as talk:
        desk = Desk(talk.url)
        for _ in range(2):
            if method == "GET":
                desk.client.get(path, params, Call(operation="test"))
            else:
                desk.client.write(method, path, form, Call(operation="test"))
        desk.client.close()
    first, second = talk.requests
    assert first == second
    assert f"Authorization: Bearer {TOKEN}".encode() in first
    assert b"User-Agent: syncd/1.2" in first
    assert talk.accepted == 1
    assert short == [method]


@pytest.mark.parametrize(
    "script",
    [
        plain(BODY),
        plain(PACKED, "Content-Encoding: gzip"),
        says(head("Transfer-Encoding: chunked"), b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)),
        says(
            head("Transfer-Encoding: chunked", "Content-Encoding: gzip"),
            b"%x\r\n%b\r\n0\r\n\r\n" % (len(PACKED), PACKED),
        ),
        plain(BODY + b" " * 2_000_000),
        plain(BODY, "Connection: close"),
    ],
    ids=["plain", "gzip", "chunks", "gzip-in-chunks", "large", "last"],
)
def test_a_body_is_read_in_every_coding_and_the_connection_serves_on(script: Script) -> None:
    with Talk(plain(b"[]"), script) as talk:
        desk = Desk(talk.url)
        assert desk.read().data == []
        for _ in range(3):
            assert desk.read().data == ROWS
        desk.client.close()


def test_what_the_headers_say_is_read_in_any_case_and_number() -> None:
    def answer(connection: socket.socket) -> None:
        link = f'<{talk.url}/api/v1/calendar_events?page={{}}&per_page=50>; rel="{{}}"'
        lines = [
            f"LINK: {link.format(2, 'current')}",
            f"link: {link.format(3, 'next')},",
            f" {link.format(9, 'last')}",
            "x-rate-limit-remaining: 512.5",
            "X-REQUEST-ID: abc",
            "dAtE: Sun, 06 Nov 2022 08:49:37 GMT",
        ]
        plain(b"[]", *lines)(connection)

    with Talk(answer) as talk:
        desk = Desk(talk.url)
        first, second = [desk.read() for _ in range(2)]
        desk.client.close()
    assert first == second
    assert (second.page, second.last_page, second.per_page) == (2, 9, 50)
    assert second.date is not None
    assert [(note.remaining, note.request_id, note.status) for note in desk.notes] == [
        (512.5, "abc", 200)
    ] * 2


def cut_short(connection: socket.socket) -> str:
    connection.sendall(head("Content-Length: 100") + b'[{"id": 1}]')
    return "over"


def cut_in_a_chunk(connection: socket.socket) -> str:
    connection.sendall(head("Transfer-Encoding: chunked") + b'20\r\n[{"id": 1}]')
    return "over"


def cut_in_the_head(connection: socket.socket) -> str:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")
    return "over"


def no_http(connection: socket.socket) -> str:
    connection.sendall(b"220 mail.example.edu ESMTP\r\n")
    return "over"


def nothing(_: socket.socket) -> str:
    return "over"


BREAKS = pytest.mark.parametrize("script", [cut_short, cut_in_a_chunk, cut_in_the_head, no_http, nothing])


@BREAKS
def test_a_connection_that_breaks_is_never_an_answer(script: Script) -> None:
    with Talk(plain(b"[]"), script) as talk:
        desk = Desk(talk.url, retry=ONCE)
        desk.read()
        with pytest.raises(UnclearOutcomeError) as caught:
            desk.create()
        assert not caught.value.late
        desk.client.close()
    assert len(talk.requests) == 2


@BREAKS
def test_a_read_that_breaks_is_repeated_over_a_new_connection(script: Script) -> None:
    with Talk(plain(b"[]"), script, plain(BODY)) as talk:
        desk = Desk(talk.url)
        desk.read()
        assert desk.read().data == ROWS
        desk.client.close()
    assert (talk.accepted, desk.counter.counts.retried) == (2, 1)


def test_a_connection_that_was_hung_up_in_between_is_opened_again() -> None:
    def last(connection: socket.socket) -> str:
        plain(b"[]")(connection)
        return "over"

    with Talk(plain(b"[]"), last, plain(BODY)) as talk:
        desk = Desk(talk.url, retry=ONCE)
        desk.read()
        desk.read()
        assert talk.hung_up.wait(10)
        desk.create()
        desk.client.close()
    assert (talk.accepted, desk.counter.counts.retried) == (2, 0)


def test_an_answer_to_a_request_that_was_not_heard_to_its_end_is_read() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            plain(BODY)(theirs)
        connection = HTTPConnection("canvas.example.edu")
        connection.sock = ours
        request = exchange.Request("POST", "http://canvas.example.edu", "/", {}, "x" * 100)
        assert exchange.send(connection, request, send_s=1, read_s=1).read() == BODY


def test_what_cannot_be_sent_is_told() -> None:
    ours, theirs = socket.socketpair()
    connection = HTTPConnection("canvas.example.edu")
    connection.sock = ours
    with ours, theirs:
        request = exchange.Request("POST", "http://canvas.example.edu", "/", {}, "x" * 10_000_000)
        # Nobody reads at the other end, and the kernel takes no more.
        with pytest.raises(TimeoutError):
            exchange.send(connection, request, send_s=0.01, read_s=1)


def test_a_silent_server_is_given_up_by_the_read_timeout() -> None:
    with Talk(plain(b"[]"), lambda _: talk.over.wait(10)) as talk:
        desk = Desk(talk.url, retry=ONCE, timeouts=Timeouts(connect_s=5, read_s=0.05))
        desk.read()
        with pytest.raises(UnclearOutcomeError, match="too long") as caught:
            desk.create()
        assert caught.value.late
        talk.over.set()
        desk.client.close()


@pytest.mark.parametrize(
    ("body", "lines"),
    [(b" " * 500_000, []), (gzip.compress(NOISE), ["Content-Encoding: gzip"])],
    ids=["plain", "packed"],
)
def test_a_dripping_answer_is_given_up_by_the_whole_timeout(body: bytes, lines: list[str]) -> None:
    desk: Desk

    def drip(connection: socket.socket) -> None:
        connection.sendall(head(f"Content-Length: {len(body)}", *lines))
        # More pieces than come at once, however late the reader begins.
        for number in range(len(body)):
            # Each piece takes another half of what a whole answer may take.
            desk.time.sleep(30)
            connection.sendall(body[number : number + 1])

    with Talk(plain(b"[]"), drip) as talk:
        desk = Desk(talk.url, retry=ONCE)
        desk.read()
        with pytest.raises(UnavailableError, match="too long"):
            desk.read()
        talk.over.set()
        desk.client.close()


@pytest.mark.parametrize(
    ("size", "lines"),
    [(b" " * 34_000_000, []), (gzip.compress(b" " * 40_000_000), ["Content-Encoding: gzip"])],
    ids=["plain", "packed"],
)
def test_a_body_without_bounds_is_refused(size: bytes, lines: list[str]) -> None:
    with Talk(plain(b"[]"), plain(size, *lines), plain(BODY)) as talk:
        desk = Desk(talk.url)
        desk.read()
        with pytest.raises(TooLargeError):
            desk.read()
        assert desk.read().data == ROWS
        desk.client.close()
    assert talk.accepted == 2


@pytest.mark.parametrize(
    ("status", "lines", "error"),
    [
        ("302 Found", ["Location: http://127.0.0.1:1/login"], MalformedResponseError),
        ("429 Too Many Requests", ["Retry-After: 7"], RateLimitedError),
        ("503 Service Unavailable", [], UnavailableError),
    ],
)
def test_a_refusal_is_read_as_ever(status: str, lines: list[str], error: type[ConnectorError]) -> None:
    def refuse(connection: socket.socket) -> None:
        connection.sendall(head("Content-Length: 2", *lines).replace(b"200 OK", status.encode()) + b"{}")

    with Talk(plain(b"[]"), refuse) as talk:
        desk = Desk(talk.url, retry=ONCE)
        desk.read()
        with pytest.raises(error) as caught:
            desk.read()
        desk.client.close()
    assert (talk.accepted, desk.notes[-1].status) == (1, int(status[:3]))
    assert TOKEN not in str(caught.value)


def test_nothing_is_sent_once_it_may_not_be() -> None:
    may = [True]
    with Talk(plain(b"[]")) as talk:
        desk = Desk(talk.url)
        desk.sockets._may_send = lambda: may[0]
        desk.read()
        may[0] = False
        with pytest.raises(StoppedError):
            desk.create()
        may[0] = True
        desk.read()
        desk.client.close()
    assert len(talk.requests) == 2
    assert talk.accepted == 2


def test_cutting_the_sockets_ends_a_blocked_read() -> None:
    desk: Desk

    def cut(_: socket.socket) -> None:
        desk.sockets.cut()

    with Talk(plain(b"[]"), cut) as talk:
        desk = Desk(talk.url)
        desk.read()
        with pytest.raises(StoppedError):
            desk.read()
        desk.client.close()


def test_cookies_are_not_kept() -> None:
    with Talk(plain(b"[]", "Set-Cookie: _session=1; Path=/")) as talk:
        desk = Desk(talk.url)
        for _ in range(3):
            desk.read()
        desk.client.close()
    assert b"ookie" not in b"".join(talk.requests)


def test_a_private_authority_serves_every_request_of_a_connection(tmp_path: Path) -> None:
    authority = Authority(tmp_path)

    def secured(connection: socket.socket) -> socket.socket:
        return authority.context.wrap_socket(connection, server_side=True)

    with Talk(plain(BODY), wrap=secured) as talk:
        desk = Desk(talk.url.replace("http:", "https:"), retry=ONCE, ca_file=str(authority.file))
        assert [desk.read().data for _ in range(3)] == [ROWS] * 3
        desk.client.close()
    assert talk.accepted == 1


def test_a_tunnel_through_a_proxy_is_opened_once_for_all_requests(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    asked: list[bytes] = []

    def tunnelled(connection: socket.socket) -> socket.socket:
        asked.append(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return authority.context.wrap_socket(connection, server_side=True)

    with Talk(plain(BODY), wrap=tunnelled) as talk:
        proxy = talk.url.replace("//", "//me:pass@")
        desk = Desk("https://127.0.0.1:9", retry=ONCE, ca_file=str(authority.file), proxy=proxy)
        assert [desk.read().data for _ in range(3)] == [ROWS] * 3
        desk.client.close()
    assert len(asked) == 1
    assert asked[0].startswith(b"CONNECT 127.0.0.1:9 ")
    assert b"Proxy-Authorization: Basic bWU6cGFzcw==" in asked[0]
    assert b"roxy" not in b"".join(talk.requests)
    assert TOKEN.encode() not in asked[0]


def test_a_proxy_that_is_told_whole_addresses_is_told_them_each_time(short: list[str]) -> None:
    with Talk(plain(BODY)) as talk:
        proxied = Desk("http://127.0.0.1:9", proxy=talk.url.replace("//", "//me:pass@"))
        direct = Desk(talk.url)
        for desk in (proxied, direct):
            assert [desk.read().data for _ in range(2)] == [ROWS] * 2
            desk.client.close()
    first, second, *_ = talk.requests
    assert first == second
    assert first.startswith(b"GET http://127.0.0.1:9/api/v1/calendar_events?")
    assert b"Proxy-Authorization: Basic bWU6cGFzcw==" in first
    assert short == ["GET"]
