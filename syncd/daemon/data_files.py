"""Calendar and targets as a daemon takes them up: at its start, after an edit, when another machine pushed some.

A bad edit is said loudly, and the last good ones stay.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from mapping.errors import SyncdError
from mapping.model import Targets
from syncd.daemon.live_sources import LiveSources
from syncd.daemon.snapshot import SnapshotBoard
from syncd.daemon.watch import read_at_rest
from syncd.reconcile.editions import Candidate


class DataFiles:
    """Used by the driver's thread only, but for ``candidate`` and ``targets``.

    ``told`` is called after each load, with the sentence of a bad edit or ''.
    """

    def __init__(
        self,
        sources: LiveSources,
        *,
        board: SnapshotBoard,
        log: Any,
        stop: threading.Event,
        told: Callable[[str], None],
    ) -> None:
        self._sources = sources
        self._board = board
        self._log = log
        self._stop = stop
        self._told = told

    @property
    def candidate(self) -> Candidate | None:
        """The calendar as it was last read; None before that."""
        return self._sources.candidate

    @property
    def targets(self) -> Targets | None:
        """The targets as they were last read; None before that."""
        return self._sources.targets

    def load(self) -> bool:
        """Take them up; whether they are others than before."""
        before = (self.candidate, self.targets)
        good = self._sources.load(now=time.time())
        problem, shared = self._sources.problem, self._sources.shared
        self._board.change(data_problem=problem)
        if not good:
            self._log.error("data-invalid", problem=problem, serving="the last good calendar")
        for kind in shared.stale if shared is not None else ():
            self._log.warning("stale-copy", what=kind.value, machine=shared.machine if shared else "")
        self._told(problem)
        return (self.candidate, self.targets) != before

    def load_edit(self) -> bool:
        """After a change on disk: wait for it to come to rest, then take it up. False where nothing changed."""
        noticed = time.time()
        read_at_rest(lambda: (None, self._digest()), self._stop.wait, time.monotonic)
        changed = self.load()
        if changed:
            self._board.change(edited_at=noticed)
            self._log.info("edit", calendar=self.candidate.calendar.digest if self.candidate else None)
        return changed

    def _digest(self) -> str:
        try:
            return self._sources.digest()
        except SyncdError as error:
            return str(error)
