"""Worker threads that log, count and go on: an exception that nobody foresaw ends none of them for good."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from connectors.containment import words
from mapping.errors import SyncdError
from syncd.daemon.snapshot import SnapshotBoard

PAUSE_S = 5.0
"""Seconds until a worker that fell goes on, so that one which falls at once does not fill the log."""


def unforeseen(error: Exception) -> str:
    """An exception that nobody foresaw, as a sentence for whoever looks at the status."""
    return (
        f"an error that nobody foresaw ({words(error)}); the next cycle is made all the same. Its traceback is in "
        "the log: report it to whoever maintains syncd."
    )


class Workers:
    """``stop`` ends every pause. Thread-safe."""

    def __init__(
        self, log: Any, board: SnapshotBoard, stop: threading.Event, pause_s: float = PAUSE_S
    ) -> None:
        self._log = log
        self._board = board
        self._stop = stop
        self._pause_s = pause_s

    @contextmanager
    def unharmed(self, worker: str) -> Iterator[None]:
        """Whatever is no error of ours in the block is logged and counted, and the worker rests a moment."""
        try:
            yield
        except SyncdError:
            raise
        except Exception as error:  # noqa: BLE001 - named, counted and told; the worker goes on
            self._log.exception("unexpected", worker=worker, kind=type(error).__name__)
            self._board.count_unexpected(worker)
            self._stop.wait(self._pause_s)

    def keep(self, worker: str, work: Callable[[], None]) -> None:
        """Run ``work`` until it returns, or until the stop."""
        done = False
        while not done and not self._stop.is_set():
            with self.unharmed(worker):
                work()
                done = True
