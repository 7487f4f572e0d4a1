"""One turn of one instance, in a process of its own: its settings, credentials and memory are nobody else's.

The worker holds and renews the lease and tells the deadline through shared memory; past it this process writes
nothing more, and ends. It ends too as soon as the worker is gone.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from connectors.errors import StoppedError
from connectors.quota import SpentUnits
from mapping.errors import SyncdError
from syncd.config.settings import PREFIX, Settings
from syncd.daemon.loop import APPLYING, Daemon, Fittings, TurnReport
from syncd.daemon.notify import LONGEST_S, Notifier
from syncd.daemon.plan_page import FILE_NAME
from syncd.daemon.readiness import Promise
from syncd.daemon.snapshot import Snapshot
from syncd.daemon.watchdog import Watchdog
from syncd.daemon.workers import unforeseen
from syncd.errors import LeaseLostError, StateError
from syncd.fleet.instances import read_instance
from syncd.fleet.shares import SpentTold
from syncd.logs import set_up_logging
from syncd.state.address import DatabaseAddress
from syncd.state.postgresql.lease import boot_clock
from syncd.state.store import State

LOOK_S = 0.2
"""Seconds between two looks at the deadline, the worker and the threads' promises."""
SILENCE_S = 180.0
"""Longest silence of a thread before the turn is taken for hung, and ended."""
YIELD = signal.SIGUSR1
"""Asks a long turn to give its place back between two writes; what it reads it reads to the end."""
DONE, FAILED, STOPPED, AWAY = "done", "failed", "stopped", "away"
"""`AWAY`: for want of the database."""
AGAIN_S = 60.0
"""Seconds after which a turn that failed is made again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnJob:
    """What a turn is made from. ``settings``: the instance's file.

    ``spent``: of Google's quota, by whoever came before: seconds until it is free again, and units.
    """

    address: DatabaseAddress
    settings: Path
    calendars: Path
    epoch: int
    holder: str
    log_format: str
    spent: tuple[tuple[float, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnResult:
    """How it ended. ``board``: what is new of what pages and metrics tell of the instance."""

    ended: str
    due_in_s: float
    board: dict[str, Any]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the worker has asked of the turn by signal."""

    stop: threading.Event = field(default_factory=threading.Event)
    give_way: threading.Event = field(default_factory=threading.Event)

    def is_to_end(self, *, writing: bool) -> bool:
        """A turn that was cut while it read would begin anew, and a university that takes long to read never end."""
        return self.stop.is_set() or (writing and self.give_way.is_set())


class LentLease:
    """The worker's lease, as its child sees it: the deadline is read, never moved. Thread-safe."""

    def __init__(self, job: TurnJob, deadline: Any) -> None:
        self.epoch, self.instance, self.holder = job.epoch, job.address.instance, job.holder
        self._deadline = deadline
        self._lost = False
        self._acts: list[Callable[[], None]] = []

    def is_held(self) -> bool:
        if not self._lost and boot_clock() >= self._deadline.value:
            self.lose()
        return not self._lost

    def when_lost(self, act: Callable[[], None]) -> None:
        self._acts.append(act)

    def lose(self) -> None:
        self._lost = True
        for act in self._acts:
            act()

    def give_back(self) -> None:
        """The worker does, once this process is gone."""


def run(job: TurnJob, deadline: Any, sharers: Any, told: SpentTold, answer: Connection) -> None:
    """One turn to its end; the answer is sent before the process leaves. Never returns."""
    now = time.monotonic()
    spent = SpentUnits((now + free_in_s, units) for free_in_s, units in job.spent)
    _forget_the_worker()
    log = set_up_logging(job.log_format, "INFO").bind(instance=job.address.instance)
    lease = LentLease(job, deadline)
    asked = Asked()
    signal.signal(signal.SIGTERM, lambda *_: asked.stop.set())
    signal.signal(YIELD, lambda *_: asked.give_way.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        result = _turn(job, lease, asked, lambda: int(sharers.value), spent, told, log)
    except (StoppedError, LeaseLostError):
        result = TurnResult(ended=STOPPED, due_in_s=0.0, board={})
    except StateError as error:
        log.warning("database-away", problem=error.reason)
        result = TurnResult(ended=AWAY, due_in_s=0.0, board={}, problem=str(error))
    except SyncdError as error:
        log.error("turn-failed", problem=str(error), kind=type(error).__name__)  # noqa: TRY400 - for the operator
        result = TurnResult(ended=FAILED, due_in_s=AGAIN_S, board={}, problem=str(error))
    except Exception as error:
        log.exception("unexpected", worker="turn", kind=type(error).__name__)
        result = TurnResult(ended=FAILED, due_in_s=AGAIN_S, board={}, problem=unforeseen(error))
    told.tell(spent.here(time.monotonic()))
    try:
        answer.send(result)
    finally:
        # Also where nobody listens any more: no thread of the turn may keep the process.
        os._exit(0)


def _turn(
    job: TurnJob,
    lease: LentLease,
    asked: Asked,
    share: Callable[[], int],
    spent: SpentUnits,
    told: SpentTold,
    log: Any,
) -> TurnResult:
    settings = read_instance(job.address.instance, job.settings, calendars=job.calendars)
    state = State.open_under(job.address, lease, now=time.time())
    stop = state.stop_event()
    watchdog = Watchdog(SILENCE_S)
    notifier = _notifier(settings, state, log)
    fittings = Fittings(
        log=log,
        stop=stop,
        watchdog=watchdog,
        share=share,
        spent=spent,
        follows_disk=False,
        on_change=notifier.take if notifier is not None else lambda _snapshot: None,
    )
    daemon = Daemon(settings, state, fittings)
    if notifier is not None:
        notifier.start(daemon.workers, watchdog)
    threading.Thread(
        target=_watch_over,
        args=(lease, asked, daemon, lambda: told.tell(spent.here(time.monotonic())), log),
        name="watch",
        daemon=True,
    ).start()
    report = daemon.turn()
    if notifier is not None:
        notifier.finish(LONGEST_S)
    ended = STOPPED if stop.is_set() else DONE
    # Wakes what still waits for a service's quota on behalf of nobody: the process ends when its threads do.
    stop.set()
    state.database.close()
    return TurnResult(ended=ended, due_in_s=report.due_in_s, board=_board(report))


def _notifier(settings: Settings, state: State, log: Any) -> Notifier | None:
    if not settings.notify_command:
        return None
    return Notifier(
        settings.notify_command,
        state,
        log,
        promise=Promise.of(settings),
        plan=settings.state_folder / FILE_NAME,
    )


def _watch_over(
    lease: LentLease, asked: Asked, daemon: Daemon, tell_spent: Callable[[], None], log: Any
) -> None:
    """End the turn when told to, and the process when it may not or cannot go on."""
    stop, watchdog = daemon.stop, daemon.watchdog
    worker = multiprocessing.parent_process()
    gone = [worker.sentinel] if worker is not None else []
    while True:
        if wait(gone, LOOK_S) if gone else asked.stop.wait(LOOK_S):
            os._exit(1)
        tell_spent()
        if asked.is_to_end(writing=daemon.board.read().phase.startswith(APPLYING)) and not stop.is_set():
            stop.set()
            log.info("stopping")
        if not lease.is_held():
            log.warning("lease-lost", epoch=lease.epoch)
            os._exit(1)
        if overdue := watchdog.overdue():
            log.error("hung", workers=overdue)
            os._exit(1)


def _forget_the_worker() -> None:
    """Nothing of the worker's own settings or supervisor reaches a university's turn."""
    for name in list(os.environ):
        if name.startswith(PREFIX) or name in {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}:
            del os.environ[name]


def _board(report: TurnReport) -> dict[str, Any]:
    """The snapshot as plain values, without what the state tells better.

    Of a turn without a cycle to its end only what it found out: the rest stands as the last one left it.
    """
    snapshot: Snapshot = report.snapshot
    if not snapshot.run:
        found = {"paused": snapshot.paused, "data_problem": snapshot.data_problem}
        if snapshot.problem:
            found |= {"problem": snapshot.problem, "problem_since": snapshot.problem_since}
        return found
    told = asdict(snapshot)
    for name in ("context_targets", "applied_ever", "refused", "failures"):
        del told[name]
    return {
        **told,
        "why": report.why,
        "refused": len(snapshot.refused),
        "failures": len(snapshot.failures),
        "waits": bool(snapshot.refused),
    }
