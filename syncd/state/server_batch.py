"""Statements for PostgreSQL: in psycopg's words, and several in one round trip where nobody waits for an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import psycopg

from syncd.state.port import Cursor, Row


class Result:
    """One statement and its rows. It is sent when somebody wants to know, or with the transaction's end."""

    def __init__(self, batch: Batch, query: bytes, parameters: Sequence[Any]) -> None:
        self._batch = batch
        self.query = query
        self.parameters = parameters
        self.cursor: psycopg.Cursor[Any] | None = None

    @property
    def rowcount(self) -> int:
        """Rows that a write concerned."""
        return self._answered().rowcount

    def fetchone(self) -> Row | None:
        return self._answered().fetchone()

    def fetchall(self) -> list[Row]:
        return self._answered().fetchall()

    def __iter__(self) -> Iterator[Row]:
        return iter(self._answered())

    def _answered(self) -> psycopg.Cursor[Any]:
        if self.cursor is None:
            self._batch.send()
        assert self.cursor is not None  # noqa: S101 - sent right now
        return self.cursor


class Batch:
    """Statements that wait to be sent together: one round trip for all that nobody asks about, one for the last.

    They wait here and not in an open pipeline: there the server would count the session as busy, and never end the
    transaction of a process that was stopped. Nor did it after a closed one where it was watched for 14 s (PostgreSQL 15,
    psycopg 3.3.9), which is why the last statement goes alone.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._waiting: list[Result] = []

    def execute(self, text: str, parameters: Sequence[Any] = (), /) -> Cursor:
        """One statement, in its turn."""
        result = Result(self, in_psycopgs_words(text), parameters)
        self._waiting.append(result)
        return result

    def send(self, *, commit: bool = False) -> None:
        """All that wait, and the end of the transaction with them."""
        waiting, self._waiting = self._waiting, []
        # What the transaction stays open behind goes by itself, so that the server watches for its end.
        last = [] if commit else waiting[-1:]
        together = waiting[: len(waiting) - len(last)]
        if len(together) + commit > 1:
            with self._connection.pipeline():
                self._send(together, commit=commit)
        else:
            self._send(together, commit=commit)
        self._send(last, commit=False)

    def _send(self, waiting: Iterable[Result], *, commit: bool) -> None:
        for one in waiting:
            one.cursor = execute(self._connection, one.query, one.parameters)
        if commit:
            self._connection.execute(b"COMMIT")


def execute(
    connection: psycopg.Connection[Any], query: bytes, parameters: Sequence[Any]
) -> psycopg.Cursor[Any]:
    """One statement. A NUL, which PostgreSQL keeps in no text, becomes the sign of what cannot be shown."""
    try:
        return connection.execute(query, parameters or None)
    except psycopg.DataError:
        if not any(isinstance(value, str) and "\0" in value for value in parameters):
            raise
    return connection.execute(query, [clean(value) for value in parameters])


def clean(value: Any) -> Any:
    """A value as PostgreSQL keeps it: no text of its holds a NUL."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


@lru_cache(maxsize=512)
def in_psycopgs_words(text: str) -> bytes:
    """Placeholders as psycopg wants them. No statement of ours holds a question mark but as a placeholder."""
    return text.replace("%", "%%").replace("?", "%s").encode() if "?" in text else text.encode()
