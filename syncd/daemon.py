"""The daemon: a cycle at start, every interval, after an edit, and when a failed context is due again.

One thread drives the cycles; signals, the watcher and the control socket only set what it wakes for.
Whatever fails is reported and tried again; only what nothing can mend by itself ends it.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from connectors.base import Connector
from mapping.errors import SyncdError
from mapping.model import Targets
from syncd.board import Board, status_words
from syncd.commands.cycle import log_report
from syncd.cycle import Cycle, Scope
from syncd.errors import RefusedError
from syncd.ground import Ground
from syncd.heart import Heart
from syncd.notify import Supervisor
from syncd.report import CycleReport
from syncd.rhythm import Rhythm
from syncd.settings import Settings
from syncd.site import Site
from syncd.state.store import State
from syncd.watch import read_at_rest
from syncd.wiring import build_ground

JITTER = 0.1
"""Share by which an interval is varied, so that many instances do not beat together."""
PAUSED_FACT = "paused"
PRUNE_EVERY_S = 86400.0
APPROVAL_LOOK_S = 1.0
"""Seconds between looks for an approval while a plan waits; approvals are written beside the daemon."""


@dataclass(slots=True)
class Wake:
    """Why the daemon should not go on waiting. Set from any thread or signal handler."""

    event: threading.Event = field(default_factory=threading.Event)
    edited: bool = False
    reload: bool = False
    asked: bool = False
    """A person asked: an approval, a resume, a publication."""

    def take(self) -> tuple[bool, bool, bool]:
        """(edited, reload, asked), and start over."""
        self.event.clear()
        taken = (self.edited, self.reload, self.asked)
        self.edited = self.reload = self.asked = False
        return taken

    def edit(self) -> None:
        self.edited = True
        self.event.set()

    def ask(self) -> None:
        self.asked = True
        self.event.set()

    def ask_reload(self) -> None:
        self.reload = True
        self.event.set()


class Daemon:
    """Runs until ``stop`` is set. Everything it waits on or talks to is passed in or built in `syncd.wiring`."""

    def __init__(
        self,
        settings: Settings,
        state: State,
        *,
        stop: threading.Event,
        wake: Wake,
        log: Any,
        supervisor: Supervisor,
        heart: Heart,
        board: Board,
    ) -> None:
        self.settings = settings
        self.state = state
        self.stop = stop
        self.wake = wake
        self.log = log
        self.supervisor = supervisor
        self.heart = heart
        self.board = board
        self.site = Site(settings=settings, ledger=state.ledger)
        self._connectors: dict[str, Connector] = {}
        self._built_for: Targets | None = None
        self._rhythm = Rhythm(interval_s=settings.interval, audit_s=settings.audit_interval)
        self._removals_wait_until = time.monotonic() + settings.removal_delay
        self._served = ""
        self._dice = random.Random()  # noqa: S311 - jitter, not a secret
        self._pruned_at = 0.0
        self._approvals: set[tuple[str, float]] = set()

    def run(self) -> None:
        """Serve until stopped. Raises what makes serving impossible from the start."""
        self.board.change(started_at=time.time(), notes=self.state.notes)
        self._load()
        self.supervisor.ready()
        why = "start"
        while not self.stop.is_set():
            self._cycle(why)
            why = self._wait()
        self.supervisor.stopping()
        for connector in self._connectors.values():
            connector.close()

    # --- one cycle --------------------------------------------------------------------------------

    def _cycle(self, why: str) -> None:
        self.heart.beat("cycle")
        self.board.change(phase=f"cycle ({why})", attempted_at=time.time())
        try:
            report = self._reconcile(why)
        except (RefusedError, SyncdError) as error:
            self.log.error(  # noqa: TRY400 - the sentence is for the operator; a traceback would hide it
                "cycle-failed", why=why, error=str(error), kind=type(error).__name__
            )
            self.board.change(phase="waiting", notes=(str(error),))
        else:
            log_report(self.log.bind(cycle=report.run), report, dry=False)
            self.board.cycle_done(report, now=time.time())
            report.close()
        self._prune()
        self.heart.rest("cycle")
        self.supervisor.status(status_words(self.board.read()))

    def _reconcile(self, why: str) -> CycleReport:
        ground = self._ground()
        candidate = self.site.candidate
        assert candidate is not None  # noqa: S101 - _load raised otherwise
        if candidate.calendar.digest != self._served:
            self._removals_wait_until = time.monotonic() + self.settings.removal_delay
            self._served = candidate.calendar.digest
        self._rhythm.only_concerned = why == "edit"
        scope = Scope(
            why=why,
            dry=self.paused,
            hold_removals=time.monotonic() < self._removals_wait_until,
            ignore_back_off=why in ("start", "asked"),
            look_at=self._rhythm,
        )
        return Cycle(ground=ground, scope=scope, candidate=candidate).run()

    @property
    def paused(self) -> bool:
        return self.state.ledger.fact(PAUSED_FACT) == "yes"

    def _ground(self) -> Ground:
        targets = self.site.targets
        assert targets is not None  # noqa: S101 - _load raised otherwise
        if self._built_for != targets:
            for connector in self._connectors.values():
                connector.close()
            ground = build_ground(
                self.settings, targets, self.state, stop=self.stop, log=self.log, progress=self._progress
            )
            self._connectors = dict(ground.connectors)
            self._built_for = targets
            self._last_ground = ground
        return self._last_ground

    def _progress(self, stage: str, done: int, total: int) -> None:
        self.heart.beat("cycle")
        self.board.change(phase=f"{stage} {done} of {total}")

    # --- waiting ------------------------------------------------------------------------------------

    def _wait(self) -> str:
        """Sleep until something is due; why it is."""
        due_at = time.monotonic() + self.settings.interval * (1 + self._dice.uniform(-JITTER, JITTER))
        while not self.stop.is_set():
            now = time.monotonic()
            retry_at = self._retry_at(now)
            removals_at = self._removals_at(now)
            next_at = min(due_at, retry_at, removals_at)
            if next_at <= now:
                return "interval" if next_at == due_at else ("retry" if next_at == retry_at else "removals")
            refused = bool(self.board.read().refused)
            self.wake.event.wait(
                min(next_at - now, self.heart.slice_s, APPROVAL_LOOK_S if refused else next_at)
            )
            edited, reload, asked = self.wake.take()
            asked = asked or (refused and self._newly_approved())
            if reload:
                self._reload()
                return "reload"
            if edited and self._load_edit():
                return "edit"
            if asked:
                return "asked"
        return "stop"

    def _retry_at(self, now: float) -> float:
        """Monotonic second at which the next failing context is due again."""
        moments = [note.retry_at for note in self.state.events.notes().values() if note.retry_at is not None]
        return now + max(min(moments) - time.time(), 0.1) if moments else float("inf")

    def _removals_at(self, now: float) -> float:
        waiting = self.board.read().planned.get("delete", 0)
        return self._removals_wait_until if waiting and self._removals_wait_until > now else float("inf")

    def _newly_approved(self) -> bool:
        found = {(one.digest, one.at) for one in self.state.ledger.approvals(now=time.time())}
        fresh = bool(found - self._approvals)
        self._approvals = found
        return fresh

    # --- data files -----------------------------------------------------------------------------------

    def _load(self) -> None:
        """Take up the data files; a bad edit is said loudly and the last good ones stay."""
        good = self.site.load(now=time.time())
        self.board.change(data_problem=self.site.problem)
        if not good:
            self.log.error("data-invalid", problem=self.site.problem, serving="the last good calendar")

    def _load_edit(self) -> bool:
        """After a change on disk: wait for it to come to rest, then take it up. False where nothing changed."""
        noticed = time.time()
        before = (self.site.candidate, self.site.targets)
        read_at_rest(lambda: (None, self._digest()), self.stop.wait, time.monotonic)
        self._load()
        changed = (self.site.candidate, self.site.targets) != before
        if changed:
            self.board.change(edited_at=noticed)
        return changed

    def _digest(self) -> str:
        try:
            return self.site.digest()
        except SyncdError as error:
            return str(error)

    def _reload(self) -> None:
        self.supervisor.reloading()
        self._load()
        self.supervisor.ready()

    def _prune(self) -> None:
        now = time.time()
        if now - self._pruned_at > PRUNE_EVERY_S:
            self._pruned_at = now
            self.state.ledger.prune(now - self.settings.retention_days * 86400.0)
