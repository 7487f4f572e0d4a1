"""A private copy in SQLite of what lies in PostgreSQL, from one snapshot: for views that must write nothing there."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from syncd.state.address import DatabaseAddress
from syncd.state.database import Database, in_memory
from syncd.state.postgresql.connection import as_state_error, connect
from syncd.state.postgresql.schema import check_layout, layout_of


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
