"""The pages over a real socket: half requests, deadlines, hosts, redirects, and feeds that are made once."""

from __future__ import annotations

import http.client
import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog

from mapping.model import CanonicalCalendar
from syncd.config.settings import Settings
from syncd.daemon.snapshot import SnapshotBoard
from syncd.daemon.watchdog import Watchdog
from syncd.reporting import feed
from syncd.web import http as web_http
from syncd.web.guards import host_of
from syncd.web.server import WebServer
from tests.support.college import TEACHING, calendar_of, college, spoilt

HOSTS = "calendar.example.edu, page.example.edu"


class Workers:
    """Runs a worker once."""

    def keep(self, _: str, work: Any) -> None:
        work()


@dataclass(slots=True)
class View:
    """As much of a daemon as the pages under test look at."""

    settings: Settings
    served: CanonicalCalendar = field(default_factory=lambda: calendar_of(college()))
    watchdog: Watchdog = field(default_factory=lambda: Watchdog(0.0))
    workers: Workers = field(default_factory=Workers)
    targets: Any = field(default_factory=lambda: SimpleNamespace(timezone="Europe/London", targets=()))
    candidate: Any = None
    board: SnapshotBoard = field(default_factory=SnapshotBoard)
    state: Any = field(default_factory=lambda: SimpleNamespace(ledger=SimpleNamespace(fact=lambda _name: "")))

    def today(self) -> date:
        return date(2031, 9, 1)


class Served:
    """A server and its view."""

    def __init__(self, hosts: str = "", address: str = "127.0.0.1:0") -> None:
        self.view = View(settings=Settings(_env_file=None, http_hosts=hosts))
        self.server = WebServer(self.view, address, structlog.get_logger())  # type: ignore[arg-type]
        self.server.start()

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            connection.putrequest("GET", path, skip_host="Host" in headers)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def half(self, text: bytes = b"GET / HTTP/1.1\r\nHost: a\r\nX") -> socket.socket:
        peer = socket.create_connection(("127.0.0.1", self.server.port), timeout=20)
        peer.sendall(text)
        return peer


@pytest.fixture
def served() -> Iterator[Served]:
    one = Served()
    yield one
    one.server.close()


@pytest.fixture
def known() -> Iterator[Served]:
    one = Served(HOSTS)
    yield one
    one.server.close()


# --- a socket in the file system ------------------------------------------------------------------------


def test_the_pages_are_served_on_a_socket_for_a_proxy_of_this_machine(tmp_path: Path) -> None:
    one = Served(address=f"unix:{tmp_path}/socket")
    try:
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(20)
            peer.connect(f"{tmp_path}/socket")
            peer.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            with peer.makefile("rb") as answer:
                assert answer.readline() == b"HTTP/1.1 200 OK\r\n"
                assert answer.read().endswith(b'{"ok": true, "hung": []}\n')
    finally:
        one.server.close()
    assert not (tmp_path / "socket").exists()


# --- half requests ------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [40, web_http.CONNECTIONS + 40])
def test_half_requests_leave_the_health_check_green(served: Served, count: int) -> None:
    peers = [served.half() for _ in range(count)]
    status, _, body = served.get("/healthz")
    assert (status, json.loads(body)["ok"]) == (200, True)
    assert served.get("/calendar/nowhere.en.ics")[0] == 404
    for peer in peers:
        peer.close()


def test_a_body_that_is_none_is_refused_and_told_in_no_log(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    with served.half(head + b"ZZ\r\n") as peer, peer.makefile("rb") as answer:
        assert answer.readline() == b"HTTP/1.1 400 Bad Request\r\n"
        answer.read()
    assert served.get("/healthz")[0] == 200
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    "sent", [b"", b"G", b"GET / HTTP/1.1\r\n", b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET / HT"]
)
def test_a_head_has_its_time_and_no_longer(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(web_http, "HEAD_S", 0.2)
    one = Served()
    try:
        with one.half(sent) as peer:
            received = b""
            try:
                while piece := peer.recv(4096):
                    received += piece
            except ConnectionResetError:
                pass
        assert (b"200 OK" in received) == (b"healthz" in sent)
        assert one.get("/healthz")[0] == 200
    finally:
        one.server.close()


def test_a_connection_may_be_used_again(served: Served) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.server.port, timeout=20)
    for _ in range(3):
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        assert (answer.status, answer.read()[:6]) == (200, b'{"ok":')
    connection.close()


def test_requests_sent_together_are_answered_in_turn(served: Served) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    with served.half(request * 2 + request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")) as peer:
        received = b""
        while piece := peer.recv(4096):
            received += piece
    assert received.count(b"200 OK") == 3


# --- hosts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/healthz/", "/calendar/engineering.cy.ics/", "//evil.example/", "/nowhere/"]
)
def test_nothing_is_redirected_and_nothing_built_from_the_sent_host(served: Served, path: str) -> None:
    status, headers, body = served.get(path, Host="evil.example")
    assert (status, "location" in headers) == (404, False)
    assert b"evil" not in body


@pytest.mark.parametrize(
    "host",
    [
        "calendar.example.edu",
        "Calendar.Example.EDU:443",
        "page.example.edu.",
        "localhost:8571",
        "127.0.0.1",
        "[::1]:80",
    ],
)
def test_a_known_host_and_loopback_names_are_answered(known: Served, host: str) -> None:
    assert known.get("/healthz", Host=host)[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "calendar.example.edu.evil.example",
        "calendar.example.edu@evil",
        "",
        "[::2]",
        "127.0.0.2",
    ],
)
def test_any_other_host_is_refused_where_hosts_are_named(known: Served, served: Served, host: str) -> None:
    status, headers, _ = known.get("/healthz", Host=host)
    assert status == 421
    assert headers["x-content-type-options"] == "nosniff"
    assert served.get("/healthz", Host=host)[0] == 200


@pytest.mark.parametrize("value", ["https://a.example", "a.example/path", "a b:80", "*", "a_b", "-a.example"])
def test_what_is_no_host_name_is_a_setting_that_cannot_be_used(value: str) -> None:
    with pytest.raises(ValueError, match="no host name"):
        Settings(_env_file=None, http_hosts=value)


def test_a_host_header_is_read_as_a_name() -> None:
    assert [host_of(one) for one in (b"A:1", b"a.", b"[::1]:9", b"", b"\xff")] == ["a", "a", "::1", "", "ÿ"]


# --- feeds ------------------------------------------------------------------------------------------------


def test_a_feed_is_made_once_for_a_calendar_and_a_day(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    real = feed.as_ics

    def counting(*given: Any, **named: Any) -> bytes:
        made.append(named["school"])
        return real(*given, **named)

    monkeypatch.setattr("syncd.web.app.as_ics", counting)
    school = next(iter(served.view.served.university.schools))
    path = f"/calendar/{school}.cy.ics"
    first = served.get(path)
    assert first[0] == 200
    assert served.get(path)[2] == first[2]
    assert served.get(path, If_None_Match=first[1]["etag"])[0] == 304
    assert made == [school]
    served.view.served = calendar_of(spoilt(TEACHING, ("start: 2032-01-12", "start: 2032-01-13")))
    assert served.get(path)[0] == 200
    assert made == [school, school]


def sequences(served: Served) -> set[int]:
    school = next(iter(served.view.served.university.schools))
    text = served.get(f"/calendar/{school}.cy.ics")[2].decode()
    return {int(line.partition(":")[2]) for line in text.splitlines() if line.startswith("SEQUENCE:")}


def test_a_feed_whose_history_is_lost_is_no_older_than_what_was_told_before(served: Served) -> None:
    calendar, told_at = served.view.served, 2_000_000_000
    known = json.dumps(
        {f"{one.year}/{one.id}": told_at for year in calendar.years.values() for one in year.entries}
    )
    facts = {"revised-entries": known, "calendar-in-force": calendar.digest}
    served.view.state = SimpleNamespace(ledger=SimpleNamespace(fact=lambda name: facts.get(name, "")))
    with_history = sequences(served)
    assert len(with_history) == 1
    facts.clear()
    times = dict.fromkeys(calendar.years, float(told_at))
    served.view.candidate = SimpleNamespace(calendar=calendar, edited_at=times)
    assert sequences(served) == with_history
