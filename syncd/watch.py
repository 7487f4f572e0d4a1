"""Notices edits of the data files, and reads them only once they have come to rest."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

STILL_S = 0.3
"""Seconds without a change before an edit is acted on."""
LONGEST_WAIT_S = 10.0
"""Seconds after which files that never come to rest are read as they are; the loader refuses halves."""


def watch_paths(
    paths: Iterable[Path], on_change: Callable[[], None], stop: threading.Event
) -> threading.Thread:
    """Call ``on_change`` after every change below the paths, until ``stop``. The thread is a daemon."""
    roots = sorted(
        {path if path.is_dir() else path.parent for path in paths if path.exists() or path.parent.exists()}
    )

    def loop() -> None:
        from watchfiles import watch  # noqa: PLC0415 - only the daemon pays for it

        for _ in watch(
            *roots, stop_event=stop, debounce=1600, step=50, rust_timeout=500, yield_on_timeout=False
        ):
            on_change()

    thread = threading.Thread(target=loop, name="watch", daemon=True)
    thread.start()
    return thread


def read_at_rest(
    read: Callable[[], tuple[T, str]], wait: Callable[[float], bool], clock: Callable[[], float]
) -> T:
    """The value of two equal reads ``STILL_S`` apart. ``read`` gives value and digest; ``wait`` True to stop."""
    latest = clock() + LONGEST_WAIT_S
    value, digest = read()
    while clock() < latest and not wait(STILL_S):
        again, digest_again = read()
        if digest_again == digest:
            return again
        value, digest = again, digest_again
    return value
