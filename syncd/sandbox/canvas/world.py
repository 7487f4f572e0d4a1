"""The world of a simulated Canvas: everything that exists, found by id, and how to add to it.

Holds and finds rows; what saving an event does stands in `events.py`, who may do what in `rights.py`.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from syncd.sandbox.canvas.mail import Outbox
from syncd.sandbox.canvas.model import ALL_RIGHTS, Account, Course, Event, Section, Term, Token, User
from syncd.sandbox.canvas.switches import Switches
from syncd.sandbox.canvas.zones import zone_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from zoneinfo import ZoneInfo

    from syncd.sandbox.canvas.model import CourseState


def _clock() -> datetime:
    return datetime.now(UTC)


class World:
    """One Canvas with one root account (id 1).

    `now` is its clock. Hold `lock` around whatever must be seen or done as a whole.
    """

    def __init__(
        self,
        *,
        name: str = "Canvas",
        default_zone: str = "America/Denver",
        locale: str = "en",
        switches: Switches | None = None,
        now: Callable[[], datetime] = _clock,
    ) -> None:
        self.lock = threading.RLock()
        self.now = now
        self.locale = locale
        self.switches = switches or Switches()
        self.mail = Outbox()
        self.accounts: dict[int, Account] = {}
        self.terms: dict[int, Term] = {}
        self.courses: dict[int, Course] = {}
        self.sections: dict[int, Section] = {}
        self.users: dict[int, User] = {}
        self.tokens: dict[str, Token] = {}
        self.events: dict[int, Event] = {}
        self.by_context: defaultdict[str, dict[int, Event]] = defaultdict(dict)
        self.bookmarks = 0
        """Generation of bookmark pages; pages of an older one are stale."""
        self.faces = 0
        """Counts changes to what events show of their surroundings; part of every cached JSON's key."""
        self._ids = {
            kind: count(1) for kind in ("account", "term", "course", "section", "user", "event", "report")
        }
        self.root = self.add_account(name, default_zone=default_zone)
        self.default_term = self.add_term("Default Term")

    def next_id(self, kind: str, wanted: int | None = None) -> int:
        """A fresh id; `wanted` is taken as it is, and later ones go on above it."""
        if wanted is None:
            return next(self._ids[kind])
        self._ids[kind] = count(max(wanted + 1, next(self._ids[kind])))
        return wanted

    # What exists

    def add_account(
        self,
        name: str,
        *,
        parent: Account | None = None,
        sis_id: str | None = None,
        default_zone: str | None = None,
        number: int | None = None,
        calendar_visible: bool = False,
    ) -> Account:
        """An account below `parent`, which is the root account unless this is the first."""
        with self.lock:
            number = self.next_id("account", number)
            parent = parent if parent is not None or not self.accounts else self.root
            account = Account(
                id=number,
                name=name,
                parent_id=None if parent is None else parent.id,
                root_id=number if parent is None else parent.root_id,
                sis_id=sis_id,
                default_zone=default_zone or (parent.default_zone if parent else "America/Denver"),
                calendar_visible=calendar_visible,
            )
            self.accounts[number] = account
            return account

    def add_term(
        self,
        name: str,
        *,
        sis_id: str | None = None,
        start_at: datetime | None = None,
        end_at: datetime | None = None,
        number: int | None = None,
    ) -> Term:
        """An enrolment term of the root account."""
        with self.lock:
            number = self.next_id("term", number)
            term = Term(
                id=number,
                name=name,
                root_id=self.root.id,
                sis_id=sis_id,
                start_at=start_at,
                end_at=end_at,
                created_at=self.now(),
            )
            self.terms[number] = term
            return term

    def add_course(
        self,
        name: str,
        *,
        account: Account | None = None,
        term: Term | None = None,
        code: str | None = None,
        number: int | None = None,
        **fields: Any,
    ) -> Course:
        """A course; in the root account, the default term and available unless told otherwise."""
        with self.lock:
            number = self.next_id("course", number)
            course = Course(
                id=number,
                name=name,
                code=code or name,
                account_id=(account or self.root).id,
                term_id=(term or self.default_term).id,
                created_at=self.now(),
                **fields,
            )
            self.courses[number] = course
            return course

    def set_course_state(self, course_id: int, state: CourseState) -> None:
        """Publish, conclude, delete or unpublish a course. Its events stay as they are."""
        with self.lock:
            self.courses[course_id].state = state

    def add_section(self, course: Course, name: str, *, sis_id: str | None = None) -> Section:
        """A section of a course."""
        with self.lock:
            section = Section(id=self.next_id("section"), course_id=course.id, name=name, sis_id=sis_id)
            self.sections[section.id] = section
            return section

    def add_user(self, name: str, *, number: int | None = None, **fields: Any) -> User:
        """A person without rights; `fields` are the others of `User`."""
        with self.lock:
            number = self.next_id("user", number)
            fields.setdefault("login_id", f"user{number}")
            user = User(id=number, name=name, **fields)
            self.users[number] = user
            return user

    def add_admin(self, name: str, *, account: Account | None = None, **fields: Any) -> User:
        """A person with all rights in an account (the root account) and below."""
        user = self.add_user(name, **fields)
        user.roles[(account or self.root).id] = ALL_RIGHTS
        return user

    def grant(self, user: User, rights: Iterable[str], account: Account | None = None) -> None:
        """Set a custom account role: exactly these rights in the account and below."""
        user.roles[(account or self.root).id] = frozenset(rights)

    def enrol(self, user: User, course: Course, role: str = "TeacherEnrollment") -> None:
        """Make a person a member of a course (one of Canvas's enrolment types)."""
        user.enrolments[course.id] = role

    def add_token(self, user: User, secret: str, **fields: Any) -> Token:
        """An access token of a person; `fields` are the others of `Token`."""
        with self.lock:
            token = Token(secret=secret, user_id=user.id, **fields)
            self.tokens[secret] = token
            return token

    # Finding

    def account_path(self, account_id: int) -> list[Account]:
        """The account and all above it, the root last."""
        path = []
        at: int | None = account_id
        while at is not None:
            path.append(self.accounts[at])
            at = self.accounts[at].parent_id
        return path

    def accounts_below(self, account_id: int) -> set[int]:
        """Ids of the account and of all below it, deleted ones left out."""
        return {
            account.id
            for account in self.accounts.values()
            if account.state == "active"
            and any(above.id == account_id for above in self.account_path(account.id))
        }

    def staff(self, course_id: int) -> set[int]:
        """Ids of the people enrolled by name in a course (its students are only counted)."""
        return {user.id for user in self.users.values() if course_id in user.enrolments}

    def zone_of(self, user: User | None) -> ZoneInfo:
        """The request's zone: the person's profile zone, else the root account's default."""
        zone = zone_named(user.time_zone) if user else None
        zone = zone or zone_named(self.root.default_zone)
        if zone is None:
            raise ValueError(f"the root account's default zone {self.root.default_zone!r} is not a zone")
        return zone

    def locale_of(self, user: User) -> str:
        """The language a person reads."""
        return user.locale or self.locale

    # Events as rows

    def put(self, event: Event) -> Event:
        """Store a new event."""
        self.events[event.id] = event
        self.by_context[event.listed_under][event.id] = event
        return event

    def place(self, event: Event, context: str) -> None:
        """Move an event to another context's list."""
        del self.by_context[event.listed_under][event.id]
        event.context = context
        self.by_context[event.listed_under][event.id] = event

    def events_of(self, context: str, *, deleted: bool = False) -> list[Event]:
        """Events in a context's list by id; `deleted` shows the deleted ones too."""
        with self.lock:
            rows = self.by_context[context].values() if context in self.by_context else ()
            return sorted((e for e in rows if deleted or e.state != "deleted"), key=lambda e: e.id)

    def course_events(self, course_id: int, *, deleted: bool = False) -> list[Event]:
        """Events in a course's list by id."""
        return self.events_of(f"course_{course_id}", deleted=deleted)

    def touch_faces(self) -> None:
        """Names or switches that events show have changed: forget every cached JSON."""
        self.faces += 1
