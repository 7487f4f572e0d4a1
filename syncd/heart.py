"""Watchdog by progress: feeds the supervisor only while everybody who promised to report has time left.

A worker says by when it will report again; an honest long wait says so beforehand. A worker that is
overdue stops the feeding, and the supervisor restarts the service.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Heart:
    """Promises by name, each with the monotonic second it runs out."""

    def __init__(self, period_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._period_s = period_s
        self._clock = clock
        self._mutex = threading.Lock()
        self._promises: dict[str, float] = {}

    @property
    def slice_s(self) -> float:
        """Longest single wait that still reports in time; an hour where there is no watchdog."""
        return self._period_s / 3 if self._period_s else 3600.0

    def beat(self, name: str, within_s: float = 0.0) -> None:
        """Report, and promise to report again within so many seconds (default: one watchdog period)."""
        with self._mutex:
            self._promises[name] = self._clock() + max(within_s, self._period_s or 3600.0)

    def rest(self, name: str) -> None:
        """Nothing more is promised under this name."""
        with self._mutex:
            self._promises.pop(name, None)

    def overdue(self) -> list[str]:
        """Names whose promise has run out."""
        now = self._clock()
        with self._mutex:
            return sorted(name for name, latest in self._promises.items() if latest < now)
