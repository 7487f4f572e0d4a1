"""The state as verbs open it beside a running daemon."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from syncd.commands.shared.arguments import settings_of
from syncd.errors import RefusedError, StateError
from syncd.state.address import Address
from syncd.state.files import FILE_NAME
from syncd.state.store import State
from syncd.wiring import state_address


@contextmanager
def beside(arguments: argparse.Namespace, *, begin: bool = False) -> Iterator[State]:
    """The state for one short write, without the daemon's lock.

    ``begin``: make one where there is none, since a first fill may need approval. Raises `RefusedError` else.
    """
    address = state_address(settings_of(arguments))
    if is_there(address):
        state = State.open_beside(address)
    elif begin:
        state = State.open(address, now=time.time())
    else:
        raise RefusedError(
            f"There is no state in {address} yet: nothing was written from here, nothing waits."
        )
    try:
        yield state
        wake_holder(state, address)
    finally:
        state.close()


def wake_holder(state: State, address: Address) -> None:
    """Have the machine that holds the lease look at what was decided here."""
    if not isinstance(address, Path) and state.lease is None:
        state.ledger.ask(now=time.time())
        from syncd.state.postgresql.fleet_tables import FleetTables

        with FleetTables(address) as tables:
            tables.wake(address.instance)


def is_there(address: Address) -> bool:
    """Whether a state was ever begun there."""
    if isinstance(address, Path):
        return (address / FILE_NAME).exists()
    return State.exists(address)


def refuse_unreadable(address: Address) -> None:
    """A state that we may not read must not look like one that knows nothing; PostgreSQL says so itself."""
    if not isinstance(address, Path):
        return
    path = address / FILE_NAME
    try:
        closed = path.exists() and not os.access(path, os.R_OK)
    except OSError:
        closed = True
    if closed:
        raise StateError(path, "this user may not read it; ask the daemon's user, or join its group")
