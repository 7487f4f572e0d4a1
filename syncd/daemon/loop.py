"""The daemon: a cycle at start, every interval, after an edit, and when a failed context is due again.

One thread drives the cycles; signals, the watcher and the control socket only set what it wakes for.
Whatever fails is reported and tried again; only what nothing can mend by itself ends it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from connectors.errors import StoppedError
from connectors.quota import SpentUnits
from mapping.errors import SyncdError
from mapping.model import CanonicalCalendar, Targets
from syncd.config.credentials import credentials_digest
from syncd.config.settings import Settings
from syncd.daemon.audit import AuditSelection
from syncd.daemon.data_files import DataFiles
from syncd.daemon.live_sources import LiveSources
from syncd.daemon.plan_page import PlanPage
from syncd.daemon.remembered import Remembered, TurnNote
from syncd.daemon.request_counts import RequestCounts
from syncd.daemon.runtime import RuntimeProvider
from syncd.daemon.schedule import Schedule, service_failed
from syncd.daemon.shared_sources import SharedSources
from syncd.daemon.snapshot import Snapshot, SnapshotBoard, status_words
from syncd.daemon.systemd import SystemdNotifier, watchdog_s
from syncd.daemon.waiting import Waiting
from syncd.daemon.wake import Wake
from syncd.daemon.watchdog import CYCLE, Watchdog, patient_wait
from syncd.daemon.workers import Workers, unforeseen
from syncd.errors import StateError
from syncd.reconcile.cycle import Cycle, Scope
from syncd.reconcile.editions import Candidate
from syncd.reconcile.fast_lane import FastLane, Memory
from syncd.reconcile.health import Health, recall, remember
from syncd.reconcile.report import CycleReport
from syncd.reconcile.runtime import Runtime
from syncd.reconcile.stragglers import Stragglers
from syncd.reporting.cycle_log import log_report
from syncd.state.pause import is_paused
from syncd.state.store import State
from syncd.wiring import today_of

PRUNE_EVERY_S = 86400.0
HURRIED = frozenset({"start", "edit", "asked", "reload"})
"""What a cycle is made for where somebody waits for it."""
APPLYING = "apply "
"""How the snapshot's phase begins while a pass writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fittings:
    """What a daemon is run with. ``stop`` ends it; ``on_change`` is told how things stand whenever they change."""

    log: Any
    stop: threading.Event = field(default_factory=threading.Event)
    wake: Wake = field(default_factory=Wake)
    supervisor: SystemdNotifier = field(default_factory=SystemdNotifier)
    watchdog: Watchdog = field(default_factory=lambda: Watchdog(watchdog_s()))
    board: SnapshotBoard = field(default_factory=SnapshotBoard)
    request_counts: RequestCounts = field(default_factory=RequestCounts)
    share: Callable[[], int] = lambda: 1
    """Among how many running turns the credentials are shared."""
    spent: SpentUnits = field(default_factory=SpentUnits)
    """Of Google's quota, before this process too."""
    waiting: Callable[[Watchdog, threading.Event], Callable[[float], object]] = patient_wait
    """Makes what connectors wait with."""
    follows_disk: bool = True
    """False in a worker's turn: what lies in the folder is offered by the worker itself."""
    on_change: Callable[[Snapshot], None] = lambda _snapshot: None
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _all: None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnReport:
    """``why``: what the cycle was made for, '' where nothing was due. ``due_in_s``: until the next one is."""

    due_in_s: float
    why: str
    snapshot: Snapshot


class Daemon:
    """Runs until it is told to stop. Everything it waits on or talks to is passed in or built in `syncd.wiring`."""

    def __init__(self, settings: Settings, state: State, fittings: Fittings) -> None:
        self.settings = settings
        self.state = state
        self.stop = fittings.stop
        self.wake = fittings.wake
        self.log = fittings.log
        self.supervisor = fittings.supervisor
        self.watchdog = fittings.watchdog
        self.board = fittings.board
        self.request_counts = fittings.request_counts
        self.workers = Workers(fittings.log, fittings.board, fittings.stop)
        self._on_change = fittings.on_change
        self._show_progress = fittings.progress
        self._shared = (
            SharedSources(settings=settings, state=state, offers=fittings.follows_disk)
            if state.lease is not None
            else None
        )
        self._files = DataFiles(
            LiveSources(settings=settings, ledger=state.ledger, shared=self._shared),
            board=fittings.board,
            log=fittings.log,
            stop=fittings.stop,
            told=self._told_of_files,
        )
        self._runtime_provider = RuntimeProvider(
            settings=settings,
            state=state,
            stop=fittings.stop,
            log=fittings.log,
            watchdog=fittings.watchdog,
            request_counts=fittings.request_counts,
            progress=self._progress,
            stragglers=Stragglers(in_hurry=self._in_hurry),
            share=fittings.share,
            spent=fittings.spent,
            waiting=fittings.waiting,
        )
        self._schedule = Schedule(interval_s=settings.interval, removal_delay_s=settings.removal_delay)
        self._waiting = Waiting(
            state=state,
            stop=fittings.stop,
            wake=fittings.wake,
            board=fittings.board,
            schedule=self._schedule,
            files=self._files,
            shared=self._shared,
            reload=self._reload,
            renewed=self._runtime_provider.renewed,
            slice_s=fittings.watchdog.slice_s,
        )
        self._audit = AuditSelection(interval_s=settings.interval, audit_s=settings.audit_interval)
        self._memory = Memory()
        self._plan_page = PlanPage(settings.state_folder)
        self._remembered = Remembered(state=state)
        self._why = ""
        self._vantage = ""
        self._pruned_at = 0.0
        self._served_calendar: CanonicalCalendar | None = None

    def run(self) -> None:
        """Serve until stopped. Raises what makes serving impossible from the start."""
        self._begin()
        self._remembered.schedule(self._schedule)
        self._waiting.begin()
        self.runtime()
        self.supervisor.ready()
        why, by = "start", ""
        while not self.stop.is_set():
            with self.workers.unharmed("driver"):
                self._cycle(why, by)
            with self.workers.unharmed("driver"):
                why, by = self._waiting.until_due()
        self._runtime_provider.close()

    def turn(self) -> TurnReport:
        """What is due now, for a process that ends after it: at most one cycle, with the fast lane before it."""
        self._begin()
        self._remembered.schedule(self._schedule)
        before = self._remembered.turn()
        self._waiting.begin()
        self.runtime()
        served = "|".join((self.candidate.calendar.digest if self.candidate else "", self._vantage))
        why = before.why_now(served=served, asked=self._waiting.asked, now=time.time())
        if why:
            self._cycle(why, "")
        now = time.monotonic()
        next_why, at = self._waiting.next(now)
        if not why:
            next_why, at = before.next_why, now + before.at - time.time()
        self._runtime_provider.close()
        if self.stop.is_set():
            # Cut short: what this turn was made for, the next one is made for too.
            return TurnReport(due_in_s=0.0, why=why, snapshot=self.board.read())
        self._remembered.keep_turn(
            TurnNote(served=served, asked=self._waiting.asked, next_why=next_why, at=time.time() + at - now)
        )
        return TurnReport(due_in_s=max(0.0, at - now), why=why, snapshot=self.board.read())

    def _begin(self) -> None:
        troubles = recall(self.state.ledger).troubles
        self.board.change(
            started_at=time.time(),
            notes=self.state.notes,
            paused=self.paused,
            failing_since={one.where: one.since for one in troubles},
        )
        self._files.load()

    # --- one cycle --------------------------------------------------------------------------------

    def _cycle(self, why: str, by: str) -> None:
        self._why = why
        self.watchdog.beat(CYCLE)
        self.board.change(phase=f"cycle ({why})", cycle_began_at=time.time(), paused=self.paused)
        self.supervisor.status(status_words(self.board.read()))
        try:
            report = self._reconcile(why, by)
        except SyncdError as error:
            if isinstance(error, StoppedError) and self.stop.is_set():
                # Told to stop while it read: whatever was known of how things stand is true as before.
                self.board.change(phase="stopping")
                self.log.info("cycle-stopped", why=why)
            else:
                self._cycle_failed(str(error))
                self.log.error(  # noqa: TRY400 - the sentence is for the operator; a traceback would hide it
                    "cycle-failed", why=why, error=str(error), kind=type(error).__name__
                )
        except Exception as error:
            self.board.count_unexpected("driver")
            self._cycle_failed(unforeseen(error))
            self.log.exception("unexpected", worker="driver", kind=type(error).__name__)
        else:
            self._served_calendar = report.calendar
            self.board.cycle_done(report, now=time.time())
            self._keep_plan(report)
            self._schedule.cycle_ended(service_failed=service_failed(report), now=time.monotonic())
            # Last: whoever waits for this line and then asks how things stand is told of this cycle.
            log_report(self.log.bind(cycle=report.run), report, dry=self.paused)
            report.close()
        self._keep()
        self._prune()
        self.watchdog.rest(CYCLE)
        self._say()

    def _keep_plan(self, report: CycleReport) -> None:
        """The plan that waits as a page; without it people are told all the same."""
        if self.candidate is None:
            return
        try:
            self._plan_page.keep(report, self.candidate.calendar, self.runtime().today())
        except OSError as error:
            self.log.warning("plan-not-kept", path=str(self._plan_page.path), error=error.strerror)

    def _cycle_failed(self, sentence: str) -> None:
        self.board.cycle_failed(sentence, now=time.time())
        self._note_health(lambda health, now: health.after_failure(sentence, now=now))
        self._schedule.cycle_ended(service_failed=True, now=time.monotonic())

    def _in_hurry(self) -> bool:
        """Whether something waits to go out: the slowest calendars are then left to a later cycle."""
        return self._why in HURRIED or self.wake.event.is_set()

    def _note_health(self, change: Callable[[Health, float], Health]) -> None:
        """Keep what is wrong where it outlasts this process; a state that cannot be written is said anyway."""
        try:
            remember(self.state.ledger, change(recall(self.state.ledger), time.time()))
        except StateError as error:
            self.log.warning("health-not-kept", error=str(error))

    def _keep(self) -> None:
        """Leave for the next process what this one would forget."""
        try:
            self._remembered.keep(self._schedule, self._audit, self._memory, self._vantage)
        except SyncdError as error:
            self.log.warning("not-remembered", problem=str(error))

    def _say(self) -> None:
        """Tell whoever listens how things stand."""
        snapshot = self.board.read()
        self.supervisor.status(status_words(snapshot))
        self._on_change(snapshot)

    def _reconcile(self, why: str, by: str) -> CycleReport:
        runtime = self.runtime()
        candidate = self.candidate
        assert candidate is not None  # noqa: S101 - _load raised otherwise
        now = time.monotonic()
        self._schedule.serve(candidate.calendar.digest, now)
        self._audit.only_concerned = why == "edit"
        scope = Scope(
            why=f"{why} by {by}" if by else why,
            dry=self.paused,
            hold_removals=self._schedule.holds_removals(now),
            ignore_back_off=why in {"start", "asked", "credential"},
            look_at=self._audit,
        )
        quick = self._go_ahead(runtime, candidate) if why == "edit" else None
        report = Cycle(runtime=runtime, scope=scope, candidate=candidate).run()
        self._memory.keep(report)
        self._audit.read(report.observed)
        if quick is not None:
            report = report.with_writes_of(quick)
        return report

    def _go_ahead(self, runtime: Runtime, candidate: Candidate) -> CycleReport | None:
        """Write an edit's updates at once where that is safe; the cycle after it does the rest."""
        if self.paused:
            return None
        quick = FastLane(runtime=runtime, memory=self._memory, candidate=candidate).run()
        if quick is None:
            return None
        self.log.info("fast-lane", run=quick.run, applied=dict(quick.applied), left=len(quick.done.notes))
        quick.close()
        return quick

    @property
    def paused(self) -> bool:
        """Nothing is written; cycles are dry."""
        return is_paused(self.state.ledger)

    @property
    def candidate(self) -> Candidate | None:
        """The calendar as it was last read from the data files; None before that."""
        return self._files.candidate

    @property
    def targets(self) -> Targets | None:
        """The targets as they were last read; None before that."""
        return self._files.targets

    @property
    def served(self) -> CanonicalCalendar | None:
        """The calendar in force; before the first cycle, the one that was read. None before that."""
        if self._served_calendar is not None:
            return self._served_calendar
        return self.candidate.calendar if self.candidate is not None else None

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of target that are served."""
        return tuple(sorted(self.last_runtime.connectors)) if self.last_runtime is not None else ()

    def kind_of(self, where: str, target: str) -> str:
        """The kind that a failure belongs to: of its target, or the service itself."""
        targets = self.targets.targets if self.targets is not None else ()
        return next((one.kind for one in targets if one.name == target), where)

    def today(self) -> date:
        """The campus's day."""
        targets = self.targets
        return today_of(self.settings, targets)() if targets is not None else datetime.now(tz=UTC).date()

    @property
    def last_runtime(self) -> Runtime | None:
        """What the last cycle stood on; None before the first."""
        return self._runtime_provider.last

    def runtime(self) -> Runtime:
        """What cycles run with now. What was seen through another runtime is nothing for the fast lane to plan from."""
        targets = self.targets
        assert targets is not None  # noqa: S101 - _load raised otherwise
        before = self._runtime_provider.last
        runtime = self._runtime_provider.on(targets)
        if runtime is not before:
            self._vantage = self._remembered.vantage(
                self._shared.targets_digest if self._shared is not None else "",
                credentials_digest(self.settings),
            )
            self._memory = self._remembered.read(self._audit, self._vantage) if before is None else Memory()
        return runtime

    def _progress(self, stage: str, done: int, total: int) -> None:
        self.watchdog.report()
        self.board.change(phase=f"{stage} {done} of {total}")
        self._show_progress(stage, done, total)

    # --- between cycles --------------------------------------------------------------------------------

    def _told_of_files(self, problem: str) -> None:
        self._note_health(lambda health, now: health.with_data_problem(problem, now=now))
        self._say()

    def _reload(self) -> None:
        self.supervisor.reloading()
        self.log.info("reload")
        self._files.load()
        self.supervisor.ready()

    def _prune(self) -> None:
        now = time.time()
        if now - self._pruned_at > PRUNE_EVERY_S:
            self._pruned_at = now
            self.state.ledger.prune(now - self.settings.retention_days * 86400.0)
