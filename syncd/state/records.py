"""Per context: the events that we know to be ours there, other people's that are remembered, deletions that are respected."""

from __future__ import annotations

from collections.abc import Collection

from mapping.model import Record, Unstored
from mapping.planning.unstored import MOST_SENT
from syncd.state.event_rows import RECORD, UNSTORED, days_of, placed_of, record_of, unstored_of
from syncd.state.port import decoded
from syncd.state.table_group import TableGroup


class Records(TableGroup):
    """The id map, as the last looks and writes left it. Reads only: what changes it is a look or a confirmed write."""

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
