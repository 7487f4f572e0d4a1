"""Teachers, imports and other processes at work in the world."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.canvas.conftest import Site

TODAY = "2026-09-07T09:00:00+05:00"
MARKED = '<div class="syncd" data-syncd="v1;mnu;key;course_101;abc"><p>Text</p></div>'


def test_a_course_copy_clones_events_with_marker_and_all_and_tells_nobody(site: Site) -> None:
    made = site.made(title="x", start_at=TODAY, description=MARKED, location_name="Hall")
    (copy,) = site.act("copy_course", source=101, target=102)
    shown = site.get(f"calendar_events/{copy['id']}").json()
    assert (shown["context_code"], shown["description"]) == ("course_102", MARKED)
    assert (shown["start_at"], shown["location_name"]) == (made["start_at"], "Hall")
    assert site.world.mail.count(102) == 0


def test_a_course_copy_leaves_comments_out_and_takes_them_when_switched(site: Site) -> None:
    site.made(title="x", comments="mark")
    assert site.act("copy_course", source=101, target=102)[0]["comments"] is None
    site.world.switches.copies_keep_comments = True
    assert site.act("copy_course", source=101, target=102)[0]["comments"] == "mark"


def test_a_second_copy_finds_its_rows_again_and_revives_deleted_ones(site: Site) -> None:
    site.made(title="x", start_at=TODAY)
    (first,) = site.act("copy_course", source=101, target=102)
    site.delete(first["id"])
    (second,) = site.act("copy_course", source=101, target=102)
    assert (second["id"], second["state"]) == (first["id"], "active")
    assert site.titles("course_102", all_events="true") == ["x"]


def test_a_shifted_copy_keeps_the_local_clock_time_over_a_clock_change(site: Site) -> None:
    site.made(
        title="x",
        start_at="2026-10-24T00:00:00+02:00",
        all_day="true",
        time_zone_edited="Europe/Budapest",
    )
    (copy,) = site.act("copy_course", source=101, target=102, shift_days=2)
    assert (copy["start_at"], copy["all_day"], copy["all_day_date"]) == (
        "2026-10-25T23:00:00Z",
        True,
        "2026-10-26",
    )


def test_a_blueprint_pushes_its_events_to_its_courses(site: Site) -> None:
    site.law.blueprint, site.art.blueprint_id = True, 101
    site.made(title="x", start_at=TODAY)
    site.act("sync_blueprint", course=101)
    assert site.titles("course_102", all_events="true") == ["x"]


def test_people_add_edit_move_duplicate_and_delete_like_anybody_else(site: Site) -> None:
    added = site.act("add_event", context="course_101", title="typed", start_at=TODAY)
    site.act("edit_event", event=added["id"], title="corrected", start_at="2026-09-08T09:00:00+05:00")
    twin = site.act("duplicate_event", event=added["id"])
    site.act("move_event", event=twin["id"], context="course_102")
    assert site.titles("course_101", all_events="true") == ["corrected"]
    assert site.titles("course_102", all_events="true") == ["corrected"]
    site.act("delete_event", event=added["id"])
    assert site.titles("course_101", all_events="true") == []
    assert site.world.mail.count(101, "Event Date Changed") == 1


def test_an_editor_that_drops_data_attributes_strips_the_marker_and_keeps_the_text(site: Site) -> None:
    made = site.made(title="x", description=MARKED)
    assert site.act("retype_event", event=made["id"])["description"] == '<div class="syncd"><p>Text</p></div>'


def test_what_the_acting_person_did_is_not_mailed_to_that_person(site: Site) -> None:
    teacher = site.world.add_user("Teacher")
    site.world.enrol(teacher, site.law)
    site.act("add_event", by=teacher.id, context="course_101", title="x")
    assert site.world.mail.messages(101) == 30


def test_another_process_builds_a_world_by_named_acts(site: Site) -> None:
    site.act("add_account", name="School", sis_id="LAW")
    site.act("add_term", name="Autumn", sis_id="A", start_at="2026-09-01T00:00:00Z")
    course = site.act(
        "add_course", name="New", account="sis_account_id:LAW", term="sis_term_id:A", students=5
    )
    user = site.act("add_user", name="Clerk")
    site.act("grant", user=user["id"], rights=["read_course_list"], account="sis_account_id:LAW")
    site.act("add_token", user=user["id"], secret="clerk")
    rows = site.get("accounts/sis_account_id:LAW/courses", token="clerk").json()
    assert [row["id"] for row in rows] == [course["id"]]
    site.act("change_course", course=course["id"], name="Renamed", state="completed")
    assert site.get(f"courses/{course['id']}").json()["workflow_state"] == "completed"


def test_a_renamed_course_shows_its_new_name_on_its_events(site: Site) -> None:
    made = site.made(title="x")
    site.act("change_course", course=101, name="Jurisprudence")
    assert site.get(f"calendar_events/{made['id']}").json()["context_name"] == "Jurisprudence"


@pytest.mark.parametrize(
    "told",
    [
        {"do": "fly"},
        {"do": "edit_event", "event": 99},
        {"do": "change_course", "course": 101, "colour": "red"},
        {"do": "add_course"},
        {"do": "freeze_clock", "at": "noon"},
    ],
)
def test_an_act_that_cannot_be_done_is_a_400_that_says_why(site: Site, told: dict[str, object]) -> None:
    answer = site.session.post(f"{site.base}/_sandbox/canvas/act", json=told, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_stored_events_can_be_read_without_an_api_request_being_counted(site: Site) -> None:
    made = site.made(title="x", start_at=TODAY)
    site.delete(made["id"])
    url = f"{site.base}/_sandbox/canvas/events"
    assert site.session.get(url, params={"context": "course_101"}, timeout=10).json() == {"events": []}
    (row,) = site.session.get(url, params={"deleted": "true"}, timeout=10).json()["events"]
    assert (row["id"], row["state"]) == (made["id"], "deleted")
    assert len(site.canvas.faults.log()) == 2


def test_an_unknown_switch_is_refused_with_the_known_ones(site: Site) -> None:
    answer = site.session.put(f"{site.base}/_sandbox/canvas/switches", json={"x": 1}, timeout=10)
    assert answer.status_code == 400
    assert "theme_assets" in answer.json()["known"]
