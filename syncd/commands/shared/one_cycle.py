"""One cycle over this site's data, for the verbs that need exactly one: logged, stoppable, its plan remembered."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors.errors import StoppedError
from mapping.errors import InvalidCalendarError, SyncdError
from syncd.commands.shared.arguments import read_digest, settings_of, shows_progress, start_logging, who
from syncd.commands.shared.state import is_there
from syncd.config.settings import Settings
from syncd.daemon.shared_sources import SharedSources
from syncd.errors import (
    LockedError,
    RefusedError,
    SettingsError,
    StaleApprovalError,
    StateError,
    UnknownTargetError,
)
from syncd.garbage import without_what_stays
from syncd.logs import leaves_out
from syncd.reconcile.binding import campus_zone
from syncd.reconcile.cycle import Cycle, Scope
from syncd.reconcile.decide import Approving
from syncd.reconcile.health import recall, remember
from syncd.reconcile.report import CycleReport
from syncd.reconcile.waiting import remember_waiting
from syncd.reporting.cycle_log import (
    failure_words,
    log_report,
    refusal_lines,
    summary_sentence,
    waiting_sentence,
)
from syncd.reporting.english import moment
from syncd.reporting.progress import Progress
from syncd.reporting.terminal import to_stderr
from syncd.state.address import Address
from syncd.state.ledger import Ledger
from syncd.state.pause import PAUSED_AT, PAUSED_BY, is_paused
from syncd.state.store import State
from syncd.wiring import Sources, build_runtime, load_sources, state_address

_TOLD_IN_WORDS = frozenset({"refused", "failed"})
"""Log events that whoever typed the verb is told in its own answer: by `tell`, or in the plan."""
LOCKED_LOOK_S = 0.5
RENEWED_S = 0.3
"""Seconds by which the end of a lease must move to show that its holder is alive."""


@contextmanager
def one_cycle(
    arguments: argparse.Namespace,
    scope: Scope,
    *,
    afterwards: Callable[[CycleReport, State], None] = lambda _report, _state: None,
) -> Iterator[CycleReport]:
    """The report of one cycle over this site's data, logged.

    ``afterwards``: called while the state is open. Raises `RefusedError` where it would write and writing is paused.
    """
    settings = settings_of(arguments)
    log = start_logging(settings, arguments, told_elsewhere=_TOLD_IN_WORDS)
    try:
        sources = load_sources(settings)
    except (InvalidCalendarError, SettingsError) as error:
        if not scope.dry:
            _remember_data_problem(settings, str(error))
        raise
    _check_targets(sources, sorted(scope.targets))
    with _state(settings, dry=scope.dry) as state, _stop_on_signals(state) as stop:
        for note in state.notes:
            log.warning("state", note=note)
        if not scope.dry:
            _check_not_paused(state.ledger)
        if state.lease is not None:
            sources = _agreed(settings, state, log)
        with Progress(log, shows=shows_progress(arguments)) as progress, _failure_remembered(state.ledger):
            runtime = build_runtime(settings, sources.targets, state, stop=stop, log=log, progress=progress)
            try:
                with without_what_stays():
                    report = Cycle(runtime=runtime, scope=scope, candidate=sources.candidate).run()
            finally:
                # Wakes what still waits for a service's quota on behalf of nobody: the process ends when its threads do.
                stop.set()
                for connector in runtime.connectors.values():
                    connector.close()
        afterwards(report, state)
    log_report(log, report, dry=scope.dry)
    if scope.dry:
        _keep_waiting(settings, report)
    try:
        yield report
    finally:
        report.close()


def approving(digest: str, *, alone: bool = False) -> Approving | None:
    """What ``--approve DIGEST`` adds to a scope; None where it was not given. Raises `UsageError`."""
    return Approving(digest=read_digest(digest), who=who(), alone=alone) if digest else None


def tell(report: CycleReport, *, approved: str = "", look: str = "Look at `syncd --dry-run`; to") -> None:
    """What a real run did, and what it left to a person.

    ``approved``: digest that was approved for this run, '' for none. ``look``: begins the sentence that names
    the command which decides.
    """
    print(summary_sentence(report))
    # A journal has them, one line each; at a console the log leaves them out.
    for one in report.failures if leaves_out("failed") else ():
        to_stderr(f"failed: {failure_words(one)}")
    # Where both are read on one screen, the last line of the reasons says it with the same command.
    apart = not (sys.stdout.isatty() and sys.stderr.isatty())
    if apart and (waiting := waiting_sentence(report)):
        print(waiting)
    if report.refused and approved:
        to_stderr(f"What was approved, {approved}, is not all of this plan, {report.decision}.")
    for line in refusal_lines(report, look):
        to_stderr(line)


def _agreed(settings: Settings, state: State, log: Any) -> Sources:
    """What all machines serve, this one's edit among it. Raises `RefusedError` where a person must decide."""
    shared = SharedSources(settings=settings, state=state)
    shared.offer_disk(now=time.time())
    if shared.problem:
        raise RefusedError(shared.problem)
    for kind in shared.stale:
        log.warning("stale-copy", what=kind.value, machine=shared.machine)
    name = settings.targets_file.name if settings.targets_file is not None else "targets"
    candidate, targets = shared.take(name)
    return Sources(candidate=candidate, targets=targets)


def _open_when_free(address: Address) -> State:
    """The state for writing. A lease that nobody renews any more is waited for; one that is alive is not.

    Raises `LockedError` where another is at work.
    """
    before: float | None = None
    while True:
        try:
            return State.open(address, now=time.time())
        except LockedError as error:
            if isinstance(address, Path):
                raise
            ends_at = time.monotonic() + error.free_in_s
            if before is not None and ends_at > before + RENEWED_S:
                raise
            before = ends_at if before is None else before
        time.sleep(LOCKED_LOOK_S)


@contextmanager
def _state(settings: Settings, *, dry: bool) -> Iterator[State]:
    address = state_address(settings)
    state = State.open_for_reading(address) if dry else _open_when_free(address)
    try:
        yield state
    finally:
        state.close()


@contextmanager
def _failure_remembered(ledger: Ledger) -> Iterator[None]:
    """So that `syncd status` knows of a pass that could not be made, with no daemon there to tell it."""
    health = recall(ledger).with_data_problem("", now=time.time())
    try:
        remember(ledger, health)
        yield
    except SyncdError as error:
        if not isinstance(error, (StaleApprovalError, StoppedError)):
            with suppress(StateError):
                remember(ledger, health.after_failure(str(error), now=time.time()))
        raise


def _remember_data_problem(settings: Settings, sentence: str) -> None:
    """Best effort: where there is no state yet, there is nothing that could look well."""
    try:
        address = state_address(settings)
        if not is_there(address):
            return
        state = State.open_beside(address)
    except (StateError, SettingsError, OSError):
        return
    try:
        remember(state.ledger, recall(state.ledger).with_data_problem(sentence, now=time.time()))
    except StateError:
        return
    finally:
        state.close()


@contextmanager
def _stop_on_signals(state: State) -> Iterator[threading.Event]:
    """SIGTERM, SIGINT and the loss of the lease set the event: no new write starts."""
    stop = state.stop_event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {one: signal.signal(one, lambda *_: stop.set()) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _check_targets(sources: Sources, names: list[str]) -> None:
    known = [target.name for target in sources.targets.targets]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UnknownTargetError(
            [f"--target: there is no target {name!r}; there are {', '.join(known)}." for name in unknown]
        )


def _check_not_paused(ledger: Ledger) -> None:
    """A pause holds whoever writes, and not the daemon alone. Raises `RefusedError`."""
    if not is_paused(ledger):
        return
    by, at = ledger.fact(PAUSED_BY), ledger.fact(PAUSED_AT)
    since = (
        f" by {by} since {moment(datetime.fromisoformat(at).timestamp(), campus_zone(ledger))}" if at else ""
    )
    raise RefusedError(
        f"Paused{since}, so nothing was written. Look meanwhile: syncd --dry-run. To write again: syncd resume"
    )


def _keep_waiting(settings: Settings, report: CycleReport) -> None:
    """Best effort, since whoever makes a dry run may lack the right to write."""
    if not report.refused:
        return
    try:
        state = State.open_beside(state_address(settings))
    except StateError:
        return
    try:
        remember_waiting(state.ledger, report.verdict, now=time.time())
    except StateError:
        return
    finally:
        state.close()
