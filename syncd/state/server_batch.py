"""Statements for PostgreSQL: in psycopg's words, and several in one message where nobody waits for an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import psycopg

from syncd.state.port import Cursor, Row

_AT_ONCE = 4096
"""Bytes that the library sends at once for certain; what is longer it may send in pieces of several messages."""


class Result:
    """One statement and its rows. It is sent when somebody wants to know, or with the transaction's end."""

    def __init__(self, batch: Batch, text: str, parameters: Sequence[Any]) -> None:
        self._batch = batch
        self.text = text
        self.parameters = parameters
        self._rows: Iterator[Row] | None = None
        self._rowcount = -1

    def answer(self, rows: list[Row], rowcount: int) -> None:
        """What the server said to it."""
        self._rows, self._rowcount = iter(rows), rowcount

    @property
    def rowcount(self) -> int:
        """Rows that a write concerned."""
        self._answered()
        return self._rowcount

    def fetchone(self) -> Row | None:
        return next(self._answered(), None)

    def fetchall(self) -> list[Row]:
        return list(self._answered())

    def __iter__(self) -> Iterator[Row]:
        return self._answered()

    def _answered(self) -> Iterator[Row]:
        if self._rows is None:
            self._batch.send()
        assert self._rows is not None  # noqa: S101 - sent right now
        return self._rows


class Batch:
    """Statements that wait to be sent together, in one message of the simple protocol with their values in it.

    Not in a pipeline: what a process had sent of one when it was stopped, the server has carried out, and waits for the
    rest without a limit, its locks held. It begins with no message that has not come whole, and watches the time until then.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._waiting: list[Result] = []

    def execute(self, text: str, parameters: Sequence[Any] = (), /) -> Cursor:
        """One statement, in its turn."""
        result = Result(self, text, parameters)
        self._waiting.append(result)
        return result

    def send(self, *, commit: bool = False) -> None:
        """All that wait, and the end of the transaction with them."""
        waiting, self._waiting = self._waiting, []
        if len(waiting) == 1 and not commit:
            (one,) = waiting
            cursor = execute(self._connection, in_psycopgs_words(one.text), one.parameters)
            one.answer(*_told(cursor))
            return
        statements = [
            _with_values(self._connection, in_psycopgs_words(one.text), one.parameters) for one in waiting
        ]
        cursor = self._connection.execute(b"; ".join([*statements, b"COMMIT"] if commit else statements))
        for one in waiting:
            one.answer(*_told(cursor))
            cursor.nextset()


def execute(
    connection: psycopg.Connection[Any], query: bytes, parameters: Sequence[Any]
) -> psycopg.Cursor[Any]:
    """One statement. A NUL, which PostgreSQL keeps in no text, becomes the sign of what cannot be shown."""
    if len(query) + sum(len(value) for value in parameters if isinstance(value, str | bytes)) > _AT_ONCE:
        return connection.execute(_with_values(connection, query, parameters))
    try:
        return connection.execute(query, parameters or None)
    except psycopg.DataError:
        if not any(isinstance(value, str) and "\0" in value for value in parameters):
            raise
    return connection.execute(query, [clean(value) for value in parameters])


def _told(cursor: psycopg.Cursor[Any]) -> tuple[list[Row], int]:
    return cursor.fetchall() if cursor.description is not None else [], cursor.rowcount


def _with_values(connection: psycopg.Connection[Any], query: bytes, parameters: Sequence[Any]) -> bytes:
    """A statement with its values in it, quoted as the server wants them."""
    if not parameters:
        return query
    cursor = psycopg.ClientCursor(connection)
    return cursor.mogrify(query, [clean(value) for value in parameters]).encode()


def clean(value: Any) -> Any:
    """A value as PostgreSQL keeps it: no text of its holds a NUL."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


@lru_cache(maxsize=512)
def in_psycopgs_words(text: str) -> bytes:
    """Placeholders as psycopg wants them. No statement of ours holds a question mark but as a placeholder."""
    return text.replace("%", "%%").replace("?", "%s").encode() if "?" in text else text.encode()
