"""Per context: what we know to be ours there, whose deletion is respected, what is under way, how it fares."""

from __future__ import annotations

from collections.abc import Iterable

from syncd.state.context_notes import CONTEXTS_AT_ONCE, ContextNotes
from syncd.state.intents import Intents
from syncd.state.looks import Look, ShortLook, check_epoch, store_look
from syncd.state.records import Records
from syncd.state.table_group import marks


class Events(Records, ContextNotes, Intents):
    """All of it, and what looks leave in it."""

    def with_exceptions(self) -> frozenset[str]:
        """Contexts of which more is known than records and other people's events: deletions, wishes, begun writes."""
        rows = self._database.rows(
            "SELECT context FROM respected UNION SELECT context FROM unstored UNION SELECT context FROM intents"
        )
        return frozenset(row[0] for row in rows)

    def observed(self, looks: Iterable[Look], *, now: float) -> None:
        """Store what complete reads showed, in one transaction; settles those contexts' open intents."""
        with self._database.write() as connection:
            for look in looks:
                store_look(connection, look, now)
                self.settle(connection, look.context, now)

    def unchanged(self, looks: Iterable[ShortLook], *, now: float) -> None:
        """Store, in one transaction, that complete reads showed contexts as their last looks left them."""
        with self._database.write() as connection:
            wanted = list(looks)
            for begin in range(0, len(wanted), CONTEXTS_AT_ONCE):
                some = wanted[begin : begin + CONTEXTS_AT_ONCE]
                # The rows stand first in the join, so that each is looked up by its key in either database.
                noted = connection.execute(
                    "UPDATE contexts SET observed_at = ?, in_step_at = ?, filled_at = coalesce(filled_at, ?), "  # noqa: S608
                    f"view = seen.column3 FROM (VALUES {marks(len(some), 3)}) AS seen "
                    "WHERE contexts.context = seen.column1 AND contexts.epoch = seen.column2",
                    [now, now, now, *(value for one in some for value in (one.context, one.epoch, one.view))],
                ).rowcount
                if noted != len(some):
                    for one in some:
                        check_epoch(connection, one.context, one.epoch)
