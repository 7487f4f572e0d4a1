"""What groups of tables share: the database that they lie in."""

from __future__ import annotations

from syncd.state.port import StateDatabase


class TableGroup:
    """Some tables of one instance's state, and what is asked of them."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database


def marks(rows: int, columns: int) -> str:
    """Placeholders for so many rows."""
    return ", ".join(["(" + ", ".join("?" * columns) + ")"] * rows)
