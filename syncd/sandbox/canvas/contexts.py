"""Context codes and the things they name, and ids in paths with their SIS forms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from syncd.sandbox.canvas.model import Account, Course, Section, Term, User

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from syncd.sandbox.canvas.world import World

Row = TypeVar("Row")

Place = Course | Account | User | Section
"""Whatever can hold events."""

_CODE = re.compile(r"(course_section|course|account|user)_(\d+)")
_SIS_CODE = re.compile(r"course_(sis_course_id:.+)")


def context_of(world: World, code: str) -> Place | None:
    """The thing a context code names; None if unknown or malformed. SIS forms need their switch."""
    found = _CODE.fullmatch(code)
    if found is None:
        sis = _SIS_CODE.fullmatch(code) if world.switches.sis_context_codes else None
        return find_course(world, sis[1]) if sis else None
    number = int(found[2])
    match found[1]:
        case "course":
            return world.courses.get(number)
        case "account":
            return world.accounts.get(number)
        case "user":
            return world.users.get(number)
        case _:
            return world.sections.get(number)


def code_of(place: Place) -> str:
    """The numeric context code."""
    names = {Course: "course", Account: "account", User: "user", Section: "course_section"}
    return f"{names[type(place)]}_{place.id}"


def _plain(text: str) -> str:
    """`hex:sis_course_id:6c6177` as `sis_course_id:law`."""
    if not text.startswith("hex:"):
        return text
    _, kind, digits = [*text.split(":", 2), "", ""][:3]
    try:
        return f"{kind}:{bytes.fromhex(digits).decode()}"
    except ValueError:
        return text


def find_account(world: World, text: str) -> Account | None:
    """An account by id, `self`, or sis_account_id:X."""
    text = _plain(text)
    if text == "self":
        return world.root
    found = _by_id_or_sis(world.accounts, text, "sis_account_id:", lambda account: account.sis_id)
    return found if found is not None and found.state == "active" else None


def find_course(world: World, text: str) -> Course | None:
    """A course by id, sis_course_id:X or sis_integration_id:X, deleted ones included."""
    text = _plain(text)
    if text.startswith("sis_integration_id:"):
        return _first(world.courses.values(), text.partition(":")[2], lambda course: course.integration_id)
    return _by_id_or_sis(world.courses, text, "sis_course_id:", lambda course: course.sis_id)


def find_term(world: World, text: str) -> Term | None:
    """A term by id, sis_term_id:X, `default` or `current` (the one that runs now, if it is one alone)."""
    text = _plain(text)
    if text == "default":
        return world.default_term
    if text == "current":
        now = world.now()
        running = [
            t for t in world.terms.values() if t.start_at and t.end_at and t.start_at <= now <= t.end_at
        ]
        return running[0] if len(running) == 1 else None
    return _by_id_or_sis(world.terms, text, "sis_term_id:", lambda term: term.sis_id)


def find_user(world: World, text: str, caller: User) -> User | None:
    """A person by id, `self`, sis_user_id:X or sis_login_id:X."""
    text = _plain(text)
    if text == "self":
        return caller
    if text.startswith("sis_login_id:"):
        return _first(world.users.values(), text.partition(":")[2], lambda user: user.login_id)
    return _by_id_or_sis(world.users, text, "sis_user_id:", lambda user: user.sis_user_id)


def _by_id_or_sis(
    rows: Mapping[int, Row], text: str, prefix: str, sis: Callable[[Row], str | None]
) -> Row | None:
    if text.startswith(prefix):
        return _first(rows.values(), text.removeprefix(prefix), sis)
    return rows.get(int(text)) if text.isdecimal() else None


def _first(rows: Iterable[Row], wanted: str, key: Callable[[Row], str | None]) -> Row | None:
    return next((row for row in rows if key(row) == wanted), None)
