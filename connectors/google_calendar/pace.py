"""The quota of one credential: so many units in any 60 seconds, used up to the brim and never beyond.

A unit counts from the moment it is asked for until 60 seconds after its answer came (or was lost), since
the service counted it at some moment in between: so whatever window the service looks at, it finds no
more than the limit. Waits by the sleep passed in, in slices, and ends waiting when told to stop.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from connectors.errors import StoppedError
from connectors.quota import SpentUnits

WINDOW_S = 60.0
SLICE_S = 0.5
"""Longest single sleep, so that a plain sleep wakes soon enough too."""
_SHORTEST_S = 0.01
_LONGEST_HOLD_S = 32.0


class Pace:
    """A sliding window of units. Thread-safe.

    ``spent``: what counts of the window already, and is told what is spent here.
    """

    def __init__(
        self,
        units: int,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
        stop: threading.Event,
        window_s: float = WINDOW_S,
        share: Callable[[], int] = lambda: 1,
        spent: SpentUnits | None = None,
    ) -> None:
        self._all_units = max(1, units)
        self._share = share
        self._window_s = window_s
        self._clock = clock
        self._sleep = sleep
        self._stop = stop
        self._lock = threading.Lock()
        self._in_flight = 0
        self._spent = spent if spent is not None else SpentUnits()
        self._held_until = float("-inf")
        self._refusals = 0

    @property
    def _units(self) -> int:
        """Our part of the quota."""
        return max(1, self._all_units // max(1, self._share()))

    @contextmanager
    def spending(self, units: int, *, operation: str, context: str = "") -> Iterator[None]:
        """Wait until the units are free, and hold them while the request lasts. Raises `StoppedError`."""
        while (wait_s := self._take(units)) > 0:
            self._refuse_if_stopping(operation, context)
            self._sleep(min(wait_s, SLICE_S))
        try:
            self._refuse_if_stopping(operation, context)
            yield
        finally:
            self._give_back(units)

    def refused(self, retry_after_s: float = 0.0) -> None:
        """The service said "too fast": somebody else spends too. Everybody waits, longer each time."""
        with self._lock:
            hold_s = max(retry_after_s, min(_LONGEST_HOLD_S, float(1 << min(self._refusals, 10))))
            self._refusals += 1
            self._held_until = max(self._held_until, self._clock() + hold_s)

    def accepted(self) -> None:
        """The service took a request."""
        with self._lock:
            self._refusals = 0

    @property
    def remaining(self) -> int:
        """Units free right now."""
        with self._lock:
            return self._units - self._in_flight - self._spent.units(self._clock())

    def _take(self, units: int) -> float:
        """Take the units and answer 0, or answer after how many seconds to ask again."""
        with self._lock:
            now = self._clock()
            if now < self._held_until:
                return max(self._held_until - now, _SHORTEST_S)
            spent = self._spent.units(now)
            missing = units - (self._units - self._in_flight - spent)
            if missing <= 0 or (not self._in_flight and not spent):
                self._in_flight += units
                return 0.0
            return max(self._spent.free_at(missing) - now, _SHORTEST_S)

    def _give_back(self, units: int) -> None:
        with self._lock:
            self._in_flight -= units
            self._spent.add(self._clock() + self._window_s, units)

    def _refuse_if_stopping(self, operation: str, context: str) -> None:
        if self._stop.is_set():
            raise StoppedError("stopping, the call was not sent.", operation=operation, context=context)
