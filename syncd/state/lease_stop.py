"""The stop event of whoever works under a lease: set by signals, and for good once the lease is lost."""

from __future__ import annotations

import threading
from typing import Protocol


class Held(Protocol):
    """A lease as its holder's workers see it."""

    def is_held(self) -> bool: ...


class LeaseStop(threading.Event):
    """Set by hand like any event; also set past the lease's deadline, asked of the clock each time.

    A process that was stopped for a minute finds it set when it goes on, before any thread could tell it.
    """

    def __init__(self, lease: Held) -> None:
        super().__init__()
        self._lease = lease

    def is_set(self) -> bool:
        """True once nothing new may be begun."""
        return super().is_set() or not self._lease.is_held()
