"""Tokens, permissions and the shapes of errors."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.canvas.conftest import Site

CHALLENGE = 'Bearer realm="canvas-lms"'


def test_no_token_is_401_with_the_challenge(site: Site) -> None:
    answer = site.get("users/self", token=None)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, CHALLENGE)
    assert answer.json() == {
        "status": "unauthenticated",
        "errors": [{"message": "user authorization required"}],
    }


def test_a_bad_a_revoked_and_an_expired_token_are_told_apart(site: Site) -> None:
    site.world.add_token(site.admin, "revoked", state="revoked")
    site.world.add_token(site.admin, "expired", expires_at=site.clock.moment - timedelta(days=1))
    messages = []
    for token in ("wrong", "revoked", "expired"):
        answer = site.get("users/self", token=token)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, CHALLENGE)
        messages.append(answer.json()["errors"][0])
    assert messages == [
        {"message": "Invalid access token."},
        {"message": "Revoked access token."},
        {"message": "Expired access token.", "expired_at": "2026-09-06T06:00:00Z"},
    ]


def test_a_token_can_be_revoked_in_mid_run_from_outside(site: Site) -> None:
    assert site.get("users/self").status_code == 200
    site.act("change_token", secret="admin-token", state="revoked")
    assert site.get("users/self").status_code == 401


def test_a_missing_scope_is_401_without_the_challenge(site: Site) -> None:
    scopes = frozenset({"url:GET|/api/v1/calendar_events", "url:PUT|/api/v1/calendar_events/:id"})
    site.world.add_token(site.admin, "scoped", scopes=scopes)
    made = site.made(title="x")
    assert site.rows("course_101", token="scoped").status_code == 200
    assert site.update(made["id"], token="scoped", title="y").status_code == 200
    answer = site.delete(made["id"], token="scoped")
    assert answer.status_code == 401
    assert "WWW-Authenticate" not in answer.headers
    assert answer.json() == {"errors": [{"message": "Insufficient scopes on access token."}]}


def test_a_missing_permission_is_403_now_and_401_in_older_versions(site: Site) -> None:
    site.world.add_token(site.world.add_user("Somebody"), "somebody")
    body = {"status": "unauthorized", "errors": [{"message": "user not authorized to perform that action"}]}
    now = site.create(token="somebody", title="x")
    site.world.switches.old_permission_answers = True
    old = site.create(token="somebody", title="x")
    assert (now.status_code, old.status_code) == (403, 401)
    assert now.json() == old.json() == body
    assert "WWW-Authenticate" not in old.headers


@pytest.mark.parametrize(
    ("locale", "word"), [("en-GB", "authorised"), ("en-AU", "authorised"), ("ru", "авторизован")]
)
def test_the_permission_message_speaks_the_users_language(site: Site, locale: str, word: str) -> None:
    site.world.add_token(site.world.add_user("Somebody", locale=locale), "somebody")
    assert word in site.create(token="somebody", title="x").json()["errors"][0]["message"]


def test_a_missing_user_agent_is_a_403_of_its_own_shape(site: Site) -> None:
    answer = site.get("users/self", headers={"User-Agent": ""})
    assert answer.status_code == 403
    assert answer.json()["error"] == "Forbidden"
    assert "valid user agent" in answer.json()["message"]
    site.world.switches.require_user_agent = False
    assert site.get("users/self", headers={"User-Agent": ""}).status_code == 200


def test_maintenance_is_503_html_for_everything(site: Site) -> None:
    site.world.switches.maintenance = True
    answer = site.get("users/self")
    assert answer.status_code == 503
    assert answer.headers["Content-Type"].startswith("text/html")


def test_an_unknown_path_is_a_404_in_canvas_shape(site: Site) -> None:
    answer = site.get("nothing/here")
    assert answer.status_code == 404
    assert answer.json() == {"errors": [{"message": "The specified resource does not exist."}]}


def test_acting_as_another_user_shows_both_in_the_headers(site: Site) -> None:
    teacher = site.world.add_user("Teacher", sis_user_id="T1", time_zone="Europe/Budapest")
    for wanted in (str(teacher.id), "sis_user_id:T1"):
        answer = site.get("users/self/profile", {"as_user_id": wanted})
        assert (answer.json()["id"], answer.json()["time_zone"]) == (teacher.id, "Europe/Budapest")
        assert answer.headers["X-Canvas-User-Id"] == str(teacher.id)
        assert answer.headers["X-Canvas-Real-User-Id"] == str(site.admin.id)


def test_acting_as_nobody_or_without_the_right_is_401_with_errors_as_a_string(site: Site) -> None:
    teacher = site.world.add_user("Teacher")
    site.world.add_token(teacher, "teacher")
    for answer in (
        site.get("users/self", {"as_user_id": 999}),
        site.get("users/self", {"as_user_id": site.admin.id}, token="teacher"),
    ):
        assert (answer.status_code, answer.json()) == (401, {"errors": "Invalid as_user_id"})


def test_the_profile_tells_the_zone_and_locale(site: Site) -> None:
    profile = site.get("users/self/profile").json()
    assert (profile["id"], profile["name"], profile["time_zone"]) == (site.admin.id, "Admin", "Asia/Almaty")
    site.act("change_user", user=site.admin.id, time_zone="America/New_York", locale="kk")
    profile = site.get("users/self/profile").json()
    assert (profile["time_zone"], profile["locale"]) == ("America/New_York", "kk")


def test_the_environment_tells_the_context_limit(site: Site) -> None:
    site.world.switches.calendar_contexts_limit = 5
    assert site.get("settings/environment").json()["calendar_contexts_limit"] == 5


def test_a_request_that_breaks_canvas_is_a_500_with_a_report_number(site: Site) -> None:
    answer = site.create(title="x", **{"duplicate][count": "many"})
    assert answer.status_code == 500
    assert answer.json()["errors"][0]["error_code"] == "internal_server_error"
    assert site.world.course_events(101) == []


def test_a_broken_json_body_counts_as_an_empty_one(site: Site) -> None:
    answer = site.ask("POST", "calendar_events", data=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()) == (
        400,
        {"errors": [{"message": "calendar_event is missing"}]},
    )


def test_only_an_admin_reads_other_peoples_profiles_and_calendars(site: Site) -> None:
    teacher = site.world.add_user("Teacher")
    site.world.add_token(teacher, "teacher")
    assert site.get(f"users/{teacher.id}/profile").status_code == 200
    assert site.get(f"users/{site.admin.id}/profile", token="teacher").status_code == 403
    assert site.get(f"users/{site.admin.id}/calendar_events", token="teacher").status_code == 403
