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

    Fields = dict[str, Any]
    Act = Callable[["Acts", Fields], object]


Row = TypeVar("Row")


class Acts:
    """Named acts on one world. Raises LookupError, TypeError or ValueError for what it cannot do."""

    def __init__(self, world: World) -> None:
        self.world = world

    def do(self, fields: Fields) -> object:
        """Carry out one act; the answer is JSON."""
        fields = dict(fields)
        name = str(fields.pop("do", ""))
        if name not in ACTS:
            raise LookupError(f"no act {name!r}: {', '.join(sorted(ACTS))}")
        with self.world.lock:
            return ACTS[name](self, fields)

    def account(self, fields: Fields, key: str = "account") -> Account | None:
        """The account an act names, by id or SIS form; None if it names none."""
        raw = fields.pop(key, None)
        return None if raw is None else _found(find_account(self.world, str(raw)), raw)

    def term(self, fields: Fields) -> Term | None:
        """The term an act names; None if it names none."""
        raw = fields.pop("term", None)
        return None if raw is None else _found(find_term(self.world, str(raw)), raw)

    def course(self, fields: Fields, key: str = "course") -> Course:
        """The course an act names."""
        raw = fields.pop(key)
        return _found(find_course(self.world, str(raw)), raw)

    def user(self, fields: Fields, key: str = "user") -> User:
        """The person an act names."""
        raw = fields.pop(key)
        return _found(find_user(self.world, str(raw), self.world.users[min(self.world.users)]), raw)

    def people(self, fields: Fields) -> People:
        """The person who acts: `by`, or nobody in particular."""
        return People(self.world, self.user(fields, "by") if "by" in fields else None)

    def add_account(self, fields: Fields) -> object:
        """Add an account: name, parent, sis_id, ..."""
        parent = self.account(fields, "parent")
        return {"id": self.world.add_account(fields.pop("name"), parent=parent, **fields).id}

    def add_term(self, fields: Fields) -> object:
        """Add a term: name, sis_id, start_at, end_at."""
        return {"id": self.world.add_term(fields.pop("name"), **_moments(fields)).id}

    def add_course(self, fields: Fields) -> object:
        """Add a course: name, account, term, code, sis_id, state, students, ..."""
        account, term = self.account(fields), self.term(fields)
        fields = _moments(fields)
        return {"id": self.world.add_course(fields.pop("name"), account=account, term=term, **fields).id}

    def change_course(self, fields: Fields) -> object:
        """Set fields of a course: state, name, students, blueprint, account, term, ..."""
        course = self.course(fields)
        account, term = self.account(fields), self.term(fields)
        fields = _moments(fields) | ({"account_id": account.id} if account else {})
        fields |= {"term_id": term.id} if term else {}
        _set(course, fields)
        self.world.touch_faces()
        return {"id": course.id}

    def change_account(self, fields: Fields) -> object:
        """Set fields of an account: name, default_zone, calendar_visible, ..."""
        account = self.account(fields) or self.world.root
        _set(account, fields)
        self.world.touch_faces()
        return {"id": account.id}

    def add_section(self, fields: Fields) -> object:
        """Add a section: course, name."""
        return {"id": self.world.add_section(self.course(fields), **fields).id}

    def add_user(self, fields: Fields) -> object:
        """Add a person: name, time_zone, locale, `admin` for all rights."""
        add = self.world.add_admin if fields.pop("admin", False) else self.world.add_user
        return {"id": add(fields.pop("name"), **fields).id}

    def change_user(self, fields: Fields) -> object:
        """Set a person's time_zone, locale or name."""
        user = self.user(fields)
        _set(user, fields)
        return {"id": user.id}

    def grant(self, fields: Fields) -> object:
        """Set a person's rights in an account: user, rights, account."""
        user, account = self.user(fields), self.account(fields)
        self.world.grant(user, fields["rights"], account)
        return {"id": user.id}

    def enrol(self, fields: Fields) -> object:
        """Enrol a person: user, course, role."""
        user, course = self.user(fields), self.course(fields)
        self.world.enrol(user, course, **fields)
        return {"id": user.id}

    def add_token(self, fields: Fields) -> object:
        """Add a token: user, secret, scopes."""
        user = self.user(fields)
        scopes = fields.pop("scopes", None)
        fields = _moments(fields) | ({} if scopes is None else {"scopes": frozenset(scopes)})
        self.world.add_token(user, fields.pop("secret"), **fields)
        return {}

    def change_token(self, fields: Fields) -> object:
        """Set a token's state: secret, state (valid, revoked, expired)."""
        _set(self.world.tokens[fields.pop("secret")], fields)
        return {}

    def freeze_clock(self, fields: Fields) -> object:
        """Stop the world's clock at `at`; None lets it run."""
        at = fields.get("at")
        moment = None if at is None else _moment(at)
        self.world.now = (lambda: datetime.now(UTC)) if moment is None else (lambda: moment)
        return {"now": text_of(self.world.now())}

    def expire_bookmarks(self, _: Fields) -> object:
        """Make every bookmark page stale."""
        self.world.bookmarks += 1
        return {}

    def add_event(self, fields: Fields) -> object:
        """Type an event: context, title, start_at, ..., by."""
        return raw_event(self.people(fields).add(fields.pop("context"), **fields))

    def edit_event(self, fields: Fields) -> object:
        """Change an event: event, fields, by."""
        return raw_event(self.people(fields).edit(fields.pop("event"), **fields))

    def delete_event(self, fields: Fields) -> object:
        """Delete an event: event, by."""
        return raw_event(self.people(fields).delete(fields.pop("event")))

    def move_event(self, fields: Fields) -> object:
        """Move an event: event, context, by."""
        return raw_event(self.people(fields).move(fields.pop("event"), fields["context"]))

    def duplicate_event(self, fields: Fields) -> object:
        """Copy an event by hand: event, context, fields, by."""
        return raw_event(self.people(fields).duplicate(fields.pop("event"), **fields))

    def retype_event(self, fields: Fields) -> object:
        """Save an event through an editor that loses data attributes: event, by."""
        return raw_event(self.people(fields).retype(fields.pop("event")))

    def lock_event(self, fields: Fields) -> object:
        """Lock an event: event."""
        return raw_event(self.people(fields).lock(fields.pop("event")))

    def add_section_event(self, fields: Fields) -> object:
        """Give a section its own time: section, event (the parent), start_at, ..."""
        people = self.people(fields)
        return raw_event(people.add_to_section(fields.pop("section"), fields.pop("event"), **fields))

    def add_slot(self, fields: Fields) -> object:
        """Offer an appointment slot: course, group, start_at, end_at."""
        people, course = self.people(fields), self.course(fields)
        return raw_event(people.add_slot(course.id, fields.pop("group"), **fields))

    def copy_course(self, fields: Fields) -> object:
        """Import one course's events into another: source, target, shift_days."""
        people = self.people(fields)
        source, target = self.course(fields, "source"), self.course(fields, "target")
        return [raw_event(event) for event in people.copy_course(source.id, target.id, **fields)]

    def sync_blueprint(self, fields: Fields) -> object:
        """Push a blueprint's events to its courses: course."""
        people, course = self.people(fields), self.course(fields)
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


def _set(row: Any, fields: Fields) -> None:
    known = {field.name for field in dataclasses.fields(row)}
    for name, value in fields.items():
        if name not in known:
            raise ValueError(f"{type(row).__name__} has no field {name!r}")
        setattr(row, name, value)


def _moments(fields: Fields) -> Fields:
    times = ("start_at", "end_at", "expires_at")
    return {
        key: _moment(value) if key in times and value is not None else value for key, value in fields.items()
    }


def _moment(raw: str) -> datetime:
    moment = read_moment(raw, ZoneInfo("UTC"), strict=True)
    if moment is None:
        raise ValueError(f"{raw!r} is not an ISO 8601 time")
    return moment
