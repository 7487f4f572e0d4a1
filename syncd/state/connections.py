"""Connections to the state's file: made safely, sound, of the present layout; private copies of one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from syncd.errors import DamagedStateError, StateError
from syncd.state.damage import find_damage, is_damage
from syncd.state.files import PARTS, check_file, make_file, put_aside
from syncd.state.schema import migrate

_NEW = (
    "The state is new: history, approvals, respected deletions and the guards' baselines "
    "are not known; ids are rebuilt from the markers on the events."
)


def open_sound(path: Path, now: float) -> tuple[sqlite3.Connection, list[str]]:
    """A connection to a file that is sound, begun anew where it was not; what to say of that."""
    notes = []
    try:
        if path.exists() and path.stat().st_size and _damage_of(path):
            notes.append(put_aside_note(put_aside(path, now)))
        if not path.exists() or not path.stat().st_size:
            notes.append(_NEW)
        connection = migrated(connect(path))
    except (sqlite3.Error, OSError, ValueError) as error:
        raise state_error(path, error) from error
    return connection, notes


def _damage_of(path: Path) -> str:
    connection = sqlite3.connect(path, timeout=10, isolation_level=None)
    try:
        return find_damage(connection)
    finally:
        connection.close()


def put_aside_note(aside: Path) -> str:
    """What is said of a file that was put aside."""
    return f"The state file was damaged and is kept as {aside.name}; a new one was begun."


def state_error(path: Path, error: Exception) -> StateError:
    """SQLite's own in our words."""
    if is_damage(error):
        return DamagedStateError(path, str(error))
    return StateError(path, str(error))


def connect(path: Path) -> sqlite3.Connection:
    """A connection that stores for good what it stores. The file is made where it is absent, and must be ours."""
    for part in PARTS[1:]:
        check_file(path.with_name(path.name + part))
    make_file(path)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    with _closed_on_error(connection):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
    return connection


def migrated(connection: sqlite3.Connection) -> sqlite3.Connection:
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


def private_copy(source: sqlite3.Connection) -> sqlite3.Connection:
    """A consistent snapshot that spills to a private temporary file, so that the writer is never held up.

    Raises sqlite3.DatabaseError for a damaged one.
    """
    copy = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    with _closed_on_error(copy):
        source.backup(copy)
        if problem := find_damage(copy):
            raise sqlite3.DatabaseError(problem)
    return migrated(copy)
