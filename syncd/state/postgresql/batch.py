"""Statements for PostgreSQL: in psycopg's words, and several in one message where nobody waits for an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import psycopg

from syncd.state.port import Cursor, Row

First: TypeAlias = "Callable[[Callable[[Session], Session]], Session]"
_Kind: TypeAlias = tuple[str, ...]
"""A statement's text, and PostgreSQL's types of its values."""
_TYPES = {
    str: "unknown",
    type(None): "unknown",
    bool: "boolean",
    int: "bigint",
    float: "double precision",
    bytes: "bytea",
}
_OFTEN = 3
"""Uses from which on a statement is worth its preparation."""
_MOST_VALUES = 20
"""Values of a statement that is prepared: with more of them they are rows, and their number changes."""
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
    """One transaction: statements that wait to be sent together, in one message of the simple protocol, values in it.

    ``fence``: a statement that fails where nothing may be stored; it goes before all others. ``first``: sends the first
    message over whatever connection works. It may do so twice, since that message never ends a transaction.

    Not in a pipeline: what a process had sent of one when it was stopped, the server has carried out, and waits for the
    rest without a limit, its locks held. It begins with no message that has not come whole, and watches the time until then.
    """

    def __init__(self, fence: tuple[str, Sequence[Any]] | None, first: First) -> None:
        self._first = first
        self._session: Session | None = None
        self._waiting: list[Result] = [Result(self, *fence)] if fence else []

    def execute(self, text: str, parameters: Sequence[Any] = (), /) -> Cursor:
        """One statement, in its turn."""
        result = Result(self, text, parameters)
        self._waiting.append(result)
        return result

    def send(self, *, commit: bool = False) -> None:
        """All that wait, and the end of the transaction with them. Raises what ``first`` raises, psycopg.Error."""
        waiting, self._waiting = self._waiting, []
        if self._session is None:
            self._session = self._first(lambda session: session.send(waiting, begin=True))
            if commit:
                self._session.send((), commit=True)
        else:
            self._session.send(waiting, commit=commit)


class Session:
    """A connection, and what its server has planned already: a plan takes longer than most statements of ours."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        # This kind puts values into the text itself: more than one statement takes none of its own.
        self._cursor = psycopg.ClientCursor(connection)
        self._uses: Counter[_Kind] = Counter()
        self._calls: dict[_Kind, str] = {}
        """What was prepared, as it is called, its values marked."""

    def send(self, results: Sequence[Result], *, begin: bool = False, commit: bool = False) -> Session:
        """These statements in one message, and their answers."""
        words = ["BEGIN"] if begin else []
        values: list[Any] = []
        for one in results:
            of_one = [clean(value) for value in one.parameters]
            words.append(self._call(one.text, of_one) or _marked(one.text))
            values += of_one
        if commit:
            words.append("COMMIT")
        # All values at once: to quote takes a query of psycopg's own, however few they are.
        cursor = self._cursor.execute("; ".join(words).encode(), values, prepare=False)
        if begin:
            cursor.nextset()
        for one in results:
            one.answer(cursor.fetchall() if cursor.description is not None else [], cursor.rowcount)
            cursor.nextset()
        return self

    def _call(self, text: str, values: Sequence[Any]) -> str:
        """Of the statement as it was prepared for such values; '' where it is not asked for often."""
        types = [_TYPES.get(type(value), "") for value in values]
        if len(values) > _MOST_VALUES or "" in types:
            return ""
        kind = (text, *types)
        if kind not in self._calls:
            self._uses[kind] += 1
            if self._uses[kind] < _OFTEN:
                return ""
            name = f"syncd_{len(self._calls)}"
            of = f"({', '.join(types)})" if values else ""
            self.connection.execute(f"PREPARE {name} {of} AS {_numbered(text)}".encode(), prepare=False)
            self._calls[kind] = f"EXECUTE {name}" + (f"({', '.join(['%s'] * len(values))})" if values else "")
        return self._calls[kind]


def execute(
    connection: psycopg.Connection[Any], query: bytes, parameters: Sequence[Any]
) -> psycopg.Cursor[Any]:
    """One statement. A NUL, which PostgreSQL keeps in no text, becomes the sign of what cannot be shown."""
    values = [clean(value) for value in parameters]
    if len(query) + sum(len(value) for value in values if isinstance(value, str | bytes)) > _AT_ONCE:
        return psycopg.ClientCursor(connection).execute(query, values or None, prepare=False)
    return connection.execute(query, values or None)


def _numbered(text: str) -> str:
    """Placeholders as PREPARE wants them."""
    first, *others = text.split("?")
    return first + "".join(f"${number}{piece}" for number, piece in enumerate(others, 1))


def clean(value: Any) -> Any:
    """A value as PostgreSQL keeps it: no text of its holds a NUL."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


@lru_cache(maxsize=512)
def in_psycopgs_words(text: str) -> bytes:
    """Placeholders as psycopg wants them. No statement of ours holds a question mark but as a placeholder."""
    return _marked(text).encode() if "?" in text else text.encode()


def _marked(text: str) -> str:
    return text.replace("%", "%%").replace("?", "%s")
