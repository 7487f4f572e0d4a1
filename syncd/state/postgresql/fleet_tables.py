"""The schema `fleet`: which instances there are, which are due, and what they look like from outside.

Everything here is small and shared: one connection for each thread that uses it. What is due is decided here
alone; whoever carries the news (`syncd.fleet.engine`) may lose it or tell it twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from psycopg import sql

from syncd.state.address import FLEET_SCHEMA
from syncd.state.candidates import Kind, fact_of
from syncd.state.port import Connection
from syncd.state.postgresql.batch import execute
from syncd.state.postgresql.connection import as_state_error
from syncd.state.postgresql.credential_use import CredentialUse
from syncd.state.postgresql.fleet_connection import over_a_restart
from syncd.state.postgresql.lease import NOW

DISPATCH_LOCK = 7_239_104_312
"""Advisory lock of the one worker that dispatches at a moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceRow:
    """One instance as the fleet sees it. Times are seconds since 1970 by the database's clock, 0 where never."""

    name: str
    wanted: int
    done: int
    due: float
    age_s: float
    """Seconds for which it has been due, negative where it is not yet."""
    began_at: float
    ended_at: float
    result: str
    board: Mapping[str, Any]
    holder: str
    """The machine that holds its lease now, '' where none does."""


def wake_within(connection: Connection, name: str) -> None:
    """As `FleetTables.wake`, in a transaction on an instance's own state: both are stored, or neither."""
    connection.execute(f"UPDATE {FLEET_SCHEMA}.instance SET wanted = wanted + 1 WHERE name = ?", (name,))  # noqa: S608


class FleetTables(CredentialUse):
    """One connection to them, opened anew where it was lost. Raises `StateError` where the database does not answer."""

    # --- who is due -----------------------------------------------------------------------------

    @over_a_restart
    def register(self, names: Iterable[str]) -> None:
        """Instances that a worker can serve; a new one is due at once."""
        with as_state_error(self._address):
            for name in names:
                self._connection.execute(
                    f"INSERT INTO instance (name, due) VALUES (%s, {NOW}) ON CONFLICT (name) DO NOTHING",  # noqa: S608
                    (name,),
                )

    @over_a_restart
    def wake(self, name: str) -> None:
        """Something came up for an instance; a turn under way does not count for it."""
        with as_state_error(self._address):
            self._connection.execute("UPDATE instance SET wanted = wanted + 1 WHERE name = %s", (name,))

    @over_a_restart
    def due(self, limit: int = 200) -> list[str]:
        """Instances that are due and that nobody serves now, the longest due first; none where another looks."""
        with as_state_error(self._address), self._connection.transaction():
            taken = self._connection.execute(
                "SELECT pg_try_advisory_xact_lock(%s)", (DISPATCH_LOCK,)
            ).fetchone()
            if taken is None or not taken[0]:
                return []
            rows = self._connection.execute(
                f"SELECT i.name FROM instance i LEFT JOIN lease l ON l.name = i.name "  # noqa: S608
                f"WHERE (i.due <= {NOW} OR i.wanted > i.done) AND coalesce(l.free_at, 0) <= {NOW} "
                "ORDER BY i.due LIMIT %s",
                (limit,),
            ).fetchall()
        return [row[0] for row in rows]

    @over_a_restart
    def others_wait(self) -> bool:
        """Whether an instance is due that nobody serves, and that did not just give its place back."""
        with as_state_error(self._address):
            row = self._connection.execute(
                f"SELECT 1 FROM instance i LEFT JOIN lease l ON l.name = i.name "  # noqa: S608
                f"WHERE (i.due <= {NOW} OR i.wanted > i.done) AND coalesce(l.free_at, 0) <= {NOW} "
                "AND i.result <> 'yielded' LIMIT 1"
            ).fetchone()
        return row is not None

    @over_a_restart
    def begin(self, name: str) -> tuple[int, str]:
        """A turn begins: what is wanted as of now, and how the one before ended."""
        with as_state_error(self._address):
            row = self._connection.execute(
                f"UPDATE instance SET began_at = {NOW} WHERE name = %s RETURNING wanted, result",  # noqa: S608
                (name,),
            ).fetchone()
        return (int(row[0]), str(row[1])) if row else (0, "")

    @over_a_restart
    def end(self, name: str, epoch: int, *, wanted: int | None, due_in_s: float, result: str) -> None:
        """A turn has ended. ``wanted``: what it did all of; None where something was left.

        Nothing is noted of one whose lease, of that ``epoch``, is another's by now.
        """
        with self._held(name, epoch) as held:
            if not held:
                return
            self._connection.execute(
                f"UPDATE instance SET done = greatest(done, coalesce(%s, done)), due = {NOW} + %s, "  # noqa: S608
                f"ended_at = {NOW}, result = %s WHERE name = %s",
                (wanted, due_in_s, result, name),
            )

    @contextmanager
    def _held(self, name: str, epoch: int) -> Iterator[bool]:
        """One transaction, and whether the instance's lease is still of that epoch in it."""
        with as_state_error(self._address), self._connection.transaction():
            row = self._connection.execute(
                "SELECT 1 FROM fence WHERE name = %s AND epoch = %s FOR SHARE", (name, epoch)
            ).fetchone()
            yield row is not None

    # --- what it looks like -----------------------------------------------------------------------

    @over_a_restart
    def show(self, name: str, epoch: int, board: Mapping[str, Any]) -> None:
        """What is new of what pages and metrics tell of an instance; the rest stays as it is.

        A problem that was there before keeps the moment since when. ``epoch``: see `end`.
        """
        with self._held(name, epoch) as held:
            if not held:
                return
            row = self._connection.execute(
                "SELECT board FROM instance WHERE name = %s FOR UPDATE", (name,)
            ).fetchone()
            before: Mapping[str, Any] = json.loads(row[0] or "{}") if row else {}
            now = {**before, **board}
            if before.get("problem") and board.get("problem"):
                now["problem_since"] = before.get("problem_since") or board.get("problem_since")
            told = json.dumps(now, ensure_ascii=False)
            execute(self._connection, b"UPDATE instance SET board = %s WHERE name = %s", (told, name))

    @over_a_restart
    def instances(self) -> list[InstanceRow]:
        """All of them, by name."""
        with as_state_error(self._address):
            rows = self._connection.execute(
                f"SELECT i.name, wanted, done, due, {NOW} - due, began_at, ended_at, result, board, "  # noqa: S608
                f"CASE WHEN l.free_at > {NOW} THEN l.machine ELSE '' END "
                "FROM instance i LEFT JOIN lease l ON l.name = i.name ORDER BY i.name"
            ).fetchall()
        return [
            InstanceRow(
                name=row[0], wanted=row[1], done=row[2], due=row[3], age_s=row[4], began_at=row[5],
                ended_at=row[6], result=row[7], board=json.loads(row[8] or "{}"), holder=row[9],
            )
            for row in rows
        ]  # fmt: skip

    @over_a_restart
    def agreed_settings(self, name: str) -> str:
        """Digest of the settings with which all machines serve an instance, '' before they agreed on any."""
        facts = sql.Identifier(replace(self._address, instance=name).schema, "facts")
        with as_state_error(self._address):
            try:
                row = self._connection.execute(
                    sql.SQL("SELECT value FROM {} WHERE name = %s").format(facts), (fact_of(Kind.SETTINGS),)
                ).fetchone()
            except psycopg.errors.UndefinedTable:
                return ""
        return str(row[0]) if row else ""

    def listens(self) -> bool:
        """Whether what is notified on one connection arrives on it: not so through a pooler."""
        with as_state_error(self._address):
            self._connection.execute("LISTEN syncd_probe")
            self._connection.execute("NOTIFY syncd_probe")
            heard = any(True for _ in self._connection.notifies(timeout=2.0, stop_after=1))
            self._connection.execute("UNLISTEN syncd_probe")
        return heard
