"""Calendars, sharing and the notes it sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Google


@pytest.fixture
def owned(google: Google) -> str:
    """A calendar made and owned by the caller, whose token has every scope."""
    google.switches.any_token_scopes = "https://www.googleapis.com/auth/calendar"
    body = {"summary": "School", "timeZone": "Asia/Almaty"}
    made: str = google.ok(google.call("POST", "calendars", body))["id"]
    return made


def test_a_new_calendar_has_an_id_made_by_the_server_and_its_maker_as_owner(
    google: Google, owned: str
) -> None:
    assert owned.startswith("c_")
    assert owned.endswith("@group.calendar.google.com")
    found = google.ok(google.call("GET", f"calendars/{owned}"))
    assert (found["timeZone"], found["dataOwner"]) == ("Asia/Almaty", google.world.service_account)


def test_a_calendar_needs_a_title_and_a_real_zone(google: Google, owned: str) -> None:
    assert google.reason(google.call("POST", "calendars", {})) == (400, "required")
    answer = google.call("POST", "calendars", {"summary": "x", "timeZone": "Mars/Base"})
    assert google.reason(answer) == (400, "invalid")


def test_a_patch_that_changes_nothing_leaves_the_calendars_etag(google: Google, owned: str) -> None:
    before = google.ok(google.call("GET", f"calendars/{owned}"))["etag"]
    assert google.ok(google.call("PATCH", f"calendars/{owned}", {"summary": "School"}))["etag"] == before
    changed = google.ok(google.call("PATCH", f"calendars/{owned}", {"summary": "Other"}))
    assert changed["etag"] != before
    stale = google.call("PATCH", f"calendars/{owned}", {"summary": "x"}, headers={"if-match": before})
    assert stale.status_code == 412


def test_only_the_owner_changes_a_calendar(google: Google, owned: str) -> None:
    answer = google.call("PUT", f"calendars/{google.law}", {"summary": "mine"})
    assert google.reason(answer) == (403, "requiredAccessLevel")
    assert google.ok(google.call("PUT", f"calendars/{owned}", {"summary": "mine"}))["summary"] == "mine"


def test_changing_a_calendars_zone_changes_the_offsets_of_its_events(google: Google, owned: str) -> None:
    path = f"calendars/{owned}"
    body = google.timed("2025-09-01T09:00:00Z", "2025-09-01T10:00:00Z")
    event = google.ok(google.call("POST", f"{path}/events", body))["id"]
    google.call("PATCH", path, {"timeZone": "Europe/Berlin"})
    found = google.ok(google.call("GET", f"{path}/events/{event}"))
    assert found["start"]["dateTime"] == "2025-09-01T11:00:00+02:00"


def test_a_secondary_calendar_cannot_be_cleared_but_deleted(google: Google, owned: str) -> None:
    assert google.call("POST", f"calendars/{owned}/clear").status_code == 400
    assert google.call("DELETE", f"calendars/{owned}").status_code == 204
    assert google.call("GET", f"calendars/{owned}").status_code == 404


def test_sharing_tells_the_grantee_unless_told_not_to(google: Google, owned: str) -> None:
    rule = {"role": "reader", "scope": {"type": "user", "value": "teacher@university.example"}}
    made = google.ok(google.call("POST", f"calendars/{owned}/acl", rule))
    assert made["id"] == "user:teacher@university.example"
    assert google.world.mails["readers"] == 1
    quiet = {**rule, "role": "writer"}
    google.call("POST", f"calendars/{owned}/acl", quiet, params={"sendNotifications": "false"})
    assert google.world.mails["readers"] == 1


def test_a_public_rule_is_called_default(google: Google, owned: str) -> None:
    rule = {"role": "reader", "scope": {"type": "default"}}
    assert google.ok(google.call("POST", f"calendars/{owned}/acl", rule))["id"] == "default"
    assert google.ok(google.call("GET", f"calendars/{owned}/acl/default"))["role"] == "reader"
    changed = google.call("PATCH", f"calendars/{owned}/acl/default", {"role": "freeBusyReader"})
    assert google.ok(changed)["role"] == "freeBusyReader"


def test_a_rule_can_be_taken_back_but_not_the_owners(google: Google, owned: str) -> None:
    google.world.grant_access(owned, "teacher@university.example", "reader")
    assert google.call("DELETE", f"calendars/{owned}/acl/user:teacher@university.example").status_code == 204
    mine = f"calendars/{owned}/acl/user:{google.world.service_account}"
    assert google.reason(google.call("DELETE", mine)) == (403, "forbidden")


def test_the_owner_cannot_drop_the_calendar_from_the_own_list(google: Google, owned: str) -> None:
    assert google.reason(google.call("DELETE", f"users/me/calendarList/{owned}")) == (403, "forbidden")


def test_primary_is_the_callers_own_calendar(google: Google, owned: str) -> None:
    found = google.ok(google.call("GET", "calendars/primary"))
    assert found["id"] == google.world.service_account
