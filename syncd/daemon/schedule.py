"""When the daemon's next cycle is due by itself, and why: interval, retry, or the end of the removal delay.

Monotonic seconds throughout; what people and files ask for is in `syncd.daemon.wake`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from syncd.reconcile.report import CycleReport

JITTER = 0.1
"""Share by which an interval is varied, so that many instances do not beat together."""
FIRST_RETRY_S = 15.0
"""Seconds until a whole service that did not answer is asked again; doubles, at most the interval."""
NEVER = float("inf")


@dataclass(slots=True, kw_only=True)
class Schedule:
    """``interval_s``: between cycles. ``removal_delay_s``: that removals brought by an edit wait."""

    interval_s: float
    removal_delay_s: float
    removals_from: float = 0.0
    """From when on removals may be made."""
    _served: str = ""
    _interval_at: float = 0.0
    _services_at: float = NEVER
    _failed_in_a_row: int = 0
    """Cycles in a row in which a whole service did not answer."""
    _dice: random.Random = field(default_factory=random.Random)

    def serve(self, digest: str, now: float) -> None:
        """A cycle serves this calendar; one that is new delays the removals it brings."""
        if digest != self._served:
            self.removals_from = now + self.removal_delay_s
            self._served = digest

    def resume(
        self,
        *,
        served: str,
        removals_from: float,
        interval_at: float,
        services_at: float,
        failed_in_a_row: int,
    ) -> None:
        """Go on where another process left off; all in this one's monotonic seconds."""
        self._served, self.removals_from = served, removals_from
        self._interval_at, self._services_at = interval_at, services_at
        self._failed_in_a_row = failed_in_a_row

    def as_kept(self, to_wall_s: float) -> dict[str, Any]:
        """What the next process needs. ``to_wall_s``: added to a monotonic second gives one since 1970."""
        return {
            "served": self._served,
            "removals_from": self.removals_from + to_wall_s if self.removals_from else 0.0,
            "interval_at": self._interval_at + to_wall_s,
            "services_at": self._services_at + to_wall_s if self._services_at < NEVER else 0.0,
            "failed_in_a_row": self._failed_in_a_row,
        }

    def holds_removals(self, now: float) -> bool:
        """True while removals wait."""
        return now < self.removals_from

    def cycle_ended(self, *, service_failed: bool, now: float) -> None:
        """Note when the services are asked again, if one did not answer, and when the interval is over."""
        self._interval_at = now + self.interval_s * (1 + self._dice.uniform(-JITTER, JITTER))
        self._failed_in_a_row = self._failed_in_a_row + 1 if service_failed else 0
        wait_s = FIRST_RETRY_S * float(1 << min(self._failed_in_a_row, 10)) / 2
        self._services_at = now + min(wait_s, self.interval_s) if service_failed else NEVER

    def next(self, *, retry_at: float, removals_held: bool) -> tuple[str, float]:
        """Why the next cycle is due, and when. ``retry_at``: when the first failing context is due again.

        The end of the removal delay counts while removals are held; it lies in the past where it came
        during the cycle.
        """
        moments = {
            "interval": self._interval_at,
            "retry": min(retry_at, self._services_at),
            "removals": self.removals_from if removals_held else NEVER,
        }
        why = min(moments, key=lambda name: moments[name])
        return why, moments[why]


def service_failed(report: CycleReport) -> bool:
    """True where something failed that no context's own retry brings back."""
    return any(one.transient and one.where not in report.contexts for one in report.failures)
