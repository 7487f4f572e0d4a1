"""A private authority, the service account's own calendar and open files, told by the setting's name."""

from __future__ import annotations

import json
import ssl
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from mapping.model import Targets
from syncd.config.credentials import check_ca_file, open_to_the_group, token_setting
from syncd.config.settings import CanvasSection, GoogleSection, Settings
from syncd.errors import SettingsError
from syncd.wiring import _refuse_own_calendars, build_connectors
from tests.unit.connectors.test_anything import SCHOOL


@pytest.mark.parametrize("content", [None, b"", b"not a certificate", b"\x30\x82\x01\x0a" * 20])
def test_an_authority_file_that_cannot_be_used_names_the_setting(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match="SYNCD_CA_FILE"):
        check_ca_file(Settings(ca_file=path))


def test_an_authority_file_in_pem_and_none_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    der = ssl.create_default_context().get_ca_certs(binary_form=True)
    if der:
        path.write_text(ssl.DER_cert_to_PEM_cert(der[0]))
        check_ca_file(Settings(ca_file=path))
    check_ca_file(Settings())


@pytest.mark.parametrize("calendar", ["primary", "Primary", "robot@project.iam.gserviceaccount.com"])
def test_the_service_accounts_own_calendar_is_refused_with_the_reason(calendar: str) -> None:
    targets = Targets(owner="mnu", timezone="UTC", targets=(replace(SCHOOL, calendar_id=calendar),))
    with pytest.raises(SettingsError, match="which nobody else sees"):
        _refuse_own_calendars(targets, "robot@project.iam.gserviceaccount.com")


def test_a_shared_calendar_is_not_refused() -> None:
    _refuse_own_calendars(Targets(owner="mnu", timezone="UTC", targets=(SCHOOL,)), "")


def test_files_that_the_group_may_read_are_named_but_for_those_of_systemd(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, key = tmp_path / "token", tmp_path / "key.json"
    token.write_text("abc")
    key.write_text(json.dumps({}))
    token.chmod(0o640)
    key.chmod(0o600)
    settings = Settings(canvas=CanvasSection(token_file=token), google=GoogleSection(credentials_file=key))
    assert list(open_to_the_group(settings)) == [token]
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert list(open_to_the_group(settings)) == []


def test_the_setting_that_a_token_comes_from_is_named(tmp_path: Path) -> None:
    assert token_setting(Settings()) == "SYNCD_CANVAS__TOKEN_FILE"
    assert token_setting(Settings(canvas=CanvasSection(tokens_file=tmp_path))) == "SYNCD_CANVAS__TOKENS_FILE"


@pytest.mark.parametrize("kind", ["canvas", "google"])
@pytest.mark.parametrize("proxy", ["127.0.0.1:3128", "http://", "http://u:secret@h:x", "socks5://h:1"])
def test_a_proxy_that_cannot_be_used_names_its_setting_and_quotes_no_password(
    tmp_path: Path, kind: str, proxy: str
) -> None:
    key = tmp_path / "key.json"
    key.write_text(json.dumps({"type": "service_account", "client_email": "a@b"}))
    key.chmod(0o600)
    settings = Settings(
        proxy=proxy,
        canvas=CanvasSection(base_url="https://canvas.example.edu", token=SecretStr("abc")),
        google=GoogleSection(credentials_file=key),
    )
    targets = Targets(owner="mnu", timezone="UTC", targets=(replace(SCHOOL, kind=kind),))
    with pytest.raises(SettingsError, match=r"SYNCD_PROXY: .*http://host:port") as caught:
        build_connectors(settings, targets, stop=threading.Event())
    assert "secret" not in str(caught.value)
