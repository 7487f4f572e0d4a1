"""The tables in PostgreSQL: one schema for each instance, and one, ``fleet``, for what they share.

Each carries its own layout number. Steps are made under an advisory lock in one transaction, so that
two machines that start at once do not meet halfway.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from syncd.errors import RefusedError, StateError
from syncd.state.address import FLEET_SCHEMA, DatabaseAddress
from syncd.state.schema import MIGRATIONS, VERSION, for_postgresql, newer_layout

FLEET_MIGRATIONS: tuple[str, ...] = (
    # 1: who may write an instance's state, until when, and under which number
    """
    CREATE TABLE fence (name TEXT PRIMARY KEY, epoch INTEGER NOT NULL);
    CREATE TABLE lease (
        name TEXT PRIMARY KEY, epoch INTEGER NOT NULL, holder TEXT NOT NULL, machine TEXT NOT NULL,
        since REAL NOT NULL, free_at REAL NOT NULL
    );
    """,
    # 2: which instances a fleet serves, and which are due
    """
    CREATE TABLE instance (
        name TEXT PRIMARY KEY, wanted INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0,
        due REAL NOT NULL, began_at REAL NOT NULL DEFAULT 0, ended_at REAL NOT NULL DEFAULT 0,
        result TEXT NOT NULL DEFAULT '', board TEXT NOT NULL DEFAULT ''
    );
    CREATE TABLE credential_use (
        credential TEXT NOT NULL, instance TEXT NOT NULL, until REAL NOT NULL, PRIMARY KEY (credential, instance)
    );
    CREATE TABLE fleet_key (key TEXT NOT NULL);
    INSERT INTO fleet_key (key) VALUES (gen_random_uuid());
    """,
    # 3: what instances spent of a quota that the service tells nobody the rest of
    """
    CREATE TABLE credential_spent (
        credential TEXT NOT NULL, instance TEXT NOT NULL, at REAL NOT NULL, spent TEXT NOT NULL,
        PRIMARY KEY (credential, instance)
    );
    """,
)
_LOCK = 7_239_104_311
"""Advisory lock under which schemas are made and migrated."""


def bring_up_fleet(connection: psycopg.Connection[Any]) -> None:
    """Make or migrate what all instances share. Raises `RefusedError` for a newer one."""
    if layout_of(connection, FLEET_SCHEMA) == len(FLEET_MIGRATIONS):
        return
    with connection.transaction():
        _lock_catalogue(connection)
        _bring_up(connection, FLEET_SCHEMA, FLEET_MIGRATIONS)


def bring_up_instance(connection: psycopg.Connection[Any], address: DatabaseAddress) -> bool:
    """Make or migrate an instance's tables, for its lease's holder. True where they are new.

    Raises `RefusedError` for newer ones.
    """
    if layout_of(connection, address.schema) == VERSION:
        return False
    with connection.transaction():
        _lock_catalogue(connection)
        return _bring_up(connection, address.schema, MIGRATIONS) == 0


def _lock_catalogue(connection: psycopg.Connection[Any]) -> None:
    """Take this advisory lock for the transaction, and see what whoever held it before has made.

    An advisory lock alone brings no session's cache of names up to date: `to_regclass` would go by what the session knew
    before it waited. To open a table of the catalogue does.
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    connection.execute("SELECT 1 FROM pg_catalog.pg_namespace LIMIT 1")


def layout_of(connection: psycopg.Connection[Any], schema: str) -> int:
    """Layout number of a schema, 0 where there is none."""
    found = connection.execute("SELECT to_regclass(%s)", (f'"{schema}".layout',)).fetchone()
    if found is None or found[0] is None:
        return 0
    row = connection.execute(
        sql.SQL("SELECT version FROM {}.layout").format(sql.Identifier(schema))
    ).fetchone()
    return int(row[0]) if row else 0


def check_layout(found: int) -> None:
    """Raises `RefusedError` where an instance's schema was written by a later version."""
    if found > VERSION:
        raise newer_layout(found)


def check_present(found: int, address: DatabaseAddress) -> None:
    """Raises `StateError`, `RefusedError` where a short write beside the holder cannot be made."""
    check_layout(found)
    if not found:
        raise StateError(str(address), "it does not exist yet", "Run `syncd run` or `syncd --once` first.")
    if found < VERSION:
        raise StateError(
            str(address),
            f"it is of an older layout ({found}, this version writes {VERSION})",
            "Start this version of `syncd run`, which brings it up, and try again.",
        )


def _bring_up(connection: psycopg.Connection[Any], schema: str, steps: tuple[str, ...]) -> int:
    found = layout_of(connection, schema)
    if schema != FLEET_SCHEMA:
        check_layout(found)
    elif found > len(steps):
        raise RefusedError(
            f"The database's schema {FLEET_SCHEMA} was written by a newer syncd (layout {found}, this one knows "
            f"{len(steps)}). Bring every machine to the same version."
        )
    if found == len(steps):
        return found
    name = sql.Identifier(schema)
    if not found:
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
    connection.execute(sql.SQL("SET LOCAL search_path = {}").format(name))
    if not found:
        connection.execute("CREATE TABLE layout (version BIGINT NOT NULL)")
        connection.execute("INSERT INTO layout (version) VALUES (0)")
    for step in steps[found:]:
        connection.execute(for_postgresql(step).encode())
    connection.execute("UPDATE layout SET version = %s", (len(steps),))
    return found
