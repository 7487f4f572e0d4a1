"""Connections: certificates, proxies with a password, answers that end early."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connectors.errors import CertificateError, UnavailableError
from connectors.google_calendar import GoogleCalendarConnector
from connectors.google_calendar.transport import WholeResponse
from connectors.port import Observation
from connectors.retry import RetryPolicy
from tests.unit.connectors.google_calendar.conftest import LAW, Campus, context

EMPTY = {"kind": "calendar#events", "accessRole": "writer", "items": [], "nextSyncToken": "t"}
TOKEN = {"access_token": "made-up", "expires_in": 3599, "token_type": "Bearer"}


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Service(BaseHTTPRequestHandler):
    """Gives a token and an empty calendar, over TLS."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(TOKEN)

    def do_GET(self) -> None:
        self._answer(EMPTY)

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self, told: Any) -> None:
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that refuses the certificate is no error of the server."""


@pytest.fixture
def tls(certificate: Path) -> Iterator[int]:
    server = Quiet(("127.0.0.1", 0), Service)
    terms = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    terms.load_cert_chain(certificate)
    server.socket = terms.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def connect(campus: Campus) -> Callable[..., Any]:
    """Reads a calendar once over TLS, through a connector of its own."""

    def observe(port: int, **changes: Any) -> Any:
        key = {**campus.key(), "token_uri": f"https://127.0.0.1:{port}/token"}
        Path(campus.settings.credentials_file).write_text(json.dumps(key))
        changes = {"endpoint": f"https://127.0.0.1:{port}", "retry": RetryPolicy(attempts=1), **changes}
        connector = GoogleCalendarConnector(replace(campus.settings, **changes))
        ((_, result),) = connector.observe([context(LAW)])
        connector.close()
        return result

    return observe


def test_an_authority_of_ones_own_is_trusted_where_it_is_named(
    connect: Callable[..., Any], tls: int, certificate: Path
) -> None:
    assert isinstance(connect(tls, ca_file=certificate), Observation)


def test_an_unknown_certificate_is_refused(connect: Callable[..., Any], tls: int) -> None:
    result = connect(tls)
    assert type(result) is CertificateError
    assert "certificate" in str(result).casefold()


def test_a_proxy_that_asks_for_a_password_is_passed(
    connect: Callable[..., Any], tls: int, certificate: Path
) -> None:
    with proxy() as (port, asked):
        result = connect(tls, ca_file=certificate, proxy=f"http://syncd:p%40ss@127.0.0.1:{port}")
    assert isinstance(result, Observation)
    assert asked[0].startswith(f"CONNECT 127.0.0.1:{tls} ")
    assert f"Proxy-Authorization: Basic {base64.b64encode(b'syncd:p@ss').decode()}" in asked[0]


def test_an_answer_that_ends_early_is_no_answer(campus: Campus) -> None:
    """Half a list that happens to be whole JSON would be believed otherwise."""
    body = json.dumps(EMPTY).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body) + 9}\r\n\r\n"
    campus.observe()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for told in (json.dumps(TOKEN).encode(), None):
                peer, _ = listener.accept()
                with peer:
                    peer.recv(65_536)
                    if told is None:
                        peer.sendall(head.encode() + body)
                    else:
                        peer.sendall(
                            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(told)
                            + told
                        )

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        key = {**campus.key(), "token_uri": f"{url}/token"}
        Path(campus.settings.credentials_file).write_text(json.dumps(key))
        connector = campus.rebuilt(endpoint=url, retry=RetryPolicy(attempts=1))
        ((_, result),) = connector.observe([campus.context])
        thread.join()
    assert isinstance(result, UnavailableError)
    assert "IncompleteRead" in str(result)


@contextlib.contextmanager
def proxy() -> Iterator[tuple[int, list[str]]]:
    """A forward proxy that lets one CONNECT through; what it was asked is told."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: forward(listener, asked))
        thread.start()
        yield listener.getsockname()[1], asked
        thread.join()


def forward(listener: socket.socket, asked: list[str]) -> None:
    near, _ = listener.accept()
    with near:
        asked.append(near.recv(65_536).decode())
        host, port = asked[0].split(" ")[1].rsplit(":", 1)
        with socket.create_connection((host, int(port))) as far:
            near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=pump, args=(far, near))
            back.start()
            pump(near, far)
            back.join()


def pump(source: socket.socket, goal: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            goal.sendall(piece)
    for end in (source, goal):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def test_a_part_of_an_answer_may_be_read_before_the_rest() -> None:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef")
        answer = WholeResponse(here)
        answer.begin()
        assert (answer.read(2), answer.read()) == (b"ab", b"cdef")
