"""The last question before a send, on each attempt, over both ways to talk HTTP."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import requests

from connectors.canvas.sockets import CuttableAdapter
from connectors.google_calendar.settings import GoogleSettings
from connectors.google_calendar.transport import Transport
from connectors.sockets import UNACKNOWLEDGED_MS, CallLimit, OpenSockets, SendRefusedError


@pytest.fixture
def arrived() -> Iterator[tuple[int, list[bytes]]]:
    """A port, and whatever bytes came in there."""
    listener = socket.create_server(("127.0.0.1", 0))
    got: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer:
                peer.settimeout(5.0)
                try:
                    got.append(peer.recv(65536))
                    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
                except OSError:
                    continue

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1], got
    listener.close()


def by_requests(port: int, sockets: OpenSockets) -> None:
    with requests.Session() as session:
        session.mount("http://", CuttableAdapter(sockets, CallLimit(time.monotonic)))
        session.post(f"http://127.0.0.1:{port}/", data={"a": "b"}, timeout=5)


def by_httplib2(port: int, sockets: OpenSockets) -> None:
    settings = GoogleSettings(credentials_file="none", owner="o", timezone="UTC")
    http = Transport(settings, sockets)
    try:
        http.request(f"http://127.0.0.1:{port}/", "POST", body="a=b")
    finally:
        http.close()


WAYS = pytest.mark.parametrize("way", [by_requests, by_httplib2])


@WAYS
def test_what_may_be_sent_is_sent(
    way: Callable[[int, OpenSockets], None], arrived: tuple[int, list[bytes]]
) -> None:
    port, got = arrived
    way(port, OpenSockets(lambda: True))
    assert got[0].startswith(b"POST / ")


@WAYS
def test_nothing_is_sent_once_it_may_not_be(
    way: Callable[[int, OpenSockets], None], arrived: tuple[int, list[bytes]]
) -> None:
    port, got = arrived
    with pytest.raises(SendRefusedError):
        way(port, OpenSockets(lambda: False))
    assert b"".join(got) == b""


@WAYS
def test_a_body_is_held_back_where_the_right_ends_between_head_and_body(
    way: Callable[[int, OpenSockets], None], arrived: tuple[int, list[bytes]]
) -> None:
    port, got = arrived
    answers = iter([True, False, False])
    with pytest.raises(SendRefusedError):
        way(port, OpenSockets(lambda: next(answers)))
    assert b"a=b" not in b"".join(got)


def test_the_kernel_gives_up_what_nobody_acknowledges() -> None:
    with socket.socket() as connection:
        OpenSockets().add(connection)
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == UNACKNOWLEDGED_MS


@WAYS
def test_when_it_is_asked_the_connection_stands_and_the_send_will_wait_for_nothing(
    way: Callable[[int, OpenSockets], None], arrived: tuple[int, list[bytes]]
) -> None:
    """Whatever is waited for between the question and the send, a process can be stopped in."""
    port, got = arrived
    found: list[list[float | None]] = []

    def may_send() -> bool:
        found.append([one.gettimeout() for one in list(sockets._sockets)])
        return True

    sockets = OpenSockets(may_send)
    way(port, sockets)
    assert got
    assert found
    assert all(one == [0.0] for one in found)


def test_what_the_kernel_does_not_take_at_once_is_answered_and_the_timeout_is_as_before() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(3.5)
        data = b"x" * 5_000_000
        left = OpenSockets().send(ours, data)
        assert 0 < len(left) < len(data)
        assert OpenSockets().send(ours, left) == left
        assert ours.gettimeout() == 3.5


def test_a_body_larger_than_the_kernels_buffers_arrives_whole() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    got = bytearray()

    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.settimeout(10.0)
            while not got.endswith(b"END"):
                got.extend(peer.recv(65536))
            peer.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with requests.Session() as session, listener:
        session.mount("http://", CuttableAdapter(OpenSockets(), CallLimit(time.monotonic)))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        assert session.post(address, data=b"y" * 5_000_000 + b"END", timeout=10).status_code == 204
    thread.join()
    assert len(got.partition(b"\r\n\r\n")[2]) == 5_000_003
