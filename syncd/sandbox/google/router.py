"""Which method of the API a verb and path mean, what it costs and whether it writes."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from syncd.sandbox.google import schema

ROOT = "/calendar/v3/"
PATCH_UNITS = 3
READS = frozenset({"get", "list", "instances"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A method such as `events.list`; the names in its path, decoded and in order."""

    method: str
    names: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.method.partition(".")[2] not in READS

    @property
    def units(self) -> int:
        """What it costs of the quota."""
        return PATCH_UNITS if self.method.endswith(".patch") else 1

    @property
    def answer(self) -> schema.Names:
        """Names of the fields its answer can have."""
        return ANSWERS.get(self.method) or ANSWERS[self.method.partition(".")[0]]


ANSWERS: dict[str, schema.Names] = {
    "events.list": schema.EVENTS,
    "events.instances": schema.EVENTS,
    "events": schema.EVENT,
    "calendars": schema.CALENDAR,
    "acl.list": schema.ACL,
    "acl": schema.RULE,
    "calendarList.list": schema.CALENDAR_LIST,
    "calendarList": schema.LIST_ENTRY,
}

TEMPLATES = """
POST calendars = calendars.insert
GET calendars/* = calendars.get
PUT calendars/* = calendars.update
PATCH calendars/* = calendars.patch
DELETE calendars/* = calendars.delete
POST calendars/*/clear = calendars.clear
GET calendars/*/acl = acl.list
POST calendars/*/acl = acl.insert
GET calendars/*/acl/* = acl.get
PUT calendars/*/acl/* = acl.update
PATCH calendars/*/acl/* = acl.patch
DELETE calendars/*/acl/* = acl.delete
GET calendars/*/events = events.list
POST calendars/*/events = events.insert
POST calendars/*/events/import = events.import
POST calendars/*/events/quickAdd = events.quickAdd
GET calendars/*/events/* = events.get
PUT calendars/*/events/* = events.update
PATCH calendars/*/events/* = events.patch
DELETE calendars/*/events/* = events.delete
POST calendars/*/events/*/move = events.move
GET calendars/*/events/*/instances = events.instances
GET users/me/calendarList = calendarList.list
POST users/me/calendarList = calendarList.insert
GET users/me/calendarList/* = calendarList.get
DELETE users/me/calendarList/* = calendarList.delete
"""
"""Verb and path below the root, `*` for a name, and the method."""


def _table() -> dict[tuple[str, int], list[tuple[list[str], str]]]:
    table: dict[tuple[str, int], list[tuple[list[str], str]]] = {}
    for line in TEMPLATES.split("\n"):
        if line:
            verb, path, _, method = line.split(" ")
            parts = path.split("/")
            table.setdefault((verb, len(parts)), []).append((parts, method))
    return table


TABLE = _table()


def route(verb: str, path: str) -> Route | None:
    """The method for a percent-encoded path, None if there is none."""
    if not path.startswith(ROOT):
        return None
    told = [unquote(part) for part in path[len(ROOT) :].split("/")]
    for parts, method in TABLE.get((verb, len(told)), ()):
        if all(part in ("*", word) for part, word in zip(parts, told, strict=True)):
            names = tuple(word for part, word in zip(parts, told, strict=True) if part == "*")
            return Route(method=method, names=names)
    return None
