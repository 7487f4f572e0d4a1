"""What a calendar holds: one immutable row per event id ever used, deleted ones included."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncd.sandbox.google.moments import Moment

CANCELLED = "cancelled"

ROLES = ("none", "freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner")
"""Access roles, each including those before it."""


def at_least(role: str, needed: str) -> bool:
    """Whether a role includes another."""
    return ROLES.index(role) >= ROLES.index(needed)


def etag_of(stamp: int) -> str:
    """The quoted etag of a version: 16 digits, twice the microseconds of its stamp (milliseconds)."""
    return f'"{stamp * 2000}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One version of an event, or of an exception to a series (`series` and `original` set).

    `serial`: place in the order of creation. `stamp`: milliseconds of this version, unique in the world;
    base of the etag and of incremental lists. `updated`: the same without changes of reminders. `fields`:
    writable fields in their JSON form, defaults left out. `reminders`: by account. `organizer`: None if the
    calendar itself. `purged`: no longer readable, its id still taken. `rendered`: answers by view, kept while
    the version lasts.
    """

    serial: int
    id: str
    ical_uid: str
    stamp: int
    updated: int
    created: int
    status: str
    sequence: int
    creator: str
    organizer: Mapping[str, Any] | None
    fields: Mapping[str, Any]
    start: Moment
    end: Moment
    reminders: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    series: str | None = None
    original: Moment | None = None
    purged: bool = False
    rendered: dict[Any, bytes] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def etag(self) -> str:
        """Its version, quoted."""
        return etag_of(self.stamp)

    @property
    def cancelled(self) -> bool:
        """Whether it is deleted."""
        return self.status == CANCELLED

    @property
    def recurrence(self) -> list[str]:
        """RRULE, RDATE and EXDATE lines of a series, empty for a single event."""
        lines: list[str] = self.fields.get("recurrence", [])
        return lines

    @property
    def private(self) -> Mapping[str, str]:
        """Its private extended properties."""
        found: Mapping[str, str] = self.fields.get("extendedProperties", {}).get("private", {})
        return found


@dataclass(slots=True, kw_only=True)
class Calendar:
    """A calendar: `rows` by id in order of creation, `uids` every iCalUID ever used, `acl` roles by rule id.

    `sync_epoch` rises when all sync tokens die (an ACL change, for one), `page_epoch` likewise.
    `newest`: stamp of the latest change of any event.
    """

    id: str
    summary: str
    time_zone: str
    data_owner: str
    stamp: int
    description: str = ""
    location: str = ""
    acl: dict[str, str] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    uids: dict[str, str] = field(default_factory=dict)
    serials: int = 0
    sync_epoch: int = 0
    page_epoch: int = 0
    newest: int = 0

    @property
    def etag(self) -> str:
        """Version of the calendar resource."""
        return etag_of(self.stamp)

    def role_of(self, email: str) -> str:
        """The highest role that any rule gives an account."""
        rules = ("default", f"user:{email}", f"group:{email}", f"domain:{email.partition('@')[2]}")
        return max((self.acl.get(rule, "none") for rule in rules), key=ROLES.index)

    def put(self, row: Row) -> None:
        """Store a version in the place of the one before."""
        self.rows[row.id] = row
        self.newest = max(self.newest, row.stamp)
        if row.series is None:
            self.uids[row.ical_uid] = row.id

    def exceptions_of(self, series: str) -> dict[Moment, Row]:
        """Changed or cancelled instances of a series by their original start."""
        return {
            row.original: row
            for row in self.rows.values()
            if row.series == series and row.original is not None and not row.purged
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One effective write, by the API or by a person: `before` is None for a new event."""

    number: int
    kind: str
    calendar: str
    event: str
    by: str
    before: Row | None
    after: Row
