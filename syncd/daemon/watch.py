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
    paths: Iterable[Path],
    on_change: Callable[[], None],
    stop: threading.Event,
    *,
    keep: Callable[[Callable[[], None]], None] = lambda work: work(),
    beat: Callable[[], None] = lambda: None,
) -> threading.Thread:
    """Call ``on_change`` after every change below folders, or of files, until ``stop``. The thread is a daemon.

    ``keep`` runs the work and begins it anew where it falls; ``beat`` is called as long as it goes on.
    """
    watched = [path.absolute() for path in paths]
    roots = sorted(
        {path if path.is_dir() else path.parent for path in watched if path.exists() or path.parent.exists()}
    )
    concerns = concerning(watched)

    def loop() -> None:
        from watchfiles import watch  # noqa: PLC0415 - only the daemon pays for it

        for changes in watch(
            *roots,
            watch_filter=lambda _change, path: concerns(Path(path)),
            stop_event=stop,
            debounce=1600,
            step=50,
            rust_timeout=500,
            yield_on_timeout=True,
        ):
            beat()
            if changes:
                on_change()

    thread = threading.Thread(target=lambda: keep(loop), name="watch", daemon=True)
    thread.start()
    return thread


def concerning(watched: Iterable[Path]) -> Callable[[Path], bool]:
    """Whether a changed path concerns what is watched: below one of the folders, or one of the files.

    A file's folder may hold anything, a state that is written all the time included; of it only the file
    counts, and the links that a mounted ConfigMap turns over (``..data``).
    """
    folders = tuple(path for path in watched if path.is_dir())
    files = frozenset(path for path in watched if not path.is_dir())
    holders = {path.parent for path in files}

    def concerns(path: Path) -> bool:
        if path in files or any(path.is_relative_to(folder) for folder in folders):
            return True
        return path.parent in holders and path.name.startswith("..")

    return concerns


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
