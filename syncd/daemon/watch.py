"""Notices edits of the data files, and reads them only once they have come to rest."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from watchfiles import Change, watch

T = TypeVar("T")

_ROUND_MS = 500
"""Milliseconds between two looks at whether the folders are still the same."""
_STEP_MS = 200
"""Milliseconds between two looks at what the kernel has told, all day long; watchfiles' own choice is 50."""

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
    has_missed = threading.Event()
    """Set between two watches, and before the first: what is edited then is not heard of, so that whoever reads must
    look once more."""
    has_missed.set()

    def loop() -> None:
        while not stop.is_set():
            try:
                _until_replaced(watched, on_change, stop, beat, has_missed)
            except FileNotFoundError:
                # Gone between the look and the watch.
                has_missed.set()
                stop.wait(_ROUND_MS / 1000)

    thread = threading.Thread(target=lambda: keep(loop), name="watch", daemon=True)
    thread.start()
    return thread


def _until_replaced(
    watched: Sequence[Path],
    on_change: Callable[[], None],
    stop: threading.Event,
    beat: Callable[[], None],
    has_missed: threading.Event,
) -> None:
    """Watch the folders that are there now, until one of them is another: deleted, made anew, a link switched.

    The kernel watches a folder and not a name: where another one stands under the name, nothing more is heard.
    """
    roots, identity = _roots(watched), identity_of(watched)
    concerns = concerning(watched)
    for changes in _rounds(roots, concerns, stop):
        beat()
        replaced = identity_of(watched) != identity or any(
            change is Change.deleted and Path(path) in roots for change, path in changes
        )
        if changes or replaced or has_missed.is_set():
            has_missed.clear()
            on_change()
        if replaced:
            has_missed.set()
            return


def _rounds(
    roots: Sequence[Path], concerns: Callable[[Path], bool], stop: threading.Event
) -> Iterator[set[tuple[Change, str]]]:
    """Changes at once, nothing every half a second; only that where there is no folder to watch."""
    if not roots:
        while not stop.wait(_ROUND_MS / 1000):
            yield set()
        return
    yield from watch(
        *roots,
        watch_filter=lambda _change, path: concerns(Path(path)),
        stop_event=stop,
        debounce=1600,
        step=_STEP_MS,
        rust_timeout=_ROUND_MS,
        yield_on_timeout=True,
    )


def _roots(watched: Iterable[Path]) -> list[Path]:
    """The folders, and those in which files lie, as far as they are there."""
    folders = {
        path if path.is_dir() else path.parent for path in watched if path.is_dir() or _is_file_name(path)
    }
    return sorted(path for path in folders if path.is_dir())


def _is_file_name(path: Path) -> bool:
    """True for what is a file or was meant as one: of a calendar's folder that is gone, the parent is not watched."""
    return path.is_file() or bool(path.suffix)


def identity_of(watched: Iterable[Path]) -> list[tuple[int, int] | None]:
    """Which folders stand under the names now, links followed; None where none does."""
    found: list[tuple[int, int] | None] = []
    for path in watched:
        try:
            stands = (path if path.is_dir() else path.parent).stat()
        except OSError:
            found.append(None)
        else:
            found.append((stands.st_dev, stands.st_ino))
    return found


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
