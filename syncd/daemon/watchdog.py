"""Watchdog by progress: feeds the supervisor only while everybody who promised to report has time left.

A worker says by when it will report again; an honest long wait is made in slices that report. A worker
that is overdue stops the feeding, and the supervisor restarts the service.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

CYCLE = "cycle"
"""The name under which a cycle as a whole promises."""
WITHOUT_WATCHDOG_S = 3600.0


class Watchdog:
    """Promises by name, each with the monotonic second it runs out. Thread-safe."""

    def __init__(self, period_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._period_s = period_s
        self._clock = clock
        self._mutex = threading.Lock()
        self._promises: dict[str, float] = {}
        self._mine = threading.local()

    @property
    def slice_s(self) -> float:
        """Longest single wait that still reports in time; an hour where there is no watchdog."""
        return self._period_s / 3 if self._period_s else WITHOUT_WATCHDOG_S

    def beat(self, name: str, within_s: float = 0.0) -> None:
        """Report, and promise to report again within so many seconds (default: one watchdog period)."""
        with self._mutex:
            self._promises[name] = self._clock() + max(within_s, self._period_s or WITHOUT_WATCHDOG_S)

    def rest(self, name: str) -> None:
        """Removes the deadline of this name."""
        with self._mutex:
            self._promises.pop(name, None)

    @contextmanager
    def working(self, name: str) -> Iterator[None]:
        """This thread promises under a name of its own while the block lasts; `report` renews it."""
        before, self._mine.name = getattr(self._mine, "name", ""), name
        self.beat(name)
        try:
            yield
        finally:
            self.rest(name)
            self._mine.name = before

    def report(self) -> None:
        """Something went on in this thread: its own promise is renewed, and the cycle's if one runs."""
        name = getattr(self._mine, "name", "")
        if name:
            self.beat(name)
        with self._mutex:
            runs = CYCLE in self._promises
        if runs:
            self.beat(CYCLE)

    def overdue(self) -> list[str]:
        """Names whose promise has run out."""
        now = self._clock()
        with self._mutex:
            return sorted(name for name, latest in self._promises.items() if latest < now)


def patient_wait(
    watchdog: Watchdog, stop: threading.Event, clock: Callable[[], float] = time.monotonic
) -> Callable[[float], bool]:
    """The one wait of connectors: ends early once ``stop`` is set (then True), reports at every slice."""

    def wait(seconds: float) -> bool:
        until = clock() + seconds
        while (left := until - clock()) > 0:
            watchdog.report()
            if stop.wait(min(left, watchdog.slice_s)):
                return True
        watchdog.report()
        return stop.is_set()

    return wait
