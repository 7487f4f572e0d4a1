"""The stop event of whoever works under a lease: set by signals, and for good once the lease is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol


class HeldLease(Protocol):
    """A lease as whoever works under it sees it."""

    @property
    def epoch(self) -> int: ...

    @property
    def instance(self) -> str: ...

    @property
    def holder(self) -> str: ...

    def is_held(self) -> bool: ...

    def when_lost(self, act: Callable[[], None]) -> None: ...

    def lose(self) -> None: ...

    def give_back(self) -> None: ...


class LeaseStop(threading.Event):
    """Set by hand like any event; also set past the lease's deadline, asked of the clock each time.

    A process that was stopped for a minute finds it set when it goes on, before any thread could tell it.
    """

    def __init__(self, lease: HeldLease) -> None:
        super().__init__()
        self._lease = lease

    def is_set(self) -> bool:
        """True once nothing new may be begun."""
        return super().is_set() or not self._lease.is_held()
