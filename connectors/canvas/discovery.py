"""Which contexts a target names right now: courses by list or by account and term, and account calendars.

One sweep of an account and term serves every target that asks for it. What could not be asked is told as an
error and an incomplete discovery, never as fewer courses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from zoneinfo import ZoneInfo

from connectors.canvas.accounts import Accounts, UnknownTermError, path_reference
from connectors.canvas.client import CanvasClient
from connectors.canvas.failures import Call
from connectors.canvas.paging import read_until_two_agree
from connectors.containment import contained
from connectors.errors import (
    AccessDeniedError,
    ConnectorError,
    MalformedResponseError,
    NotFoundError,
    StoppedError,
    UnexpectedAnswerError,
)
from connectors.port import Discovery
from connectors.registry import course_context
from mapping.model import Context, CourseFilter, Target
from mapping.text.printable import printable

KIND = "canvas"

_MOST_STUDENTS = 10_000_000
"""More than any course has: what goes beyond is no count."""
_OPEN = {"unpublished", "available", "created", "claimed"}
"""Course states that are filled; completed and deleted ones are left out."""

Course = Mapping[str, Any]


@dataclass(slots=True)
class _Found:
    """What one target's discovery has brought so far."""

    contexts: dict[str, Context] = field(default_factory=dict)
    errors: list[ConnectorError] = field(default_factory=list)


class UnknownCoursesError(NotFoundError):
    """Canvas does not know the account of a target, or the enrollment term; it does not say which."""

    advice = (
        "Correct account or enrollment_terms in the targets file; `syncd check` names the terms there are."
    )

    def __init__(self, account: str, term: str) -> None:
        self.account, self.term = account, term
        words = f"account {account} or enrollment term {term}" if term else f"account {account}"
        super().__init__(f"Canvas does not know {words}.", operation="list courses", status=404)


class Discoverer:
    """Finds contexts in one pass; make a new one for each, since it remembers its sweeps.

    ``pool``: in which the pages of a long list are asked for together.
    """

    def __init__(self, client: CanvasClient, pool: Executor | None = None) -> None:
        self._client = client
        self._pool = pool
        self.accounts = Accounts(client)
        self._sweeps: dict[tuple[str, str], list[Course] | ConnectorError] = {}
        self._least: dict[tuple[str, str], int] = {}
        """Courses that a sweep had at least, the last time."""

    def discover(self, targets: Sequence[Target], expected: Mapping[str, int] = {}) -> Iterator[Discovery]:
        """One discovery for each target, in order. ``expected``: target to how many contexts it had last time."""
        for target in targets:
            if target.account and len(target.enrollment_terms) <= 1:
                key = (target.account, "".join(target.enrollment_terms))
                others = len(target.courses) + len(target.account_calendars)
                self._least[key] = max(self._least.get(key, 0), expected.get(target.name, 0) - others)
        for target in targets:
            found = _Found()
            self._account_calendars(target, found)
            self._listed_courses(target, found)
            self._swept_courses(target, found)
            yield Discovery(
                target=target.name,
                contexts=tuple(found.contexts.values()),
                errors=tuple(found.errors),
                complete=not found.errors,
            )

    def _account_calendars(self, target: Target, found: _Found) -> None:
        for reference in target.account_calendars:
            try:
                with contained("read account"):
                    account = self.accounts.named(reference)
            except ConnectorError as error:
                found.errors.append(error)
                continue
            code = f"account_{account.id}"
            found.contexts[code] = Context(
                id=code, kind=KIND, target=target.name, name=printable(account.name)
            )

    def _listed_courses(self, target: Target, found: _Found) -> None:
        for number in target.courses:
            try:
                with contained("read course", f"course_{number}"):
                    course = self.course(number)
                    if _is_filled(course):
                        self._add(target, course, found)
            except ConnectorError as error:
                found.errors.append(error)

    def _swept_courses(self, target: Target, found: _Found) -> None:
        if not target.account:
            return
        for term in target.enrollment_terms or ("",):
            courses = self._sweep(target.account, term)
            if isinstance(courses, ConnectorError):
                found.errors.append(courses)
                continue
            for course in courses:
                try:
                    with contained("list courses", f"course_{course['id']}"):
                        if _is_filled(course) and self._passes(target, course):
                            self._add(target, course, found)
                except UnexpectedAnswerError as error:
                    found.errors.append(error)
                except ConnectorError as error:
                    found.errors.append(error)
                    break

    def course(self, number: int) -> Course:
        """One course by its id. Raises `AccessDeniedError` where Canvas keeps all but its number to itself."""
        answer = self._client.get(
            f"courses/{number}",
            [("include[]", "total_students"), ("include[]", "term")],
            Call(operation="read course", context=course_context(number)),
        )
        course: Course = answer.data
        if course.get("access_restricted_by_date") is True:
            raise AccessDeniedError(
                "Canvas shows this token nothing of the course outside its dates, not whether it is published either.",
                operation="read course",
                context=course_context(number),
            )
        return course

    def _sweep(self, account: str, term: str) -> list[Course] | ConnectorError:
        key = (account, term)
        if key not in self._sweeps:
            try:
                with contained("list courses"):
                    self._sweeps[key] = self._courses(account, term)
            except ConnectorError as error:
                self._sweeps[key] = error
        return self._sweeps[key]

    def _courses(self, account: str, term: str) -> list[Course]:
        params = [("state[]", state) for state in ("created", "claimed", "available")]
        params += [("include[]", extra) for extra in ("total_students", "term", "account_name")]
        params.append(("blueprint", "false"))
        if term:
            params.append(("enrollment_term_id", term))
        call = Call(operation="list courses")
        path = f"accounts/{path_reference(account)}/courses"
        try:
            listing = read_until_two_agree(
                self._client,
                path,
                params,
                call,
                pool=self._pool,
                expected=self._least.get((account, term), 0),
            )
        except NotFoundError as error:
            self._refuse_missing_term(account, term)
            raise UnknownCoursesError(account, term) from error
        return list(listing.rows.values())

    def _refuse_missing_term(self, account: str, term: str) -> None:
        """Raises `UnknownTermError` where it is the term that is not there."""
        if not term:
            return
        try:
            # Only whether it is there is asked; in which zone its days begin does not matter.
            self.accounts.terms(account, (term,), ZoneInfo("UTC"))
        except (UnknownTermError, StoppedError):
            raise
        except ConnectorError:
            return

    def _add(self, target: Target, course: Course, found: _Found) -> None:
        context = as_context(course, target.name)
        found.contexts.setdefault(context.id, context)

    def _passes(self, target: Target, course: Course) -> bool:
        wanted = not target.course_include or any(self._fits(one, course) for one in target.course_include)
        return wanted and not any(self._fits(one, course) for one in target.course_except)

    def _fits(self, wanted: CourseFilter, course: Course) -> bool:
        """Whether a course meets every condition of a filter."""
        pairs = (
            (wanted.sis_id, _text(course.get("sis_course_id"))),
            (wanted.code, _text(course.get("course_code"))),
            (wanted.name, _text(course.get("name"))),
        )
        if wanted.course and _text(course.get("id")) != str(wanted.course):
            return False
        if not all(fnmatchcase(text, pattern) for pattern, text in pairs if pattern):
            return False
        return not wanted.sub_account or self._in_sub_account(wanted.sub_account, course)

    def _in_sub_account(self, pattern: str, course: Course) -> bool:
        known = self.accounts.names_of(_text(course.get("account_id")))
        names = {_text(course.get("account_name")), *known}
        return any(fnmatchcase(name, pattern) for name in names if name)


def as_context(course: Course, target: str) -> Context:
    """A course as the context that a target names."""
    students = course.get("total_students")
    return Context(
        id=_course_code(course),
        kind=KIND,
        target=target,
        name=printable(_text(course.get("name"))),
        students=min(max(students, 0), _MOST_STUDENTS) if isinstance(students, int) else 0,
        published=course.get("workflow_state") == "available",
        created=_text(course.get("created_at"))[:10],
    )


def _course_code(course: Course) -> str:
    """``course_<number>``. Raises `MalformedResponseError` where there is no number."""
    number = course.get("id")
    if isinstance(number, bool) or not isinstance(number, (int, str)) or not str(number).isalnum():
        raise MalformedResponseError("the course has no id.", operation="read course")
    return course_context(number)


def _is_filled(course: Course) -> bool:
    return _text(course.get("workflow_state", "available")) in _OPEN and not course.get("blueprint")


def _text(value: object) -> str:
    return "" if value is None else str(value)
