"""What every statement of the state is written against, whichever database holds it.

One SQL text serves SQLite and PostgreSQL: ``?`` marks a parameter, what is there already is met by
ON CONFLICT, what was made is told by RETURNING, and a column that could be meant twice is named with
its table. Written here as types only, so that neither database's library is imported for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from syncd.errors import StateError

Row = tuple[Any, ...]
T = TypeVar("T")


def decoded(database: StateDatabase, rows: Iterable[Row], convert: Callable[[Row], T]) -> Iterator[T]:
    """Rows as values. Raises `StateError` for one that cannot be what was written."""
    for row in rows:
        try:
            yield convert(row)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise database.damaged(error) from error


class Cursor(Protocol):
    """The rows of one statement."""

    @property
    def rowcount(self) -> int:
        """Rows that a write concerned."""
        ...

    def fetchone(self) -> Row | None: ...

    def fetchall(self) -> list[Row]: ...

    def __iter__(self) -> Iterator[Row]: ...


class Connection(Protocol):
    """What statements run on inside `StateDatabase.write`."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Cursor: ...


class StateDatabase(Protocol):
    """One instance's state. Thread-safe; each transaction is one thread's alone."""

    notes: list[str]
    """What the operator should know about how this state was found, one sentence each."""

    @property
    def epoch(self) -> int:
        """Number of the lease under which it is written, 0 where there is none."""
        ...

    @property
    def is_copy(self) -> bool:
        """Whether it is a private one, which is gone once it is closed."""
        ...

    @property
    def identity(self) -> str:
        """Another one after the database was restored or promoted; '' where no process may rely on another's looks."""
        ...

    def write(self) -> AbstractContextManager[Connection]:
        """One transaction, rolled back on any error; inside another one of the same thread a part of that.

        Raises `StateError` for the database's own errors, `LeaseLostError` where another holder has taken over.
        """
        ...

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]: ...

    def one(self, sql: str, parameters: Sequence[object] = ()) -> Row | None: ...

    def stream(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[Row]:
        """As `rows`, a few at a time: for what may be as long as the history."""
        ...

    def damaged(self, problem: object) -> StateError:
        """What to raise for something stored that cannot be what was written."""
        ...

    def close(self) -> None: ...
