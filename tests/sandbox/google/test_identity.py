"""Ids, iCalUIDs, tombstones and coming back from the dead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Google


@pytest.mark.parametrize(
    "event_id", ["abcdw", "abcdx", "abcdy", "abcdz", "ABCDE", "ab-cd", "ab_cd", "abcd", "a" * 1025]
)
def test_an_id_outside_the_alphabet_or_length_is_refused_without_naming_a_field(
    google: Google, event_id: str
) -> None:
    answer = google.post({"id": event_id, **google.all_day()})
    assert google.reason(answer) == (400, "invalid")
    assert answer.json()["error"]["message"] == "Invalid resource id value."
    assert "location" not in answer.json()["error"]["errors"][0]


@pytest.mark.parametrize("event_id", ["0abcv", "f" * 64, "a" * 1024])
def test_hex_digests_and_the_extreme_lengths_are_good_ids(google: Google, event_id: str) -> None:
    assert google.insert(event_id)["id"] == event_id


def test_an_event_without_an_id_gets_one_and_an_ical_uid_made_of_it(google: Google) -> None:
    made = google.ok(google.post(google.all_day()))
    assert made["iCalUID"] == f"{made['id']}@google.com"


def test_a_taken_id_is_a_duplicate_and_the_event_stays_as_it_was(google: Google) -> None:
    google.insert(summary="first")
    answer = google.post({"id": "finals1", **google.all_day(summary="second")})
    assert google.reason(answer) == (409, "duplicate")
    assert answer.json()["error"]["message"] == "The requested identifier already exists."
    assert google.get()["summary"] == "first"


def test_an_id_is_unique_per_calendar_only(google: Google) -> None:
    google.insert()
    elsewhere = google.call(
        "POST", f"calendars/{google.economics}/events", {"id": "finals1", **google.all_day()}
    )
    assert elsewhere.status_code == 200


def test_a_deleted_event_keeps_its_id(google: Google) -> None:
    google.insert()
    assert google.delete("finals1").status_code == 204
    assert google.reason(google.post({"id": "finals1", **google.all_day()})) == (409, "duplicate")


def test_a_deleted_event_keeps_its_ical_uid(google: Google) -> None:
    google.ok(google.post({"iCalUID": "known@university.example", **google.all_day()}))
    (event,) = google.ids()
    google.delete(event)
    again = google.post({"iCalUID": "known@university.example", **google.all_day()})
    assert google.reason(again) == (409, "duplicate")


def test_a_deleted_event_is_still_read_with_its_details(google: Google) -> None:
    google.insert(extendedProperties={"private": {"key": "value"}})
    google.delete("finals1")
    found = google.get()
    assert (found["status"], found["summary"]) == ("cancelled", "Exams begin")
    assert found["extendedProperties"] == {"private": {"key": "value"}}


def test_a_switch_leaves_only_id_and_status_of_a_deleted_event(google: Google) -> None:
    google.insert()
    google.delete("finals1")
    google.switches.bare_tombstones = True
    assert set(google.get()) == {"kind", "etag", "id", "status"}


def test_deleting_twice_is_gone(google: Google) -> None:
    google.insert()
    google.delete("finals1")
    answer = google.delete("finals1")
    assert google.reason(answer) == (410, "deleted")
    assert answer.json()["error"]["message"] == "Resource has been deleted"


def test_deleting_what_never_was_is_not_found(google: Google) -> None:
    assert google.reason(google.delete("never1")) == (404, "notFound")


def test_put_with_status_confirmed_brings_a_deleted_event_back_under_its_id(google: Google) -> None:
    made = google.insert()
    google.delete("finals1")
    back = google.ok(google.put("finals1", google.all_day(status="confirmed", summary="Back")))
    assert (back["id"], back["status"], back["summary"]) == ("finals1", "confirmed", "Back")
    assert back["etag"] != made["etag"]
    assert google.ids() == ["finals1"]


def test_put_without_a_status_leaves_a_deleted_event_deleted_unless_a_switch_says_otherwise(
    google: Google,
) -> None:
    google.insert()
    google.delete("finals1")
    assert google.ok(google.put("finals1", google.all_day()))["status"] == "cancelled"
    google.switches.put_without_status_revives = True
    assert google.ok(google.put("finals1", google.all_day()))["status"] == "confirmed"


@pytest.mark.parametrize(
    ("switch", "refusal"),
    [("forbid", (403, "forbidden")), ("not_found", (404, "notFound")), ("gone", (410, "deleted"))],
)
def test_a_switch_refuses_to_bring_events_back(google: Google, switch: str, refusal: tuple[int, str]) -> None:
    google.insert()
    google.delete("finals1")
    google.switches.revival = switch  # type: ignore[assignment]
    assert google.reason(google.put("finals1", google.all_day(status="confirmed"))) == refusal
    assert google.row().cancelled


def test_an_emptied_trash_makes_an_event_unreadable_while_its_id_stays_taken(google: Google) -> None:
    google.insert()
    google.delete("finals1")
    assert google.people.empty_trash(google.law) == 1
    assert google.reason(google.read("finals1")) == (404, "notFound")
    assert google.ids(showDeleted="true") == []
    assert google.reason(google.post({"id": "finals1", **google.all_day()})) == (409, "duplicate")
    assert google.reason(google.put("finals1", google.all_day(status="confirmed"))) == (404, "notFound")


def test_a_switch_frees_the_ids_of_purged_events(google: Google) -> None:
    google.insert()
    google.delete("finals1")
    google.people.empty_trash(google.law)
    google.switches.purge_frees_ids = True
    assert google.insert(summary="anew")["summary"] == "anew"


def test_a_switch_lets_tombstones_disappear_with_age(google: Google) -> None:
    google.switches.tombstone_lifetime_days = 30
    google.insert()
    google.delete("finals1")
    google.world.advance(29 * 86_400)
    assert google.get()["status"] == "cancelled"
    google.world.advance(2 * 86_400)
    assert google.read("finals1").status_code == 404


def test_writing_status_cancelled_deletes(google: Google) -> None:
    google.insert()
    google.ok(google.patch("finals1", {"status": "cancelled"}))
    assert google.ids() == []


def test_import_of_a_known_ical_uid_is_refused_or_with_a_switch_an_update(google: Google) -> None:
    path = f"calendars/{google.law}/events/import"
    body = google.all_day(iCalUID="known@university.example")
    google.ok(google.call("POST", path, body))
    assert google.reason(google.call("POST", path, body)) == (409, "duplicate")
    google.switches.import_known_uid = "upsert"
    assert google.ok(google.call("POST", path, {**body, "summary": "Moved"}))["summary"] == "Moved"
    assert len(google.ids()) == 1


def test_import_without_an_ical_uid_is_refused(google: Google) -> None:
    answer = google.call("POST", f"calendars/{google.law}/events/import", google.all_day())
    assert google.reason(answer) == (400, "required")
