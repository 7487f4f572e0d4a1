"""A sender stopped at any moment and let go after its successor: how often does it still write?

`python -m tests.system.fleet.stops` counts it for each place where the lease may be asked; part of `make fleet-chaos`.
Eight threads of one process send without a pause, through the connections that the product sends through; the
server takes 50 ms and notes under which epoch each request came, and when. What came under an epoch after the next one
was claimed is stale. Which process sent it is certain, since only one ever holds an epoch.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg
import requests

from connectors.canvas.exchange import Request, send
from connectors.canvas.sockets import CuttableAdapter
from connectors.google_calendar.settings import GoogleSettings
from connectors.google_calendar.transport import Transport
from connectors.sockets import CallLimit, OpenSockets
from syncd.errors import LockedError
from syncd.state.address import DatabaseAddress
from syncd.state.postgresql.connection import connect
from syncd.state.postgresql.database import claim_lease
from syncd.state.postgresql.lease import Lease
from tests.support.postgresql import cluster

THREADS = 8
TTL_S, GRACE_S = 0.8, 0.4
SERVED_S = 0.05
PLACES = {
    "at the socket": "the lease's deadline, as the last thing before the send (the product)",
    "before the call": "the lease's deadline, once before the call begins",
    "in the database": "the epoch in PostgreSQL, once before the call begins",
    "nowhere": "nothing",
}


class Server(ThreadingHTTPServer):
    """Notes the epoch and the moment of each request whose body came whole."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.came: list[tuple[int, float]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_: Any) -> None:
        """A client that was stopped or killed is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        if len(self.rfile.read(length)) < length:
            # Its head had left, its body was held back: to a service it is no request.
            self.close_connection = True
            return
        server: Any = self.server
        server.came.append((int(self.headers["Epoch"]), time.monotonic()))
        time.sleep(SERVED_S)
        self.send_response(204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def _asked(place: str, lease: Lease, address: DatabaseAddress) -> Callable[[], bool]:
    """What a thread asks before each call."""
    if place == "before the call":
        return lease.is_held
    if place != "in the database":
        return lambda: not lease._lost
    connection = connect(address, "fleet")

    def is_ours() -> bool:
        row = connection.execute("SELECT epoch FROM fence WHERE name = %s", (address.instance,)).fetchone()
        return row is not None and row[0] == lease.epoch

    return is_ours


def send_for_ever(address: DatabaseAddress, port: int, place: str, service: str) -> None:
    """Claim, send until it is lost, and so on. In a process of its own."""
    while True:
        try:
            lease = claim_lease(address)
        except LockedError:
            time.sleep(0.02)
            continue
        sockets = OpenSockets(lease.is_held if place == "at the socket" else lambda: True)
        threads = [
            threading.Thread(
                target=_send, args=(lease, _asked(place, lease, address), WAYS[service](sockets, port))
            )
            for _ in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


Post = Callable[[Mapping[str, str]], object]


def _to_canvas(sockets: OpenSockets, port: int) -> Post:
    """The first request by requests, which connects; those after it over the connection that stands."""
    origin, body = f"http://127.0.0.1:{port}", "x" * 500
    adapter = CuttableAdapter(sockets, CallLimit(time.monotonic))
    session = requests.Session()
    session.mount("http://", adapter)
    template = session.prepare_request(requests.Request("GET", f"{origin}/"))

    # Two sends, head and body, as of every write.
    def post(headers: Mapping[str, str]) -> None:
        with adapter.standing(template) as connection:
            if connection is not None:
                request = Request("POST", origin, "/", {**headers, "Content-Length": str(len(body))}, body)
                send(connection, request, send_s=5.0, read_s=5.0).read()
                return
        session.post(f"{origin}/", data=body, headers=headers, timeout=5.0)

    return post


def _to_google(sockets: OpenSockets, port: int) -> Post:
    transport = Transport(GoogleSettings(credentials_file="none", owner="o", timezone="UTC"), sockets)
    return lambda headers: transport.request(
        f"http://127.0.0.1:{port}/", "POST", body="x" * 500, headers=dict(headers)
    )


WAYS: Mapping[str, Callable[[OpenSockets, int], Post]] = {"canvas": _to_canvas, "google": _to_google}
"""Service to the connections that the product has to it."""


def _send(lease: Lease, asked: Callable[[], bool], post: Post) -> None:
    with contextlib.suppress(Exception):
        while asked():
            post({"Epoch": str(lease.epoch)})


def count(url: str, place: str, stops: int, dice: random.Random, service: str = "canvas") -> tuple[int, int]:
    """Stops that were followed by a stale request, and stale requests."""
    address = DatabaseAddress(
        url=url, instance=f"{service}{list(PLACES).index(place)}", lease_ttl_s=TTL_S, lease_grace_s=GRACE_S
    )
    server = Server()
    sender = multiprocessing.get_context("fork").Process(
        target=send_for_ever, args=(address, server.server_address[1], place, service)
    )
    sender.start()
    assert sender.pid is not None
    struck = stale = 0
    try:
        for _ in range(stops):
            _until_sending(server)
            time.sleep(dice.uniform(0.0, 0.3))
            os.kill(sender.pid, signal.SIGSTOP)
            successor = _successor(address)
            claimed_at = time.monotonic()
            time.sleep(0.1)
            os.kill(sender.pid, signal.SIGCONT)
            time.sleep(0.4)
            late = sum(epoch < successor.epoch and at > claimed_at for epoch, at in server.came)
            struck, stale = struck + bool(late), stale + late
            server.came.clear()
            successor.give_back()
    finally:
        os.kill(sender.pid, signal.SIGKILL)
        sender.join()
        server.shutdown()
        server.server_close()
    return struck, stale


def _until_sending(server: Server) -> None:
    """Every thread of the sender is at it."""
    server.came.clear()
    while len(server.came) < 2 * THREADS:
        time.sleep(0.01)


def _successor(address: DatabaseAddress) -> Lease:
    while True:
        try:
            return claim_lease(address)
        except (LockedError, psycopg.Error):
            time.sleep(0.02)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stops", type=int, default=200)
    parser.add_argument("--controls", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--service", choices=sorted(WAYS), default="canvas")
    given = parser.parse_args()
    dice = random.Random(given.seed)  # noqa: S311 - what strikes when, not a secret
    with cluster() as postgresql:
        sys.stdout.write(
            "| the lease is asked | stops | with a stale request | stale requests |\n|---|---|---|---|\n"
        )
        for place, words in PLACES.items():
            stops = given.stops if place == "at the socket" else given.controls
            struck, stale = count(postgresql.url, place, stops, dice, given.service)
            sys.stdout.write(f"| {place}: {words} | {stops} | {struck} | {stale} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
