"""`syncd approve DIGEST`: a person's word on one plan, one short write beside a running daemon."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from syncd.commands.common import settings_of, who
from syncd.errors import RefusedError, UsageError
from syncd.state.database import FILE_NAME
from syncd.state.store import State

_DIGEST = re.compile(r"[0-9a-f]{12}")


def run(arguments: argparse.Namespace) -> int:
    """Record the approval and say what it admits."""
    digest = read_digest(arguments.digest)
    with beside(arguments, begin=True) as state:
        plan = state.ledger.waiting_plan(digest)
        state.ledger.approve(digest, who=who(), now=time.time())
    if plan is None:
        print(
            f"No plan {digest} is known to be waiting here. The approval is recorded and admits exactly that"
        )
        print("plan, should a cycle of the next 24 hours come to it.")
        return 0
    print(f"Approved, as {who()}, plan {digest}:")
    for sentence in plan.sentences:
        print(f"  - {sentence}")
    print("The next cycle carries it out; the approval ends with that, or after 24 hours.")
    return 0


def read_digest(text: str) -> str:
    """A plan's digest as typed. Raises `UsageError`."""
    digest = text.strip().casefold()
    if not _DIGEST.fullmatch(digest):
        raise UsageError(f"{text!r} is not a plan's digest: 12 hex digits, as `syncd --dry-run` prints them")
    return digest


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
