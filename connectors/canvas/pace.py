"""How fast one token may go: Canvas's leaky bucket followed from its headers, and requests in flight.

Canvas counts up to a high-water mark, leaks a little every second and holds an advance for each request
while it runs. The count here is our estimate of it, corrected by every answer's `X-Rate-Limit-Remaining`.
A reserve of the bucket is never taken: it is left to people and other jobs that use the token. Sends
nothing and knows no request; clock, sleep, random numbers and the stop event are passed in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from connectors.errors import StoppedError

_CALM_BELOW = 200.0
"""After a refusal we wait until this much is free again."""
WRITE_COST = 0.2
"""What a write is reckoned to take of the bucket, for estimates only."""
_TURN_S = 0.25
"""Longest wait for a free place before the stop event is looked at again."""
_LOOK_S = 0.02
"""Wait for room in the bucket while answers are on their way."""
_SHORTEST_S = 0.001
"""Waits below this are none: a remainder of rounding may be too small for a clock to move by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceLimits:
    """Canvas's default bucket, and what we allow ourselves of it."""

    high_water: float = 600.0
    """Count from which Canvas refuses."""
    outflow_per_s: float = 10.0
    hold: float = 50.0
    """Advance that Canvas takes for each request while it runs."""
    reserve: float = 0.3
    """Part of the high-water mark that is left to others, 0..1."""
    start: int = 8
    """Requests in flight at the start; halves on a refusal, grows slowly, at least 1."""
    most: int = 8
    """Most requests in flight ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaReport:
    """What an answer says about the bucket; None where its header is missing."""

    cost: float | None = None
    remaining: float | None = None
    served: bool = True
    """False for a refusal, and where no answer of Canvas's own came."""
    refused: bool = False
    retry_after_s: float = 0.0


class Pace:
    """One token's pace. Thread-safe."""

    def __init__(
        self,
        limits: PaceLimits,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
        stop: threading.Event,
        rng: Random,
        share: Callable[[], int] = lambda: 1,
    ) -> None:
        self._share = share
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._stop = stop
        self._rng = rng
        self._free = threading.Condition()
        self._in_flight = 0
        self._allowed = max(1, min(limits.start, limits.most))
        self._calm_answers = 0
        self._count = 0.0
        self._counted_at = clock()
        self._metered = True
        self._not_before = 0.0

    @property
    def allowed(self) -> int:
        """Requests that may be in flight right now."""
        return max(1, self._allowed // max(1, self._share()))

    @property
    def count(self) -> float:
        """Our estimate of Canvas's count, advances of requests in flight included."""
        with self._free:
            self._leak()
            return self._count

    def enter(self, *, operation: str, context: str = "") -> None:
        """Wait until one more request may start, and take its place. Raises `StoppedError`."""
        while True:
            with self._free:
                while self._in_flight >= self.allowed and not self._stop.is_set():
                    self._free.wait(_TURN_S)
                if self._stop.is_set():
                    raise StoppedError(
                        "stopping, the call was not sent.", operation=operation, context=context
                    )
                wait_s = self._wait_s()
                if wait_s < _SHORTEST_S:
                    self._in_flight += 1
                    self._count += self._limits.hold
                    return
                if self._in_flight:
                    # An answer on its way gives back more at once than leaks in seconds.
                    wait_s = min(wait_s, _LOOK_S)
            self._sleep(wait_s)

    def leave(self, quota: QuotaReport) -> float:
        """Give the place back with what the answer said. Returns seconds to wait before a refused call."""
        with self._free:
            self._in_flight -= 1
            self._leak()
            self._count = max(0.0, self._count - self._limits.hold + (quota.cost or 0.0))
            if quota.remaining is not None:
                # Requests of ours that Canvas had not seen yet are missing in what it told.
                ours = self._in_flight * self._limits.hold
                self._count = max(0.0, self._limits.high_water - quota.remaining, ours)
            if quota.served:
                # A Canvas that tells nothing does not count: only the places limit us then.
                self._metered = quota.remaining is not None
            wait_s = self._slow_down(quota) if quota.refused else self._speed_up()
            self._free.notify_all()
            return wait_s

    def _wait_s(self) -> float:
        self._leak()
        wait_s = self._not_before - self._counted_at
        if not self._metered:
            return wait_s
        usable = self._limits.high_water * (1 - self._limits.reserve)
        # Alone with an empty bucket one request must always be possible, however small the rest is.
        excess = self._count + self._limits.hold - max(usable, self._limits.hold)
        return max(wait_s, excess / self._limits.outflow_per_s)

    def _leak(self) -> None:
        now = self._clock()
        self._count = max(0.0, self._count - self._limits.outflow_per_s * (now - self._counted_at))
        self._counted_at = now

    def _slow_down(self, quota: QuotaReport) -> float:
        self._allowed = max(1, self._allowed // 2)
        self._calm_answers = 0
        remaining = quota.remaining if quota.remaining is not None else 0.0
        calm_s = (_CALM_BELOW - remaining) / self._limits.outflow_per_s
        wait_s = max(quota.retry_after_s, calm_s, 0.0) * self._rng.uniform(1.0, 1.2)
        self._not_before = max(self._not_before, self._counted_at + wait_s)
        return wait_s

    def _speed_up(self) -> float:
        self._calm_answers += 1
        if self._calm_answers >= 10 * self._allowed and self._allowed < self._limits.most:
            self._allowed += 1
            self._calm_answers = 0
        return 0.0
