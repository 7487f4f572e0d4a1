"""The state in PostgreSQL: opened under a lease or beside it, and transactions under the lease's epoch.

One connection that several threads share, as in SQLite. Every transaction of a lease's holder begins by
locking its epoch FOR SHARE: a claim waits for it, and once another holder has claimed there is no row to lock.
Imported only where the state lies in PostgreSQL.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any, TypeVar

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus

from syncd.errors import LeaseLostError, StateError
from syncd.state.address import FLEET_SCHEMA, DatabaseAddress
from syncd.state.lease_stop import HeldLease
from syncd.state.port import Row
from syncd.state.postgresql.batch import Batch, Session, clean, execute, in_psycopgs_words
from syncd.state.postgresql.connection import as_state_error, connect
from syncd.state.postgresql.lease import Lease
from syncd.state.postgresql.schema import (
    bring_up_fleet,
    bring_up_instance,
    check_present,
    layout_of,
)

T = TypeVar("T")
_ROWS_AT_ONCE = 500
"""Rows of one message while a state is moved: the server's limit on idle transactions runs before each."""
_FENCE = (
    "SELECT 1 / (SELECT count(*) FROM "  # noqa: S608 - a constant
    f"(SELECT FROM {FLEET_SCHEMA}.fence WHERE name = ? AND epoch = ? FOR SHARE) AS held)"
)
"""Fails where the epoch is another's by now, so that the server does nothing of what comes with it in one message."""
NEW_STATE = (
    "The state is new: history, approvals, respected deletions and the guards' baselines "
    "are not known; ids are rebuilt from the markers on the events."
)


def claim_lease(address: DatabaseAddress, *, holder: str = "") -> Lease:
    """The lease alone, the work being done here or by another process. Raises `LockedError`, `StateError`.

    ``holder``: see `Lease.claim`.
    """
    with as_state_error(address), connect(address, FLEET_SCHEMA) as shared:
        bring_up_fleet(shared)
        return Lease.claim(address, connect, shared, holder=holder)


def _opened(
    address: DatabaseAddress, prepare: Callable[[psycopg.Connection[Any], DatabaseAddress], T]
) -> tuple[psycopg.Connection[Any], T]:
    """A connection, and what was made ready over it; none is left open where that fails."""
    with as_state_error(address):
        connection = connect(address)
        try:
            return connection, prepare(connection, address)
        except BaseException:
            connection.close()
            raise


class PostgresDatabase:
    """`StateDatabase` over one connection, opened anew where it was lost; ``lease`` None: a person's short write."""

    def __init__(
        self, address: DatabaseAddress, connection: psycopg.Connection[Any], lease: HeldLease | None
    ) -> None:
        self._address = address
        self._session = Session(connection)
        self._mutex = threading.RLock()
        self._batch: Batch | None = None
        self._fence = (_FENCE, (address.instance, lease.epoch)) if lease is not None else None
        self.lease = lease
        self.notes: list[str] = []

    @classmethod
    def open_for_writing(cls, address: DatabaseAddress, *, holder: str = "") -> PostgresDatabase:
        """The instance's state, made if absent, under its lease.

        Raises `LockedError` where another holds it, `StateError`, `RefusedError`.
        """
        lease = claim_lease(address, holder=holder)
        try:
            # By the holder alone: a standby of a newer version must not change tables under who writes.
            return cls.open_under(address, lease)
        except BaseException:
            lease.give_back()
            raise

    @classmethod
    def open_under(cls, address: DatabaseAddress, lease: HeldLease) -> PostgresDatabase:
        """The instance's state, made if absent, under a lease that this process or its parent holds and renews.

        Raises `StateError`, `RefusedError`.
        """
        connection, new = _opened(address, bring_up_instance)
        database = cls(address, connection, lease)
        if new:
            database.notes.append(NEW_STATE)
        return database

    @classmethod
    def open_beside(cls, address: DatabaseAddress) -> PostgresDatabase:
        """For one short write of a person, without the lease. Raises `StateError`, `RefusedError`."""
        connection, _ = _opened(
            address, lambda opened, where: check_present(layout_of(opened, where.schema), where)
        )
        return cls(address, connection, None)

    @classmethod
    def exists(cls, address: DatabaseAddress) -> bool:
        """Whether the instance's schema was ever made. Raises `StateError`."""
        with as_state_error(address), connect(address) as connection:
            return layout_of(connection, address.schema) > 0

    @classmethod
    def layout(cls, address: DatabaseAddress) -> int:
        """Layout number of the instance's schema, 0 where there is none. Raises `StateError`."""
        with as_state_error(address), connect(address) as connection:
            return layout_of(connection, address.schema)

    @property
    def epoch(self) -> int:
        """The lease's, 0 beside it."""
        return self.lease.epoch if self.lease is not None else 0

    @property
    def is_copy(self) -> bool:
        """Never: whoever only looks works on a copy in SQLite."""
        return False

    @property
    def identity(self) -> str:
        """Of this cluster, its timeline and this very schema: a restore or a promotion gives another one."""
        found = self.one(
            "SELECT system_identifier, timeline_id, ?::regnamespace::oid "
            "FROM pg_control_system(), pg_control_checkpoint()",
            (f'"{self._address.schema}"',),
        )
        return "-".join(str(piece) for piece in found or ())

    @contextmanager
    def write(self) -> Iterator[Batch]:
        """One transaction under the lease's epoch. Raises `LeaseLostError`, `StateError`."""
        with self._mutex:
            if self._batch is not None:
                yield self._batch
                return
            with self._transaction() as batch:
                yield batch
                batch.send(commit=True)

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """The same for `put_rows`."""
        with self._mutex, self._transaction() as batch:
            batch.send()
            yield
            batch.send(commit=True)

    @contextmanager
    def _transaction(self) -> Iterator[Batch]:
        batch = self._batch = Batch(self._fence, self._first_of_transaction)
        try:
            with as_state_error(self._address):
                yield batch
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._batch = None

    def rows(self, text: str, parameters: Sequence[object] = ()) -> list[Row]:
        with self._mutex, as_state_error(self._address):
            if self._batch is not None:
                return self._batch.execute(text, parameters).fetchall()
            query = in_psycopgs_words(text)
            return self._outlive_restart(
                lambda session: execute(session.connection, query, parameters)
            ).fetchall()

    def one(self, text: str, parameters: Sequence[object] = ()) -> Row | None:
        found = self.rows(text, parameters)
        return found[0] if found else None

    def stream(self, text: str, parameters: Sequence[object] = ()) -> Iterator[Row]:
        """All at once: whoever looks back works on a private copy."""
        yield from self.rows(text, parameters)

    def damaged(self, problem: object) -> StateError:
        """The server's own to mend: nothing is put aside."""
        return StateError(
            str(self._address), f"it holds what was never written ({problem})", "Restore it from a backup."
        )

    def put_rows(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Rows as they are, inside `bulk`; numbers that the table gives out go on after the highest.

        Not by COPY: no limit of the server's ends one whose client stands still, and its locks would bar everybody.
        """
        names = ", ".join(columns)
        put = f"INSERT INTO {table} ({names}) SELECT {names} FROM json_populate_recordset(NULL::{table}, ?)"  # noqa: S608
        left = iter(rows)
        with self.write() as batch:
            while some := list(islice(left, _ROWS_AT_ONCE)):
                told = [dict(zip(columns, map(_in_json, row), strict=True)) for row in some]
                batch.execute(put, (json.dumps(told),))
                batch.send()
        with self._connection.cursor() as cursor:
            for column in columns:
                sequence = cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", (table, column)).fetchone()
                if sequence is not None and sequence[0] is not None:
                    cursor.execute(
                        sql.SQL("SELECT setval(%s, greatest(max({0}), 1), count(*) > 0) FROM {1}").format(
                            sql.Identifier(column), sql.Identifier(table)
                        ),
                        sequence,
                    )

    def close(self) -> None:
        with self._mutex:
            if self.lease is not None:
                self.lease.give_back()
            self._connection.close()

    def _first_of_transaction(self, send: Callable[[Session], T]) -> T:
        """What begins a transaction. Raises `LeaseLostError` where the lease is another's."""
        try:
            return self._outlive_restart(send)
        except psycopg.errors.DivisionByZero:
            # No statement of ours divides but `_FENCE`.
            if self.lease is None:
                raise
            self.lease.lose()
            raise LeaseLostError(self._address.instance) from None

    def _outlive_restart(self, ask: Callable[[Session], T]) -> T:
        """Ask what stores nothing yet; once more over a new connection where this one was lost meanwhile."""
        try:
            if not self._connection.closed:
                return ask(self._session)
        except psycopg.OperationalError:
            if not self._connection.closed:
                raise
        self._session = Session(connect(self._address))
        return ask(self._session)

    @property
    def _connection(self) -> psycopg.Connection[Any]:
        return self._session.connection

    def _roll_back(self) -> None:
        with suppress(psycopg.Error):
            if self._connection.info.transaction_status is not TransactionStatus.IDLE:
                self._connection.execute(b"ROLLBACK")


def _in_json(value: object) -> object:
    """A value as PostgreSQL reads it out of JSON."""
    return f"\\x{value.hex()}" if isinstance(value, bytes) else clean(value)
