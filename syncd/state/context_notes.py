"""Per context: how it fares, when it is looked at again, and who works on it.

Every write names the epoch it was begun under; one whose context was taken over since is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from mapping.model import Context
from syncd.state.port import Connection, decoded
from syncd.state.table_group import TableGroup, marks

CONTEXTS_AT_ONCE = 200
"""Contexts that one statement is about: a server is asked once for all of them."""


class ContextNote(NamedTuple):
    """Sync status of a context: failing, in step or behind, exactly one of them.

    Times are seconds since the epoch, None where it never happened.
    """

    context: str
    kind: str
    target: str
    name: str
    events_seen: int
    filled_at: float | None
    observed_at: float | None
    in_step_at: float | None
    failing_since: float | None
    failures: int
    retry_at: float | None
    error: str | None
    view: str
    """Digest of the desired set it was last in step with, '' where it is not."""
    look_at: float | None = None
    """When it must be read once more whatever is known: a write of an earlier holder may still arrive."""
    settled: str = ""
    """What the look rested on that left nothing to say of it (`mapping.planning.settled.mark`), '' where none did."""

    @property
    def is_failing(self) -> bool:
        """The last try to read or write it failed."""
        return self.failing_since is not None

    @property
    def is_in_step(self) -> bool:
        """The last complete read or write left it as desired."""
        return not self.is_failing and bool(self.view)

    @property
    def is_behind(self) -> bool:
        """Nothing fails, and something desired is not there yet."""
        return not self.is_failing and not self.view


_NOTE = (
    "context, kind, target, name, events_seen, filled_at, observed_at, in_step_at, failing_since, failures, "
    "retry_at, error, view, look_at, settled"
)


class ContextNotes(TableGroup):
    """One note for each context that was ever worked on."""

    def notes(self) -> dict[str, ContextNote]:
        rows = self._database.rows(f"SELECT {_NOTE} FROM contexts ORDER BY context")  # noqa: S608
        # By the thousand before the first write of an edit: a frozen dataclass takes many times as long to make.
        found = decoded(self._database, rows, ContextNote._make)
        return {note.context: note for note in found}

    def moments(self) -> dict[str, float]:
        """Context to the earliest moment for which a further look at it is planned, in seconds since the epoch."""
        rows = self._database.rows(
            "SELECT context, retry_at, look_at FROM contexts WHERE retry_at IS NOT NULL OR look_at IS NOT NULL"
        )
        return {context: min(at for at in found if at is not None) for context, *found in rows}

    def recorded(self) -> dict[str, str]:
        """Contexts of which there are records, and the kind of each: asked for twice a cycle, so records are not read."""
        return dict(
            self._database.rows(
                "SELECT context, kind FROM contexts WHERE EXISTS (SELECT 1 FROM ids WHERE ids.context = contexts.context)"
            )
        )

    def take(self, contexts: Iterable[Context]) -> dict[str, int]:
        """Begin work on contexts: context to its new epoch."""
        epochs: dict[str, int] = {}
        wanted = list({context.id: context for context in contexts}.values())
        with self._database.write() as connection:
            for begin in range(0, len(wanted), CONTEXTS_AT_ONCE):
                some = wanted[begin : begin + CONTEXTS_AT_ONCE]
                rows = connection.execute(
                    f"INSERT INTO contexts (context, kind, target, name) VALUES {marks(len(some), 4)} "  # noqa: S608
                    "ON CONFLICT (context) DO UPDATE SET kind = excluded.kind, target = excluded.target, "
                    "name = excluded.name, epoch = contexts.epoch + 1 RETURNING context, epoch",
                    [value for one in some for value in (one.id, one.kind, one.target, one.name)],
                ).fetchall()
                epochs.update((str(context), int(epoch)) for context, epoch in rows)
        return epochs

    def look_again(self, contexts: Iterable[str], *, now: float) -> None:
        """Have these contexts read once more, whatever is known of them; harmless, whoever asks."""
        with self._database.write() as connection:
            plan_look(connection, contexts, now)

    def in_step(self, context: str, view: str, *, now: float) -> None:
        """Note that a context's plan was carried out wholly."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE contexts SET filled_at = coalesce(filled_at, ?), in_step_at = ?, view = ? WHERE context = ?",
                (now, now, view, context),
            )

    def failed(self, context: Context, error: str, *, now: float, retry_at: float) -> None:
        """Note a failure and when to try again; since when it fails stays."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO contexts (context, kind, target, name, failing_since, failures, retry_at, error) "
                "VALUES (?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT (context) DO UPDATE SET target = excluded.target, "
                "failing_since = coalesce(contexts.failing_since, excluded.failing_since), "
                "failures = contexts.failures + 1, "
                "retry_at = excluded.retry_at, error = excluded.error",
                (context.id, context.kind, context.target, context.name, now, retry_at, error),
            )

    def retry(self, contexts: Collection[str], *, since: float) -> int:
        """Forget what was not stored as sent there, so that it is sent again; how many events that is.

        ``since``: what fails there counts as failing at least since then, so that its turn has come.
        """
        with self._database.write() as connection:
            count = 0
            for context in contexts:
                cursor = connection.execute("DELETE FROM unstored WHERE context = ?", (context,))
                count += cursor.rowcount
                connection.execute(
                    "UPDATE contexts SET view = '', settled = '', retry_at = NULL, failing_since = CASE WHEN failing_since > ? "
                    "THEN ? ELSE failing_since END WHERE context = ?",
                    (since, since, context),
                )
        return count

    def restore(self, context: str, key: str) -> bool:
        """End a respected deletion. False where there was none."""
        with self._database.write() as connection:
            cursor = connection.execute("DELETE FROM respected WHERE context = ? AND key = ?", (context, key))
            # No longer in step: a daemon that reads contexts in turns looks at this one next.
            connection.execute("UPDATE contexts SET view = '', settled = '' WHERE context = ?", (context,))
        return cursor.rowcount > 0


def plan_look(connection: Connection, contexts: Iterable[str], now: float) -> None:
    """Have these contexts read from ``now`` on, in the caller's transaction."""
    for context in contexts:
        connection.execute("UPDATE contexts SET look_at = ? WHERE context = ?", (now, context))
