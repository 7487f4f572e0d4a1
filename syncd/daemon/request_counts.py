"""Counts the requests that connectors tell of, for metrics. Keeps numbers only: no address, no body.

Fed from the connectors' threads; read by whoever serves metrics.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Protocol


class SentRequest(Protocol):
    """What every connector's note of a request has."""

    @property
    def operation(self) -> str: ...
    @property
    def context(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def remaining(self) -> float | None: ...
    @property
    def throttled(self) -> bool: ...
    @property
    def skew_s(self) -> float | None: ...


class RequestCounts:
    """Running totals since the start, by kind of target."""

    def __init__(self, on_note: Callable[[str, SentRequest], None] = lambda _kind, _note: None) -> None:
        self._mutex = threading.Lock()
        self._on_note = on_note
        self.requests: Counter[tuple[str, str]] = Counter()
        """(kind, outcome): outcome is the status class such as ``2xx``, or ``lost``."""
        self.throttled: Counter[str] = Counter()
        self.remaining: dict[str, float] = {}
        """Quota left as last told, in the units of the service."""
        self.skew_s: dict[str, float] = {}
        """Seconds by which each service's clock was ahead of this machine's when it last answered."""

    def note(self, kind: str, request: SentRequest) -> None:
        """Count one request."""
        outcome = f"{request.status // 100}xx" if request.status else "lost"
        with self._mutex:
            self.requests[kind, outcome] += 1
            self.throttled[kind] += request.throttled
            if request.remaining is not None:
                self.remaining[kind] = request.remaining
            if request.skew_s is not None:
                self.skew_s[kind] = request.skew_s
        self._on_note(kind, request)
