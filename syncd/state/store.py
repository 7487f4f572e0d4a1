"""The state as the rest of syncd sees it: one value with its two halves, opened for writing or reading."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from syncd.state.database import Database
from syncd.state.events import Events
from syncd.state.ledger import Ledger


@dataclass(frozen=True, slots=True)
class State:
    """``events``: per context. ``ledger``: history and decisions."""

    database: Database
    events: Events
    ledger: Ledger
    writable: bool

    @classmethod
    def open(cls, folder: Path, *, now: float) -> State:
        """For writing, under the lock. Raises `LockedError`, `StateError`."""
        return cls._over(Database.open_for_writing(folder, now=now), writable=True)

    @classmethod
    def open_for_reading(cls, folder: Path) -> State:
        """A snapshot; nothing can be written through it to the file."""
        return cls._over(Database.open_for_reading(folder), writable=False)

    @classmethod
    def open_beside(cls, folder: Path) -> State:
        """For one short write (an approval) beside a running daemon, without its lock."""
        return cls._over(Database.open_beside(folder), writable=True)

    @classmethod
    def _over(cls, database: Database, *, writable: bool) -> Self:
        return cls(database, Events(database), Ledger(database), writable)

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self.database.notes)

    def close(self) -> None:
        self.database.close()
