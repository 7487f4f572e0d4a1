"""Addresses, proxies and key files that may be used, and those that would send a secret astray."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import AuthenticationError, ConnectorError, PermanentError
from connectors.google_calendar import GoogleCalendarConnector, GoogleSettings
from connectors.google_calendar.keyfile import read_key_file
from connectors.google_calendar.settings import (
    GoogleCredentialsError,
    GoogleEndpointError,
    GoogleProxyError,
)
from connectors.google_calendar.tokens import load_credentials

TOKEN_URI = "https://oauth2.googleapis.com/token"
IMPERSONATION = (
    "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/syncd@uni.iam.gserviceaccount.com"
    ":generateAccessToken"
)


def settings(path: Path | str = "key.json", **changes: Any) -> GoogleSettings:
    return GoogleSettings(credentials_file=path, owner="mnu", timezone="Asia/Almaty", **changes)


def key_file(folder: Path, **fields: Any) -> Path:
    path = folder / "key.json"
    told = {"type": "service_account", "client_email": "syncd@uni.example", "token_uri": TOKEN_URI, **fields}
    path.write_text(json.dumps({name: value for name, value in told.items() if value is not None}))
    return path


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://www.googleapis.com/",
        "https://google.uni.example/api",
        "http://127.0.0.1:4000",
        "http://[::1]:1/",
    ],
)
def test_https_and_loopback_may_be_used(endpoint: str) -> None:
    assert settings(endpoint=f" {endpoint} ").root == endpoint.rstrip("/") + "/"


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://www.googleapis.com/",
        "http://localhost.evil.example/",
        "ftp://www.googleapis.com/",
        "www.googleapis.com",
        "https://",
        "https://user:secret@www.googleapis.com/",
        "https://www.googleapis.com/?key=1",
        "https://www.googleapis.com/calendar/v3/",
        "https://[::1/",
        "https://host:port/",
    ],
)
def test_any_other_address_is_refused(endpoint: str) -> None:
    with pytest.raises(GoogleEndpointError, match="endpoint is refused") as caught:
        settings(endpoint=endpoint)
    assert isinstance(caught.value, PermanentError)


def test_an_address_on_this_machine_is_known_as_such() -> None:
    assert settings(endpoint="http://localhost:1").on_loopback
    assert not settings().on_loopback


@pytest.mark.parametrize(
    "proxy",
    ["socks5://127.0.0.1:1", "127.0.0.1:3128", "http://", "http://u:secret@h:x", "https://u:secret@h:1"],
)
def test_a_proxy_that_cannot_be_used_is_refused_unquoted(proxy: str) -> None:
    with pytest.raises(GoogleProxyError) as caught:
        settings(proxy=proxy)
    assert "secret" not in str(caught.value)


def test_no_proxy_is_fine() -> None:
    assert settings(proxy="").proxy == ""
    assert settings(proxy="http://user:secret@proxy.uni.example:3128").proxy


# --- key files ------------------------------------------------------------------------------


def test_a_key_file_tells_its_account(tmp_path: Path) -> None:
    assert read_key_file(settings(key_file(tmp_path))).email == "syncd@uni.example"


def test_a_workload_identity_file_tells_the_account_it_acts_as(tmp_path: Path) -> None:
    path = key_file(
        tmp_path,
        type="external_account",
        client_email=None,
        token_uri=None,
        token_url="https://sts.googleapis.com/v1/token",
        service_account_impersonation_url=IMPERSONATION,
    )
    assert read_key_file(settings(path)).email == "syncd@uni.iam.gserviceaccount.com"


def test_a_file_without_an_account_tells_none(tmp_path: Path) -> None:
    path = key_file(tmp_path, type="authorized_user", client_email=None)
    assert read_key_file(settings(path)).email == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"token_uri": "https://evil.example/token"},
        {"token_uri": "http://oauth2.googleapis.com/token"},
        {"token_uri": "https://oauth2.googleapis.com.evil.example/token"},
        {"token_url": "https://evil.example/v1/token"},
        {"token_url": "http://sts.googleapis.com/v1/token"},
        {"token_url": "https://[::1/"},
        {"service_account_impersonation_url": "https://evilgoogleapis.com/x"},
    ],
)
def test_a_file_that_sends_its_secret_elsewhere_is_refused(tmp_path: Path, fields: dict[str, str]) -> None:
    path = key_file(tmp_path, **fields)
    with pytest.raises(GoogleCredentialsError, match=r"key\.json"):
        read_key_file(settings(path))
    assert read_key_file(settings(path, endpoint="http://127.0.0.1:1")).info["type"] == "service_account"


@pytest.mark.parametrize("content", [b"", b"no json", b"[]", b'{"type": 5}', b"{}", b"\xff\xfe"])
def test_what_is_no_key_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.json"
    path.write_bytes(content)
    with pytest.raises(GoogleCredentialsError, match=r"key\.json"):
        read_key_file(settings(path))


def test_a_missing_file_is_an_error_of_the_credential_and_of_nothing_else(tmp_path: Path) -> None:
    connector = GoogleCalendarConnector(settings(tmp_path / "none.json"))
    with pytest.raises(AuthenticationError, match="No such file"):
        connector.account()
    connector.close()


@pytest.mark.parametrize("kind", ["service_account", "authorized_user", "no_such_type"])
def test_a_file_googles_library_refuses_is_told_without_its_content(tmp_path: Path, kind: str) -> None:
    path = key_file(tmp_path, type=kind, private_key="SECRET", refresh_token=None)
    with pytest.raises(GoogleCredentialsError) as caught:
        load_credentials(settings(path), read_key_file(settings(path)))
    assert "SECRET" not in str(caught.value)
    assert isinstance(caught.value, ConnectorError)


def test_a_workload_identity_file_is_loaded_for_events_only(tmp_path: Path) -> None:
    path = key_file(
        tmp_path,
        type="external_account",
        audience="//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
        subject_token_type="urn:ietf:params:oauth:token-type:jwt",
        token_url="https://sts.googleapis.com/v1/token",
        credential_source={"file": str(tmp_path / "token")},
        client_email=None,
        token_uri=None,
    )
    loaded: Any = load_credentials(settings(path), read_key_file(settings(path)))
    assert loaded.scopes == ["https://www.googleapis.com/auth/calendar.events"]
