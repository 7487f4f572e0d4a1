"""Canvas's leaky bucket per access token, as the gate in front of the application."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from syncd.sandbox.middleware import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Scope

REFUSED = "sandbox.refused"
"""Key in a request's state: the gate refused it."""


@dataclass(slots=True, kw_only=True)
class Limits:
    """The bucket's settings, in units of cost (seconds of work) and seconds; and what a request costs."""

    enabled: bool = True
    high_water: float = 600.0
    maximum: float = 800.0
    outflow_per_s: float = 10.0
    hold: float = 50.0
    read_cost: float = 0.12
    write_cost: float = 0.2
    old_style: bool = False
    """Refuse with 403, as before October 2025, instead of 429."""
    retry_after: int | None = None
    """Seconds of a Retry-After header on refusals; None: no such header, as in the code that was read."""
    remaining_lag: float = 0.0
    """Added to the remaining quota told on a refusal, which real answers have shown above zero."""


@dataclass(slots=True)
class Bucket:
    """Units in the bucket at a moment."""

    count: float = 0.0
    at: float = 0.0

    def add(self, amount: float, now: float, limits: Limits) -> float:
        """Leak, then add; the answer is the new count."""
        leaked = limits.outflow_per_s * (now - self.at)
        self.count = max(0.0, min(limits.maximum, self.count - leaked + amount))
        self.at = now
        return self.count


class Throttle:
    """One bucket per token; `clock` tells seconds."""

    def __init__(self, limits: Limits | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits or Limits()
        self.clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[str, Bucket] = {}

    def count(self, secret: str) -> float:
        """Units in a token's bucket now."""
        with self._lock:
            return self._bucket(secret).add(0.0, self.clock(), self.limits)

    def fill(self, secret: str, count: float) -> None:
        """Set a token's bucket, as other users of the same token would."""
        with self._lock:
            bucket = self._bucket(secret)
            bucket.count, bucket.at = count, self.clock()

    def admit(self, scope: Scope) -> Answer | None:
        """Hold the up-front amount; refuse at the high-water mark."""
        if not self.limits.enabled:
            return None
        with self._lock:
            count = self._bucket(secret_of(scope)).add(self.limits.hold, self.clock(), self.limits)
        if count < self.limits.high_water:
            return None
        scope.setdefault("state", {})[REFUSED] = True
        return self._refusal(count)

    def settle(self, scope: Scope, answer: Answer | None) -> None:
        """Give the hold back, book the cost, put the headers on the answer."""
        if not self.limits.enabled:
            return
        refused = scope.get("state", {}).get(REFUSED, False)
        cost = self.limits.read_cost if scope["method"] in ("GET", "HEAD") else self.limits.write_cost
        cost = 0.0 if refused else cost
        with self._lock:
            amount = cost - self.limits.hold
            count = self._bucket(secret_of(scope)).add(amount, self.clock(), self.limits)
        if answer is not None and not refused:
            answer.header("x-request-cost", f"{cost}")
            answer.header("x-rate-limit-remaining", f"{self.limits.high_water - count}")

    def _bucket(self, secret: str) -> Bucket:
        return self._buckets.setdefault(secret, Bucket(at=self.clock()))

    def _refusal(self, count: float) -> Answer:
        answer = Answer()
        answer.status = 403 if self.limits.old_style else 429
        title = "Forbidden" if self.limits.old_style else "Too Many Requests"
        answer.header("content-type", "text/plain")
        answer.header(
            "x-rate-limit-remaining", f"{self.limits.high_water - count + self.limits.remaining_lag}"
        )
        if self.limits.retry_after is not None:
            answer.header("retry-after", str(self.limits.retry_after))
        answer.replace_body(f"{answer.status} {title} (Rate Limit Exceeded)\n".encode())
        return answer


def secret_of(scope: Scope) -> str:
    """The access token of a request, from its header or its query; empty if it has none."""
    for name, value in scope["headers"]:
        if name == b"authorization" and value[:7].lower() == b"bearer ":
            return str(value[7:].strip(), "latin-1")
    query = str(scope["query_string"], "latin-1")
    return parse_qs(query)["access_token"][0] if "access_token=" in query else ""
