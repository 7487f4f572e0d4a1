"""One SQLite file, one writer: opening, checking, locking, transactions.

WAL, synchronous FULL, mode 0600. Writers hold an exclusive lock on ``lock`` beside the file for as
long as they live; readers (dry run, history) need none. A damaged file is put aside under a name
that says so, at the start or by the first read that meets the damage, and a new one begun: the remote
markers hold what is needed to go on.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType

from syncd.errors import DamagedStateError, StateError
from syncd.state.connections import connect, migrated, open_sound, private_copy, put_aside_note, state_error
from syncd.state.damage import is_damage
from syncd.state.files import (
    FILE_NAME,
    LOCK_NAME,
    check_file,
    lock,
    prepare_folder,
    put_aside,
)
from syncd.state.port import Row

_BATCH = 200
"""Rows that a stream holds at a time."""


class Database:
    """A connection that several threads share; each transaction is one thread's alone."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path, lock_fd: int | None, *, is_copy: bool = False
    ) -> None:
        self.is_copy = is_copy
        """Whether it is private, and gone once it is closed."""
        self._connection = connection
        self._path = path
        self._lock_fd = lock_fd
        self._mutex = threading.RLock()
        self.notes: list[str] = []
        """What the operator should know about how this state was found, one sentence each."""

    @classmethod
    def open_beside(cls, folder: Path) -> Database:
        """For one short write beside a running daemon, without its lock. Raises `StateError`, `RefusedError`."""
        path = folder / FILE_NAME
        if not path.exists():
            raise StateError(path, "it does not exist yet; run syncd once first")
        try:
            connection = migrated(connect(path))
        except (sqlite3.Error, OSError, ValueError) as error:
            raise state_error(path, error) from error
        return cls(connection, path, None)

    @classmethod
    def open_for_writing(cls, folder: Path, *, now: float) -> Database:
        """The state in ``folder``, created if absent. Raises `LockedError`, `StateError`, `RefusedError`."""
        try:
            prepare_folder(folder)
            lock_fd = lock(folder / LOCK_NAME)
        except OSError as error:
            raise StateError(folder, str(error)) from error
        path = folder / FILE_NAME
        try:
            connection, notes = open_sound(path, now)
        except BaseException:
            os.close(lock_fd)
            raise
        database = cls(connection, path, lock_fd)
        database.notes.extend(notes)
        return database

    @classmethod
    def open_for_reading(cls, folder: Path) -> Database:
        """A view of the state that writes nothing; an empty one where there is none or it is damaged.

        Raises `RefusedError` for one of a newer layout, or a link.
        """
        path = folder / FILE_NAME
        try:
            check_file(path, owner=False)
        except OSError as error:
            raise StateError(path, str(error)) from error
        if not path.exists():
            return in_memory()
        for options in ("mode=ro", "mode=ro&immutable=1"):
            with suppress(sqlite3.Error, ValueError):
                reader = sqlite3.connect(f"file:{path}?{options}", uri=True, timeout=10)
                with closing(reader) as source:
                    if int(source.execute("PRAGMA user_version").fetchone()[0]):
                        return cls(private_copy(source), path, None, is_copy=True)
        empty = in_memory()
        if path.stat().st_size:
            empty.notes.append(
                f"The state at {path} is damaged or cannot be read, so this is told as if nothing were known. The next "
                "start of the service, or `syncd --once`, puts it aside."
            )
        return empty

    @property
    def epoch(self) -> int:
        """No lease: the lock keeps every other writer away."""
        return 0

    @property
    def identity(self) -> str:
        """Unknown: a file may have been put back from a copy while nobody looked."""
        return ""

    def write(self) -> AbstractContextManager[sqlite3.Connection]:
        """One transaction, begun IMMEDIATE; rolled back on any error. Raises `StateError` for SQLite's own.

        Inside another one of the same thread it is part of that: both are stored at once, or neither.
        """
        return _Transaction(self)

    def begin(self) -> tuple[sqlite3.Connection, bool]:
        """The connection, this thread's alone until `end`, and whether a transaction begins here."""
        self._mutex.acquire()
        try:
            if self._connection.in_transaction:
                return self._connection, False
            self._do("BEGIN IMMEDIATE")
        except BaseException:
            self._mutex.release()
            raise
        return self._connection, True

    def end(self, error: BaseException | None) -> None:
        """End the transaction: stored, or rolled back for that error."""
        try:
            if error is None:
                self._do("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        if error is not None:
            self._roll_back()
        if isinstance(error, sqlite3.Error):
            raise self._error(error) from error

    def leave(self) -> None:
        """Let other threads go on."""
        self._mutex.release()

    def _do(self, command: str) -> None:
        try:
            self._connection.execute(command)
        except sqlite3.Error as error:
            raise self._error(error) from error

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        with self._mutex:
            try:
                return self._connection.execute(sql, parameters).fetchall()
            except (sqlite3.Error, UnicodeDecodeError) as error:
                raise self._error(error) from error

    def one(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def stream(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[Row]:
        """As `rows`, a few at a time."""
        with self._mutex, self._telling():
            cursor = self._connection.execute(sql, parameters)
        while True:
            with self._mutex, self._telling():
                batch = cursor.fetchmany(_BATCH)
            if not batch:
                return
            yield from batch

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self._error(error) from error

    def damaged(self, problem: object) -> StateError:
        """What to raise for something stored that cannot be what was written.

        Whoever holds the lock puts the file aside and goes on with a new one; to all others it is only told.
        """
        with self._mutex:
            if self._lock_fd is None:
                return DamagedStateError(self._path, str(problem))
            with suppress(sqlite3.Error):
                self._connection.close()
            try:
                aside = put_aside(self._path, time.time())
                self._connection = migrated(connect(self._path))
            except (sqlite3.Error, OSError) as error:
                return StateError(self._path, str(error))
            self.notes.append(put_aside_note(aside))
            return DamagedStateError(self._path, str(problem), aside.name)

    def _error(self, error: Exception) -> StateError:
        return self.damaged(error) if is_damage(error) else state_error(self._path, error)

    def close(self) -> None:
        with self._mutex:
            self._connection.close()
            if self._lock_fd is not None:
                os.close(self._lock_fd)
                self._lock_fd = None


class _Transaction:
    """`Database.write`, as a class: one of the standard library's takes three times as long, and a write holds five."""

    __slots__ = ("_begun_here", "_database")

    def __init__(self, database: Database) -> None:
        self._database = database
        self._begun_here = False

    def __enter__(self) -> sqlite3.Connection:
        connection, self._begun_here = self._database.begin()
        return connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._begun_here:
                self._database.end(error)
        finally:
            self._database.leave()


def in_memory() -> Database:
    """An empty state that spills to a private temporary file and is gone once it is closed."""
    connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    return Database(migrated(connection), Path(FILE_NAME), None, is_copy=True)
