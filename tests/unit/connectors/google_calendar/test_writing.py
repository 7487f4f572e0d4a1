"""Changes in a real calendar over HTTP: decided against the event as it is, safe to repeat, people's part kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from connectors.errors import (
    AccessDeniedError,
    ConflictError,
    NotFoundError,
    QuotaExhaustedError,
    RejectedError,
    UnclearOutcomeError,
)
from connectors.google_calendar.description import LIMIT
from connectors.google_calendar.writing import LOOKS
from mapping.errors import OwnershipConflictError
from mapping.identity import google_event_id
from mapping.model import Fate, Why
from syncd.sandbox.faults import Kind, Rule
from tests.unit.connectors.google_calendar.conftest import LAW, LINE, OWNER, wish

if TYPE_CHECKING:
    from mapping.model import ObservedEvent
    from tests.unit.connectors.google_calendar.conftest import Campus

KEY = "2025-2026:exams:main"
INSERTS: dict[str, Any] = {"method": "POST", "path": "/events$"}
UPDATES: dict[str, Any] = {"method": "PUT", "path": "/events/"}
DELETES: dict[str, Any] = {"method": "DELETE", "path": "/events/"}


def id_of(generation: int = 0, owner: str = OWNER) -> str:
    return google_event_id(owner, LAW, KEY, generation)


def only(events: tuple[ObservedEvent, ...]) -> ObservedEvent:
    (event,) = events
    return event


def fields(campus: Campus, event_id: str = "") -> dict[str, Any]:
    return dict(campus.row(event_id or id_of()).fields)


def calls(campus: Campus) -> list[str]:
    return [line.method for line in campus.faults.log() if "/calendar/" in line.path]


# --- create ---------------------------------------------------------------------------------


def test_a_new_event_is_ours_all_day_not_busy_and_costs_one_call(campus: Campus) -> None:
    written = campus.create(wish(last="2025-11-13"))
    assert written.deviation == ""
    assert calls(campus) == ["POST"]
    event = only(campus.observe())
    assert written.event == event
    assert (event.remote_id, event.genuine, event.days) == (id_of(), True, wish(last="2025-11-13").days)
    assert event.body_hash == wish().body_hash
    assert event.marker is not None
    assert event.marker.fingerprint == str(wish(last="2025-11-13").fingerprint)
    stored = fields(campus)
    assert (stored["transparency"], stored["colorId"]) == ("transparent", "11")
    assert not {"attendees", "reminders"} & stored.keys()


def test_a_wish_without_colour_gets_none(campus: Campus) -> None:
    campus.create(wish(colour=""))
    assert "colorId" not in fields(campus)


def test_a_second_create_of_the_same_event_changes_nothing(campus: Campus) -> None:
    campus.create(wish())
    before = campus.row(id_of())
    campus.create(wish())
    assert campus.row(id_of()) == before


def test_a_create_that_meets_an_older_event_of_ours_brings_it_up_to_date(campus: Campus) -> None:
    campus.create(wish())
    campus.create(wish("Exams begin later", "2025-11-12"))
    event = only(campus.observe())
    assert (event.title, event.days) == ("Exams begin later", wish(first="2025-11-12").days)


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.RESET, Kind.HTML, Kind.MALFORMED_JSON])
def test_an_insert_whose_answer_is_lost_makes_one_event(campus: Campus, kind: Kind) -> None:
    campus.faults.add(Rule(kind=kind, when="after", status=503, **INSERTS))
    assert campus.create(wish()).event.remote_id == id_of()
    assert campus.live() == [id_of()]


def test_an_insert_answered_with_a_page_and_status_200_is_asked_again(campus: Campus) -> None:
    campus.faults.add(Rule(kind=Kind.HTML, status=200, **INSERTS))
    assert campus.create(wish()).event.remote_id == id_of()


def test_an_insert_answered_with_an_event_that_cannot_be_read_is_unclear(campus: Campus) -> None:
    odd = json.dumps({"id": id_of(), "summary": 7})
    campus.faults.add(Rule(kind=Kind.JSON, when="after", status=200, body=odd, **INSERTS))
    with pytest.raises(UnclearOutcomeError, match=r"law@.* failed: summary of event"):
        campus.create(wish())
    assert campus.live() == [id_of()]


def test_an_insert_that_never_gets_an_answer_is_unclear(campus: Campus) -> None:
    campus.faults.add(Rule(kind=Kind.DROP, when="after", times=None, **INSERTS))
    with pytest.raises(UnclearOutcomeError, match="insert event for law@"):
        campus.create(wish())


def test_an_insert_refused_for_speed_to_the_end_is_known_not_to_have_happened(campus: Campus) -> None:
    campus.faults.add(Rule(kind=Kind.THROTTLE_403, times=None, **INSERTS))
    with pytest.raises(Exception, match="pace") as caught:
        campus.create(wish())
    assert type(caught.value).__name__ == "RateLimitedError"
    assert campus.live() == []


def test_a_deleted_event_is_revived_under_its_id(campus: Campus) -> None:
    campus.create(wish())
    campus.people.delete(LAW, id_of())
    written = campus.create(wish("Exams begin", "2025-11-12"))
    assert written.deviation == ""
    event = only(campus.observe())
    assert (event.remote_id, event.days) == (id_of(), wish(first="2025-11-12").days)


def test_a_revived_event_keeps_what_people_wrote_below_the_line(campus: Campus) -> None:
    campus.create(wish())
    campus.people.edit(LAW, id_of(), description=f"{wish().body}\nRoom 5")
    campus.people.delete(LAW, id_of())
    campus.create(wish())
    assert only(campus.observe()).tail == "Room 5"


def test_an_event_that_a_person_takes_out_of_the_trash_meanwhile_keeps_what_they_add(campus: Campus) -> None:
    campus.create(wish())
    campus.people.delete(LAW, id_of())

    def restored() -> None:
        campus.people.restore(LAW, id_of())
        campus.people.place(LAW, id_of(), "Hall 1")

    campus.faults.add(Rule(kind=Kind.ACT, action=restored, **UPDATES))
    campus.create(wish("Later"))
    stored = fields(campus)
    assert (stored["summary"], stored["location"]) == ("Later", "Hall 1")


@pytest.mark.parametrize("refusal", ["forbid", "not_found", "gone"])
def test_where_revival_is_refused_the_next_generation_takes_its_place(campus: Campus, refusal: str) -> None:
    campus.world.switches.revival = refusal  # type: ignore[assignment]
    for generation in range(1, 3):
        campus.create(wish())
        campus.people.delete(LAW, only(campus.observe()).remote_id)
        written = campus.create(wish())
        assert written.event.remote_id == id_of(generation)
        event = only(campus.observe())
        assert event.genuine
        assert event.marker is not None
        assert event.marker.generation == generation


def test_a_bare_tombstone_is_revived_too(campus: Campus) -> None:
    campus.world.switches.bare_tombstones = True
    campus.create(wish())
    campus.people.delete(LAW, id_of())
    campus.create(wish())
    assert only(campus.observe()).remote_id == id_of()


def test_a_purged_id_that_stays_burnt_is_passed_over(campus: Campus) -> None:
    campus.create(wish())
    campus.people.delete(LAW, id_of())
    campus.people.empty_trash(LAW)
    assert campus.create(wish()).event.remote_id == id_of(1)


def test_a_burnt_id_is_not_taken_for_a_lost_calendar(campus: Campus) -> None:
    campus.create(wish())
    campus.people.delete(LAW, id_of())
    campus.faults.add(
        Rule(
            kind=Kind.ACT,
            path=f"/events/{id_of()}",
            method="GET",
            action=lambda: campus.world.switches.lost_calendars.add(LAW),
        )
    )
    with pytest.raises(NotFoundError):
        campus.create(wish())
    assert len(campus.world.calendars[LAW].rows) == 1


def test_a_foreign_event_under_our_id_is_left_alone(campus: Campus) -> None:
    campus.people.create(LAW, "Party", "2025-11-11", id=id_of())
    before = campus.row(id_of())
    with pytest.raises(OwnershipConflictError):
        campus.create(wish())
    assert campus.row(id_of()) == before


@pytest.mark.parametrize("said", [{"syncdContext": "elsewhere"}, {"syncdOwner": "neighbour"}])
def test_an_event_whose_marker_does_not_fit_is_left_alone_by_a_create(
    campus: Campus, said: dict[str, str]
) -> None:
    campus.create(wish())
    campus.people.edit(LAW, id_of(), extendedProperties={"private": said})
    before = campus.row(id_of())
    with pytest.raises(OwnershipConflictError):
        campus.create(wish("Later"))
    assert campus.row(id_of()) == before


def test_our_event_that_lost_its_marker_counts_as_foreign_to_a_create(campus: Campus) -> None:
    campus.create(wish())
    campus.people.edit(LAW, id_of(), extendedProperties=None)
    with pytest.raises(OwnershipConflictError):
        campus.create(wish())


def test_an_event_that_changes_between_the_409_and_the_update_is_read_again(campus: Campus) -> None:
    campus.create(wish())
    campus.faults.add(
        Rule(kind=Kind.ACT, action=lambda: campus.people.place(LAW, id_of(), "Hall 1"), **UPDATES)
    )
    campus.create(wish("Exams begin later"))
    stored = fields(campus)
    assert (stored["summary"], stored["location"]) == ("Exams begin later", "Hall 1")


def test_a_text_that_looks_like_markup_is_stored_as_words(campus: Campus) -> None:
    event = wish(text="<script>alert(1)</script> &amp; Q&A")
    assert campus.create(event).deviation == ""
    assert "<script" not in fields(campus)["description"]
    assert only(campus.observe()).body_hash == event.body_hash


def test_ids_do_not_last_for_ever(campus: Campus) -> None:
    for generation in range(20):
        campus.people.create(LAW, "Old", "2025-11-11", id=id_of(generation))
        campus.people.delete(LAW, id_of(generation))
    campus.people.empty_trash(LAW)
    with pytest.raises(ConflictError, match="used up"):
        campus.create(wish())


def test_an_event_of_ours_that_never_holds_still_is_a_conflict_for_a_create(campus: Campus) -> None:
    campus.create(wish())
    halls = iter(range(100))
    campus.faults.add(
        Rule(
            kind=Kind.ACT,
            times=None,
            action=lambda: campus.people.place(LAW, id_of(), f"Hall {next(halls)}"),
            **UPDATES,
        )
    )
    with pytest.raises(ConflictError, match="changed again"):
        campus.create(wish("Later"))


def test_a_revival_that_is_answered_but_not_done_is_refused(campus: Campus) -> None:
    campus.create(wish())
    campus.people.delete(LAW, id_of())
    still_dead = json.dumps({"id": id_of(), "status": "cancelled"})
    campus.faults.add(Rule(kind=Kind.JSON, status=200, body=still_dead, **UPDATES))
    assert campus.create(wish()).event.remote_id == id_of(1)


# --- update ---------------------------------------------------------------------------------


def test_an_update_replaces_what_is_ours_and_keeps_what_people_added(campus: Campus) -> None:
    campus.create(wish())
    campus.people.colour(LAW, id_of(), "3")
    campus.people.place(LAW, id_of(), "Hall 1")
    campus.people.attach(LAW, id_of(), "https://drive.example/file", "List of rooms")
    campus.people.edit(
        LAW,
        id_of(),
        description=f"{wish().body}\nRoom 5 & 6",
        conferenceData={"conferenceId": "abc", "conferenceSolution": {"key": {"type": "addOn"}}},
    )
    campus.faults.forget()
    seen = only(campus.observe())
    written = campus.update(seen, wish("Exams begin", "2025-11-12", text="Date: 12 November 2025"))
    assert written.deviation == ""
    assert calls(campus) == ["GET", "GET", "PUT"]
    stored = fields(campus)
    assert (stored["colorId"], stored["location"]) == ("3", "Hall 1")
    assert stored["attachments"][0]["title"] == "List of rooms"
    assert stored["conferenceData"]["conferenceId"] == "abc"
    assert stored["description"].startswith("Date: 12 November 2025\n")
    assert stored["description"].endswith(f"{LINE}\nRoom 5 & 6")
    assert only(campus.observe()).remote_id == id_of()


def test_an_update_writes_only_the_fields_it_names(campus: Campus) -> None:
    campus.create(wish())
    campus.people.edit(
        LAW, id_of(), summary="Exams!", start={"date": "2025-11-20"}, end={"date": "2025-11-21"}
    )
    seen = only(campus.observe())
    campus.update(replace(seen, title=wish().title), wish())
    event = only(campus.observe())
    assert (event.title, event.days) == ("Exams!", wish().days)


def test_the_tail_is_the_same_after_many_updates(campus: Campus) -> None:
    campus.create(wish())
    tail = "\n  Room 5\n<b>bring</b> a pen & 2 < 3\n"
    campus.people.edit(LAW, id_of(), description=f"{wish().body}\n{tail}")
    for day in range(12, 18):
        campus.update(only(campus.observe()), wish(first=f"2025-11-{day}", text=f"On the {day}th"))
        assert only(campus.observe()).tail == tail


def test_an_update_whose_answer_is_lost_is_found_done(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    campus.faults.forget()
    campus.faults.add(Rule(kind=Kind.RESET, when="after", **UPDATES))
    written = campus.update(seen, wish("Later"))
    assert (written.event.title, written.deviation) == ("Later", "")
    assert campus.faults.count(applied=True, **UPDATES) == 1


def test_an_update_of_an_event_that_people_change_meanwhile_loses_nothing(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    campus.faults.add(
        Rule(kind=Kind.ACT, action=lambda: campus.people.place(LAW, id_of(), "Hall 1"), **UPDATES)
    )
    campus.update(seen, wish("Later"))
    assert (fields(campus)["summary"], fields(campus)["location"]) == ("Later", "Hall 1")


def test_an_event_that_never_holds_still_is_a_conflict_after_a_few_looks(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    halls = iter(range(100))
    campus.faults.add(
        Rule(
            kind=Kind.ACT,
            times=None,
            action=lambda: campus.people.place(LAW, id_of(), f"Hall {next(halls)}"),
            **UPDATES,
        )
    )
    with pytest.raises(ConflictError, match="changed again"):
        campus.update(seen, wish("Later"))


def test_an_update_of_a_deleted_event_is_a_conflict(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    campus.people.delete(LAW, id_of())
    with pytest.raises(ConflictError, match="gone"):
        campus.update(seen, wish("Later"))


def test_an_update_of_an_event_that_lost_its_marker_meanwhile_is_a_conflict(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    campus.people.edit(LAW, id_of(), extendedProperties=None)
    with pytest.raises(ConflictError, match="marker"):
        campus.update(seen, wish("Later"))


def test_a_stripped_marker_is_put_back_beside_other_peoples_properties(campus: Campus) -> None:
    campus.create(wish())
    campus.people.edit(LAW, id_of(), extendedProperties={"private": {"theirs": "1"}, "shared": {"all": "2"}})
    for name in (
        "syncdOwner",
        "syncdKey",
        "syncdContext",
        "syncdFingerprint",
        "syncdSeed",
        "syncdGeneration",
    ):
        campus.people.edit(LAW, id_of(), extendedProperties={"private": {name: None}})
    seen = only(campus.observe())
    assert seen.marker is None
    campus.update(seen, wish(), Why.MARKER)
    assert only(campus.observe()).genuine
    properties = fields(campus)["extendedProperties"]
    assert properties["private"]["theirs"] == "1"
    assert properties["shared"] == {"all": "2"}


def test_a_stripped_event_that_became_another_meanwhile_is_left_alone(campus: Campus) -> None:
    campus.create(wish())
    campus.people.edit(LAW, id_of(), extendedProperties=None)
    seen = only(campus.observe())
    campus.people.edit(
        LAW, id_of(), summary="Party", start={"date": "2025-12-31"}, end={"date": "2026-01-01"}
    )
    assert conflict(lambda: campus.update(seen, wish(), Why.MARKER)) == (
        "write event",
        LAW,
        "it has no marker, and title and days changed since it was read; it was left alone.",
    )


def test_a_new_owner_takes_over_without_a_new_id(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    campus.rebuilt(owner="kazgu")
    assert seen.marker is not None
    campus.update(replace(seen, marker=replace(seen.marker, fingerprint="old-1")), wish())
    event = only(campus.observe())
    assert (event.remote_id, event.genuine) == (id_of(), True)
    assert event.marker is not None
    assert event.marker.owner == "kazgu"
    campus.update(event, wish("Later"))
    assert only(campus.observe()).genuine


def test_an_event_that_a_person_made_timed_and_weekly_is_all_day_and_single_again(campus: Campus) -> None:
    campus.create(wish())
    campus.people.edit(
        LAW,
        id_of(),
        start={"date": None, "dateTime": "2025-11-11T10:00:00+05:00", "timeZone": "Asia/Almaty"},
        end={"date": None, "dateTime": "2025-11-11T11:00:00+05:00", "timeZone": "Asia/Almaty"},
        recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"],
    )
    seen = only(campus.observe())
    assert (seen.days, seen.writable) == (None, True)
    campus.update(seen, wish(), Why.DRIFT)
    event = only(campus.observe())
    assert event.days == wish().days
    assert "recurrence" not in fields(campus)


def test_an_event_that_a_person_invited_guests_to_is_patched(campus: Campus) -> None:
    campus.create(wish())
    campus.people.edit(LAW, id_of(), attendees=[{"email": "guest@university.example"}])
    campus.update(only(campus.observe()), wish("Later", "2025-11-12"))
    stored = fields(campus)
    assert stored["summary"] == "Later"
    assert [one["email"] for one in stored["attendees"]] == ["guest@university.example"]


def test_where_the_whole_event_is_refused_because_of_guests_only_our_fields_are_sent(campus: Campus) -> None:
    campus.create(wish())
    campus.people.edit(
        LAW,
        id_of(),
        start={"date": None, "dateTime": "2025-11-11T10:00:00+05:00", "timeZone": "Asia/Almaty"},
        end={"date": None, "dateTime": "2025-11-11T11:00:00+05:00", "timeZone": "Asia/Almaty"},
        recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"],
        location="Hall 1",
    )
    reasons = [{"domain": "calendar", "reason": "forbiddenForServiceAccounts"}]
    refusal = json.dumps({"error": {"code": 403, "message": "No guests", "errors": reasons}})
    campus.faults.add(Rule(kind=Kind.JSON, status=403, body=refusal, times=None, **UPDATES))
    campus.update(only(campus.observe()), wish("Later"))
    event = only(campus.observe())
    assert (event.title, event.days, event.genuine) == ("Later", wish().days, True)
    assert fields(campus)["location"] == "Hall 1"
    assert campus.faults.count(method="PATCH", applied=True) == 1


def only_patches(campus: Campus) -> None:
    """Let Google refuse to take events of ours as a whole."""
    reasons = [{"domain": "calendar", "reason": "forbiddenForServiceAccounts"}]
    refusal = json.dumps({"error": {"code": 403, "message": "No guests", "errors": reasons}})
    campus.faults.add(Rule(kind=Kind.JSON, status=403, body=refusal, times=None, **UPDATES))


def test_where_only_our_fields_are_sent_what_people_wrote_below_the_line_is_kept(campus: Campus) -> None:
    campus.create(wish())
    campus.people.edit(LAW, id_of(), description=f"{wish().body}\nRoom 5")
    only_patches(campus)
    written = campus.update(only(campus.observe()), wish(text="On another day"))
    assert written.deviation == ""
    event = only(campus.observe())
    assert (event.tail, event.body_hash) == ("Room 5", wish(text="On another day").body_hash)


def test_where_only_our_fields_are_sent_an_event_that_changed_meanwhile_is_read_again(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    only_patches(campus)
    campus.faults.add(
        Rule(kind=Kind.ACT, method="PATCH", action=lambda: campus.people.place(LAW, id_of(), "Hall 1"))
    )
    campus.update(seen, wish("Later"))
    assert campus.faults.count(method="PATCH") == 2
    assert fields(campus)["summary"] == "Later"


def test_an_unmarked_event_under_another_id_is_not_made_ours(campus: Campus) -> None:
    campus.people.create(LAW, wish().title, "2025-11-11")
    before = only(campus.observe())
    with pytest.raises(ConflictError, match="not derived"):
        campus.update(before, wish(), Why.MARKER)
    assert only(campus.observe()) == before


def test_an_update_of_an_event_deleted_under_its_hands_is_a_conflict(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())

    def vanish() -> None:
        campus.people.delete(LAW, id_of())
        campus.people.empty_trash(LAW)

    campus.faults.add(Rule(kind=Kind.ACT, action=vanish, **UPDATES))
    with pytest.raises(ConflictError, match="gone"):
        campus.update(seen, wish("Later"))


def test_a_text_that_leaves_no_room_for_peoples_words_is_refused_and_loses_nothing(campus: Campus) -> None:
    campus.create(wish())
    campus.people.edit(LAW, id_of(), description=f"{wish().body}\n{'Room 5. ' * 800}")
    before = fields(campus)["description"]
    with pytest.raises(RejectedError, match="exams"):
        campus.update(only(campus.observe()), wish(text="long " * 600))
    assert fields(campus)["description"] == before


def test_a_text_that_fills_the_room_to_the_last_character_is_written(campus: Campus) -> None:
    campus.create(wish())
    desired = wish(text="a longer text " * 9)
    room = LIMIT - len(f"{desired.body}\n")
    campus.people.edit(LAW, id_of(), description=f"{wish().body}\n{'x' * room}")
    campus.update(only(campus.observe()), desired)
    assert len(fields(campus)["description"]) == LIMIT


def test_an_answer_that_says_something_else_than_was_sent_is_told(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    stored = {**fields(campus), "id": id_of(), "status": "confirmed", "summary": "Lat"}
    campus.faults.add(Rule(kind=Kind.JSON, status=200, when="after", body=json.dumps(stored), **UPDATES))
    assert "title is 'Lat'" in campus.update(seen, wish("Later")).deviation


def test_an_event_whose_marker_names_another_place_meanwhile_is_left_alone(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    campus.people.edit(LAW, id_of(), extendedProperties={"private": {"syncdContext": "elsewhere"}})
    before = campus.row(id_of())
    for act in (lambda: campus.update(seen, wish("Later")), lambda: campus.delete(seen)):
        with pytest.raises(ConflictError, match="altered"):
            act()
    assert campus.row(id_of()) == before


def test_a_marker_that_is_there_again_since_the_event_was_read_is_enough(campus: Campus) -> None:
    campus.create(wish())
    properties = fields(campus)["extendedProperties"]
    campus.people.edit(LAW, id_of(), extendedProperties=None)
    seen = only(campus.observe())
    campus.people.edit(LAW, id_of(), extendedProperties=properties)
    campus.update(seen, wish("Later"), Why.MARKER)
    assert (fields(campus)["summary"], only(campus.observe()).genuine) == ("Later", True)


@pytest.mark.parametrize(
    "edit", [{"summary": "Party"}, {"start": {"date": "2025-12-31"}, "end": {"date": "2026-01-01"}}]
)
def test_a_stripped_event_of_which_only_title_or_day_changed_meanwhile_gets_its_marker(
    campus: Campus, edit: dict[str, Any]
) -> None:
    campus.create(wish())
    campus.people.edit(LAW, id_of(), extendedProperties=None)
    seen = only(campus.observe())
    campus.people.edit(LAW, id_of(), **edit)
    campus.update(seen, wish(), Why.MARKER)
    assert only(campus.observe()).genuine


def test_no_write_sends_a_mail(campus: Campus) -> None:
    campus.create(wish())
    campus.update(only(campus.observe()), wish("Later"))
    campus.delete(only(campus.observe()))
    writes = [line for line in campus.faults.log() if line.method != "GET" and "/calendar/" in line.path]
    assert len(writes) == 3
    assert all("sendUpdates=none" in line.query for line in writes)


def test_quota_exceeded_stops_writes_for_hours_and_reads_go_on(campus: Campus) -> None:
    campus.world.switches.quota_exceeded = True
    with pytest.raises(QuotaExhaustedError) as caught:
        campus.create(wish())
    assert caught.value.until_s >= 3600
    assert calls(campus) == ["POST"]
    assert campus.observe() == ()


def test_where_only_our_fields_are_sent_an_event_that_never_recurred_is_not_told_to_stop(
    campus: Campus,
) -> None:
    campus.create(wish())
    only_patches(campus)
    campus.update(only(campus.observe()), wish(first="2025-11-12"))
    (patch,) = [json.loads(line.content) for line in campus.faults.log() if line.method == "PATCH"]
    assert "recurrence" not in patch
    assert patch["start"] == {"date": "2025-11-12", "dateTime": None, "timeZone": None}


# --- delete ---------------------------------------------------------------------------------


def test_a_deleted_event_is_gone(campus: Campus) -> None:
    campus.create(wish())
    assert campus.delete(only(campus.observe())).event is None
    assert campus.observe() == ()


def test_deleting_what_is_gone_already_succeeds(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    campus.people.delete(LAW, id_of())
    assert campus.delete(seen).event is None
    campus.people.empty_trash(LAW)
    assert campus.delete(seen).event is None


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.HTML, Kind.RESET])
def test_a_delete_whose_answer_is_lost_succeeds(campus: Campus, kind: Kind) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    campus.faults.add(Rule(kind=kind, when="after", status=200, **DELETES))
    assert campus.delete(seen).event is None
    assert campus.live() == []


def test_an_event_that_people_change_meanwhile_is_deleted_all_the_same(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    campus.faults.add(
        Rule(kind=Kind.ACT, action=lambda: campus.people.place(LAW, id_of(), "Hall 1"), **DELETES)
    )
    campus.delete(seen)
    assert campus.live() == []


def test_an_event_that_never_holds_still_is_not_deleted(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    halls = iter(range(100))
    campus.faults.add(
        Rule(
            kind=Kind.ACT,
            times=None,
            action=lambda: campus.people.place(LAW, id_of(), f"Hall {next(halls)}"),
            **DELETES,
        )
    )
    with pytest.raises(ConflictError, match="changed again"):
        campus.delete(seen)
    assert campus.live() == [id_of()]


def test_a_delete_that_finds_nothing_left_succeeds(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())

    def vanish() -> None:
        campus.people.delete(LAW, id_of())
        campus.people.empty_trash(LAW)

    campus.faults.add(Rule(kind=Kind.ACT, action=vanish, **DELETES))
    assert campus.delete(seen).event is None


def test_a_delete_in_a_calendar_we_lost_is_no_success(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    campus.world.switches.lost_calendars.add(LAW)
    with pytest.raises(NotFoundError):
        campus.delete(seen)


def test_an_event_that_became_anothers_is_not_deleted(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    campus.people.edit(LAW, id_of(), extendedProperties={"private": {"syncdOwner": "somebody"}})
    with pytest.raises(ConflictError):
        campus.delete(seen)
    assert campus.live() == [id_of()]


def test_a_second_event_that_nobody_touched_is_removed_as_a_copy(campus: Campus) -> None:
    campus.create(wish())
    campus.delete(only(campus.observe()), Why.COPY)
    assert campus.live() == []


def test_an_event_no_longer_desired_is_deleted_although_a_person_wrote_into_it(campus: Campus) -> None:
    campus.create(wish())
    campus.people.edit(LAW, id_of(), description=f"{wish().body}\nRoom 5")
    campus.delete(only(campus.observe()), Why.ORPHAN)
    assert campus.live() == []


def test_a_second_event_that_a_person_wrote_into_meanwhile_is_not_removed_as_a_copy(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    campus.people.edit(LAW, id_of(), description=f"{wish().body}\nRoom 5")
    with pytest.raises(ConflictError, match="person"):
        campus.delete(seen, Why.COPY)
    assert campus.live() == [id_of()]


# --- what is said when it fails -------------------------------------------------------------


def never_still(campus: Campus, **where: Any) -> None:
    """Let a person change the event before each of our writes to it."""
    halls = iter(range(100))
    campus.faults.add(
        Rule(
            kind=Kind.ACT,
            times=None,
            action=lambda: campus.people.place(LAW, id_of(), f"Hall {next(halls)}"),
            **where,
        )
    )


def conflict(act: Callable[[], Any]) -> tuple[str, str, str]:
    """How a change meets a conflict: what was being done, where, and the first words."""
    with pytest.raises(ConflictError) as caught:
        act()
    return caught.value.operation, caught.value.context, caught.value.message


def test_an_event_that_never_holds_still_is_looked_at_four_times_and_told_with_what_was_being_done(
    campus: Campus,
) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    never_still(campus, **UPDATES)
    never_still(campus, **DELETES)
    words = f"{KEY} changed again each time it was read."
    campus.faults.forget()
    assert conflict(lambda: campus.update(seen, wish("Later"))) == ("update event", LAW, words)
    assert campus.faults.count(**UPDATES) == LOOKS
    assert conflict(lambda: campus.create(wish("Later"))) == ("insert event", LAW, words)
    assert campus.faults.count(**UPDATES) == 2 * LOOKS
    assert conflict(lambda: campus.delete(seen)) == ("delete event", LAW, words)
    assert campus.faults.count(**DELETES) == LOOKS


def test_an_update_of_what_is_gone_says_so(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    campus.people.delete(LAW, id_of())
    told = conflict(lambda: campus.update(seen, wish("Later")))
    assert told == ("update event", LAW, "the event is gone since it was read.")


def test_an_event_that_became_another_is_told_with_the_reason(campus: Campus) -> None:
    campus.create(wish())
    seen = only(campus.observe())
    campus.people.edit(LAW, id_of(), description=f"{wish().body}\nRoom 5")
    assert conflict(lambda: campus.delete(seen, Why.COPY)) == (
        "write event",
        LAW,
        "a person changed it since it was read; it was left alone.",
    )
    other = wish(key="2025-2026:other:main")
    assert conflict(lambda: campus.update(seen, other)) == (
        "write event",
        LAW,
        "its marker is another's; it was left alone.",
    )
    campus.people.edit(LAW, id_of(), extendedProperties=None)
    assert conflict(lambda: campus.delete(seen)) == (
        "write event",
        LAW,
        "its marker is gone or altered since it was read; it was left alone.",
    )


def test_an_event_whose_id_is_not_ours_is_told_with_the_key_it_should_have(campus: Campus) -> None:
    campus.people.create(LAW, wish().title, "2025-11-11")
    seen = only(campus.observe())
    told = conflict(lambda: campus.update(seen, wish(), Why.MARKER))
    assert told == ("update event", LAW, f"its id was not derived from {KEY}.")


def test_ids_that_are_used_up_are_told_with_the_key(campus: Campus) -> None:
    for generation in range(20):
        campus.people.create(LAW, "Old", "2025-11-11", id=id_of(generation))
        campus.people.delete(LAW, id_of(generation))
    campus.people.empty_trash(LAW)
    told = conflict(lambda: campus.create(wish()))
    assert told == ("insert event", LAW, f"every id for {KEY} is used up by deletions.")


def test_anothers_event_under_our_id_is_told_with_calendar_key_and_id(campus: Campus) -> None:
    campus.people.create(LAW, "Party", "2025-11-11", id=id_of())
    with pytest.raises(OwnershipConflictError) as caught:
        campus.create(wish())
    assert (caught.value.context, caught.value.key, caught.value.remote_id) == (LAW, KEY, id_of())


def test_a_text_without_room_for_peoples_words_is_told_with_entry_and_limit(campus: Campus) -> None:
    campus.create(wish())
    campus.people.edit(LAW, id_of(), description=f"{wish().body}\n{'Room 5. ' * 800}")
    with pytest.raises(RejectedError, match=r"the text of exams .* longer together than the 8192") as caught:
        campus.update(only(campus.observe()), wish(text="long " * 600))
    assert (caught.value.operation, caught.value.context) == ("update event", LAW)


# --- fate and access ------------------------------------------------------------------------


def test_the_fate_of_an_event_is_told(campus: Campus) -> None:
    campus.create(wish())
    assert campus.connector.fate(campus.context, id_of()) is Fate.PRESENT
    campus.people.delete(LAW, id_of())
    assert campus.connector.fate(campus.context, id_of()) is Fate.DELETED
    campus.people.empty_trash(LAW)
    assert campus.connector.fate(campus.context, id_of()) is Fate.DELETED


def test_no_fate_is_told_of_an_event_in_a_calendar_we_lost(campus: Campus) -> None:
    campus.create(wish())
    campus.world.switches.lost_calendars.add(LAW)
    with pytest.raises(NotFoundError):
        campus.connector.fate(campus.context, id_of())


def test_writing_where_we_may_only_read_is_refused(campus: Campus) -> None:
    campus.world.grant_access(LAW, campus.world.service_account, "reader")
    with pytest.raises(AccessDeniedError):
        campus.create(wish())
