"""Create, show, update and delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.canvas.conftest import Site

TODAY = "2026-09-07T09:00:00+05:00"
KEYS = {
    "id", "title", "start_at", "end_at", "all_day", "all_day_date", "workflow_state", "created_at",
    "updated_at", "description", "location_name", "location_address", "type", "context_code", "context_name",
    "context_color",
    "all_context_codes", "parent_event_id", "child_events", "child_events_count", "hidden", "url", "html_url",
    "comments", "series_uuid", "rrule", "blackout_date", "important_dates", "duplicates",
}  # fmt: skip


def test_the_same_post_twice_makes_two_events(site: Site) -> None:
    first, second = site.made(title="x", start_at=TODAY), site.made(title="x", start_at=TODAY)
    assert first["id"] != second["id"]
    assert site.titles("course_101", all_events="true") == ["x", "x"]


def test_an_event_has_exactly_the_documented_keys_in_every_answer(site: Site) -> None:
    made = site.made(title="x", start_at=TODAY, description="<p>d</p>")
    assert made.keys() == KEYS
    assert site.get(f"calendar_events/{made['id']}").json() == made
    assert site.rows("course_101").json() == [made]


def test_an_event_tells_its_context_and_urls(site: Site) -> None:
    made = site.made(title="x")
    assert made["context_code"] == made["all_context_codes"] == "course_101"
    assert made["context_name"] == "Law"
    assert made["url"] == f"{site.base}/api/v1/calendar_events/{made['id']}"
    assert made["html_url"] == f"{site.base}/calendar?event_id={made['id']}&include_contexts=course_101"
    assert (made["type"], made["workflow_state"], made["hidden"], made["duplicates"]) == (
        "event",
        "active",
        False,
        [],
    )
    assert made["created_at"] == "2026-09-07T06:00:00Z"


def test_a_json_body_does_the_same_as_a_form(site: Site) -> None:
    event = {
        "context_code": "course_101",
        "title": "x",
        "start_at": TODAY,
        "important_dates": True,
        "comments": None,
    }
    answer = site.ask("POST", "calendar_events", json={"calendar_event": event})
    assert answer.status_code == 201
    assert answer.json()["important_dates"] is True
    cleared = site.ask(
        "PUT", f"calendar_events/{answer.json()['id']}", json={"calendar_event": {"start_at": None}}
    )
    assert cleared.json()["start_at"] == "2026-09-07T04:00:00Z"  # the end fills the start again


def test_unknown_fields_are_dropped_silently(site: Site) -> None:
    made = site.made(title="x", external_id="7", workflow_state="deleted")
    assert made["workflow_state"] == "active"
    assert "external_id" not in made


def test_a_missing_title_becomes_course_event_and_an_empty_one_stays_empty(site: Site) -> None:
    assert site.made(start_at=TODAY)["title"] == "Course Event"
    assert site.made(title="", start_at=TODAY)["title"] == ""


@pytest.mark.parametrize("code", ["course_999", "course_sis_course_id:LAW", "nonsense", ""])
def test_an_unknown_context_code_is_a_404(site: Site, code: str) -> None:
    answer = site.create(code, title="x")
    assert answer.status_code == 404
    assert answer.json() == {"errors": [{"message": "The specified resource does not exist."}]}


def test_a_switch_lets_sis_forms_resolve_in_context_codes(site: Site) -> None:
    site.law.sis_id = "LAW"
    site.world.switches.sis_context_codes = True
    assert site.made("course_sis_course_id:LAW", title="x")["context_code"] == "course_101"


def test_a_body_without_calendar_event_is_a_400(site: Site) -> None:
    made = site.made(title="x")
    answer = site.ask("PUT", f"calendar_events/{made['id']}", data={"title": "y"})
    assert answer.status_code == 400
    assert answer.json() == {"errors": [{"message": "calendar_event is missing"}]}


def test_a_deleted_course_refuses_new_events_with_a_lone_error(site: Site) -> None:
    site.act("change_course", course=101, state="deleted")
    answer = site.create(title="x")
    assert answer.status_code == 400
    assert answer.json() == {"error": "cannot create event for deleted course"}


@pytest.mark.parametrize(
    ("field", "limit"), [("title", 255), ("comments", 255), ("description", 500 * 1024 - 1)]
)
def test_text_over_its_limit_is_a_400_in_the_validation_shape(site: Site, field: str, limit: int) -> None:
    assert site.create(**{"title": "x", field: "a" * limit}).status_code == 201
    answer = site.create(**{"title": "x", field: "a" * (limit + 1)})
    assert answer.status_code == 400
    assert answer.json() == {
        "errors": {field: [{"attribute": field, "type": "too_long", "message": "too_long"}]}
    }
    assert len(site.titles("course_101", all_events="true")) == 1


def test_a_refused_update_changes_nothing(site: Site) -> None:
    made = site.made(title="x", start_at=TODAY)
    assert site.update(made["id"], title="y" * 256, start_at="2026-09-09T09:00:00Z").status_code == 400
    assert site.get(f"calendar_events/{made['id']}").json() == made


def test_a_location_over_255_characters_is_a_500_unless_switched_off(site: Site) -> None:
    answer = site.create(title="x", location_name="a" * 256)
    assert answer.status_code == 500
    assert answer.json()["errors"] == [
        {"message": "An error occurred.", "error_code": "internal_server_error"}
    ]
    assert isinstance(answer.json()["error_report_id"], int)
    site.world.switches.long_locations_crash = False
    assert site.made(title="x", location_name="a" * 256)["location_name"] == "a" * 256


def test_an_update_leaves_absent_fields_and_clears_with_an_empty_string(site: Site) -> None:
    made = site.made(title="x", location_name="Hall", description="<p>d</p>", start_at=TODAY)
    changed = site.update(made["id"], title="y", location_name="").json()
    assert (changed["title"], changed["location_name"]) == ("y", "")
    assert (changed["description"], changed["start_at"]) == (made["description"], made["start_at"])


def test_an_update_that_changes_nothing_leaves_updated_at(site: Site) -> None:
    made = site.made(title="x", start_at=TODAY)
    site.act("freeze_clock", at="2026-09-07T07:00:00Z")
    assert site.update(made["id"], title="x").json()["updated_at"] == made["updated_at"]
    assert site.update(made["id"], title="y").json()["updated_at"] == "2026-09-07T07:00:00Z"


def test_an_event_can_be_moved_to_another_course(site: Site) -> None:
    made = site.made(title="x", start_at=TODAY)
    assert site.update(made["id"], context_code="course_102").json()["context_code"] == "course_102"
    assert site.titles("course_101", all_events="true") == []
    assert site.titles("course_102", all_events="true") == ["x"]


def test_section_events_and_slots_cannot_be_moved(site: Site) -> None:
    section = site.world.add_section(site.law, "B")
    parent = site.made(title="x", start_at=TODAY)
    child = site.act("add_section_event", section=section.id, event=parent["id"], start_at=TODAY)
    slot = site.act("add_slot", course=101, group=9, start_at=TODAY)
    for event in (child, slot):
        answer = site.update(event["id"], context_code="course_102")
        assert answer.status_code == 400
        assert answer.json().keys() == {"message"}


def test_delete_answers_with_the_deleted_event_and_get_still_shows_it(site: Site) -> None:
    made = site.made(title="x", start_at=TODAY)
    gone = site.delete(made["id"], data={"cancel_reason": "duplicate"})
    assert (gone.status_code, gone.json()["workflow_state"]) == (200, "deleted")
    shown = site.get(f"calendar_events/{made['id']}")
    assert (shown.status_code, shown.json()["workflow_state"]) == (200, "deleted")
    assert site.world.events[made["id"]].cancel_reason == "duplicate"


def test_a_second_delete_and_an_update_of_a_deleted_event_are_403_not_404(site: Site) -> None:
    made = site.made(title="x", start_at=TODAY)
    site.delete(made["id"])
    assert site.delete(made["id"]).status_code == 403
    assert site.update(made["id"], title="y").status_code == 403


def test_a_switch_hides_deleted_events_from_get(site: Site) -> None:
    made = site.made(title="x")
    site.delete(made["id"])
    site.world.switches.show_deleted_events = False
    assert site.get(f"calendar_events/{made['id']}").status_code == 404


def test_an_id_that_never_existed_is_a_404_for_every_verb(site: Site) -> None:
    assert site.get("calendar_events/999").status_code == 404
    assert site.update(999, title="x").status_code == 404
    assert site.delete(999).status_code == 404


def test_a_locked_event_is_403_to_change(site: Site) -> None:
    made = site.made(title="x")
    site.act("lock_event", event=made["id"])
    assert site.update(made["id"], title="y").status_code == 403
    assert site.get(f"calendar_events/{made['id']}").json()["workflow_state"] == "locked"


def test_duplicate_makes_further_events_and_refuses_more_than_200(site: Site) -> None:
    repeat = {
        "duplicate][count": "2",
        "duplicate][interval": "1",
        "duplicate][frequency": "weekly",
        "duplicate][append_iterator": "true",
    }
    made = site.made(title="x", start_at=TODAY, **repeat)
    assert [one["calendar_event"]["title"] for one in made["duplicates"]] == ["x 2", "x 3"]
    assert [one["calendar_event"]["start_at"] for one in made["duplicates"]] == [
        "2026-09-14T04:00:00Z",
        "2026-09-21T04:00:00Z",
    ]
    refused = site.create(title="x", start_at=TODAY, **{"duplicate][count": "201"})
    assert (refused.status_code, refused.json().keys()) == (400, {"message"})


def test_a_rule_makes_a_silent_series_whose_delete_answers_with_a_list(site: Site) -> None:
    made = site.made(title="x", start_at=TODAY, rrule="FREQ=WEEKLY;INTERVAL=1;COUNT=3")
    assert len(made["duplicates"]) == 2
    assert (
        len({made["series_uuid"], *[one["calendar_event"]["series_uuid"] for one in made["duplicates"]]}) == 1
    )
    assert site.world.mail.count(101) == 1
    gone = site.delete(made["id"], params={"which": "all"}).json()
    assert [one["workflow_state"] for one in gone] == ["deleted"] * 3


@pytest.mark.parametrize(
    "rule", ["FREQ=WEEKLY;COUNT=401", "FREQ=WEEKLY", "FREQ=DAILY;UNTIL=20990101T000000Z"]
)
def test_a_rule_without_an_end_or_with_too_many_events_is_a_400_and_saves_nothing(
    site: Site, rule: str
) -> None:
    assert site.create(title="x", start_at=TODAY, rrule=rule).status_code == 400
    assert site.titles("course_101", all_events="true") == []


def test_a_rule_ends_with_its_until(site: Site) -> None:
    made = site.made(title="x", start_at=TODAY, rrule="FREQ=DAILY;UNTIL=20260909T235959Z")
    assert len(made["duplicates"]) == 2


def test_a_written_series_uuid_turns_an_event_into_a_series(site: Site) -> None:
    made = site.made(title="x", series_uuid="mine")
    assert isinstance(site.delete(made["id"]).json(), list)


def test_child_event_data_gives_sections_their_own_times_and_hides_the_parent(site: Site) -> None:
    section = site.world.add_section(site.law, "B")
    made = site.made(
        title="x",
        start_at=TODAY,
        **{
            "child_event_data][0][context_code": f"course_section_{section.id}",
            "child_event_data][0][start_at": "2026-09-08T09:00:00+05:00",
        },
    )
    assert (made["hidden"], made["child_events_count"]) == (True, 1)
    assert made["start_at"] == "2026-09-08T04:00:00Z"
    assert made["child_events"][0]["context_code"] == f"course_section_{section.id}"


def test_the_timetable_upsert_deletes_what_it_is_not_told_and_revives_by_code(site: Site) -> None:
    foreign = site.made(title="ours", start_at=TODAY)
    rows = [{"title": "A", "start_at": TODAY, "end_at": TODAY, "code": "a"}]
    path = "courses/101/calendar_events/timetable_events"
    assert site.ask("POST", path, json={"events": rows}).json() == {"status": "ok"}
    row = next(e for e in site.world.course_events(101) if e.title == "A")
    site.ask("POST", path, json={"events": []})
    assert site.titles("course_101", all_events="true") == ["ours"]
    site.ask("POST", path, json={"events": rows})
    assert site.world.events[row.id].state == "active"
    assert site.world.events[foreign["id"]].state == "active"


def test_string_ids_come_only_to_those_who_accept_them(site: Site) -> None:
    made = site.made(title="x")
    shown = site.get(
        f"calendar_events/{made['id']}", headers={"Accept": "application/json+canvas-string-ids"}
    )
    assert (made["id"], shown.json()["id"]) == (1, "1")
