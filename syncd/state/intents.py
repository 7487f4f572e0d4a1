"""Writes from the moment before they are sent until their outcome is known, by whichever holder of the lease."""

from __future__ import annotations

from mapping.model import Action, Record, Unstored
from syncd.errors import StaleEpochError
from syncd.state.context_notes import plan_look
from syncd.state.event_rows import put_record, put_unstored
from syncd.state.looks import check_epoch
from syncd.state.port import Connection, StateDatabase
from syncd.state.table_group import TableGroup

KEEP_DELETES_S = 86400.0
"""Seconds that a delete of an earlier holder of the lease may explain that an event is gone."""
LOOK_AGAIN_S = 600.0
"""Seconds after which a context with unclear writes of an earlier holder is read once more."""


class Intents(TableGroup):
    """Each is stored before its write is sent, and closed with what came of it, or settled by a look."""

    def __init__(self, database: StateDatabase) -> None:
        super().__init__(database)
        self._inherited: set[str] = set()
        """Contexts with writes that an earlier holder of the lease began and nobody has looked at since."""
        self._in_flight: dict[str, int] = {}

    @property
    def in_flight(self) -> frozenset[str]:
        """Contexts in which a write of this process was begun and not confirmed."""
        return frozenset(self._in_flight)

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
            plan_look(connection, self._inherited, now)

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

    def settle(self, connection: Connection, context: str, now: float) -> None:
        """A look shows what came of all that was begun there, in the caller's transaction."""
        if context in self._inherited:
            self._keep_deletes(connection, context, now)
        else:
            connection.execute("DELETE FROM intents WHERE context = ? AND settled_at IS NULL", (context,))

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
