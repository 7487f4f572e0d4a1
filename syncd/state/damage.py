"""What tells a damaged state file from one that is only locked or out of reach.

Everything that decides what is written is read once at the start, every value of it: a single changed
byte must not come up in the middle of a cycle. History is read when somebody asks for it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from syncd.state.schema import VERSION, migrate_to

DECIDING = (
    "facts", "contexts", "ids", "respected", "intents", "approvals", "waiting", "runs", "remembered", "candidates",
    "copies", "unapproved",
)  # fmt: skip
"""Tables that are read whole at the start."""
_NO_LAYOUT = 10_000
"""Number that no layout will ever have."""
_TYPES = {"INTEGER": "'integer'", "REAL": "'real', 'integer'", "TEXT": "'text'", "BLOB": "'blob'"}
_OUT_OF_REACH = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_MISUSE,
    }
)
"""Primary codes that speak of the machine or of us, not of what is in the file."""


def is_damage(error: Exception) -> bool:
    """True where an error of SQLite, or in what it gave, speaks of the content of the file."""
    if not isinstance(error, sqlite3.Error):
        return not isinstance(error, OSError)
    if isinstance(error, (sqlite3.ProgrammingError, sqlite3.InterfaceError)):
        return False
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # The module's own: bytes that are no UTF-8.
        return True
    if code == sqlite3.SQLITE_ERROR:
        # Statements are right for the layout, so it is the layout that is not what it says.
        return True
    return code == sqlite3.SQLITE_IOERR_SHORT_READ or code & 0xFF not in _OUT_OF_REACH


def find_damage(connection: sqlite3.Connection) -> str:
    """What is wrong with the file, '' if nothing is. Raises sqlite3.Error where it is only out of reach."""
    try:
        return next(_damages(connection), "")
    except (sqlite3.Error, ValueError) as error:
        if not is_damage(error):
            raise
        return str(error)


def _damages(connection: sqlite3.Connection) -> Iterator[str]:
    for (said,) in connection.execute("PRAGMA quick_check(1)"):
        if said != "ok":
            yield str(said)
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    tables = _layout(connection)
    if not found and not tables:
        return
    if not 0 < found <= VERSION:
        # A later layout is a later syncd's to read, and refused by whoever opens this; no syncd counts that far.
        if not VERSION < found < _NO_LAYOUT:
            yield f"the layout's number {found} cannot be"
        return
    if tables != _layout_of(found):
        yield f"the tables are not those of layout {found}"
        return
    for table in DECIDING:
        if table in tables:
            yield from _odd_values(connection, table, tables[table])


def _odd_values(
    connection: sqlite3.Connection, table: str, columns: tuple[tuple[str, str], ...]
) -> Iterator[str]:
    names = ", ".join(f'"{name}"' for name, _ in columns)
    kinds = " OR ".join(
        f"typeof(\"{name}\") NOT IN ({_TYPES[kind]}, 'null')" for name, kind in columns if kind in _TYPES
    )
    odd = connection.execute(f"SELECT count(*) FROM {table} WHERE {kinds}").fetchone()[0]  # noqa: S608
    if odd:
        yield f"{table} holds values of another kind"
    for row in connection.execute(f"SELECT {names} FROM {table}"):  # noqa: S608
        if table == "facts":
            _check_fact(str(row[1]))


def _check_fact(value: str) -> None:
    """Facts that are JSON must be: they are read by whoever needs them, at any time. Raises ValueError."""
    if value[:1] in {"{", "["}:
        json.loads(value)


def _layout_of(version: int) -> dict[str, tuple[tuple[str, str], ...]]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate_to(connection, version)
    try:
        return _layout(connection)
    finally:
        connection.close()


def _layout(connection: sqlite3.Connection) -> dict[str, tuple[tuple[str, str], ...]]:
    """Table to its columns' names and types."""
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    return {
        name: tuple(
            (str(row[1]), str(row[2]))
            for row in connection.execute(f'PRAGMA table_info("{name}")').fetchall()
        )
        for (name,) in tables
    }
