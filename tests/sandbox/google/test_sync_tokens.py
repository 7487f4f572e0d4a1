"""Sync tokens: what they bring, what they cannot be combined with, how they die."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Google


def test_a_sync_token_brings_only_changes_deletions_included(google: Google) -> None:
    google.insert("keeps1")
    google.insert("goes1")
    token = google.page()["nextSyncToken"]
    google.delete("goes1")
    google.insert("comes1")
    page = google.page(syncToken=token)
    assert {one["id"]: one["status"] for one in page["items"]} == {
        "goes1": "cancelled",
        "comes1": "confirmed",
    }
    assert google.ids(syncToken=page["nextSyncToken"]) == []


def test_a_change_made_between_the_pages_of_the_first_list_is_not_lost(google: Google) -> None:
    for name in ("aaaaa", "bbbbb", "ccccc"):
        google.insert(name)
    first = google.page(maxResults=2)
    google.patch("aaaaa", {"summary": "changed"})
    last = google.page(maxResults=2, pageToken=first["nextPageToken"])
    assert google.ids(syncToken=last["nextSyncToken"]) == ["aaaaa"]


def test_an_incremental_list_has_pages_too(google: Google) -> None:
    token = google.page()["nextSyncToken"]
    for name in ("aaaaa", "bbbbb", "ccccc"):
        google.insert(name)
    pages = list(google.pages(syncToken=token, maxResults=2))
    assert [len(page["items"]) for page in pages] == [2, 1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iCalUID", "a@google.com"),
        ("orderBy", "updated"),
        ("privateExtendedProperty", "a=b"),
        ("sharedExtendedProperty", "a=b"),
        ("q", "word"),
        ("timeMin", "2025-01-01T00:00:00Z"),
        ("timeMax", "2026-01-01T00:00:00Z"),
        ("updatedMin", "2025-08-30T00:00:00Z"),
        ("showDeleted", "false"),
    ],
)
def test_a_sync_token_cannot_be_combined(google: Google, name: str, value: str) -> None:
    token = google.page()["nextSyncToken"]
    assert google.refused_list(**{"syncToken": token, name: value}).status_code == 400


def test_the_other_parameters_must_be_those_of_the_first_list(google: Google) -> None:
    token = google.page(singleEvents="true")["nextSyncToken"]
    assert google.refused_list(syncToken=token).status_code == 400
    assert google.ids(syncToken=token, singleEvents="true") == []


@pytest.mark.parametrize("death", ["age", "acl", "server"])
def test_a_dead_sync_token_demands_a_full_list(google: Google, death: str) -> None:
    token = google.page()["nextSyncToken"]
    if death == "age":
        google.world.advance(8 * 86_400)
    elif death == "acl":
        google.world.grant_access(google.law, "teacher@university.example", "reader")
    else:
        google.world.expire_sync_tokens(google.law)
    answer = google.refused_list(syncToken=token)
    assert google.reason(answer) == (410, "fullSyncRequired")
    assert answer.json()["error"]["errors"][0]["location"] == "syncToken"


def test_a_malformed_sync_token_is_refused(google: Google) -> None:
    assert google.reason(google.refused_list(syncToken="token")) == (400, "invalid")


def test_a_sync_token_of_another_calendar_is_refused(google: Google) -> None:
    token = google.page()["nextSyncToken"]
    answer = google.call("GET", f"calendars/{google.economics}/events", params={"syncToken": token})
    assert answer.status_code == 400


def test_a_list_with_an_order_or_filter_ends_without_a_sync_token(google: Google) -> None:
    assert "nextSyncToken" not in google.page(orderBy="updated")
    assert "nextSyncToken" not in google.page(privateExtendedProperty="a=b")


def test_a_first_list_with_a_window_ends_with_a_sync_token(google: Google) -> None:
    token = google.page(timeMin="2025-01-01T00:00:00Z")["nextSyncToken"]
    google.insert()
    assert google.ids(syncToken=token) == ["finals1"]
