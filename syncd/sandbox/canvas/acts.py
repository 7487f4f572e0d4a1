"""What another process may do in the world by name: `{"do": "edit_event", "event": 7, "title": "..."}`."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from syncd.sandbox.canvas.contexts import find_account, find_course, find_term, find_user
from syncd.sandbox.canvas.people import People
from syncd.sandbox.canvas.zones import read_moment, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from syncd.sandbox.canvas.model import Account, Course, Event, Term, User
    from syncd.sandbox.canvas.world import World

    Told = dict[str, Any]
    Act = Callable[["Acts", Told], object]


Row = TypeVar("Row")


class Acts:
    """Named acts on one world. Raises LookupError, TypeError or ValueError for what it cannot do."""

    def __init__(self, world: World) -> None:
        self.world = world

    def do(self, told: Told) -> object:
        """Carry out one act; the answer is JSON."""
        told = dict(told)
        name = str(told.pop("do", ""))
        if name not in ACTS:
            raise LookupError(f"no act {name!r}: {', '.join(sorted(ACTS))}")
        with self.world.lock:
            return ACTS[name](self, told)

    def account(self, told: Told, key: str = "account") -> Account | None:
        """The account an act names, by id or SIS form; None if it names none."""
        raw = told.pop(key, None)
        return None if raw is None else _found(find_account(self.world, str(raw)), raw)

    def term(self, told: Told) -> Term | None:
        """The term an act names; None if it names none."""
        raw = told.pop("term", None)
        return None if raw is None else _found(find_term(self.world, str(raw)), raw)

    def course(self, told: Told, key: str = "course") -> Course:
        """The course an act names."""
        raw = told.pop(key)
        return _found(find_course(self.world, str(raw)), raw)

    def user(self, told: Told, key: str = "user") -> User:
        """The person an act names."""
        raw = told.pop(key)
        return _found(find_user(self.world, str(raw), self.world.users[min(self.world.users)]), raw)

    def people(self, told: Told) -> People:
        """The person who acts: `by`, or nobody in particular."""
        return People(self.world, self.user(told, "by") if "by" in told else None)

    def add_account(self, told: Told) -> object:
        """Add an account: name, parent, sis_id, ..."""
        parent = self.account(told, "parent")
        return {"id": self.world.add_account(told.pop("name"), parent=parent, **told).id}

    def add_term(self, told: Told) -> object:
        """Add a term: name, sis_id, start_at, end_at."""
        return {"id": self.world.add_term(told.pop("name"), **_moments(told)).id}

    def add_course(self, told: Told) -> object:
        """Add a course: name, account, term, code, sis_id, state, students, ..."""
        account, term = self.account(told), self.term(told)
        fields = _moments(told)
        return {"id": self.world.add_course(fields.pop("name"), account=account, term=term, **fields).id}

    def change_course(self, told: Told) -> object:
        """Set fields of a course: state, name, students, blueprint, account, term, ..."""
        course = self.course(told)
        account, term = self.account(told), self.term(told)
        fields = _moments(told) | ({"account_id": account.id} if account else {})
        fields |= {"term_id": term.id} if term else {}
        _set(course, fields)
        self.world.touch_faces()
        return {"id": course.id}

    def change_account(self, told: Told) -> object:
        """Set fields of an account: name, default_zone, calendar_visible, ..."""
        account = self.account(told) or self.world.root
        _set(account, told)
        self.world.touch_faces()
        return {"id": account.id}

    def add_section(self, told: Told) -> object:
        """Add a section: course, name."""
        return {"id": self.world.add_section(self.course(told), **told).id}

    def add_user(self, told: Told) -> object:
        """Add a person: name, time_zone, locale, `admin` for all rights."""
        add = self.world.add_admin if told.pop("admin", False) else self.world.add_user
        return {"id": add(told.pop("name"), **told).id}

    def change_user(self, told: Told) -> object:
        """Set a person's time_zone, locale or name."""
        user = self.user(told)
        _set(user, told)
        return {"id": user.id}

    def grant(self, told: Told) -> object:
        """Set a person's rights in an account: user, rights, account."""
        user, account = self.user(told), self.account(told)
        self.world.grant(user, told["rights"], account)
        return {"id": user.id}

    def enrol(self, told: Told) -> object:
        """Enrol a person: user, course, role."""
        user, course = self.user(told), self.course(told)
        self.world.enrol(user, course, **told)
        return {"id": user.id}

    def add_token(self, told: Told) -> object:
        """Add a token: user, secret, scopes."""
        user = self.user(told)
        scopes = told.pop("scopes", None)
        fields = _moments(told) | ({} if scopes is None else {"scopes": frozenset(scopes)})
        self.world.add_token(user, fields.pop("secret"), **fields)
        return {}

    def change_token(self, told: Told) -> object:
        """Set a token's state: secret, state (valid, revoked, expired)."""
        _set(self.world.tokens[told.pop("secret")], told)
        return {}

    def freeze_clock(self, told: Told) -> object:
        """Stop the world's clock at `at`; None lets it run."""
        at = told.get("at")
        moment = None if at is None else _moment(at)
        self.world.now = (lambda: datetime.now(UTC)) if moment is None else (lambda: moment)
        return {"now": text_of(self.world.now())}

    def expire_bookmarks(self, _: Told) -> object:
        """Make every bookmark page stale."""
        self.world.bookmarks += 1
        return {}

    def add_event(self, told: Told) -> object:
        """Type an event: context, title, start_at, ..., by."""
        return raw_event(self.people(told).add(told.pop("context"), **told))

    def edit_event(self, told: Told) -> object:
        """Change an event: event, fields, by."""
        return raw_event(self.people(told).edit(told.pop("event"), **told))

    def delete_event(self, told: Told) -> object:
        """Delete an event: event, by."""
        return raw_event(self.people(told).delete(told.pop("event")))

    def move_event(self, told: Told) -> object:
        """Move an event: event, context, by."""
        return raw_event(self.people(told).move(told.pop("event"), told["context"]))

    def duplicate_event(self, told: Told) -> object:
        """Copy an event by hand: event, context, fields, by."""
        return raw_event(self.people(told).duplicate(told.pop("event"), **told))

    def retype_event(self, told: Told) -> object:
        """Save an event through an editor that loses data attributes: event, by."""
        return raw_event(self.people(told).retype(told.pop("event")))

    def lock_event(self, told: Told) -> object:
        """Lock an event: event."""
        return raw_event(self.people(told).lock(told.pop("event")))

    def add_section_event(self, told: Told) -> object:
        """Give a section its own time: section, event (the parent), start_at, ..."""
        people = self.people(told)
        return raw_event(people.add_to_section(told.pop("section"), told.pop("event"), **told))

    def add_slot(self, told: Told) -> object:
        """Offer an appointment slot: course, group, start_at, end_at."""
        people, course = self.people(told), self.course(told)
        return raw_event(people.add_slot(course.id, told.pop("group"), **told))

    def copy_course(self, told: Told) -> object:
        """Import one course's events into another: source, target, shift_days."""
        people = self.people(told)
        source, target = self.course(told, "source"), self.course(told, "target")
        return [raw_event(event) for event in people.copy_course(source.id, target.id, **told)]

    def sync_blueprint(self, told: Told) -> object:
        """Push a blueprint's events to its courses: course."""
        people, course = self.people(told), self.course(told)
        return [raw_event(event) for event in people.sync_blueprint(course.id)]


ACTS: dict[str, Act] = {
    name: act
    for name, act in vars(Acts).items()
    if callable(act)
    and not name.startswith("_")
    and name not in ("do", "account", "term", "course", "user", "people")
}


def raw_event(event: Event) -> dict[str, Any]:
    """An event as stored, nothing rewritten: what a test wants to see of the world."""
    return {
        "id": event.id,
        "context": event.context,
        "state": event.state,
        "title": event.title,
        "description": event.description,
        "start_at": text_of(event.dates.start),
        "end_at": text_of(event.dates.end),
        "all_day": event.dates.all_day,
        "all_day_date": None if event.dates.all_day_date is None else event.dates.all_day_date.isoformat(),
        "time_zone_edited": event.zone,
        "location_name": event.location_name,
        "location_address": event.location_address,
        "comments": event.comments,
        "parent_event_id": event.parent_id,
        "appointment_group_id": event.appointment_group_id,
        "migration_id": event.migration_id,
        "created_at": text_of(event.created_at),
        "updated_at": text_of(event.updated_at),
    }


def _found(row: Row | None, raw: object) -> Row:
    if row is None:
        raise LookupError(f"{raw!r} names nothing in this world")
    return row


def _set(row: Any, fields: Told) -> None:
    known = {field.name for field in dataclasses.fields(row)}
    for name, value in fields.items():
        if name not in known:
            raise ValueError(f"{type(row).__name__} has no field {name!r}")
        setattr(row, name, value)


def _moments(told: Told) -> Told:
    times = ("start_at", "end_at", "expires_at")
    return {
        key: _moment(value) if key in times and value is not None else value for key, value in told.items()
    }


def _moment(raw: str) -> datetime:
    moment = read_moment(raw, ZoneInfo("UTC"), strict=True)
    if moment is None:
        raise ValueError(f"{raw!r} is not an ISO 8601 time")
    return moment
