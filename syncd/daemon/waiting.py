"""What the driver waits for between two cycles: the next moment due, an edit, a word from a person, another machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from syncd.daemon.data_files import DataFiles
from syncd.daemon.schedule import Schedule
from syncd.daemon.shared_sources import SharedSources
from syncd.daemon.snapshot import SnapshotBoard
from syncd.daemon.wake import Taken, Wake
from syncd.state.store import State

APPROVAL_LOOK_S = 1.0
"""Seconds between looks for an approval while a plan waits; approvals are written beside the daemon."""


@dataclass(slots=True, kw_only=True)
class Waiting:
    """Used by the driver's thread only."""

    state: State
    stop: threading.Event
    wake: Wake
    board: SnapshotBoard
    schedule: Schedule
    files: DataFiles
    shared: SharedSources | None
    reload: Callable[[], None]
    """What a reload does."""
    renewed: Callable[[], bool]
    """Whether the credentials are others than those in use."""
    slice_s: float
    """Longest sleep, so that the watchdog hears from the driver."""
    asked: str = ""
    """What people had asked for on any machine when it was last looked at."""
    _approvals: set[tuple[str, float]] = field(default_factory=set)

    def begin(self) -> None:
        """What was asked for until now is what the first cycle is made for."""
        self.asked = self.state.ledger.asked()

    def until_due(self) -> tuple[str, str]:
        """Sleep until something is due; why it is, and who asked for it."""
        while not self.stop.is_set():
            now = time.monotonic()
            why, at = self.next(now)
            if at <= now:
                return why, ""
            refused = bool(self.board.read().refused)
            longest = APPROVAL_LOOK_S if refused or self.shared is not None else self.slice_s
            self.wake.event.wait(min(at - now, longest))
            found = self._woken(self.wake.take(), refused=refused)
            if found is not None:
                return found
        return "stop", ""

    def next(self, now: float) -> tuple[str, float]:
        """Why the next cycle is due by itself, and at which monotonic second."""
        return self.schedule.next(
            retry_at=self._retry_at(now), removals_held=bool(self.board.read().held_removals)
        )

    def _woken(self, taken: Taken, *, refused: bool) -> tuple[str, str] | None:
        """Why a cycle is to be made now, and who asked for it; None where nothing came up."""
        if taken.reload:
            self.reload()
            return "reload", ""
        if taken.edited and self.files.load_edit():
            return "edit", ""
        if taken.edited and self.renewed():
            return "credential", ""
        if self.shared is not None and self._elsewhere(self.shared):
            return ("edit", "") if self.files.load() else ("asked", "")
        if taken.asked or (refused and self._newly_approved()):
            return "asked", taken.by
        return None

    def _elsewhere(self, shared: SharedSources) -> bool:
        """Whether another machine put an edition in force, or a person asked for something there."""
        asked = self.state.ledger.asked()
        if asked == self.asked and not shared.changed():
            return False
        self.asked = asked
        return True

    def _retry_at(self, now: float) -> float:
        """Monotonic second at which the next failing context is due again, of those a target claims."""
        claimed = self.board.read().context_targets
        moments = [at for context, at in self.state.events.moments().items() if context in claimed]
        return now + max(min(moments) - time.time(), 0.1) if moments else float("inf")

    def _newly_approved(self) -> bool:
        found = {(one.digest, one.at) for one in self.state.ledger.approvals(now=time.time())}
        fresh = bool(found - self._approvals)
        self._approvals = found
        return fresh
