"""One SQLite file, one writer: opening, checking, locking, transactions.

WAL, synchronous FULL, mode 0600. Writers hold an exclusive lock on ``lock`` beside the file for as
long as they live; readers (dry run, history) need none. A damaged file is put aside under a name
that says so, and a new one begun: the remote markers hold what is needed to go on.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from syncd.errors import LockedError, RefusedError, StateError
from syncd.state.port import Row
from syncd.state.schema import migrate

FILE_NAME = "state.db"
LOCK_NAME = "lock"


class Database:
    """A connection that several threads share; each transaction is one thread's alone."""

    def __init__(self, connection: sqlite3.Connection, path: Path, lock_fd: int | None) -> None:
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
        except (sqlite3.Error, OSError) as error:
            raise StateError(path, str(error)) from error
        return cls(connection, path, None)

    @classmethod
    def open_for_writing(cls, folder: Path, *, now: float) -> Database:
        """The state in ``folder``, created if absent. Raises `LockedError`, `StateError`, `RefusedError`."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock_fd = _lock(folder / LOCK_NAME)
        except OSError as error:
            raise StateError(folder, str(error)) from error
        path = folder / FILE_NAME
        notes = []
        try:
            if path.exists() and not _is_sound(path):
                aside = _put_aside(path, now)
                notes.append(f"The state file was damaged and is kept as {aside.name}; a new one was begun.")
            if not path.exists() or not path.stat().st_size:
                notes.append(
                    "The state is new: history, approvals, respected deletions and the guards' baselines "
                    "are not known; ids are rebuilt from the markers on the events."
                )
            connection = _migrated(_connect(path))
        except RefusedError:
            os.close(lock_fd)
            raise
        except (sqlite3.Error, OSError) as error:
            os.close(lock_fd)
            raise StateError(path, str(error)) from error
        database = cls(connection, path, lock_fd)
        database.notes.extend(notes)
        return database

    @classmethod
    def open_for_reading(cls, folder: Path) -> Database:
        """A view of the state that writes nothing; an empty one where there is none or it is damaged.

        Raises `RefusedError` for one of a newer layout.
        """
        path = folder / FILE_NAME
        if path.exists():
            for options in ("mode=ro", "mode=ro&immutable=1"):
                with suppress(sqlite3.Error):
                    reader = sqlite3.connect(f"file:{path}?{options}", uri=True, timeout=10)
                    with closing(reader) as source:
                        if int(source.execute("PRAGMA user_version").fetchone()[0]):
                            return cls(_private_copy(source), path, None)
        return in_memory()

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
                raise StateError(self._path, str(error)) from error
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException as error:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise StateError(self._path, str(error)) from error
                raise

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        with self._mutex:
            try:
                return self._connection.execute(sql, parameters).fetchall()
            except sqlite3.Error as error:
                raise StateError(self._path, str(error)) from error

    def one(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def close(self) -> None:
        with self._mutex:
            self._connection.close()
            if self._lock_fd is not None:
                os.close(self._lock_fd)
                self._lock_fd = None


def in_memory() -> Database:
    """An empty state that spills to a private temporary file and is gone once it is closed."""
    connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    return Database(_migrated(connection), Path(FILE_NAME), None)


def _connect(path: Path) -> sqlite3.Connection:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.close(descriptor)
    path.chmod(0o600)
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
    """A consistent snapshot that spills to a private temporary file, so that the writer is never held up."""
    copy = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    with _closed_on_error(copy):
        source.backup(copy)
    return _migrated(copy)


def _lock(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise LockedError(path) from error
    return descriptor


def _is_sound(path: Path) -> bool:
    """False for a damaged file. Raises sqlite3.OperationalError for one that is only locked or out of reach."""
    connection = sqlite3.connect(path, timeout=10)
    try:
        return [row[0] for row in connection.execute("PRAGMA quick_check(1)")] == ["ok"]
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()


def _put_aside(path: Path, now: float) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{int(now)}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside
