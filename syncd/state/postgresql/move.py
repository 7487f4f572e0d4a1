"""A whole state from the SQLite file to PostgreSQL, or back: every row, or nothing.

Both sides are held alone meanwhile. What was copied from is put aside under a name that says so, never
deleted, so that no two syncd go on from one past.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import psycopg

from syncd.errors import RefusedError, StateError
from syncd.state.address import DatabaseAddress
from syncd.state.database import Database
from syncd.state.files import FILE_NAME
from syncd.state.postgresql.connection import connect
from syncd.state.postgresql.database import PostgresDatabase
from syncd.state.postgresql.private_copy import copy_tables, tables_of


def to_postgresql(folder: Path, address: DatabaseAddress, *, now: float) -> Mapping[str, int]:
    """Move the file's state there. Rows moved by table.

    Raises `RefusedError` where there is no file or the database knows something already, `LockedError`, `StateError`.
    """
    if not (folder / FILE_NAME).exists():
        raise RefusedError(f"There is no state in {folder}: nothing is to be moved.")
    source = Database.open_for_writing(folder, now=now)
    try:
        target = PostgresDatabase.open_for_writing(address)
        try:
            moved = _copy_in(source, target, address)
        finally:
            target.close()
    finally:
        source.close()
    _put_aside(folder, now)
    return moved


def to_sqlite(address: DatabaseAddress, folder: Path, *, now: float) -> Mapping[str, int]:
    """Move the database's state into a file there. Rows moved by table.

    Raises `RefusedError` where there is none or the file knows something already, `LockedError`, `StateError`.
    """
    if not PostgresDatabase.exists(address):
        raise RefusedError(f"There is no state at {address}: nothing is to be moved.")
    source = PostgresDatabase.open_for_writing(address)
    try:
        target = Database.open_for_writing(folder, now=now)
        try:
            tables = tables_of(target)
            if any(_counts(target, tables).values()):
                raise RefusedError(_full(folder / FILE_NAME))
            try:
                with connect(address) as rows:
                    copy_tables(rows, target)
            except psycopg.Error as error:
                raise StateError(str(address), str(error)) from error
            moved = _counts(target, tables)
        finally:
            target.close()
        with source.write() as transaction:
            aside = f"{address.schema}.moved-{int(now)}"
            transaction.execute(f'ALTER SCHEMA "{address.schema}" RENAME TO "{aside}"')
    finally:
        source.close()
    return moved


def _copy_in(source: Database, target: PostgresDatabase, address: DatabaseAddress) -> Mapping[str, int]:
    tables = tables_of(source)
    counts = _counts(source, tables)
    with target.bulk():
        if any(target.one(f"SELECT 1 FROM {name} LIMIT 1") for name in tables):  # noqa: S608 - our own names
            raise RefusedError(_full(address))
        for table, columns in tables.items():
            target.put_rows(table, columns, source.stream(f"SELECT {', '.join(columns)} FROM {table}"))  # noqa: S608
        for table, count in counts.items():
            found = target.one(f"SELECT count(*) FROM {table}")  # noqa: S608
            if found is None or found[0] != count:
                raise StateError(str(address), f"of {count} rows of {table} {found and found[0]} arrived")
    return counts


def _counts(database: Database, tables: Mapping[str, object]) -> dict[str, int]:
    return {name: database.rows(f"SELECT count(*) FROM {name}")[0][0] for name in tables}  # noqa: S608


def _full(where: object) -> str:
    return (
        f"The state at {where} knows something already, so nothing was moved: two pasts cannot be made one. "
        "Put it aside first if the other one is to go on."
    )


def _put_aside(folder: Path, now: float) -> None:
    for suffix in ("", "-wal", "-shm"):
        path = folder / f"{FILE_NAME}{suffix}"
        if path.exists():
            path.rename(folder / f"{FILE_NAME}.moved-{int(now)}{suffix}")
