"""Accounts, terms, courses and account calendars."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from syncd.sandbox.canvas.seed import seed_university
from syncd.sandbox.canvas.world import World

if TYPE_CHECKING:
    from tests.sandbox.canvas.conftest import Site


@pytest.fixture
def school(site: Site) -> Site:
    law = site.world.add_account("Law School", sis_id="LAW")
    masters = site.world.add_account("Master's", parent=law, sis_id="LAW-MA")
    autumn = site.world.add_term(
        "Autumn",
        sis_id="2025A",
        start_at=datetime(2025, 9, 1, tzinfo=UTC),
        end_at=datetime(2025, 12, 31, tzinfo=UTC),
    )
    add = site.world.add_course
    add("Published", number=301, account=law, term=autumn, sis_id="P", students=7)
    add("Draft", number=302, account=law, state="claimed")
    add("Over", number=303, account=law, state="completed")
    add("Gone", number=304, account=law, state="deleted")
    add("Template", number=305, account=law, blueprint=True)
    add("Child", number=306, account=masters, blueprint_id=305)
    return site


def ids(site: Site, **params: Any) -> list[int]:
    answer = site.get("accounts/sis_account_id:LAW/courses", {"per_page": 100, **params})
    assert answer.status_code == 200, answer.text
    return [course["id"] for course in answer.json()]


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, [301, 302, 303, 305, 306]),
        ({"state[]": "all"}, [301, 302, 303, 304, 305, 306]),
        ({"state[]": ["created", "claimed"]}, [302]),
        ({"state[]": "deleted"}, [304]),
        ({"published": "true"}, [301, 305, 306]),
        ({"published": "false"}, [302]),
        ({"completed": "true"}, [301, 303]),
        ({"completed": "false"}, [302, 305, 306]),
        ({"blueprint": "false"}, [301, 302, 303, 306]),
        ({"blueprint": "true"}, [305]),
        ({"blueprint_associated": "true"}, [306]),
        ({"with_enrollments": "true"}, [301]),
        ({"enrollment_term_id": "sis_term_id:2025A"}, [301]),
        ({"enrollment_term_id": "2"}, [301]),
        ({"enrollment_term_id[]": ["sis_term_id:2025A", "1"]}, [301, 302, 303, 305, 306]),
        ({"by_subaccounts[]": ["3"]}, [306]),
        ({"by_subaccounts": "3"}, [301, 302, 303, 305, 306]),
        ({"search_term": "publ"}, [301]),
        ({"starts_before": "2025-08-01"}, [302, 303, 305, 306]),
        ({"ends_after": "2026-02-01"}, [302, 303, 305, 306]),
        ({"sort": "course_name", "order": "desc"}, [305, 301, 303, 302, 306]),
    ],
)
def test_the_course_list_of_an_account_takes_its_filters(school: Site, params: Any, found: list[int]) -> None:
    assert ids(school, **params) == found


def test_teachers_and_kinds_of_enrolment_filter_too(school: Site) -> None:
    teacher = school.world.add_user("Teacher")
    school.world.enrol(teacher, school.world.courses[302])
    assert ids(school, **{"by_teachers[]": [teacher.id]}) == [302]
    assert ids(school, **{"enrollment_type[]": ["teacher"]}) == [302]
    assert ids(school, **{"enrollment_type[]": ["student"]}) == [301]


def test_a_search_of_two_letters_is_refused_and_an_unknown_term_not_found(school: Site) -> None:
    path = "accounts/sis_account_id:LAW/courses"
    assert school.get(path, {"search_term": "ab"}).status_code == 400
    assert school.get(path, {"enrollment_term_id": "sis_term_id:NONE"}).status_code == 404


def test_a_course_shows_its_base_keys_and_what_is_included(school: Site) -> None:
    include = ["term", "account", "account_name", "total_students", "concluded", "teachers"]
    course = school.get("courses/sis_course_id:P", {"include[]": include}).json()
    assert (course["id"], course["sis_course_id"], course["workflow_state"]) == (301, "P", "available")
    assert (course["account_id"], course["root_account_id"], course["enrollment_term_id"]) == (2, 1, 2)
    assert course["term"]["sis_term_id"] == "2025A"
    assert course["account"]["sis_account_id"] == "LAW"
    assert (course["account_name"], course["total_students"], course["concluded"]) == ("Law School", 7, True)
    assert course["teachers"] == []
    assert "term" not in school.get("courses/301").json()


def test_an_unpublished_course_says_so_in_the_words_of_the_json(school: Site) -> None:
    assert school.get("courses/302").json()["workflow_state"] == "unpublished"


def test_sis_ids_are_shown_only_with_read_sis(school: Site) -> None:
    clerk = school.world.add_user("Clerk")
    school.world.grant(clerk, {"read_course_list", "read_course_content"})
    school.world.add_token(clerk, "clerk")
    (course,) = school.get("accounts/1/courses", {"search_term": "publ"}, token="clerk").json()
    assert "sis_course_id" not in course
    assert "sis_account_id" not in school.get("accounts/2", token="clerk").json()
    assert "sis_term_id" not in school.get("accounts/1/terms", token="clerk").json()["enrollment_terms"][0]


def test_the_course_list_needs_read_course_list(school: Site) -> None:
    clerk = school.world.add_user("Clerk")
    school.world.grant(clerk, {"read_course_content"})
    school.world.add_token(clerk, "clerk")
    assert school.get("accounts/1/courses", token="clerk").status_code == 403


def test_a_deleted_course_is_not_found_unless_switched(school: Site) -> None:
    assert school.get("courses/304").status_code == 404
    school.world.switches.deleted_course_shown = True
    assert school.get("courses/304").json()["workflow_state"] == "deleted"


@pytest.mark.parametrize("raw", ["2", "sis_account_id:LAW", "hex:sis_account_id:4c4157"])
def test_an_account_is_found_by_id_and_sis_forms(school: Site, raw: str) -> None:
    assert school.get(f"accounts/{raw}").json()["name"] == "Law School"


def test_self_is_the_root_account(school: Site) -> None:
    root = school.get("accounts/self").json()
    assert (root["id"], root["parent_account_id"], root["root_account_id"]) == (1, None, None)
    assert [account["id"] for account in school.get("accounts").json()] == [1]


def test_sub_accounts_are_direct_children_or_all_and_need_manage_account_settings(school: Site) -> None:
    assert [a["id"] for a in school.get("accounts/1/sub_accounts").json()] == [2]
    assert [a["id"] for a in school.get("accounts/1/sub_accounts", {"recursive": "true"}).json()] == [2, 3]
    clerk = school.world.add_user("Clerk")
    school.world.grant(clerk, {"read_course_list"})
    school.world.add_token(clerk, "clerk")
    assert school.get("accounts/1/sub_accounts", token="clerk").status_code == 403


def test_terms_come_latest_start_first_and_only_from_the_root(school: Site) -> None:
    school.world.add_term("Spring", sis_id="2026S", start_at=datetime(2026, 1, 19, tzinfo=UTC))
    terms = school.get("accounts/self/terms").json()["enrollment_terms"]
    assert [term["name"] for term in terms] == ["Spring", "Autumn", "Default Term"]
    assert terms[1]["start_at"] == "2025-09-01T00:00:00Z"
    answer = school.get("accounts/2/terms")
    assert (answer.status_code, answer.json()) == (400, {"message": "Terms only belong to root_accounts."})
    assert school.get("accounts/1/terms/sis_term_id:2025A").json()["id"] == 2


def test_permissions_tell_what_the_token_may(school: Site) -> None:
    clerk = school.world.add_user("Clerk")
    school.world.grant(clerk, {"manage_calendar"})
    school.world.add_token(clerk, "clerk")
    asked = {"permissions[]": ["manage_calendar", "read_sis"]}
    answer = school.get("accounts/sis_account_id:LAW/permissions", asked, token="clerk")
    assert answer.json() == {"manage_calendar": True, "read_sis": False}


def test_account_calendars_are_hidden_until_made_visible(school: Site) -> None:
    assert school.get("account_calendars").json() == {"account_calendars": [], "total_results": 0}
    shown = school.ask(
        "PUT", "account_calendars/2", data={"visible": "true", "auto_subscribe": "true"}
    ).json()
    assert (shown["visible"], shown["auto_subscribe"]) == (True, True)
    listed = school.get("account_calendars").json()
    assert (listed["total_results"], listed["account_calendars"][0]["id"]) == (1, 2)


def test_an_accounts_own_calendars_are_a_bare_list_of_itself_and_its_children(school: Site) -> None:
    rows = school.get("accounts/1/account_calendars").json()
    assert [(row["id"], row["visible"]) for row in rows] == [(1, False), (2, False)]


def test_account_events_need_their_own_right_and_not_a_visible_calendar(school: Site) -> None:
    clerk = school.world.add_user("Clerk")
    school.world.grant(clerk, {"manage_calendar"})
    school.world.add_token(clerk, "clerk")
    assert school.create("account_2", token="clerk", title="x").status_code == 403
    school.world.grant(clerk, {"manage_account_calendar_events"})
    assert school.create("account_2", token="clerk", title="x").json()["context_code"] == "account_2"


def test_people_of_an_account_read_its_calendar_once_it_is_visible(school: Site) -> None:
    student = school.world.add_user("Student")
    school.world.enrol(student, school.world.courses[306], "StudentEnrollment")
    school.world.add_token(student, "student")
    school.made("account_2", title="for all")
    assert school.rows("account_2", token="student").status_code == 403
    school.act("change_account", account="sis_account_id:LAW", calendar_visible=True)
    answer = school.rows("account_2", token="student", all_events="true")
    assert [event["title"] for event in answer.json()] == ["for all"]


def test_the_seeded_university_has_four_schools_two_terms_and_its_odd_courses() -> None:
    world = seed_university(World())
    assert {a.sis_id for a in world.accounts.values() if a.parent_id == world.root.id} == {
        "ECON",
        "LAW",
        "HUM",
        "JOUR",
    }
    assert {term.sis_id for term in world.terms.values()} == {None, "2025A", "2026S"}
    assert {course.state for course in world.courses.values()} == {
        "available",
        "claimed",
        "completed",
        "deleted",
    }
    assert sum(course.blueprint for course in world.courses.values()) == 1
    assert world.users[world.tokens["admin-token"].user_id].roles.keys() == {world.root.id}


def test_an_account_calendar_is_shown_to_whom_it_concerns_and_changed_by_whom_may(school: Site) -> None:
    school.world.add_token(school.world.add_user("Somebody"), "somebody")
    assert school.get("account_calendars/sis_account_id:LAW").json()["asset_string"] == "account_2"
    assert school.get("account_calendars/2", token="somebody").status_code == 403
    assert (
        school.ask("PUT", "account_calendars/2", data={"visible": "1"}, token="somebody").status_code == 403
    )
    assert school.get("accounts/1/account_calendars", token="somebody").status_code == 403


def test_somebody_without_a_role_sees_no_account_and_no_terms(school: Site) -> None:
    school.world.add_token(school.world.add_user("Somebody"), "somebody")
    for path in ("accounts/1", "accounts/1/terms", "courses/301"):
        assert school.get(path, token="somebody").status_code == 403
    assert school.get("accounts", token="somebody").json() == []
    assert school.get("accounts/sis_account_id:NONE").status_code == 404


def test_the_callers_own_courses_are_those_with_an_enrolment(school: Site) -> None:
    teacher = school.world.add_user("Teacher")
    school.world.enrol(teacher, school.world.courses[301])
    school.world.add_token(teacher, "teacher")
    assert [course["id"] for course in school.get("courses", token="teacher").json()] == [301]


@pytest.mark.parametrize("raw", ["default", "sis_term_id:2025A", "current"])
def test_a_term_is_found_by_its_other_names(school: Site, raw: str) -> None:
    school.act("freeze_clock", at="2025-10-01T00:00:00Z")
    assert school.get(f"accounts/1/terms/{raw}").status_code == 200


def test_a_course_is_found_by_its_integration_id(school: Site) -> None:
    school.world.courses[301].integration_id = "I1"
    assert school.get("courses/sis_integration_id:I1").json()["id"] == 301
