"""What is advised follows the reason that a service gives, not the class of its refusal."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connectors.authorities import trusting
from connectors.canvas.connector import CanvasConnector
from connectors.canvas.failures import Call, failure
from connectors.canvas.settings import CanvasSettings
from connectors.errors import (
    ApiDisabledError,
    CertificateError,
    ClockError,
    ConnectorError,
    PermanentError,
    ScopesError,
    UnknownHostError,
    cut,
)
from connectors.google_calendar import GoogleCalendarConnector, GoogleSettings
from connectors.retry import RetryPolicy
from mapping.model import Context
from syncd.sandbox.google.keys import service_account_key
from syncd.sandbox.google.world import World
from tests.support.raw_service import Answer, Asked, RawService

LINK = "https://console.developers.google.com/apis/api/calendar-json.googleapis.com/overview?project=123456789012"
DISABLED = {
    "error": {
        "code": 403,
        "message": "Google Calendar API has not been used in project 123456789012 before or it is disabled. Enable it "
        f"by visiting {LINK} then retry. If you enabled this API recently, wait a few minutes.",
        "errors": [{"reason": "accessNotConfigured", "domain": "usageLimits"}],
    }
}
SKEW = {
    "error": "invalid_grant",
    "error_description": "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim.",
}


def canvas(url: str, *, ca: str = "", tokens: tuple[str, ...] = ("a",)) -> CanvasConnector:
    return CanvasConnector(
        CanvasSettings(
            base_url=url,
            tokens=tokens,
            owner="mnu",
            timezone="Asia/Almaty",
            ca_file=ca,
            retry=RetryPolicy(attempts=3, first_wait_s=0.01, longest_wait_s=0.02),
            rng=Random(1),  # noqa: S311 - jitter
        )
    )


def google(url: str, folder: Path, *, ca: str = "", **key: Any) -> GoogleCalendarConnector:
    path = folder / "key.json"
    path.write_text(json.dumps({**service_account_key(World(), url), **key}))
    retry = RetryPolicy(attempts=2, first_wait_s=0.01)
    return GoogleCalendarConnector(
        GoogleSettings(
            credentials_file=path, owner="mnu", timezone="Asia/Almaty", endpoint=url, ca_file=ca, retry=retry
        )
    )


def refusal(connector: CanvasConnector | GoogleCalendarConnector) -> ConnectorError:
    try:
        with pytest.raises(ConnectorError) as caught:
            connector.account()
        return caught.value
    finally:
        connector.close()


def test_an_api_that_is_not_enabled_is_told_with_the_whole_link(tmp_path: Path) -> None:
    def respond(asked: Asked) -> Answer:
        if "/token" in asked.target:
            return Answer(body={"access_token": "made-up", "expires_in": 3599, "token_type": "Bearer"})
        return Answer(status=403, body=DISABLED)

    with RawService(respond) as service:
        connector = google(service.url, tmp_path)
        ((_, outcome),) = connector.observe([Context(id="law", kind="google", target="law")])
        connector.close()
    assert isinstance(outcome, ApiDisabledError)
    assert LINK in str(outcome)
    assert "enable the Google Calendar API" in str(outcome)


def test_a_wrong_clock_is_told_as_such_and_no_new_key_is_advised(tmp_path: Path) -> None:
    with RawService(lambda _: Answer(status=400, body=SKEW)) as service:
        error = refusal(google(service.url, tmp_path))
    assert isinstance(error, ClockError)
    assert "Set this machine's clock" in str(error)
    assert "Renew" not in str(error)
    assert "{" not in str(error)


def test_missing_scopes_are_told_as_scopes_on_the_profile_too() -> None:
    body = {"errors": [{"message": "Insufficient scopes on access token."}]}
    refuse = Answer(status=401, body=body, headers={"WWW-Authenticate": "Bearer"})
    with RawService(lambda _: refuse) as service:
        error = refusal(canvas(service.url))
    assert isinstance(error, ScopesError)
    assert "scopes" in str(error)
    assert "Renew" not in str(error)


@pytest.mark.parametrize("body", [b"<html>Not Found</html>", {"errors": [{"message": "no such endpoint"}]}])
def test_another_web_server_is_told_as_not_canvas_and_asked_once(body: Any) -> None:
    with RawService(lambda _: Answer(status=404, body=body)) as service:
        error = refusal(canvas(service.url))
        assert len(service.asked) == 1
    assert "not as Canvas does" in str(error)
    assert "SYNCD_CANVAS__BASE_URL" in str(error)


@pytest.mark.parametrize("path", ["/login/canvas", "/courses/101", "/accounts/1?x=1"])
def test_a_base_url_with_a_path_is_refused(path: str) -> None:
    with pytest.raises(PermanentError, match=r"address alone|query"):
        canvas(f"https://canvas.example.edu{path}")


def test_a_base_url_may_end_with_a_slash() -> None:
    canvas("https://canvas.example.edu/").close()


def test_a_token_with_the_word_before_it_is_refused_as_a_token() -> None:
    with pytest.raises(PermanentError, match='begins with "Bearer "'):
        canvas("https://canvas.example.edu", tokens=("Bearer abc",))


def test_a_host_that_is_not_there_is_named_with_its_setting_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import socket  # noqa: PLC0415

    def nowhere(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    for connector, setting in (
        (canvas("https://canvas.invalid"), "SYNCD_CANVAS__BASE_URL"),
        (
            google("https://google.invalid", tmp_path, token_uri="https://oauth2.googleapis.com/token"),
            "SYNCD_GOOGLE",
        ),
    ):
        error = refusal(connector)
        assert isinstance(error, UnknownHostError)
        assert setting in str(error)
        assert "the host " in str(error)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"installed": {"client_id": "x"}}, 'OAuth client \\("installed"\\)'),
        ({"web": {"client_id": "x"}}, 'OAuth client \\("web"\\)'),
        ({"type": "service_account", "client_email": ""}, "no client_email"),
        ({"type": "service_account", "client_email": "a@b", "private_key": "-----\\nx"}, "line breaks"),
        (
            {
                "type": "impersonated_service_account",
                "source_credentials": {"type": "authorized_user", "token_uri": "https://evil.example/token"},
            },
            "evil.example",
        ),
    ],
)
def test_a_credentials_file_is_told_what_it_is(content: dict[str, Any], words: str, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(json.dumps(content))
    connector = GoogleCalendarConnector(
        GoogleSettings(credentials_file=path, owner="mnu", timezone="Asia/Almaty")
    )
    with pytest.raises(ConnectorError, match=words):
        connector.email()


def test_a_key_file_with_a_byte_order_mark_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_bytes(b"\xef\xbb\xbf{}")
    connector = GoogleCalendarConnector(
        GoogleSettings(credentials_file=path, owner="mnu", timezone="Asia/Almaty")
    )
    with pytest.raises(ConnectorError, match="byte-order mark"):
        connector.email()


@pytest.mark.parametrize("status", [405, 410, 412, 423])
def test_a_refused_look_blames_no_entry(status: int) -> None:
    error = failure(Call(operation="list events", context="course_1"), status, {}, b"null")
    assert error is not None
    assert "calendar data" not in str(error)
    refused = failure(Call(operation="create event", context="course_1"), 422, {}, b"null")
    assert "Correct the entry" in str(refused)


@pytest.mark.parametrize("at", [10, 150, 195, 199])
def test_a_cut_keeps_a_link_whole(at: int) -> None:
    text = "x" * at + " " + LINK + " and more " * 50
    shown = cut(text)
    assert (LINK in shown) or ("https" not in shown)
    assert len(shown) < 400
    assert cut("a" * 500) == "a" * 200


# --- certificates -----------------------------------------------------------------------------------


def certificate(folder: Path, host: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    alternative: x509.GeneralName = x509.DNSName(host)
    if host[0].isdigit():
        alternative = x509.IPAddress(ipaddress.ip_address(host))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{host}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Service(BaseHTTPRequestHandler):
    """Gives a token and a profile over TLS."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer({"access_token": "made-up", "expires_in": 3599, "token_type": "Bearer"})

    def do_GET(self) -> None:
        self._answer({"id": 1, "time_zone": "Asia/Almaty"})

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self, told: Any) -> None:
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that refuses the certificate is no error of the server."""


@contextmanager
def over_tls(pem: Path) -> Iterator[str]:
    server = Quiet(("127.0.0.1", 0), Service)
    terms = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    terms.load_cert_chain(pem)
    server.socket = terms.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_private_authority_is_trusted_besides_the_public_ones(tmp_path: Path) -> None:
    pem = certificate(tmp_path, "127.0.0.1")
    public = len(trusting("").get_ca_certs())
    assert len(trusting(str(pem)).get_ca_certs()) == public + 1
    with over_tls(pem) as url:
        for connector in (canvas(url, ca=str(pem)), google(url, tmp_path, ca=str(pem))):
            assert connector.account().endpoint
            connector.close()


@pytest.mark.parametrize(
    ("host", "trusted", "words"),
    [
        ("127.0.0.1", False, "an authority that this machine does not trust"),
        ("other.example", True, "another host"),
    ],
)
def test_a_certificate_that_is_not_accepted_is_told_in_words_with_host_and_setting(
    tmp_path: Path, host: str, trusted: bool, words: str
) -> None:
    pem = certificate(tmp_path, host)
    ca = str(pem) if trusted else ""
    with over_tls(pem) as url:
        for connector, setting in (
            (canvas(url, ca=ca), "SYNCD_CANVAS__BASE_URL"),
            (google(url, tmp_path, ca=ca), "SYNCD_GOOGLE__ENDPOINT"),
        ):
            error = refusal(connector)
            assert isinstance(error, CertificateError), error
            assert "the certificate of 127.0.0.1 is" in str(error)
            assert words in str(error)
            assert setting in str(error)
