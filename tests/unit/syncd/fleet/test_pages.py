"""The fleet's page over a real socket: what it tells, and the guards that a university's own page has too."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from syncd.errors import SettingsError, StateError
from syncd.fleet.overview import Standing
from syncd.fleet.pages import FleetServer
from syncd.web import http as web_http
from syncd.web.guards import HEADERS

NORTH = Standing(
    name="north", holder="", due=0.0, overdue_s=0.0, began_at=1.0, ended_at=2.0, result="done", contexts=3,
    failures=0, refused=0, paused=False, problem="", cut_short=False,
)  # fmt: skip


class Stored:
    """What the database holds, or its fault."""

    def __init__(self) -> None:
        self.found: list[Standing] = [NORTH]
        self.away = False

    def read(self) -> list[Standing]:
        if self.away:
            raise StateError("postgresql://there", "no answer")
        return self.found


class Served:
    """A server over them."""

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        self.server = FleetServer(stored, "127.0.0.1:0", ["fleet.example.edu"])  # type: ignore[arg-type]
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        got = (
            answer.status,
            {name.lower(): value for name, value in answer.getheaders()},
            answer.read().decode(),
        )
        connection.close()
        return got


@pytest.fixture
def served() -> Iterator[Served]:
    one = Served(Stored())
    yield one
    one.server.stop()
    one.thread.join()


def test_page_metrics_and_readiness_tell_of_every_university(served: Served) -> None:
    served.stored.found = [NORTH, replace(NORTH, name="<south>", failures=2)]
    assert "&lt;south&gt;</td><td>2 failing" in served.get("/")[2]
    assert 'syncd_fleet_failures{instance="<south>"} 2.0' in served.get("/metrics")[2]
    status, _, body = served.get("/readyz")
    assert (status, json.loads(body)) == (503, {"ready": False, "failing": ["<south>"]})
    assert [one["standing"] for one in json.loads(served.get("/fleet.json")[2])["instances"]] == [
        "in step",
        "2 failing",
    ]


@pytest.mark.parametrize("path", ["/", "/metrics", "/fleet.json", "/readyz", "/style.css", "/nothing"])
def test_every_answer_carries_the_guards_headers(served: Served, path: str) -> None:
    _, headers, _ = served.get(path)
    assert {name.lower(): headers.get(name.lower()) for name in HEADERS} == {
        name.lower(): value for name, value in HEADERS.items()
    }


def test_another_host_is_refused_and_loopback_is_not(served: Served) -> None:
    assert served.get("/readyz", Host="evil.example")[0] == 421
    assert served.get("/readyz", Host="fleet.example.edu")[0] == 200
    assert served.get("/readyz")[0] == 200


def test_without_the_database_it_says_so_and_goes_on(served: Served) -> None:
    served.stored.away = True
    status, headers, body = served.get("/metrics")
    assert (status, headers["retry-after"]) == (503, "5")
    assert "no answer" in body
    served.stored.away = False
    assert served.get("/readyz")[0] == 200


def test_a_head_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_http, "HEAD_S", 0.05)
    one = Served(Stored())
    with socket.create_connection(("127.0.0.1", one.server.port), timeout=10) as half:
        half.sendall(b"GET / HTTP/1.1\r\n")
        assert half.recv(10) == b""
    one.server.stop()
    one.thread.join()


@pytest.mark.parametrize("address", ["0.0.0.0:8572", "fleet.example.edu:8572"])
def test_it_listens_on_this_machine_alone(address: str) -> None:
    stored: Any = Stored()
    with pytest.raises(SettingsError, match=r"--listen: .* no loopback"):
        FleetServer(stored, address)
