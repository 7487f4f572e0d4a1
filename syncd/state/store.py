"""The state as the rest of syncd sees it: one value with its two halves, opened for writing or reading.

A folder means a SQLite file in it, a `DatabaseAddress` one instance in PostgreSQL, whose library is
imported only then.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from syncd.config.extras import missing_extra
from syncd.errors import DamagedStateError, SettingsError
from syncd.state.address import Address, DatabaseAddress
from syncd.state.database import Database
from syncd.state.events import Events
from syncd.state.layout import layout_of
from syncd.state.lease_stop import HeldLease, LeaseStop
from syncd.state.ledger import Ledger
from syncd.state.port import StateDatabase

if TYPE_CHECKING:
    from syncd.state.postgresql.database import PostgresDatabase


@dataclass(frozen=True, slots=True)
class State:
    """``events``: per context. ``ledger``: history and decisions. ``lease``: in PostgreSQL, while it may be written."""

    database: StateDatabase
    events: Events
    ledger: Ledger
    lease: HeldLease | None = None
    address: DatabaseAddress | None = None

    @classmethod
    def open(cls, address: Address, *, now: float, holder: str = "") -> State:
        """For writing, under the lock or the lease. Raises `LockedError`, `StateError`.

        ``holder``: a lease held under that name may be taken at once; see `Lease.claim`.
        """
        if isinstance(address, Path):
            return cls._checked(cls._over(Database.open_for_writing(address, now=now)))
        database = _postgres().open_for_writing(address, holder=holder)
        try:
            state = replace(cls._over(database), lease=database.lease, address=address)
            state.events.inherit(now=now)
        except BaseException:
            # A lease that nobody works under would be renewed for ever, and wait for itself.
            database.close()
            raise
        return state

    @classmethod
    def open_under(cls, address: DatabaseAddress, lease: HeldLease, *, now: float) -> State:
        """For writing, under a lease that another process of this machine holds. Raises `StateError`, `RefusedError`."""
        database = _postgres().open_under(address, lease)
        state = replace(cls._over(database), lease=lease, address=address)
        state.events.inherit(now=now)
        return state

    @classmethod
    def open_for_reading(cls, address: Address) -> State:
        """A snapshot; nothing can be written through it to the state."""
        if isinstance(address, Path):
            return cls._over(Database.open_for_reading(address))
        _postgres()
        from syncd.state.postgresql.private_copy import open_copy

        return cls._over(open_copy(address))

    @classmethod
    def open_beside(cls, address: Address) -> State:
        """For one short write (an approval) beside a running daemon, without its lock or lease."""
        if isinstance(address, Path):
            return cls._over(Database.open_beside(address))
        return cls._over(_postgres().open_beside(address))

    @staticmethod
    def needs_postgresql() -> None:
        """Raises `SettingsError` where PostgreSQL's library is not installed."""
        _postgres()

    @classmethod
    def move(cls, source: Address, target: Address, *, now: float) -> Mapping[str, int]:
        """Move a whole state from a file to PostgreSQL, or back. Rows moved by table.

        Raises `RefusedError` where there is none, or the target knows something, `LockedError`, `StateError`.
        """
        _postgres()
        from syncd.state.postgresql.move import to_postgresql, to_sqlite

        if isinstance(source, Path) and isinstance(target, DatabaseAddress):
            return to_postgresql(source, target, now=now)
        if isinstance(source, DatabaseAddress) and isinstance(target, Path):
            return to_sqlite(source, target, now=now)
        raise ValueError("a state moves between a file and PostgreSQL")

    @classmethod
    def layout(cls, address: Address) -> int | None:
        """Number of the layout that lies there, None where nothing does or it cannot be read. Raises `StateError`."""
        if isinstance(address, Path):
            return layout_of(address)
        return _postgres().layout(address) or None

    @classmethod
    def exists(cls, address: DatabaseAddress) -> bool:
        """Whether that instance's state was ever begun. Raises `StateError`."""
        return _postgres().exists(address)

    @classmethod
    def _checked(cls, state: Self) -> Self:
        """Every value that decides is read once: what is damaged is put aside by that, and a new state goes on."""
        try:
            state.events.check()
            state.ledger.check()
        except DamagedStateError as error:
            if not error.aside:
                state.close()
                raise
        return state

    @classmethod
    def _over(cls, database: StateDatabase) -> Self:
        return cls(database, Events(database), Ledger(database))

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self.database.notes)

    def stop_event(self) -> threading.Event:
        """The event that ends work on this state: set by hand, and once the lease is lost."""
        if self.lease is None:
            return threading.Event()
        stop = LeaseStop(self.lease)
        self.lease.when_lost(stop.set)
        return stop

    def look_again_at_what_was_in_flight(self, *, now: float) -> None:
        """After the loss of the lease: a request that left at the very last moment is found by a look.

        The one thing that may be written without the lease. Raises `StateError`.
        """
        if self.events.in_flight and self.address is not None:
            beside = State.open_beside(self.address)
            try:
                beside.events.look_again(self.events.in_flight, now=now)
            finally:
                beside.close()

    def may_write(self) -> bool:
        """False once the lease is another's; asks nobody, so it may be asked before each send."""
        return self.lease is None or self.lease.is_held()

    def close(self) -> None:
        self.database.close()


def _postgres() -> type[PostgresDatabase]:
    """PostgreSQL's side. Raises `SettingsError` where its library is not installed."""
    try:
        from syncd.state.postgresql.database import PostgresDatabase
    except ModuleNotFoundError as error:
        raise SettingsError(missing_extra("SYNCD_DATABASE", "fleet", error.name or "")) from None
    return PostgresDatabase
