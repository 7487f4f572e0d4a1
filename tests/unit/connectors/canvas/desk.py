"""A client of Canvas with a clock that only sleeping moves, and what a server of a test needs to answer it."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from connectors.canvas.client import Answer, CanvasClient
from connectors.canvas.failures import Call
from connectors.canvas.settings import CanvasSettings
from connectors.counting import RequestCounter
from connectors.http import RequestNote
from connectors.sockets import OpenSockets
from tests.unit.connectors.canvas.conftest import Time

BASE = "https://canvas.example.edu"
EVENTS = f"{BASE}/api/v1/calendar_events"
TOKEN = "7~secret-of-the-token"
READ = Call(operation="list events", context="course_1")
CREATE = Call(operation="create event", context="course_1", repeatable=False)


class Desk:
    """A client with its clock, sockets and counter."""

    def __init__(self, base: str = BASE, **changed: Any) -> None:
        self.time = Time()
        self.notes: list[RequestNote] = []
        self.sockets = OpenSockets()
        self.counter = RequestCounter(self.notes.append)
        self.settings = CanvasSettings(
            base_url=base,
            tokens=(TOKEN,),
            owner="mnu",
            timezone="Asia/Almaty",
            version="1.2",
            rng=Random(1),  # noqa: S311 - dice for jitter, not secrets
            **({"clock": self.time.clock, "sleep": self.time.sleep} | changed),
        )
        self.client = CanvasClient(self.settings, TOKEN, self.counter, self.sockets)

    def read(self) -> Answer:
        return self.client.get("calendar_events", [("context_codes[]", "course_1")], READ, shape=list)

    def create(self) -> Answer:
        return self.client.write("POST", "calendar_events", [("calendar_event[title]", "A&B")], CREATE)


def head(*lines: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", "Content-Type: application/json", *lines, "", ""]).encode()


class Authority:
    """A campus's own certificate authority, and its certificate for 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "campus")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
                critical=False,
            )
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.file = folder / "campus.pem"
        self.file.write_bytes(
            certificate.public_bytes(Encoding.PEM)
            + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.file)


class Plug:
    """A loopback server over whose connections a test speaks itself, one after the other."""

    def __init__(self) -> None:
        self._plug = socket.create_server(("127.0.0.1", 0))
        self.port = self._plug.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.accepted = 0
        self.over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def speak(self, connection: socket.socket) -> None:
        """Serve one connection, which is closed after it. OSError: whoever asked is gone."""
        raise NotImplementedError

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._plug.accept()
            except OSError:
                return
            self.accepted += 1
            with connection, contextlib.suppress(OSError):
                self.speak(connection)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._plug.shutdown(socket.SHUT_RDWR)
        self._plug.close()
        self._thread.join(10)
