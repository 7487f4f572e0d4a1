"""The state as verbs open it beside a running daemon."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from syncd.commands.shared.arguments import settings_of
from syncd.errors import RefusedError, StateError
from syncd.state.database import FILE_NAME
from syncd.state.store import State


@contextmanager
def beside(arguments: argparse.Namespace, *, begin: bool = False) -> Iterator[State]:
    """The state for one short write, without the daemon's lock.

    ``begin``: make one where there is none, since a first fill may need approval. Raises `RefusedError` else.
    """
    folder = settings_of(arguments).state_folder
    if (folder / FILE_NAME).exists():
        state = State.open_beside(folder)
    elif begin:
        state = State.open(folder, now=time.time())
    else:
        raise RefusedError(
            f"There is no state in {folder} yet: nothing was written from here, nothing waits."
        )
    try:
        yield state
    finally:
        state.close()


def refuse_unreadable(folder: Path) -> None:
    """A state that we may not read must not look like one that knows nothing."""
    path = folder / FILE_NAME
    try:
        closed = path.exists() and not os.access(path, os.R_OK)
    except OSError:
        closed = True
    if closed:
        raise StateError(path, "this user may not read it; ask the daemon's user, or join its group")
