"""Applications served on loopback."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import requests
from starlette.applications import Starlette
from starlette.routing import Route

from syncd.sandbox.control import json_response
from syncd.sandbox.faults import Faults, Kind, Rule
from syncd.sandbox.middleware import FaultMiddleware
from syncd.sandbox.serve import Loopback

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response


async def hello(_: Request) -> Response:
    return json_response("hello")


APP = Starlette(routes=[Route("/", hello)])


def test_a_server_answers_while_its_context_lasts_and_not_after() -> None:
    with Loopback(APP) as server:
        assert server.url == f"http://127.0.0.1:{server.port}"
        assert requests.get(server.url, timeout=30).json() == "hello"
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url, timeout=30)


def test_a_server_listens_on_loopback_alone() -> None:
    with Loopback(APP) as server:
        assert server._socket is not None
        assert server._socket.getsockname()[0] == "127.0.0.1"


def test_a_port_can_be_chosen_and_used_again_at_once() -> None:
    with Loopback(APP) as first:
        port = first.port
    with Loopback(APP, port=port) as second:
        assert requests.get(second.url, timeout=30).json() == "hello"


def test_a_server_that_was_not_started_has_no_port() -> None:
    with pytest.raises(RuntimeError, match="not been started"):
        _ = Loopback(APP).port


def test_stopping_lets_a_stalled_request_go(until: Callable[[Callable[[], bool]], None]) -> None:
    faults = Faults()
    faults.add(Rule(kind=Kind.STALL))
    seen: list[object] = []
    with Loopback(FaultMiddleware(APP, faults), on_stop=faults.release) as server:
        url = server.url
        client = threading.Thread(target=lambda: seen.append(requests.get(url, timeout=30).json()))
        client.start()
        until(lambda: faults.stalled == 1)
    client.join()
    assert seen == ["hello"]
