"""The state in PostgreSQL: connecting, transactions under the lease's epoch, views that write nothing.

One connection that several threads share, as in SQLite. Every transaction of a lease's holder begins by
locking its epoch FOR SHARE: a claim waits for it, and once another holder has claimed there is no row to lock.
Imported only where the state lies in PostgreSQL.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any, TypeVar

import psycopg
from psycopg import conninfo, sql
from psycopg.pq import TransactionStatus

from syncd.errors import LeaseLostError, StateError
from syncd.state.address import FLEET_SCHEMA, DatabaseAddress
from syncd.state.database import Database, in_memory
from syncd.state.lease import Lease
from syncd.state.lease_stop import HeldLease
from syncd.state.port import Cursor, Row
from syncd.state.server_schema import (
    bring_up_fleet,
    bring_up_instance,
    check_layout,
    check_present,
    layout_of,
)

T = TypeVar("T")
ADVICE = (
    "Nothing was written remotely after that; see that PostgreSQL runs and lets this role in, and it goes on."
)
NEW_STATE = (
    "The state is new: history, approvals, respected deletions and the guards' baselines "
    "are not known; ids are rebuilt from the markers on the events."
)
_CONNECT = {
    "connect_timeout": 5,
    # A machine that is gone must be noticed well before a lease runs out.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "client_encoding": "UTF8",
    "application_name": "syncd",
}
_SESSION = (
    # A process that is stopped inside a transaction keeps its row locks: the server ends it before a lease ends.
    "SET idle_in_transaction_session_timeout = 4000",
    "SET lock_timeout = 3000",
    "SET tcp_keepalives_idle = 5",
    "SET tcp_keepalives_interval = 2",
    "SET tcp_keepalives_count = 3",
)


def connect(address: DatabaseAddress, schema: str = "") -> psycopg.Connection[Any]:
    """A connection that commits by itself, its names resolved in ``schema`` (default: the instance's).

    Raises psycopg.Error; `StateError` where a pooler stands between: locks and settings would be another client's.
    """
    given = conninfo.conninfo_to_dict(address.url)
    connection = psycopg.connect(**(_CONNECT | given), autocommit=True)  # type: ignore[arg-type]
    try:
        connection.execute("; ".join(_SESSION))
        connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(schema or address.schema)))
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
    except BaseException:
        connection.close()
        raise
    if row is None or row[0] != connection.info.backend_pid:
        connection.close()
        raise StateError(
            str(address), "a connection pooler stands between; connect to PostgreSQL itself", ADVICE
        )
    return connection


class Result:
    """One statement and its rows. It is sent when somebody wants to know, or with the transaction's end."""

    def __init__(self, batch: Batch, query: bytes, parameters: Sequence[Any]) -> None:
        self._batch = batch
        self.query = query
        self.parameters = parameters
        self.cursor: psycopg.Cursor[Any] | None = None

    @property
    def rowcount(self) -> int:
        """Rows that a write concerned."""
        return self._answered().rowcount

    def fetchone(self) -> Row | None:
        return self._answered().fetchone()

    def fetchall(self) -> list[Row]:
        return self._answered().fetchall()

    def __iter__(self) -> Iterator[Row]:
        return iter(self._answered())

    def _answered(self) -> psycopg.Cursor[Any]:
        if self.cursor is None:
            self._batch.send()
        assert self.cursor is not None  # noqa: S101 - sent right now
        return self.cursor


class Batch:
    """Statements that wait to be sent together: one round trip for all, ended by a sync each time.

    They wait here and not in an open pipeline: there the server would count the session as busy, and never end the
    transaction of a process that was stopped.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._waiting: list[Result] = []

    def execute(self, text: str, parameters: Sequence[Any] = (), /) -> Cursor:
        """One statement, in its turn."""
        result = Result(self, _in_psycopgs_words(text), parameters)
        self._waiting.append(result)
        return result

    def send(self, *, commit: bool = False) -> None:
        """All that wait, and the end of the transaction with them."""
        waiting, self._waiting = self._waiting, []
        if len(waiting) + commit > 1:
            with self._connection.pipeline():
                self._send(waiting, commit=commit)
        else:
            self._send(waiting, commit=commit)

    def _send(self, waiting: Iterable[Result], *, commit: bool) -> None:
        for one in waiting:
            one.cursor = _execute(self._connection, one.query, one.parameters)
        if commit:
            self._connection.execute(b"COMMIT")


def _execute(
    connection: psycopg.Connection[Any], query: bytes, parameters: Sequence[Any]
) -> psycopg.Cursor[Any]:
    """One statement. A NUL, which PostgreSQL keeps in no text, becomes the sign of what cannot be shown."""
    try:
        return connection.execute(query, parameters or None)
    except psycopg.DataError:
        if not any(isinstance(value, str) and "\0" in value for value in parameters):
            raise
    return connection.execute(query, [_clean(value) for value in parameters])


def _clean(value: Any) -> Any:
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


@lru_cache(maxsize=512)
def _in_psycopgs_words(text: str) -> bytes:
    """Placeholders as psycopg wants them. No statement of ours holds a question mark but as a placeholder."""
    return text.replace("%", "%%").replace("?", "%s").encode() if "?" in text else text.encode()


def claim_lease(address: DatabaseAddress) -> Lease:
    """The lease alone, for whoever has the work done by another process. Raises `LockedError`, `StateError`."""
    with as_state_error(address), connect(address, FLEET_SCHEMA) as shared:
        bring_up_fleet(shared)
        return Lease.claim(address, connect, shared)


class PostgresDatabase:
    """`StateDatabase` over one connection, opened anew where it was lost; ``lease`` None: a person's short write."""

    def __init__(
        self, address: DatabaseAddress, connection: psycopg.Connection[Any], lease: HeldLease | None
    ) -> None:
        self._address = address
        self._connection = connection
        self._mutex = threading.RLock()
        self._batch: Batch | None = None
        self._begin = b"BEGIN"
        self.lease = lease
        self.notes: list[str] = []
        if lease is not None:
            self._begin = (
                sql.SQL("BEGIN; SELECT 1 FROM {}.fence WHERE name = {} AND epoch = {} FOR SHARE")
                .format(sql.Identifier(FLEET_SCHEMA), sql.Literal(address.instance), sql.Literal(lease.epoch))
                .as_bytes(connection)
            )

    @classmethod
    def open_for_writing(cls, address: DatabaseAddress, *, holder: str = "") -> PostgresDatabase:
        """The instance's state, made if absent, under its lease.

        Raises `LockedError` where another holds it, `StateError`, `RefusedError`.
        """
        with as_state_error(address):
            with connect(address, FLEET_SCHEMA) as shared:
                bring_up_fleet(shared)
                lease = Lease.claim(address, connect, shared, holder=holder)
            try:
                connection = connect(address)
                try:
                    # By the holder alone: a standby of a newer version must not change tables under who writes.
                    new = bring_up_instance(connection, address)
                except BaseException:
                    connection.close()
                    raise
            except BaseException:
                lease.give_back()
                raise
        database = cls(address, connection, lease)
        if new:
            database.notes.append(NEW_STATE)
        return database

    @classmethod
    def open_under(cls, address: DatabaseAddress, lease: HeldLease) -> PostgresDatabase:
        """The instance's state under a lease that another process of this machine holds and renews.

        Raises `StateError`, `RefusedError`.
        """
        with as_state_error(address):
            connection = connect(address)
            try:
                new = bring_up_instance(connection, address)
            except BaseException:
                connection.close()
                raise
        database = cls(address, connection, lease)
        if new:
            database.notes.append(NEW_STATE)
        return database

    @classmethod
    def open_beside(cls, address: DatabaseAddress) -> PostgresDatabase:
        """For one short write of a person, without the lease. Raises `StateError`, `RefusedError`."""
        with as_state_error(address):
            connection = connect(address)
            try:
                check_present(layout_of(connection, address.schema), address)
            except BaseException:
                connection.close()
                raise
        return cls(address, connection, None)

    @classmethod
    def exists(cls, address: DatabaseAddress) -> bool:
        """Whether the instance's schema was ever made. Raises `StateError`."""
        with as_state_error(address), connect(address) as connection:
            return layout_of(connection, address.schema) > 0

    @property
    def epoch(self) -> int:
        """The lease's, 0 beside it."""
        return self.lease.epoch if self.lease is not None else 0

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
            with self._transaction():
                batch = self._batch = Batch(self._connection)
                yield batch
                batch.send(commit=True)

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """The same for `copy_in`."""
        with self._mutex, self._transaction():
            self._batch = Batch(self._connection)
            yield
            self._batch.send(commit=True)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._begin_transaction()
            with as_state_error(self._address):
                yield
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._batch = None

    def rows(self, text: str, parameters: Sequence[object] = ()) -> list[Row]:
        with self._mutex, as_state_error(self._address):
            if self._batch is not None:
                return self._batch.execute(text, parameters).fetchall()
            query = _in_psycopgs_words(text)
            return self._outlive_restart(lambda: _execute(self._connection, query, parameters)).fetchall()

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

    def copy_in(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Rows as they are, inside `bulk`; numbers that the table gives out go on after the highest."""
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        with self._connection.cursor() as cursor:
            with cursor.copy(into) as copy:
                for row in rows:
                    copy.write_row([_clean(value) for value in row])
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

    def _begin_transaction(self) -> None:
        with as_state_error(self._address):
            cursor = self._outlive_restart(lambda: self._connection.execute(self._begin))
            if self.lease is None:
                return
            cursor.nextset()
            fenced = cursor.fetchone()
        if fenced is None:
            self.lease.lose()
            raise LeaseLostError(self._address.instance)

    def _outlive_restart(self, ask: Callable[[], T]) -> T:
        """Ask what changes nothing yet; once more over a new connection where this one was lost meanwhile."""
        try:
            if not self._connection.closed:
                return ask()
        except psycopg.OperationalError:
            if not self._connection.closed:
                raise
        self._connection = connect(self._address)
        return ask()

    def _roll_back(self) -> None:
        with suppress(psycopg.Error):
            if self._connection.info.transaction_status is not TransactionStatus.IDLE:
                self._connection.execute(b"ROLLBACK")


def open_copy(address: DatabaseAddress) -> Database:
    """The instance's state as of now in a private SQLite database: nothing written there reaches the server.

    An empty one where there is none yet. Raises `StateError`, `RefusedError`.
    """
    copy = in_memory()
    with as_state_error(address):
        source = connect(address)
        try:
            found = layout_of(source, address.schema)
            check_layout(found)
            if found:
                copy_tables(source, copy)
        finally:
            source.close()
    return copy


def copy_tables(source: psycopg.Connection[Any], copy: Database) -> None:
    """Every row of the instance's schema, from one snapshot, into a state of the present layout."""
    with copy.write() as target, source.transaction():
        source.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for table, columns in tables_of(copy).items():
            there = _columns_of(source, table)
            shared = [name for name in columns if name in there]
            marks = ", ".join("?" * len(shared))
            # Names come from our own schema.
            put = f"INSERT INTO {table} ({', '.join(shared)}) VALUES ({marks})"  # noqa: S608
            with source.cursor(name="copy") as rows:
                rows.itersize = 5000
                rows.execute(
                    sql.SQL("SELECT {} FROM {}").format(
                        sql.SQL(", ").join(map(sql.Identifier, shared)), sql.Identifier(table)
                    )
                )
                target.executemany(put, rows)


def tables_of(database: Database) -> dict[str, list[str]]:
    """Tables of a SQLite state, each with its columns."""
    names = database.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
    )
    return {name: [row[1] for row in database.rows(f"PRAGMA table_info({name})")] for (name,) in names}


def _columns_of(source: psycopg.Connection[Any], table: str) -> set[str]:
    rows = source.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s",
        (table,),
    )
    return {row[0] for row in rows}


@contextmanager
def as_state_error(address: DatabaseAddress) -> Iterator[None]:
    """PostgreSQL's own errors in our words; its message may name host and role, never a password."""
    try:
        yield
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise StateError(str(address), reason, ADVICE) from error
    except sqlite3.Error as error:  # pragma: no cover - the private copy's disk is full
        raise StateError(str(address), str(error)) from error
