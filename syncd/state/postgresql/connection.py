"""Connections to PostgreSQL, with what keeps a stopped or vanished process from barring others; its errors in our words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import conninfo, sql

from syncd.errors import StateError
from syncd.state.address import DatabaseAddress

ADVICE = (
    "Nothing was written remotely after that; see that PostgreSQL runs and lets this role in, and it goes on."
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
