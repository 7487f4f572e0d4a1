"""How often a connector asked its service, counted and told on, for every kind of target alike."""

from __future__ import annotations

import threading
from collections.abc import Callable

from connectors.http import RequestNote
from connectors.port import CallCounts


class RequestCounter:
    """Running totals of a connector. Thread-safe."""

    def __init__(self, on_request: Callable[[RequestNote], None] | None) -> None:
        self.counts = CallCounts()
        self.skew_s: float | None = None
        """Seconds by which the service's clock was ahead of this machine's when it last told its time."""
        self._lock = threading.Lock()
        self._on_request = on_request

    def note(self, note: RequestNote) -> None:
        """Count a request that was sent, and tell it on."""
        with self._lock:
            self.counts.requests += 1
            self.counts.throttled += note.throttled
            if note.skew_s is not None:
                self.skew_s = note.skew_s
            by_operation = self.counts.by_operation
            by_operation[note.operation] = by_operation.get(note.operation, 0) + 1
        if self._on_request is not None:
            self._on_request(note)

    def repeated(self, *_: object) -> None:
        """Count a repetition."""
        with self._lock:
            self.counts.retried += 1
