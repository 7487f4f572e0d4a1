"""A server that waits until the state is free: another holds the lease, or the database does not answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from syncd.daemon.systemd import SystemdNotifier
from syncd.errors import LeaseLostError, LockedError, StateError
from syncd.state.address import DatabaseAddress
from syncd.state.store import State

LOOK_S = 1.0
"""Seconds between two tries to take the lease."""


def wait_for_state(
    address: DatabaseAddress,
    *,
    holder: str,
    wait: Callable[[float], bool],
    log: Any,
    supervisor: SystemdNotifier,
) -> State | None:
    """The state under its lease, as soon as it is free; None once ``wait`` says that it is time to stop.

    ``holder``: see `Lease.claim`. Raises `RefusedError`, `SettingsError`: what waiting cannot mend.
    """
    last_words = ""
    while True:
        try:
            return State.open(address, now=time.time(), holder=holder)
        except LockedError as error:
            words = f"standby: {error.holder} holds the lease of {address.instance}"
            if words != last_words:
                log.info("standby", instance=address.instance, holder=error.holder)
        except LeaseLostError as error:
            # Stopped for longer than the lease lasts between taking it and opening the state.
            words = f"standby: {error}"
            if words != last_words:
                log.warning("lease-lost", instance=address.instance)
        except StateError as error:
            words = f"waiting for the database: {error.reason}"
            if words != last_words:
                log.warning("database-away", instance=address.instance, problem=error.reason)
        if words != last_words:
            # A standby is up: the supervisor must not give up on it.
            supervisor.ready()
            supervisor.status(words)
            last_words = words
        supervisor.alive()
        if wait(LOOK_S):
            return None
