"""Targets name contexts by list, by account and term, or as account calendars; failures never mean fewer."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import pytest

from connectors.canvas.accounts import path_reference
from connectors.canvas.discovery import as_context
from connectors.errors import (
    AccessDeniedError,
    AuthenticationError,
    MalformedResponseError,
    MissingTermError,
    NotFoundError,
    StoppedError,
    UnavailableError,
)
from connectors.port import Discovery
from mapping.model import CourseFilter, Target
from syncd.sandbox.canvas.seed import (
    BLUEPRINT_COURSE,
    COMPLETED_COURSE,
    DELETED_COURSE,
    MASTERS_COURSE,
    UNPUBLISHED_COURSE,
    seed_university,
)
from syncd.sandbox.faults import Kind, Rule
from tests.unit.connectors.canvas.conftest import Site

LAW_AUTUMN = {f"course_{number}" for number in (101, 102, UNPUBLISHED_COURSE, MASTERS_COURSE)}


def target(name: str = "law", **fields: Any) -> Target:
    return Target(name=name, kind="canvas", place="course", languages=("en",), **fields)


def law(name: str = "law", **fields: Any) -> Target:
    told = {"account": "sis_account_id:LAW", "enrollment_terms": ("sis_term_id:2025A",)}
    return target(name, **(told | fields))


@pytest.fixture
def university(site: Site) -> Site:
    site.world.courses.clear()
    seed_university(site.world)
    site.faults.forget()
    return site


def discover(site: Site, *targets: Target) -> list[Discovery]:
    return list(site.connector.discover(targets))


def found(site: Site, one: Target) -> set[str]:
    (discovery,) = discover(site, one)
    assert discovery.errors == ()
    assert discovery.complete
    return {context.id for context in discovery.contexts}


def test_an_account_and_term_name_their_courses_sub_accounts_included(university: Site) -> None:
    assert found(university, law()) == LAW_AUTUMN


def test_deleted_completed_and_blueprint_courses_are_left_out(university: Site) -> None:
    left_out = {f"course_{number}" for number in (BLUEPRINT_COURSE, COMPLETED_COURSE, DELETED_COURSE)}
    assert not found(university, law()) & left_out
    assert found(university, target(courses=(101, COMPLETED_COURSE))) == {"course_101"}


def test_a_context_tells_name_students_state_and_creation(university: Site) -> None:
    (discovery,) = discover(university, target(courses=(101, UNPUBLISHED_COURSE)))
    published, unpublished = discovery.contexts
    assert (published.kind, published.target, published.name) == ("canvas", "law", "Theory of State and Law")
    assert (published.students, published.published, published.created) == (120, True, "2025-08-01")
    assert unpublished.published is False


def test_terms_add_up_and_no_term_means_all(university: Site) -> None:
    both = law(enrollment_terms=("sis_term_id:2025A", "sis_term_id:2026S"))
    assert found(university, both) == LAW_AUTUMN | {"course_103"}
    assert found(university, law(enrollment_terms=())) == LAW_AUTUMN | {"course_103"}


def test_one_sweep_serves_every_target_that_asks_for_it(university: Site) -> None:
    seen = discover(university, law("one"), law("two", course_include=(CourseFilter(code="LAW1101"),)))
    assert [len(one.contexts) for one in seen] == [4, 1]
    assert {context.target for context in seen[1].contexts} == {"two"}
    assert university.faults.count(path="/courses$") == 1


def test_a_sweep_of_many_pages_is_read_to_its_end(university: Site) -> None:
    account = next(one for one in university.world.accounts.values() if one.sis_id == "LAW")
    term = next(one for one in university.world.terms.values() if one.sis_id == "2025A")
    for at in range(230):
        university.world.add_course(f"More {at}", account=account, term=term)
    assert len(found(university, law())) == 234
    assert university.faults.count(path="/courses$") == 3


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (CourseFilter(sis_id="LAW1101-*"), {101}),
        (CourseFilter(code="LAW11*"), {101, UNPUBLISHED_COURSE}),
        (CourseFilter(name="*Law"), {101, 102, UNPUBLISHED_COURSE}),
        (CourseFilter(sub_account="Master*"), {MASTERS_COURSE}),
        (CourseFilter(sub_account="LAW-MA"), {MASTERS_COURSE}),
        (CourseFilter(course=102), {102}),
        (CourseFilter(code="LAW11*", name="Theory*"), {101}),
        (CourseFilter(code="ECO*"), set()),
    ],
)
def test_include_and_except_narrow_by_every_condition(
    university: Site, wanted: CourseFilter, numbers: set[int]
) -> None:
    fitting = {f"course_{number}" for number in numbers}
    assert found(university, law(course_include=(wanted,))) == fitting
    assert found(university, law(course_except=(wanted,))) == LAW_AUTUMN - fitting


def test_any_of_several_includes_is_enough(university: Site) -> None:
    filters = (CourseFilter(course=101), CourseFilter(course=102))
    assert found(university, law(course_include=filters)) == {"course_101", "course_102"}


def test_sub_account_names_work_without_the_right_to_list_sub_accounts(university: Site) -> None:
    university.faults.add(Rule(kind=Kind.JSON, path="sub_accounts", status=403, body="{}", times=None))
    wanted = law(course_include=(CourseFilter(sub_account="Master*"),))
    assert found(university, wanted) == {f"course_{MASTERS_COURSE}"}


def test_account_calendars_are_found_by_number_and_sis_id(university: Site) -> None:
    account = next(one for one in university.world.accounts.values() if one.sis_id == "LAW")
    for reference in ("sis_account_id:LAW", str(account.id)):
        (discovery,) = discover(university, target(account_calendars=(reference,)))
        (context,) = discovery.contexts
        assert (context.id, context.name) == (f"account_{account.id}", "MNU Law School")
        assert (context.published, context.students) == (False, 0)


def test_a_listed_course_that_cannot_be_read_is_an_error_beside_the_others(university: Site) -> None:
    (discovery,) = discover(university, target(courses=(101, 999, 102)))
    assert [context.id for context in discovery.contexts] == ["course_101", "course_102"]
    (error,) = discovery.errors
    assert isinstance(error, NotFoundError)
    assert (error.context, discovery.complete) == ("course_999", False)


def test_a_listed_course_of_which_canvas_shows_the_number_alone_is_an_error_and_not_filled(
    university: Site,
) -> None:
    shown = '{"id": 101, "access_restricted_by_date": true}'
    university.faults.add(Rule(kind=Kind.JSON, status=200, path="courses/101$", body=shown, times=None))
    (discovery,) = discover(university, target(courses=(101, 102)))
    assert [context.id for context in discovery.contexts] == ["course_102"]
    (error,) = discovery.errors
    assert error.context == "course_101"
    assert "outside its dates" in str(error)


@pytest.mark.parametrize(
    ("told", "students"),
    [(30, 30), (-5, 0), (2**63, 10_000_000), ("30", 0), (None, 0), (1e300, 0), ([], 0)],
)
def test_no_number_of_participants_lowers_or_breaks_a_guard(told: object, students: int) -> None:
    assert as_context({"id": 101, "total_students": told}, "law").students == students


@pytest.mark.parametrize(
    "fields",
    [
        {"account": "sis_account_id:NONE"},
        {"account": "999"},
        {"enrollment_terms": ("sis_term_id:NONE",)},
        {"account": "", "account_calendars": ("sis_account_id:NONE",)},
    ],
)
def test_an_unknown_account_or_term_is_an_error_and_incomplete(
    university: Site, fields: dict[str, Any]
) -> None:
    (discovery,) = discover(university, law(**fields))
    assert (discovery.contexts, discovery.complete) == ((), False)
    assert len(discovery.errors) == 1


def test_an_unknown_term_is_told_by_name(university: Site) -> None:
    (discovery,) = discover(university, law(enrollment_terms=("sis_term_id:NONE",)))
    said = str(discovery.errors[0])
    assert "there is no enrollment term sis_term_id:NONE; Canvas has" in said
    assert isinstance(discovery.errors[0], MissingTermError)


def test_a_failing_sweep_fails_its_targets_and_no_other(university: Site) -> None:
    university.faults.add(Rule(kind=Kind.HTML, path="/courses$", times=None))
    broken, fine = discover(university, law("broken"), target("fine", courses=(101,)))
    assert isinstance(broken.errors[0], UnavailableError)
    assert (broken.complete, fine.complete, len(fine.contexts)) == (False, True, 1)


def test_a_sweep_without_the_right_is_denied(university: Site) -> None:
    university.connector = university.connect(tokens=("teacher-token",))
    (discovery,) = discover(university, law())
    assert isinstance(discovery.errors[0], AccessDeniedError)


def test_failing_sub_accounts_make_a_filtered_discovery_incomplete(university: Site) -> None:
    university.faults.add(Rule(kind=Kind.HTML, path="sub_accounts", times=None))
    (discovery,) = discover(university, law(course_include=(CourseFilter(sub_account="LAW-MA"),)))
    assert discovery.complete is False


def test_a_listed_deleted_course_is_left_out(university: Site) -> None:
    university.world.switches.deleted_course_shown = True
    assert found(university, target(courses=(DELETED_COURSE, 101))) == {"course_101"}


@pytest.mark.parametrize(
    ("reference", "path"),
    [
        ("7", "7"),
        ("sis_account_id:LAW", "sis_account_id:LAW"),
        ("sis_account_id:LAW 1", "sis_account_id:LAW%201"),
        ("sis_account_id:A/B", "hex:sis_account_id:412f42"),
    ],
)
def test_references_are_safe_in_a_path(reference: str, path: str) -> None:
    assert path_reference(reference) == path


# --- whom and where ---------------------------------------------------------------------------


def test_the_account_names_host_root_user_and_zone(site: Site) -> None:
    site.admin.time_zone = "Europe/Paris"
    account = site.connector.account()
    host = site.base.removeprefix("http://")
    assert (account.endpoint, account.timezone) == (f"{host}/accounts/1", "Europe/Paris")
    assert account.user == str(site.admin.id)


def test_profile_and_account_are_asked_for_once_each_and_a_busy_pool_holds_up_neither(site: Site) -> None:
    plain = site.connector.account()
    assert len(site.notes) == 2
    gate = threading.Event()
    busy = [site.connector._pool.submit(gate.wait, 10) for _ in range(site.connector._workers)]
    assert site.connector.account() == plain
    gate.set()
    assert all(one.result() for one in busy)
    assert len(site.notes) == 4


def test_nothing_but_the_profile_is_asked_of_a_service_that_refuses_it(site: Site) -> None:
    site.connector = site.connect(tokens=("no-token",))
    with pytest.raises(AuthenticationError):
        site.connector.sign_in()
    assert [note.path for note in site.notes] == ["/api/v1/users/self/profile"]


def test_an_account_that_cannot_be_read_is_told_by_the_second_step(site: Site) -> None:
    site.faults.add(Rule(kind=Kind.JSON, path="accounts/self", status=200, body="{}"))
    account = site.connector.sign_in()
    with pytest.raises(MalformedResponseError):
        account()


def test_a_connector_that_was_closed_says_that_it_stopped(site: Site) -> None:
    account = site.connector.sign_in()
    site.connector.close()
    with pytest.raises(StoppedError):
        site.connector.sign_in()
    with suppress(StoppedError):  # or it was asked before
        assert account().user


def test_a_token_of_no_admin_is_bound_to_the_host_alone(university: Site) -> None:
    university.connector = university.connect(tokens=("teacher-token",))
    assert university.connector.account().endpoint == university.base.removeprefix("http://")


def test_an_admin_of_a_sub_account_is_bound_to_the_root(university: Site) -> None:
    account = next(one for one in university.world.accounts.values() if one.sis_id == "LAW")
    dean = university.world.add_admin("Dean", account=account)
    university.world.add_token(dean, "dean-token")
    university.connector = university.connect(tokens=("dean-token",))
    assert university.connector.account().endpoint.endswith("/accounts/1")


def test_the_terms_a_target_names_are_told(university: Site) -> None:
    (term,) = university.connector.terms_of(law())
    assert (term.reference, term.name) == ("sis_term_id:2025A", "Autumn 2025")
    assert term.start is not None
    assert university.connector.terms_of(target(courses=(101,))) == ()
    with pytest.raises(NotFoundError):
        university.connector.terms_of(law(enrollment_terms=("sis_term_id:NONE",)))


def test_an_account_named_twice_is_asked_for_once(university: Site) -> None:
    wanted = target(account_calendars=("sis_account_id:LAW", "sis_account_id:LAW"))
    assert len(found(university, wanted)) == 1
    assert university.faults.count(path="accounts/") == 1


def test_a_root_account_without_id_is_malformed(site: Site) -> None:
    site.faults.add(Rule(kind=Kind.JSON, path="accounts/self", status=200, body="{}"))
    with pytest.raises(MalformedResponseError):
        site.connector.account()


@pytest.mark.parametrize("expected", [0, 150, 230, 900])
def test_what_is_found_does_not_depend_on_how_many_courses_there_were(site: Site, expected: int) -> None:
    for number in range(1000, 1228):
        site.world.add_course(f"Course {number}", number=number)
    site.faults.forget()
    one = target(account="self", courses=(101,))
    (discovery,) = site.connector.discover_expecting([one], {one.name: expected})
    assert discovery.complete
    assert {one.id for one in discovery.contexts} == {
        f"course_{number}" for number in (101, 102, *range(1000, 1228))
    }
    # 230 courses are three pages; nobody asks for a fourth but who remembers hundreds more.
    asked = site.faults.count(method="GET", path="accounts/self/courses")
    assert asked == 3 or expected == 900
