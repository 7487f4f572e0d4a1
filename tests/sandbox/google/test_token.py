"""The token endpoint, with google-auth and throw-away keys."""

from __future__ import annotations

import json
import stat
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError
from requests import Session

from syncd.sandbox.google.keys import write_service_account_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox.google.conftest import Google


SCOPES = ["https://www.googleapis.com/auth/calendar.events"]


@pytest.fixture
def key_file(google: Google, tmp_path: Path) -> Path:
    return write_service_account_file(google.world, google.url, tmp_path / "key.json")


class _LoopbackCredentials(Credentials):
    """google-auth's, without the question about regions that it puts to Google in the background."""

    def _is_regional_access_boundary_lookup_required(self) -> bool:
        return False


def _credentials(path: Path, **options: Any) -> Any:
    return _LoopbackCredentials.from_service_account_file(str(path), scopes=SCOPES, **options)


def _refresh_error(credentials: Any) -> RefreshError:
    with Session() as session, pytest.raises(RefreshError) as caught:
        credentials.refresh(Request(session))
    return caught.value


def test_a_key_file_made_here_works_with_googles_client(google: Google, key_file: Path) -> None:
    google.switches.accept_any_token = False
    service = google.service(_credentials(key_file))
    made = service.events().insert(calendarId=google.law, body=google.all_day()).execute()
    assert made["creator"] == {"email": google.world.service_account}


def test_only_the_owner_can_read_the_key_file(key_file: Path) -> None:
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_a_token_is_good_for_3599_seconds(google: Google, key_file: Path) -> None:
    credentials = _credentials(key_file)
    with Session() as session:
        credentials.refresh(Request(session))
    google.http.headers["authorization"] = f"Bearer {credentials.token}"
    google.clock.now += 3598
    assert google.page()["items"] == []
    google.clock.now += 1
    assert google.reason(google.refused_list()) == (401, "authError")


def test_a_401_makes_the_client_fetch_a_new_token_and_go_on(google: Google, key_file: Path) -> None:
    google.switches.unauthorized_next = 1
    service = google.service(_credentials(key_file))
    assert service.events().list(calendarId=google.law).execute()["items"] == []
    assert google.served("POST", "/token") == 2


def test_a_token_holds_only_the_scopes_asked_for(google: Google, key_file: Path) -> None:
    service = google.service(_credentials(key_file))
    with pytest.raises(HttpError) as caught:
        service.calendars().get(calendarId=google.law).execute()
    assert caught.value.status_code == 403


def test_a_key_that_was_deleted_is_invalid_grant(google: Google, key_file: Path) -> None:
    google.world.delete_keys()
    error = _refresh_error(_credentials(key_file))
    assert "invalid_grant" in str(error)
    assert not error.retryable


def test_several_keys_of_one_account_work_side_by_side(
    google: Google, key_file: Path, tmp_path: Path
) -> None:
    newer = write_service_account_file(google.world, google.url, tmp_path / "newer.json")
    for path in (key_file, newer):
        service = google.service(_credentials(path))
        assert service.events().list(calendarId=google.law).execute()["items"] == []


def test_an_assertion_signed_by_another_key_is_refused(
    google: Google, key_file: Path, tmp_path: Path
) -> None:
    other = write_service_account_file(google.world, google.url, tmp_path / "newer.json")
    mixed = {**json.loads(key_file.read_text()), "private_key": json.loads(other.read_text())["private_key"]}
    key_file.write_text(json.dumps(mixed))
    assert "Invalid JWT Signature" in str(_refresh_error(_credentials(key_file)))


def test_a_revoked_account_gets_no_token(google: Google, key_file: Path) -> None:
    google.world.revoke_account()
    assert "invalid_grant" in str(_refresh_error(_credentials(key_file)))


def test_acting_as_a_user_without_delegation_is_unauthorized_client(google: Google, key_file: Path) -> None:
    error = _refresh_error(_credentials(key_file, subject="teacher@university.example"))
    assert "unauthorized_client" in str(error)
    assert not error.retryable


def test_delegation_lets_the_account_act_as_a_user_with_the_granted_scopes_only(
    google: Google, tmp_path: Path
) -> None:
    path = tmp_path / "delegated.json"
    write_service_account_file(google.world, google.url, path, delegated=SCOPES[0])
    google.world.grant_token("unused", "teacher@university.example", "")
    google.world.grant_access(google.law, "teacher@university.example")
    service = google.service(_credentials(path, subject="teacher@university.example"))
    guests = [{"email": "student@university.example"}]
    made = service.events().insert(calendarId=google.law, body=google.all_day(attendees=guests)).execute()
    assert made["creator"]["email"] == "teacher@university.example"
    wider = _credentials(path, subject="teacher@university.example").with_scopes(
        ["https://www.googleapis.com/auth/calendar"]
    )
    assert "unauthorized_client" in str(_refresh_error(wider))


def test_an_unknown_user_is_invalid_grant(google: Google, tmp_path: Path) -> None:
    path = tmp_path / "delegated.json"
    write_service_account_file(google.world, google.url, path, delegated=SCOPES[0])
    assert "invalid_grant" in str(_refresh_error(_credentials(path, subject="nobody@university.example")))


def test_credentials_without_scopes_ask_for_all_of_them_and_fail_under_delegation(
    google: Google, tmp_path: Path
) -> None:
    path = tmp_path / "delegated.json"
    write_service_account_file(google.world, google.url, path, delegated=SCOPES[0])
    bare = _LoopbackCredentials.from_service_account_file(str(path), subject="teacher@university.example")
    service = build_from_document(google.document(), credentials=bare)
    with closing(service), pytest.raises(RefreshError, match="unauthorized_client"):
        service.events().list(calendarId=google.law).execute()


@pytest.mark.parametrize(
    ("fault", "said", "retryable"),
    [
        ("invalid_grant", "invalid_grant", False),
        ("unauthorized_client", "unauthorized_client", False),
    ],
)
def test_switches_refuse_tokens_for_good(
    google: Google, key_file: Path, fault: str, said: str, *, retryable: bool
) -> None:
    google.switches.token_fault = fault  # type: ignore[assignment]
    error = _refresh_error(_credentials(key_file))
    assert said in str(error)
    assert error.retryable is retryable


@pytest.mark.parametrize(("fault", "status"), [("server_error", 503), ("html", 502)])
def test_switches_break_the_endpoint_for_so_many_calls(
    google: Google, key_file: Path, fault: str, status: int
) -> None:
    google.switches.token_fault = fault  # type: ignore[assignment]
    google.switches.token_fault_times = 1
    url = f"{google.url}/token"
    assert google.http.post(url, data={}, timeout=10).status_code == status
    assert google.http.post(url, data={}, timeout=10).status_code == 400


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "password"},
        {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"},
        {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "a.b.c"},
    ],
)
def test_a_request_that_is_no_assertion_is_400(google: Google, form: dict[str, str]) -> None:
    answer = google.http.post(f"{google.url}/token", data=form, timeout=10)
    assert (answer.status_code, set(answer.json())) == (400, {"error", "error_description"})
