"""Per context: what we know to be ours there, whose deletion is respected, what is under way, how it fares.

Every write names the epoch it was begun under; one whose context was taken over since is refused,
so that workers on several machines can share the contexts one day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from mapping.model import Action, Context, Record, Unstored
from mapping.planning.unstored import MOST_SENT
from syncd.errors import StaleEpochError
from syncd.state.event_rows import (
    RECORD,
    UNSTORED,
    days_of,
    placed_of,
    put_record,
    put_unstored,
    record_of,
    unstored_of,
)
from syncd.state.looks import Look, ShortLook, check_epoch, store_look
from syncd.state.port import Connection, StateDatabase, decoded

KEEP_DELETES_S = 86400.0
"""Seconds that a delete of an earlier holder of the lease may explain that an event is gone."""
_AT_ONCE = 200
"""Contexts that one statement is about: a server is asked once for all of them."""
LOOK_AGAIN_S = 600.0
"""Seconds after which a context with unclear writes of an earlier holder is read once more."""


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


class Events:
    """The id map and its companions."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database
        self._inherited: set[str] = set()
        """Contexts with writes that an earlier holder of the lease began and nobody has looked at since."""
        self._in_flight: dict[str, int] = {}

    @property
    def in_flight(self) -> frozenset[str]:
        """Contexts in which a write of this process was begun and not confirmed."""
        return frozenset(self._in_flight)

    # --- reading --------------------------------------------------------------------------

    def records(self, context: str) -> dict[str, Record]:
        """Records by event key."""
        rows = self._database.rows(f"SELECT {RECORD} FROM ids WHERE context = ?", (context,))  # noqa: S608
        return {one.key: one for one in decoded(self._database, rows, record_of)}

    def versions(self, context: str) -> dict[str, str]:
        """Remote id to version of the recorded events."""
        return dict(self._database.rows("SELECT remote_id, version FROM ids WHERE context = ?", (context,)))

    def versions_of_others(self, context: str) -> dict[str, str]:
        """Remote id to version of other people's events that are remembered."""
        return dict(
            self._database.rows("SELECT remote_id, version FROM others WHERE context = ?", (context,))
        )

    def with_others(self) -> frozenset[str]:
        """Contexts of which other people's events are remembered."""
        return frozenset(row[0] for row in self._database.rows("SELECT DISTINCT context FROM others"))

    def respected(self, context: str) -> frozenset[str]:
        rows = self._database.rows("SELECT key FROM respected WHERE context = ?", (context,))
        return frozenset(row[0] for row in rows)

    def respected_everywhere(self) -> list[tuple[str, str, float]]:
        """(context, key, since), sorted."""
        found = self._database.rows("SELECT context, key, since FROM respected ORDER BY context, key")
        return [(row[0], row[1], row[2]) for row in found]

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

    def unstored(self, context: str) -> dict[str, Unstored]:
        """What the service did not store as sent there, by event key."""
        rows = self._database.rows(f"SELECT {UNSTORED} FROM unstored WHERE context = ?", (context,))  # noqa: S608
        return {row[0]: unstored_of(row) for row in rows}

    def unstored_everywhere(self) -> dict[str, list[Unstored]]:
        """Context to what is left at rest there as the service makes it."""
        rows = self._database.rows(
            f"SELECT context, {UNSTORED} FROM unstored WHERE times >= ? ORDER BY context, key",  # noqa: S608
            (MOST_SENT,),
        )
        found: dict[str, list[Unstored]] = {}
        for row in rows:
            found.setdefault(row[0], []).append(unstored_of(row[1:]))
        return found

    def recorded(self) -> dict[str, str]:
        """Contexts of which there are records, and the kind of each: asked for twice a cycle, so records are not read."""
        return dict(
            self._database.rows(
                "SELECT context, kind FROM contexts WHERE EXISTS (SELECT 1 FROM ids WHERE ids.context = contexts.context)"
            )
        )

    def counts(self) -> dict[str, int]:
        """Context to number of recorded events there."""
        return dict(self._database.rows("SELECT context, count(*) FROM ids GROUP BY context"))

    def count(self, context: str) -> int:
        """The same of one context."""
        row = self._database.one("SELECT count(*) FROM ids WHERE context = ?", (context,))
        return int(row[0]) if row is not None else 0

    def places(self, entry: str) -> list[tuple[str, Record]]:
        """(context, record) of every event of an entry, by context and key."""
        rows = self._database.rows(
            f"SELECT context, {RECORD} FROM ids WHERE replace(key, ':' || ? || ':', '') <> key ORDER BY context, key",  # noqa: S608
            (entry,),
        )
        return list(decoded(self._database, rows, placed_of))

    def held(self) -> dict[tuple[str, str], int]:
        """(target, key) to the number of contexts that hold the event: one scan, however many contexts there are."""
        return self._counted("ids")

    def removed(self) -> dict[tuple[str, str], int]:
        """(target, key) to the number of contexts in which a person's deletion of the event is respected."""
        return self._counted("respected")

    def _counted(self, table: str) -> dict[tuple[str, str], int]:
        rows = self._database.rows(
            f"SELECT contexts.target, {table}.key, count(*) FROM {table} "  # noqa: S608 - one of two names
            f"JOIN contexts ON contexts.context = {table}.context GROUP BY contexts.target, {table}.key"
        )
        return {(target, key): int(count) for target, key, count in rows}

    def holding(self, keys: Collection[str]) -> dict[str, dict[str, Record]]:
        """Context to its records of these event keys, by key."""
        if not keys:
            return {}
        marks = ", ".join("?" * len(keys))
        rows = self._database.rows(
            f"SELECT context, {RECORD} FROM ids WHERE key IN ({marks})",  # noqa: S608
            tuple(keys),
        )
        found: dict[str, dict[str, Record]] = {}
        for context, record in decoded(self._database, rows, placed_of):
            found.setdefault(context, {})[record.key] = record
        return found

    def check(self) -> None:
        """Read every record once. Raises `StateError` for one that cannot be what was written."""
        rows = self._database.stream(f"SELECT {RECORD} FROM ids")  # noqa: S608
        for _ in decoded(self._database, rows, days_of):
            pass

    def open_intents(self) -> dict[str, list[str]]:
        """Context to keys of writes whose outcome was never confirmed."""
        found: dict[str, list[str]] = {}
        for context, key in self._database.rows(
            "SELECT context, key FROM intents WHERE settled_at IS NULL ORDER BY intent"
        ):
            found.setdefault(context, []).append(key)
        return found

    def with_intents(self) -> frozenset[str]:
        """Contexts in which a write was begun and not confirmed, or settled by a look that may have come too early."""
        return frozenset(row[0] for row in self._database.rows("SELECT DISTINCT context FROM intents"))

    def with_exceptions(self) -> frozenset[str]:
        """Contexts of which more is known than records and other people's events: deletions, wishes, begun writes."""
        rows = self._database.rows(
            "SELECT context FROM respected UNION SELECT context FROM unstored UNION SELECT context FROM intents"
        )
        return frozenset(row[0] for row in rows)

    def deletes_under_way(self, context: str) -> frozenset[str]:
        """Remote ids whose delete was begun and never confirmed, nor settled by a look since.

        One that an earlier holder of the lease began stays for a day: its request may arrive after the look, and
        what is then gone was not deleted by a person.
        """
        rows = self._database.rows(
            "SELECT remote_id FROM intents WHERE context = ? AND action = ?", (context, Action.DELETE.value)
        )
        return frozenset(row[0] for row in rows if row[0])

    def unclear_writes(self, context: str) -> frozenset[str]:
        """Event keys with a create or update that was begun and never confirmed, nor settled by a look since."""
        rows = self._database.rows(
            "SELECT key FROM intents WHERE context = ? AND action <> ? AND settled_at IS NULL",
            (context, Action.DELETE.value),
        )
        return frozenset(row[0] for row in rows)

    # --- writing --------------------------------------------------------------------------

    def take(self, contexts: Iterable[Context]) -> dict[str, int]:
        """Begin work on contexts: context to its new epoch."""
        epochs: dict[str, int] = {}
        wanted = list({context.id: context for context in contexts}.values())
        with self._database.write() as connection:
            for begin in range(0, len(wanted), _AT_ONCE):
                some = wanted[begin : begin + _AT_ONCE]
                rows = connection.execute(
                    f"INSERT INTO contexts (context, kind, target, name) VALUES {_marks(len(some), 4)} "  # noqa: S608
                    "ON CONFLICT (context) DO UPDATE SET kind = excluded.kind, target = excluded.target, "
                    "name = excluded.name, epoch = contexts.epoch + 1 RETURNING context, epoch",
                    [value for one in some for value in (one.id, one.kind, one.target, one.name)],
                ).fetchall()
                epochs.update((str(context), int(epoch)) for context, epoch in rows)
        return epochs

    def inherit(self, *, now: float) -> None:
        """Begin under a new lease: contexts with unclear writes of an earlier one are to be read first."""
        epoch = self._database.epoch
        with self._database.write() as connection:
            connection.execute(
                "DELETE FROM intents WHERE settled_at IS NOT NULL AND opened_at < ?", (now - KEEP_DELETES_S,)
            )
            rows = connection.execute(
                "SELECT DISTINCT context FROM intents WHERE lease <> ? AND settled_at IS NULL", (epoch,)
            ).fetchall()
            self._inherited = {row[0] for row in rows}
            _look_again(connection, self._inherited, now)

    def look_again(self, contexts: Iterable[str], *, now: float) -> None:
        """Have these contexts read once more, whatever is known of them; harmless, whoever asks."""
        with self._database.write() as connection:
            _look_again(connection, contexts, now)

    def observed(self, looks: Iterable[Look], *, now: float) -> None:
        """Store what complete reads showed, in one transaction; settles those contexts' open intents."""
        with self._database.write() as connection:
            for look in looks:
                store_look(connection, look, now)
                if look.context in self._inherited:
                    self._keep_deletes(connection, look.context, now)
                else:
                    connection.execute(
                        "DELETE FROM intents WHERE context = ? AND settled_at IS NULL", (look.context,)
                    )

    def unchanged(self, looks: Iterable[ShortLook], *, now: float) -> None:
        """Store, in one transaction, that complete reads showed contexts as their last looks left them."""
        with self._database.write() as connection:
            wanted = list(looks)
            for begin in range(0, len(wanted), _AT_ONCE):
                some = wanted[begin : begin + _AT_ONCE]
                # The rows stand first in the join, so that each is looked up by its key in either database.
                noted = connection.execute(
                    "UPDATE contexts SET observed_at = ?, in_step_at = ?, filled_at = coalesce(filled_at, ?), "  # noqa: S608
                    f"view = seen.column3 FROM (VALUES {_marks(len(some), 3)}) AS seen "
                    "WHERE contexts.context = seen.column1 AND contexts.epoch = seen.column2",
                    [now, now, now, *(value for one in some for value in (one.context, one.epoch, one.view))],
                ).rowcount
                if noted != len(some):
                    for one in some:
                        check_epoch(connection, one.context, one.epoch)

    def _keep_deletes(self, connection: Connection, context: str, now: float) -> None:
        """Settle what an earlier holder began, its deletes kept, and look once more when nothing can be under way."""
        epoch = self._database.epoch
        connection.execute(
            "DELETE FROM intents WHERE context = ? AND (action <> ? OR lease = ?)",
            (context, Action.DELETE.value, epoch),
        )
        connection.execute(
            "UPDATE intents SET settled_at = ? WHERE context = ? AND settled_at IS NULL", (now, context)
        )
        connection.execute("UPDATE contexts SET look_at = ? WHERE context = ?", (now + LOOK_AGAIN_S, context))
        self._inherited.discard(context)

    def open_intent(
        self,
        context: str,
        epoch: int,
        key: str,
        action: Action,
        *,
        now: float,
        remote_id: str = "",
        unapproved: float = 0.0,
    ) -> int:
        """Say that a write is about to be sent, before it is. ``remote_id``: the event it is about, if any.

        ``unapproved``: the share of the guard's limit on fills that it takes up without an approval, for
        `Ledger.unapproved_share`. It counts from here on, whatever becomes of the process.
        """
        with self._database.write() as connection:
            row = connection.execute(
                "INSERT INTO intents (context, key, action, opened_at, remote_id, lease) "
                "SELECT context, ?, ?, ?, ?, ? FROM contexts WHERE context = ? AND epoch = ? RETURNING intent",
                (key, action.value, now, remote_id, self._database.epoch, context, epoch),
            ).fetchone()
            if row is None:
                raise StaleEpochError(context)
            if unapproved:
                # SQLite gives the number of an intent that is gone to a later one.
                connection.execute("UPDATE unapproved SET intent = NULL WHERE intent = ?", (row[0],))
                connection.execute(
                    "INSERT INTO unapproved (at, share, intent) VALUES (?, ?, ?)", (now, unapproved, row[0])
                )
            # Only the first write after a look changes that row: each further one would store a page, or a version, more.
            connection.execute(
                "UPDATE contexts SET settled = '' WHERE context = ? AND settled <> ''", (context,)
            )
            self._in_flight[context] = self._in_flight.get(context, 0) + 1
        return int(row[0]) if row else 0

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

    def confirm(
        self,
        context: str,
        epoch: int,
        intent: int,
        key: str,
        record: Record | None,
        *,
        keep: bool = False,
        refused: bool = False,
        unstored: Unstored | None = None,
    ) -> None:
        """Close an intent with its confirmed result: the record, or None where the event is gone.

        ``unstored``: what the answer showed not to be stored as sent.

        ``keep`` leaves the record as it was: the write was refused, or removed another event of that key.
        ``refused``: it had no effect, so what it was opened with as ``unapproved`` counts no more.
        """
        with self._database.write() as connection:
            check_epoch(connection, context, epoch)
            if refused:
                connection.execute("DELETE FROM unapproved WHERE intent = ?", (intent,))
            connection.execute("DELETE FROM intents WHERE intent = ?", (intent,))
            if record is not None and not keep:
                put_record(connection, context, record)
            if not keep and (record is None or record.key != key):
                connection.execute("DELETE FROM ids WHERE context = ? AND key = ?", (context, key))
            if not keep:
                connection.execute("DELETE FROM unstored WHERE context = ? AND key = ?", (context, key))
            if unstored is not None and not keep:
                put_unstored(connection, context, unstored)
            left = self._in_flight.pop(context, 0) - 1
            if left > 0:
                self._in_flight[context] = left

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

    def restore(self, context: str, key: str) -> bool:
        """End a respected deletion. False where there was none."""
        with self._database.write() as connection:
            cursor = connection.execute("DELETE FROM respected WHERE context = ? AND key = ?", (context, key))
            # No longer in step: a daemon that reads contexts in turns looks at this one next.
            connection.execute("UPDATE contexts SET view = '', settled = '' WHERE context = ?", (context,))
        return cursor.rowcount > 0


def _marks(rows: int, columns: int) -> str:
    """Placeholders for so many rows."""
    return ", ".join(["(" + ", ".join("?" * columns) + ")"] * rows)


def _look_again(connection: Connection, contexts: Iterable[str], now: float) -> None:
    for context in contexts:
        connection.execute("UPDATE contexts SET look_at = ? WHERE context = ?", (now, context))
