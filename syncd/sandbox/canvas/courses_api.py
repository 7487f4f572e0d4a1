"""Courses: the list of an account's courses with its filters, and one course."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from syncd.sandbox.canvas import errors
from syncd.sandbox.canvas.accounts_api import account_json, term_json
from syncd.sandbox.canvas.calls import Reply, reply
from syncd.sandbox.canvas.contexts import find_account, find_term
from syncd.sandbox.canvas.pages import numbered_page
from syncd.sandbox.canvas.params import flag, listed, text
from syncd.sandbox.canvas.rights import has_right, may_read_course
from syncd.sandbox.canvas.zones import cast_moment, text_of

if TYPE_CHECKING:
    from datetime import datetime

    from syncd.sandbox.canvas.calls import Call
    from syncd.sandbox.canvas.model import Course
    from syncd.sandbox.canvas.world import World

SHORTEST_SEARCH = 3


def show_course(call: Call) -> Reply:
    """GET /courses/:id, SIS forms included."""
    course = call.course()
    if course.state == "deleted":
        if not call.world.switches.deleted_course_shown:
            raise errors.not_found()
        if not has_right(call.world, call.user, course.account_id, "read_course_list"):
            raise call.refuse()
    elif not may_read_course(call.world, call.user, course):
        raise call.refuse()
    return reply(course_json(call, course, set(listed(call.params.get("include")))))


def list_account_courses(call: Call) -> Reply:
    """GET /accounts/:id/courses: the account's and its sub-accounts', by id unless sorted."""
    account = call.account(right="read_course_list")
    inside = call.world.accounts_below(account.id)
    tests = [lambda course: course.account_id in inside, *_filters(call)]
    rows = [course for course in call.world.courses.values() if all(test(course) for test in tests)]
    rows.sort(key=_order(call), reverse=text(call.params.get("order")) == "desc")
    page = numbered_page(call, rows, counted=call.world.switches.count_account_courses)
    include = set(listed(call.params.get("include")))
    answer = reply([course_json(call, course, include) for course in page.rows])
    answer.headers = page.headers
    return answer


def list_my_courses(call: Call) -> Reply:
    """GET /courses: those in which the caller is enrolled, deleted ones left out."""
    rows = [c for c in call.world.courses.values() if c.id in call.user.enrolments and c.state != "deleted"]
    page = numbered_page(call, rows)
    include = set(listed(call.params.get("include")))
    answer = reply([course_json(call, course, include) for course in page.rows])
    answer.headers = page.headers
    return answer


def _order(call: Call) -> Callable[[Course], tuple[object, ...]]:
    match text(call.params.get("sort")):
        case "course_name":
            return lambda course: (course.name, course.id)
        case "sis_course_id":
            return lambda course: (course.sis_id or "", course.id)
        case "account_name":
            return lambda course: (call.world.accounts[course.account_id].name, course.id)
        case _:
            return lambda course: (course.id,)


def _filters(call: Call) -> list[Callable[[Course], bool]]:
    return [*_state_filters(call), *_flag_filters(call), *_place_filters(call), *_date_filters(call)]


def _state_filters(call: Call) -> list[Callable[[Course], bool]]:
    states = set(listed(call.params.get("state")))
    published = call.params.get("published")
    tests: list[Callable[[Course], bool]] = []
    if "all" not in states:
        wanted = states or {"created", "claimed", "available", "completed"}
        tests.append(lambda course: course.state in wanted)
    if published is not None:
        shown = {"available"} if flag(published) else {"created", "claimed"}
        tests.append(lambda course: course.state in shown)
    if call.params.get("completed") is not None:
        over, now = flag(call.params["completed"]), call.world.now()
        tests.append(lambda course: is_over(call.world, course, now) == over)
    return tests


def is_over(world: World, course: Course, now: datetime) -> bool:
    """Completed, or past its own end or its term's."""
    term = world.terms[course.term_id]
    end = course.end_at or term.end_at
    return course.state == "completed" or (end is not None and end < now)


def _flag_filters(call: Call) -> list[Callable[[Course], bool]]:
    found: dict[str, Callable[[Course], bool]] = {
        "with_enrollments": lambda course: course.students > 0 or bool(call.world.staff(course.id)),
        "blueprint": lambda course: course.blueprint,
        "blueprint_associated": lambda course: course.blueprint_id is not None,
        "public": lambda course: course.public,
    }
    tests: list[Callable[[Course], bool]] = []
    for name, test in found.items():
        if call.params.get(name) is not None:
            tests.append(_equals(test, flag(call.params[name])))
    return tests


def _equals(test: Callable[[Course], bool], wanted: bool) -> Callable[[Course], bool]:  # noqa: FBT001
    return lambda course: test(course) == wanted


def _place_filters(call: Call) -> list[Callable[[Course], bool]]:
    world, tests = call.world, list[Callable[["Course"], bool]]()
    if call.params.get("enrollment_term_id") is not None:
        terms = {_term_id(call, raw) for raw in listed(call.params["enrollment_term_id"])}
        tests.append(lambda course: course.term_id in terms)
    # Only the array form is read.
    if isinstance(call.params.get("by_subaccounts"), list):
        inside = set[int]()
        for raw in listed(call.params["by_subaccounts"]):
            account = find_account(world, raw)
            inside |= set() if account is None else world.accounts_below(account.id)
        tests.append(lambda course: course.account_id in inside)
    if call.params.get("by_teachers") is not None:
        teachers = set(listed(call.params["by_teachers"]))
        tests.append(lambda course: any(str(number) in teachers for number in world.staff(course.id)))
    if call.params.get("enrollment_type") is not None:
        kinds = {kind.lower() for kind in listed(call.params["enrollment_type"])}
        tests.append(lambda course: _has_enrolment(world, course, kinds))
    return tests


def _has_enrolment(world: World, course: Course, kinds: set[str]) -> bool:
    roles = {world.users[number].enrolments[course.id] for number in world.staff(course.id)}
    return ("student" in kinds and course.students > 0) or any(
        f"{kind}enrollment".lower() in {r.lower() for r in roles} for kind in kinds
    )


def _term_id(call: Call, raw: str) -> int:
    term = find_term(call.world, raw)
    if term is None:
        raise errors.not_found()
    return term.id


def _date_filters(call: Call) -> list[Callable[[Course], bool]]:
    tests: list[Callable[[Course], bool]] = []
    before = cast_moment(text(call.params.get("starts_before")) or "", call.zone)
    after = cast_moment(text(call.params.get("ends_after")) or "", call.zone)
    if before is not None:
        tests.append(lambda course: (start := _start(call, course)) is None or start < before)
    if after is not None:
        tests.append(lambda course: (end := _end(call, course)) is None or end > after)
    sought = text(call.params.get("search_term"))
    if sought is not None:
        if len(sought) < SHORTEST_SEARCH:
            raise errors.CanvasRefusal(400, {"errors": [{"message": "3 or more characters is required"}]})
        low = sought.lower()
        tests.append(
            lambda course: any(
                low in word.lower() for word in (course.name, course.code, course.sis_id or "")
            )
        )
    return tests


def _start(call: Call, course: Course) -> datetime | None:
    return course.start_at or call.world.terms[course.term_id].start_at


def _end(call: Call, course: Course) -> datetime | None:
    return course.end_at or call.world.terms[course.term_id].end_at


def course_json(call: Call, course: Course, include: set[str]) -> dict[str, Any]:
    """A course: the base keys, SIS ids for those who may read them, and what was asked to be included."""
    world = call.world
    account, term = world.accounts[course.account_id], world.terms[course.term_id]
    shown: dict[str, Any] = {
        "id": course.id,
        "name": course.name,
        "course_code": course.code,
        "account_id": course.account_id,
        "root_account_id": account.root_id,
        "enrollment_term_id": course.term_id,
        "uuid": f"course-{course.id}",
        "created_at": text_of(course.created_at),
        "start_at": text_of(course.start_at),
        "end_at": text_of(course.end_at),
        "workflow_state": course.shown_state,
        "default_view": "modules",
        "is_public": course.public,
    }
    if has_right(world, call.user, course.account_id, "read_sis"):
        shown |= {"sis_course_id": course.sis_id, "integration_id": course.integration_id}
    if "term" in include:
        shown["term"] = term_json(call, term)
    if "account" in include:
        shown["account"] = account_json(call, account)
    if "account_name" in include:
        shown["account_name"] = account.name
    if "total_students" in include:
        shown["total_students"] = course.students
    if "concluded" in include:
        shown["concluded"] = is_over(world, course, world.now())
    if "teachers" in include:
        shown["teachers"] = _teachers(world, course)
    if "sections" in include:
        shown["sections"] = [
            {"id": s.id, "name": s.name} for s in world.sections.values() if s.course_id == course.id
        ]
    return shown


def _teachers(world: World, course: Course) -> list[dict[str, Any]]:
    people = (world.users[number] for number in sorted(world.staff(course.id)))
    return [
        {"id": person.id, "display_name": person.name}
        for person in people
        if person.enrolments[course.id] == "TeacherEnrollment"
    ]
