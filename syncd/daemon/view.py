"""What the web pages and the control socket may see of a running daemon, and how they wake it."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from mapping.model import CanonicalCalendar, Targets
from syncd.config.settings import Settings
from syncd.daemon.request_counts import RequestCounts
from syncd.daemon.snapshot import SnapshotBoard
from syncd.daemon.wake import Wake
from syncd.daemon.watchdog import Watchdog
from syncd.daemon.workers import Workers
from syncd.reconcile.editions import Candidate
from syncd.reconcile.runtime import Runtime
from syncd.state.store import State


class DaemonView(Protocol):
    """Called from other threads than the one that drives the cycles; nothing here waits for a cycle."""

    @property
    def settings(self) -> Settings: ...
    @property
    def state(self) -> State: ...
    @property
    def board(self) -> SnapshotBoard: ...
    @property
    def wake(self) -> Wake: ...
    @property
    def watchdog(self) -> Watchdog: ...
    @property
    def workers(self) -> Workers: ...
    @property
    def request_counts(self) -> RequestCounts: ...

    @property
    def candidate(self) -> Candidate | None:
        """The calendar as it was last read from the data files; None before that."""

    @property
    def targets(self) -> Targets | None:
        """The targets as they were last read; None before that."""

    @property
    def served(self) -> CanonicalCalendar | None:
        """The calendar in force; before the first cycle, the one that was read. None before that."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of target that are served."""

    @property
    def last_runtime(self) -> Runtime | None:
        """What the last cycle ran with; None before the first."""

    def kind_of(self, where: str, target: str) -> str:
        """The kind that a failure belongs to: of its target, or the service itself."""

    def today(self) -> date:
        """The campus's day."""
