"""What was spent of one credential's quota in the last window: kept beside the connector, so that it outlives that.

Moments are those of the connector's clock. A unit counts until the moment at which it was last possible that the
service still counts it.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Iterable

MOST_SECONDS = 64
"""Seconds of which it is known what was spent here: a window of Google's and a little more."""


class SpentUnits:
    """Units by the moment at which they are free again. Thread-safe.

    ``before``: what others spent, or whoever came before in another process, in any order.
    """

    def __init__(self, before: Iterable[tuple[float, int]] = ()) -> None:
        self._lock = threading.Lock()
        self._counting = deque(sorted(before))
        self._units = sum(units for _, units in self._counting)
        self._here: dict[int, int] = {}

    def add(self, free_at: float, units: int) -> None:
        """Spent here, and not free before that moment; moments come in their order."""
        with self._lock:
            self._counting.append((free_at, units))
            self._units += units
            # By the second, and rounded up: what is told on must stay small, and may count a little longer.
            second = math.ceil(free_at)
            self._here[second] = self._here.get(second, 0) + units
            if len(self._here) > MOST_SECONDS:
                del self._here[next(iter(self._here))]

    def units(self, now: float) -> int:
        """How many are not free again."""
        with self._lock:
            while self._counting and self._counting[0][0] <= now:
                self._units -= self._counting.popleft()[1]
            return self._units

    def free_at(self, missing: int) -> float:
        """When so many are free again; minus infinity where not as many are counted."""
        with self._lock:
            for moment, units in self._counting:
                missing -= units
                if missing <= 0:
                    return moment
        return float("-inf")

    def here(self, now: float) -> list[tuple[float, int]]:
        """What was spent here and still counts, an item for each second at most."""
        with self._lock:
            self._here = {second: units for second, units in self._here.items() if second > now}
            return [(float(second), units) for second, units in self._here.items()]
