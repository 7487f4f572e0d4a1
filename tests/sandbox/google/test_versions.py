"""Etags, If-Match, sequence; PUT replaces and PATCH merges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Google


def test_an_etag_is_sixteen_quoted_digits_twice_the_microseconds_of_updated(google: Google) -> None:
    google.clock.now = 1_768_055_192.817
    made = google.insert()
    assert made["updated"] == "2026-01-10T14:26:32.817Z"
    assert made["etag"] == '"3536110385634000"'


def test_every_effective_write_makes_a_new_version_even_while_the_clock_stands(google: Google) -> None:
    google.insert()
    bodies = [google.all_day(summary=title) for title in ("one", "two", "three")]
    assert len({google.ok(google.put("finals1", body))["etag"] for body in bodies}) == 3


def test_a_write_that_changes_nothing_makes_no_new_version_unless_a_switch_says_so(google: Google) -> None:
    made = google.insert()
    assert google.ok(google.put("finals1", google.all_day()))["etag"] == made["etag"]
    assert google.world.writes() == 1
    google.switches.noop_write_moves_etag = True
    assert google.ok(google.put("finals1", google.all_day()))["etag"] != made["etag"]


@pytest.mark.parametrize("verb", ["put", "patch", "delete"])
def test_a_stale_if_match_fails_and_nothing_changes(google: Google, verb: str) -> None:
    made = google.insert()
    google.people.edit(google.law, "finals1", summary="by hand")
    write = getattr(google, verb)
    args = () if verb == "delete" else (google.all_day(),)
    answer = write("finals1", *args, if_match=made["etag"])
    assert google.reason(answer) == (412, "conditionNotMet")
    error = answer.json()["error"]["errors"][0]
    assert (error["locationType"], error["location"]) == ("header", "If-Match")
    assert google.get()["summary"] == "by hand"


def test_the_current_etag_or_a_star_lets_a_write_through(google: Google) -> None:
    made = google.insert()
    assert google.put("finals1", google.all_day(summary="a"), if_match=made["etag"]).status_code == 200
    assert google.put("finals1", google.all_day(summary="b"), if_match="*").status_code == 200
    assert google.delete("finals1", if_match=google.get()["etag"]).status_code == 204


def test_reading_with_the_known_etag_is_not_modified(google: Google) -> None:
    made = google.insert()
    path = f"calendars/{google.law}/events/finals1"
    answer = google.call("GET", path, headers={"if-none-match": made["etag"]})
    assert (answer.status_code, answer.content) == (304, b"")


def test_put_replaces_everything_the_ownership_mark_included(google: Google) -> None:
    google.insert(description="text", location="room 5", extendedProperties={"private": {"owner": "us"}})
    after = google.ok(google.put("finals1", google.all_day()))
    assert not {"description", "location", "extendedProperties"} & set(after)


def test_patch_merges_and_keeps_the_ownership_mark(google: Google) -> None:
    google.insert(description="text", extendedProperties={"private": {"owner": "us", "key": "k"}})
    after = google.ok(
        google.patch("finals1", {"summary": "New", "extendedProperties": {"private": {"key": "l"}}})
    )
    assert (after["summary"], after["description"]) == ("New", "text")
    assert after["extendedProperties"]["private"] == {"owner": "us", "key": "l"}


def test_null_in_a_patch_deletes_a_field_or_a_single_property(google: Google) -> None:
    google.insert(description="text", extendedProperties={"private": {"owner": "us", "key": "k"}})
    body = {"description": None, "extendedProperties": {"private": {"key": None}}}
    after = google.ok(google.patch("finals1", body))
    assert "description" not in after
    assert after["extendedProperties"]["private"] == {"owner": "us"}


def test_put_needs_start_and_end(google: Google) -> None:
    google.insert()
    assert google.reason(google.put("finals1", {"summary": "x"})) == (400, "required")


def test_put_of_an_event_that_never_was_is_not_found(google: Google) -> None:
    assert google.reason(google.put("never1", google.all_day())) == (404, "notFound")


def test_sequence_starts_at_zero_and_rises_when_the_times_change(google: Google) -> None:
    assert google.insert()["sequence"] == 0
    assert google.ok(google.patch("finals1", {"summary": "New"}))["sequence"] == 0
    assert google.ok(google.put("finals1", google.all_day("2025-11-12", "2025-11-13")))["sequence"] == 1


@pytest.mark.parametrize("verb", ["put", "patch"])
def test_a_sequence_below_the_stored_one_is_refused(google: Google, verb: str) -> None:
    google.insert(sequence=3)
    answer = getattr(google, verb)("finals1", google.all_day(sequence=2))
    assert google.reason(answer) == (400, "invalid")
    assert answer.json()["error"]["message"].startswith(
        "Invalid sequence value. The specified sequence number"
    )


def test_put_without_a_sequence_works_unless_a_switch_counts_it_as_zero(google: Google) -> None:
    google.insert(sequence=3)
    assert google.ok(google.put("finals1", google.all_day(summary="a")))["sequence"] == 3
    google.switches.put_without_sequence_is_zero = True
    assert google.put("finals1", google.all_day(summary="b")).status_code == 400
    assert google.ok(google.put("finals1", google.all_day(summary="b", sequence=3)))["summary"] == "b"
    assert google.ok(google.patch("finals1", {"summary": "c"}))["summary"] == "c"


def test_changing_reminders_does_not_move_updated(google: Google) -> None:
    made = google.insert()
    google.clock.now += 60
    reminders = {"useDefault": False, "overrides": [{"method": "popup", "minutes": 30}]}
    after = google.ok(google.patch("finals1", {"reminders": reminders}))
    assert after["reminders"] == reminders
    assert after["updated"] == made["updated"]


def test_reminders_belong_to_the_account_that_set_them(google: Google) -> None:
    google.insert(reminders={"useDefault": False})
    google.world.grant_access(google.law, "teacher@university.example", "reader")
    scope = "https://www.googleapis.com/auth/calendar.events.readonly"
    google.world.grant_token("teachers", "teacher@university.example", scope)
    assert google.get()["reminders"] == {"useDefault": False}
    google.http.headers["authorization"] = "Bearer teachers"
    assert google.get()["reminders"] == {"useDefault": True}


def test_a_patch_costs_three_units_and_a_put_one(google: Google) -> None:
    google.insert()
    account = google.world.service_account
    google.put("finals1", google.all_day(summary="a"))
    assert google.world.quota.used(account, google.world.now()) == 2
    google.patch("finals1", {"summary": "b"})
    assert google.world.quota.used(account, google.world.now()) == 5


def test_move_honours_if_match_and_answers_cancelled_although_the_event_is_fine(google: Google) -> None:
    made = google.insert()
    path = f"calendars/{google.law}/events/finals1/move"
    stale = google.call("POST", path, headers={"if-match": '"1"'}, params={"destination": google.economics})
    assert stale.status_code == 412
    moved = google.call(
        "POST", path, headers={"if-match": made["etag"]}, params={"destination": google.economics}
    )
    assert google.ok(moved)["status"] == "cancelled"
    there = google.ok(google.call("GET", f"calendars/{google.economics}/events/finals1"))
    assert (there["status"], there["organizer"]["email"]) == ("confirmed", google.economics)
    assert google.get()["status"] == "cancelled"


def test_writing_back_what_was_read_changes_nothing(google: Google) -> None:
    event = google.people.create(
        google.law,
        "Lecture",
        "2025-10-01",
        start={"dateTime": "2025-10-01T09:00:00Z"},
        end={"dateTime": "2025-10-01T10:00:00Z"},
        attendees=[{"email": "student@university.example"}],
        attachments=[{"fileUrl": "https://drive.example/plan"}],
        source={"url": "https://university.example"},
        colorId="3",
        reminders={"useDefault": False},
    )
    read = google.get(event)
    assert google.ok(google.put(event, read, supportsAttachments="true")) == read
    assert google.row(event).fields["source"] == {"url": "https://university.example"}
    assert len(google.world.deeds) == 1
