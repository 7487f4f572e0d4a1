"""A cycle's plan as rows in a private temporary database, so that memory does not grow with courses.

Rows live as long as the cycle and its report. Contents of events are not stored: the desired set is
shared, and what a change needs is read again right before it is made.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mapping.identity import split_key
from mapping.model import Action, Change, Context, Days, Field, FieldChange, Why

_SCHEMA = """
CREATE TABLE rows (
    seq INTEGER PRIMARY KEY, edition TEXT NOT NULL, target TEXT NOT NULL, context TEXT NOT NULL,
    name TEXT NOT NULL, students INTEGER NOT NULL, action TEXT NOT NULL, why TEXT NOT NULL, key TEXT NOT NULL,
    title TEXT NOT NULL, first_day TEXT, end_day TEXT, remote_id TEXT NOT NULL, fields TEXT NOT NULL,
    notifies INTEGER NOT NULL, mark TEXT NOT NULL
);
CREATE INDEX rows_by_context ON rows (edition, context);
"""
_COLUMNS = "target, context, name, students, action, why, key, title, first_day, end_day, remote_id, fields, notifies, mark"


class Edition(StrEnum):
    """Which of the plans of one cycle."""

    IN_FORCE = "in-force"
    """What is served."""
    WAITING = "waiting"
    """What an edit that waits for a person would do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One change of the plan, in one context. ``mark``: fingerprint it would leave, '' for deletes."""

    target: str
    context: str
    name: str
    students: int
    action: Action
    why: Why
    key: str
    title: str
    days: Days | None
    remote_id: str
    fields: tuple[FieldChange, ...]
    notifies: bool
    mark: str

    @property
    def entry(self) -> str:
        return split_key(self.key)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanGroup:
    """The same change in many contexts of one target, as a reader wants it: one line.

    ``messages`` is the most that the service may send for it; ``students`` those it concerns.
    """

    target: str
    action: Action
    why: Why
    key: str
    title: str
    days: Days | None
    fields: tuple[FieldChange, ...]
    contexts: tuple[str, ...]
    context_count: int
    students: int
    messages: int

    @property
    def entry(self) -> str:
        return split_key(self.key)[1]


class PlanStore:
    """Rows of one cycle, under editions: what is in force, and what waits for a person."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        # A report that is dropped takes its rows along, closed or not.
        weakref.finalize(self, self._connection.close)
        self._connection.executescript(_SCHEMA)
        self._mutex = threading.Lock()

    def add(self, edition: Edition, context: Context, changes: Iterable[Change]) -> None:
        rows = [_values(edition, context, change) for change in changes]
        if not rows:
            return
        with self._mutex:
            self._connection.execute("BEGIN")
            self._connection.executemany(
                f"INSERT INTO rows (edition, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                rows,
            )
            self._connection.execute("COMMIT")

    def rows(self, edition: Edition, context: str = "") -> Iterator[PlanRow]:
        """All rows of an edition, or of one context of it, in the order they are to be made."""
        where, values = ("edition = ?", [str(edition)])
        if context:
            where, values = ("edition = ? AND context = ?", [str(edition), context])
        for row in self._query(f"SELECT {_COLUMNS} FROM rows WHERE {where} ORDER BY seq", values):  # noqa: S608
            yield _row(row)

    def contexts(self, edition: Edition, *, near: date) -> list[str]:
        """Contexts with changes, those with a date nearest to ``near`` first."""
        found = self._query(
            "SELECT context FROM rows WHERE edition = ? GROUP BY context "
            "ORDER BY min(abs(julianday(coalesce(first_day, '9999-01-01')) - julianday(?))), min(seq)",
            [edition, near.isoformat()],
        )
        return [str(row[0]) for row in found]

    def changes_in(self, edition: Edition) -> dict[str, int]:
        """Number of changes by context."""
        found = self._query(
            "SELECT context, count(*) FROM rows WHERE edition = ? GROUP BY context", [edition]
        )
        return {str(context): int(str(count)) for context, count in found}

    def without_deletes(self, edition: Edition) -> dict[str, int]:
        """Contexts in which nothing is to be deleted, and how many changes are to be made there."""
        found = self._query(
            "SELECT context, count(*) FROM rows WHERE edition = ? GROUP BY context "
            "HAVING sum(action = 'delete') = 0",
            [edition],
        )
        return {str(context): int(str(count)) for context, count in found}

    def groups(self, edition: Edition) -> Iterator[PlanGroup]:
        """Identical changes as one group: by target and date, then as they are made."""
        found = self._query(
            "SELECT target, action, why, key, title, first_day, end_day, fields, group_concat(context, char(31)), "
            "count(*), sum(students), sum(notifies * students), min(seq) FROM rows WHERE edition = ? "
            "GROUP BY target, action, why, key, title, first_day, end_day, fields, mark "
            "ORDER BY target, coalesce(first_day, ''), key, action, min(seq)",
            [edition],
        )
        for row in found:
            yield PlanGroup(
                target=str(row[0]),
                action=Action(str(row[1])),
                why=Why(str(row[2])),
                key=str(row[3]),
                title=str(row[4]),
                days=_days(row[5], row[6]),
                fields=_fields(row[7]),
                # A thousand courses stand in every group: each name is kept once.
                contexts=tuple(sorted(map(sys.intern, str(row[8]).split("\x1f")))),
                context_count=int(str(row[9])),
                students=int(str(row[10])),
                messages=int(str(row[11])),
            )

    def digest_lines(self, edition: Edition) -> Iterator[str]:
        """One line per change that names exactly what would be done, and in place of what."""
        for row in self._query(
            "SELECT context, action, key, remote_id, mark, fields FROM rows WHERE edition = ? "
            "ORDER BY 1, 2, 3, 4, 5, 6",
            [edition],
        ):
            yield "\x1f".join(str(value) for value in row)

    def counts(self, edition: Edition) -> dict[str, int]:
        """Number of changes by action."""
        found = self._query("SELECT action, count(*) FROM rows WHERE edition = ? GROUP BY action", [edition])
        return {str(action): int(str(count)) for action, count in found}

    def has_reason(self, edition: Edition, why: Why) -> bool:
        """Whether any change is made for that reason."""
        found = self._query("SELECT 1 FROM rows WHERE edition = ? AND why = ? LIMIT 1", [edition, why.value])
        return next(found, None) is not None

    def messages(self, edition: Edition) -> int:
        row = next(
            self._query("SELECT coalesce(sum(notifies * students), 0) FROM rows WHERE edition = ?", [edition])
        )
        return int(str(row[0]))

    def close(self) -> None:
        self._connection.close()

    def _query(self, sql: str, values: list[str]) -> Iterator[tuple[object, ...]]:
        with self._mutex:
            cursor = self._connection.execute(sql, values)
        while True:
            with self._mutex:
                batch = cursor.fetchmany(500)
            if not batch:
                return
            yield from batch


def _values(edition: Edition, context: Context, change: Change) -> tuple[object, ...]:
    days = change.days
    return (
        edition,
        context.target,
        context.id,
        context.name,
        context.students,
        change.action.value,
        change.why.value,
        change.key,
        change.title,
        *(days.as_texts() if days else (None, None)),
        change.remote_id,
        json.dumps([(one.name.value, one.old, one.new) for one in change.fields], ensure_ascii=False),
        int(change.notifies),
        change.mark,
    )


def _row(row: tuple[object, ...]) -> PlanRow:
    return PlanRow(
        target=str(row[0]),
        context=str(row[1]),
        name=str(row[2]),
        students=int(str(row[3])),
        action=Action(str(row[4])),
        why=Why(str(row[5])),
        key=str(row[6]),
        title=str(row[7]),
        days=_days(row[8], row[9]),
        remote_id=str(row[10]),
        fields=_fields(row[11]),
        notifies=bool(row[12]),
        mark=str(row[13]),
    )


def _days(first: object, end: object) -> Days | None:
    return Days.from_texts(str(first), str(end)) if first else None


def _fields(text: object) -> tuple[FieldChange, ...]:
    return tuple(FieldChange(name=Field(name), old=old, new=new) for name, old, new in json.loads(str(text)))
