"""Pages of events.list: rows are cut into pages first and filtered afterwards; tokens say where to go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syncd.sandbox.google.errors import (
    bad_request,
    full_sync_required,
    invalid,
    updated_min_too_long_ago,
)
from syncd.sandbox.google.moments import zone_named
from syncd.sandbox.google.query import Query, beginning, keeps
from syncd.sandbox.google.recurrence import UTC_ZONE, instances
from syncd.sandbox.google.tokens import seal, unseal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from syncd.sandbox.google.errors import ApiError
    from syncd.sandbox.google.rows import Calendar, Row
    from syncd.sandbox.google.switches import Switches

DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer: at most one of the tokens is set, the last page has no page token."""

    rows: list[Row]
    page_token: str | None = None
    sync_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a list stands: after the row with key `cursor`.

    `since`: stamp after which an incremental list starts. `until`: stamp that its next sync token will name.
    """

    cursor: list[int]
    since: int | None
    until: int


class Listing:
    """Pages of one calendar at one time (`now` in seconds)."""

    def __init__(self, calendar: Calendar, query: Query, switches: Switches, now: float) -> None:
        self.calendar = calendar
        self.query = query
        self.switches = switches
        self.now = now
        self.zone: ZoneInfo = zone_named(calendar.time_zone) or UTC_ZONE

    def page(self) -> Page:
        """The page that the query asks for. Raises ApiError (400, 410)."""
        self._check_age()
        position = self._position()
        limit = min(self.query.limit, self.switches.page_rows or self.query.limit)
        if self.switches.empty_first_page and self.query.page_token is None:
            limit = 0
        ordered = [one for one in self._ordered(position) if one[0] > position.cursor]
        taken = ordered[:limit]
        rows = [row for _, row in taken if self._shows(row, position)]
        if self.switches.lose_page_token_next > 0:
            self.switches.lose_page_token_next -= 1
            return Page(rows=rows)
        if len(ordered) > limit:
            return Page(rows=rows, page_token=self._page_token(taken[-1][0] if taken else [], position))
        return Page(rows=rows, sync_token=self._sync_token(position) if self.query.syncable else None)

    def _check_age(self) -> None:
        oldest = self.now - self.switches.updated_min_limit_days * DAY_S
        if self.query.updated_min is not None and self.query.updated_min.timestamp() < oldest:
            raise updated_min_too_long_ago()

    def _position(self) -> Position:
        if self.query.page_token is not None:
            return self._resumed(self.query.page_token)
        if self.query.sync_token is not None:
            return Position(cursor=[], since=self._since(self.query.sync_token), until=self.calendar.newest)
        return Position(cursor=[], since=None, until=self.calendar.newest)

    def _page_token(self, cursor: list[int], position: Position) -> str:
        epoch = self.calendar.page_epoch
        return seal(
            "page", self.calendar.id, self.query.same, epoch, self.now, cursor, position.since, position.until
        )

    def _resumed(self, token: str) -> Position:
        parts = unseal("page", token)
        if parts is None or parts[0] != self.calendar.id or parts[1] != self.query.same:
            raise invalid("Invalid page token value.", "pageToken")
        epoch, issued, cursor, since, until = parts[2:]
        if epoch != self.calendar.page_epoch or self.now - issued > self.switches.page_token_lifetime_s:
            raise self._expired_page()
        return Position(cursor=cursor, since=since, until=until)

    def _expired_page(self) -> ApiError:
        if self.switches.expired_page_token_code == 410:
            return full_sync_required()
        return invalid("Invalid page token value.", "pageToken")

    def _sync_token(self, position: Position) -> str:
        epoch = self.calendar.sync_epoch
        return seal("sync", self.calendar.id, self.query.same_sync, epoch, self.now, position.until)

    def _since(self, token: str) -> int:
        parts: list[Any] | None = unseal("sync", token)
        if parts is None or parts[0] != self.calendar.id:
            raise invalid("Invalid sync token value.", "syncToken")
        _, same, epoch, issued, until = parts
        if same != self.query.same_sync:
            raise bad_request("The sync token belongs to a request with other parameters.", "syncToken")
        too_old = self.now - issued > self.switches.sync_token_lifetime_days * DAY_S
        if epoch != self.calendar.sync_epoch or too_old:
            raise full_sync_required()
        return int(until)

    def _ordered(self, position: Position) -> list[tuple[list[int], Row]]:
        """Rows with their keys, ascending, before any filter."""
        found = [(self._key(row), row) for row in self._candidates(position)]
        if self.query.single or self.query.order is not None:
            found.sort(key=lambda one: one[0])
        return found

    def _key(self, row: Row) -> list[int]:
        if self.query.order == "updated":
            return [row.updated, row.serial]
        if not self.query.single:
            return [row.serial]
        start = beginning(row, self.zone)
        return [start, row.serial] if self.query.order == "startTime" else [row.serial, start]

    def _candidates(self, position: Position) -> Iterator[Row]:
        since = position.since
        for row in self.calendar.rows.values():
            if self._gone(row):
                continue
            if self.query.single and row.recurrence and not row.cancelled:
                for one in instances(row, self.calendar.exceptions_of(row.id), self.zone):
                    if since is None or one.stamp > since:
                        yield one
            elif self.query.single and row.series is not None:
                continue
            elif since is None or row.stamp > since:
                yield row

    def _gone(self, row: Row) -> bool:
        return gone(row, self.switches, self.now)

    def _shows(self, row: Row, position: Position) -> bool:
        if row.cancelled and not self._shows_deleted(row, position):
            return False
        any_private = self.switches.repeated_private_filters == "or"
        return keeps(row, self.query, self.zone, any_private=any_private)

    def _shows_deleted(self, row: Row, position: Position) -> bool:
        """Asked for, incremental, or the trap: cancelled instances come unless instances were asked for."""
        return (
            self.query.show_deleted
            or position.since is not None
            or self.query.updated_min is not None
            or (row.series is not None and not self.query.single)
        )


def gone(row: Row, switches: Switches, now: float) -> bool:
    """Whether a deleted row can no longer be read."""
    if row.purged:
        return True
    life = switches.tombstone_lifetime_days
    return row.cancelled and life is not None and row.updated / 1000 + life * DAY_S < now
