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
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from syncd.errors import DamagedStateError, StateError
from syncd.state.damage import find_damage, is_damage
from syncd.state.files import (
    FILE_NAME,
    LOCK_NAME,
    PARTS,
    check_file,
    lock,
    make_file,
    prepare_folder,
    put_aside,
)
from syncd.state.port import Row
from syncd.state.schema import migrate

_BATCH = 200
"""Rows that a stream holds at a time."""
_NEW = (
    "The state is new: history, approvals, respected deletions and the guards' baselines "
    "are not known; ids are rebuilt from the markers on the events."
)


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
            connection = _migrated(_connect(path))
        except (sqlite3.Error, OSError, ValueError) as error:
            raise _state_error(path, error) from error
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
            connection, notes = _open_sound(path, now)
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
                        return cls(_private_copy(source), path, None, is_copy=True)
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

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, begun IMMEDIATE; rolled back on any error. Raises `StateError` for SQLite's own.

        Inside another one of the same thread it is part of that: both are stored at once, or neither.
        """
        with self._mutex:
            if self._connection.in_transaction:
                yield self._connection
                return
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                raise self._error(error) from error
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException as error:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise self._error(error) from error
                raise

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        with self._mutex, self._telling():
            return self._connection.execute(sql, parameters).fetchall()

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
                self._connection = _migrated(_connect(self._path))
            except (sqlite3.Error, OSError) as error:
                return StateError(self._path, str(error))
            self.notes.append(_put_aside_note(aside))
            return DamagedStateError(self._path, str(problem), aside.name)

    def _error(self, error: Exception) -> StateError:
        return self.damaged(error) if is_damage(error) else _state_error(self._path, error)

    def close(self) -> None:
        with self._mutex:
            self._connection.close()
            if self._lock_fd is not None:
                os.close(self._lock_fd)
                self._lock_fd = None


def in_memory() -> Database:
    """An empty state that spills to a private temporary file and is gone once it is closed."""
    connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    return Database(_migrated(connection), Path(FILE_NAME), None, is_copy=True)


def _open_sound(path: Path, now: float) -> tuple[sqlite3.Connection, list[str]]:
    """A connection to a file that is sound, begun anew where it was not; what to say of that."""
    notes = []
    try:
        if path.exists() and path.stat().st_size and _damage_of(path):
            notes.append(_put_aside_note(put_aside(path, now)))
        if not path.exists() or not path.stat().st_size:
            notes.append(_NEW)
        connection = _migrated(_connect(path))
    except (sqlite3.Error, OSError, ValueError) as error:
        raise _state_error(path, error) from error
    return connection, notes


def _damage_of(path: Path) -> str:
    connection = sqlite3.connect(path, timeout=10, isolation_level=None)
    try:
        return find_damage(connection)
    finally:
        connection.close()


def _put_aside_note(aside: Path) -> str:
    return f"The state file was damaged and is kept as {aside.name}; a new one was begun."


def _state_error(path: Path, error: Exception) -> StateError:
    if is_damage(error):
        return DamagedStateError(path, str(error))
    return StateError(path, str(error))


def _connect(path: Path) -> sqlite3.Connection:
    for part in PARTS[1:]:
        check_file(path.with_name(path.name + part))
    make_file(path)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    with _closed_on_error(connection):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
    return connection


def _migrated(connection: sqlite3.Connection) -> sqlite3.Connection:
    """The connection, brought to the present layout. Raises `RefusedError` for one of a newer layout."""
    with _closed_on_error(connection):
        migrate(connection)
    return connection


@contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    """Python 3.13 and later complain of a connection that nobody closed."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _private_copy(source: sqlite3.Connection) -> sqlite3.Connection:
    """A consistent snapshot that spills to a private temporary file, so that the writer is never held up.

    Raises sqlite3.DatabaseError for a damaged one.
    """
    copy = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    with _closed_on_error(copy):
        source.backup(copy)
        if problem := find_damage(copy):
            raise sqlite3.DatabaseError(problem)
    return _migrated(copy)
