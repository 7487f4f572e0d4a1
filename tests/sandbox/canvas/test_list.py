"""GET /calendar_events: contexts, windows, order and what is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.canvas.conftest import Site

TODAY = "2026-09-07T09:00:00+05:00"


def test_more_than_ten_context_codes_lose_the_rest_without_an_error(site: Site) -> None:
    for number in range(201, 213):
        site.world.add_course(f"C{number}", number=number)
        site.made(f"course_{number}", title=f"in {number}", start_at=TODAY)
    titles = site.titles(*[f"course_{n}" for n in range(201, 213)], all_events="true")
    assert titles == [f"in {number}" for number in range(201, 211)]


def test_an_unreadable_code_among_the_first_ten_fails_the_whole_request(site: Site) -> None:
    site.made(title="there", start_at=TODAY)
    for bad in ("course_999", "course_sis_course_id:X", "nonsense"):
        answer = site.rows("course_101", bad, all_events="true")
        assert answer.status_code == 403
        assert answer.json()["errors"] == [{"message": "user not authorized to perform that action"}]


def test_an_unreadable_code_after_the_tenth_goes_unnoticed(site: Site) -> None:
    for number in range(201, 210):
        site.world.add_course(f"C{number}", number=number)
    codes = ["course_101", *[f"course_{n}" for n in range(201, 210)]]
    assert site.rows(*codes, "course_999", all_events="true").status_code == 200


def test_a_deleted_course_fails_the_whole_request_unless_the_switch_lets_admins_read_it(site: Site) -> None:
    site.made(title="kept", start_at=TODAY)
    site.world.set_course_state(102, "deleted")
    assert site.rows("course_101", "course_102", all_events="true").status_code == 403
    site.world.switches.deleted_courses_readable = True
    assert site.titles("course_101", "course_102", all_events="true") == ["kept"]


def test_without_dates_only_today_in_the_users_zone_is_listed(site: Site) -> None:
    site.made(title="yesterday evening", start_at="2026-09-06T23:59:00+05:00")
    site.made(title="first minute", start_at="2026-09-07T00:00:30+05:00")
    site.made(title="last minute", start_at="2026-09-07T23:59:00+05:00")
    site.made(title="tomorrow", start_at="2026-09-08T00:00:00+05:00")
    assert site.titles("course_101") == ["first minute", "last minute"]


def test_date_only_windows_are_read_in_the_token_users_zone(site: Site) -> None:
    site.made(title="almaty morning", start_at="2026-09-07T01:00:00+05:00")
    assert site.titles("course_101", start_date="2026-09-07", end_date="2026-09-07") == ["almaty morning"]
    site.admin.time_zone = "America/New_York"
    assert site.titles("course_101", start_date="2026-09-07", end_date="2026-09-07") == []
    assert site.titles("course_101", start_date="2026-09-06", end_date="2026-09-06") == ["almaty morning"]


def test_a_window_takes_whatever_overlaps_it_with_both_ends_inside(site: Site) -> None:
    site.made(title="long", start_at="2026-09-01T00:00:00Z", end_at="2026-09-30T00:00:00Z")
    site.made(title="ends at its start", start_at="2026-09-10T08:00:00Z", end_at="2026-09-10T10:00:00Z")
    site.made(title="starts at its end", start_at="2026-09-10T12:00:00Z", end_at="2026-09-10T13:00:00Z")
    site.made(title="after", start_at="2026-09-10T12:00:01Z", end_at="2026-09-10T13:00:00Z")
    window = {"start_date": "2026-09-10T10:00:00Z", "end_date": "2026-09-10T12:00:00Z"}
    assert site.titles("course_101", **window) == ["long", "ends at its start", "starts at its end"]


def test_an_end_before_the_start_means_the_end_of_the_starts_day(site: Site) -> None:
    site.made(title="late", start_at="2026-09-10T23:00:00+05:00")
    assert site.titles("course_101", start_date="2026-09-10", end_date="2026-09-01") == ["late"]
    assert site.titles("course_101", start_date="2026-09-10") == ["late"]


@pytest.mark.parametrize("separator", ["-", "/", ".", " "])
def test_dates_may_be_written_with_any_of_four_separators(site: Site, separator: str) -> None:
    site.made(title="found", start_at="2026-09-10T12:00:00+05:00")
    day = separator.join(("2026", "09", "10"))
    assert site.titles("course_101", start_date=day, end_date=day) == ["found"]


@pytest.mark.parametrize("raw", ["tomorrow", "10-09-2026", "2026-13-01", "2026-09-10 12:00"])
def test_other_date_texts_are_a_400_that_names_the_parameter(site: Site, raw: str) -> None:
    answer = site.rows("course_101", start_date=raw)
    assert answer.status_code == 400
    assert answer.json() == {"errors": {"start_date": "Invalid date or invalid datetime for start_date"}}


def test_all_events_shows_undated_ones_last_and_undated_shows_nothing_else(site: Site) -> None:
    site.made(title="no date")
    site.made(title="dated", start_at="2030-01-01T00:00:00Z")
    assert site.titles("course_101", all_events="true") == ["dated", "no date"]
    assert site.titles("course_101", undated="true") == ["no date"]


def test_an_event_whose_dates_were_cleared_is_outside_every_window(site: Site) -> None:
    made = site.made(title="lost", start_at=TODAY)
    site.people.edit(made["id"], start_at="", end_at="")
    assert site.titles("course_101", start_date="1900-01-01", end_date="2100-01-01") == []
    assert site.titles("course_101", all_events="true") == ["lost"]


def test_rows_come_by_start_then_id_over_all_contexts(site: Site) -> None:
    site.made("course_102", title="b", start_at="2026-09-08T00:00:00Z")
    site.made("course_101", title="c", start_at="2026-09-08T00:00:00Z")
    site.made("course_101", title="a", start_at="2026-09-07T00:00:00Z")
    assert site.titles("course_102", "course_101", all_events="true") == ["a", "b", "c"]


def test_deleted_events_are_never_listed(site: Site) -> None:
    made = site.made(title="gone", start_at=TODAY)
    site.delete(made["id"])
    assert site.titles("course_101", all_events="true") == []


def test_excludes_takes_the_description_away_and_leaves_the_comments(site: Site) -> None:
    site.made(title="x", start_at=TODAY, description="<p>long</p>", comments="short")
    (event,) = site.rows("course_101", **{"excludes[]": "description"}).json()
    assert "description" not in event
    assert event["comments"] == "short"


def test_without_context_codes_the_users_own_calendar_is_listed(site: Site) -> None:
    site.made(f"user_{site.admin.id}", title="mine", start_at=TODAY)
    site.made(title="the course's", start_at=TODAY)
    assert site.titles() == ["mine"]
    assert [e["title"] for e in site.get("users/self/calendar_events").json()] == ["mine"]


def test_important_and_blackout_filters_keep_the_flagged(site: Site) -> None:
    site.made(title="plain", start_at=TODAY)
    site.made(title="important", start_at=TODAY, important_dates="true")
    site.made(title="blackout", start_at=TODAY, blackout_date="1")
    assert site.titles("course_101", important_dates="true") == ["important"]
    assert site.titles("course_101", blackout_date="true") == ["blackout"]


def test_a_sections_child_event_is_listed_among_its_courses(site: Site) -> None:
    section = site.world.add_section(site.law, "Group B")
    parent = site.made(title="Exam", start_at=TODAY)
    site.act(
        "add_section_event", section=section.id, event=parent["id"], start_at="2026-09-08T09:00:00+05:00"
    )
    rows = site.rows("course_101", all_events="true").json()
    child = next(row for row in rows if row["parent_event_id"] == parent["id"])
    assert child["context_code"] == f"course_section_{section.id}"
    assert child["effective_context_code"] == "course_101"
    assert child["title"] == "Exam (Group B)"
    assert next(row for row in rows if row["id"] == parent["id"])["hidden"] is True


def test_appointment_slots_are_listed_with_a_window_and_not_with_all_events(site: Site) -> None:
    site.act("add_slot", course=101, group=9, title="Office hour", start_at=TODAY)
    (slot,) = site.rows("course_101").json()
    assert slot["appointment_group_id"] == 9
    assert site.titles("course_101", all_events="true") == []


def test_other_types_have_no_rows_here(site: Site) -> None:
    site.made(title="x", start_at=TODAY)
    assert site.titles("course_101", type="assignment") == []


def test_the_json_suffix_is_accepted(site: Site) -> None:
    site.made(title="x", start_at=TODAY)
    answer = site.get("calendar_events.json", {"context_codes[]": "course_101"})
    assert [event["title"] for event in answer.json()] == ["x"]
