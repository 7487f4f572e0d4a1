"""`syncd --once` and `syncd --dry-run`: one cycle over everything, now."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from syncd import exits
from syncd.commands.approve import read_digest
from syncd.commands.common import settings_of, start_logging, who
from syncd.counts import counted
from syncd.cycle import Cycle, Scope
from syncd.errors import SettingsError
from syncd.plan_views import render_plan
from syncd.progress import Progress
from syncd.report import CycleReport
from syncd.settings import Settings
from syncd.state.store import State
from syncd.wiring import Sources, build_ground, load_sources


def run(arguments: argparse.Namespace) -> int:
    """One cycle; the dry run prints its plan, the real one what it did."""
    dry = bool(arguments.dry_run)
    scope = Scope(why="by hand", dry=dry, targets=frozenset(arguments.target))
    approve = read_digest(arguments.approve) if arguments.approve else ""
    with one_cycle(arguments, scope, approve=approve) as report:
        if dry:
            _answer(arguments, report)
        else:
            tell(report, approved=approve)
        return exits.of_report(report, dry=dry)


@contextmanager
def one_cycle(
    arguments: argparse.Namespace,
    scope: Scope,
    *,
    approve: str = "",
    afterwards: Callable[[CycleReport, State], None] = lambda _report, _state: None,
) -> Iterator[CycleReport]:
    """The report of one cycle over this site's data, logged.

    ``approve``: digest of a plan to approve first, '' for none. ``afterwards``: called while the state is open.
    """
    settings = settings_of(arguments)
    log = start_logging(settings)
    sources = load_sources(settings)
    _check_targets(sources, sorted(scope.targets))
    with _state(settings, dry=scope.dry) as state, _stop_on_signals() as stop:
        for note in state.notes:
            log.warning("state", note=note)
        if approve and not scope.dry:
            state.ledger.approve(approve, who=who(), now=time.time())
        with Progress(log) as progress:
            ground = build_ground(settings, sources.targets, state, stop=stop, log=log, progress=progress)
            try:
                report = Cycle(ground=ground, scope=scope, candidate=sources.candidate).run()
            finally:
                for connector in ground.connectors.values():
                    connector.close()
        afterwards(report, state)
    log_report(log, report, dry=scope.dry)
    if scope.dry:
        _remember_waiting(settings, report, sources)
    try:
        yield report
    finally:
        report.close()


def tell(report: CycleReport, *, approved: str = "", look: str = "Look at `syncd --dry-run`; to") -> None:
    """What a real run did, and what it left to a person.

    ``approved``: digest that was approved for this run, '' for none. ``look``: begins the sentence that names
    the command which decides.
    """
    print(summary_sentence(report))
    if report.refused and approved and approved != report.digest:
        print(f"What was approved, {approved}, is not all of this plan, {report.digest}.", file=sys.stderr)
    for line in refusal_lines(report, look):
        print(line, file=sys.stderr)


def log_report(log: Any, report: CycleReport, *, dry: bool) -> None:
    """One wide line per cycle, one per failure and refusal."""
    for one in report.failures:
        log.error("failed", where=one.where, target=one.target or None, error=one.sentence)
    for hit in report.refused:
        log.warning(
            "refused",
            guard=hit.guard,
            scope=hit.scope,
            found=hit.found,
            limit=hit.limit,
            why=hit.sentence,
            decide=report.decide_command,
        )
    for clash in report.clashes:
        log.error("clash", context=clash.context, targets=list(clash.targets))
    for deviation in report.deviations:
        log.warning("deviation", detail=deviation)
    log.info(
        "cycle",
        run=report.run,
        dry=dry or None,
        digest=report.digest,
        contexts=len(report.contexts),
        unchanged=report.unchanged,
        planned=dict(report.pending()),
        applied=dict(report.applied),
        messages=report.messages,
        failures=len(report.failures),
        refused=len(report.refused),
        findings=len(report.findings),
        held_removals=report.held_removals or None,
        left_behind=len(report.left_behind) or None,
    )


def summary_sentence(report: CycleReport) -> str:
    """What a real run did, in one line."""
    made = ", ".join(f"{count} {_DONE_WORDS[action]}" for action, count in sorted(report.applied.items()))
    parts = [
        made or "nothing to change",
        f"{report.unchanged} unchanged",
        counted(len(report.contexts), "calendar"),
    ]
    if report.left_behind:
        parts.append(f"{len(report.left_behind)} left behind, since no target claims them any more")
    if report.failures:
        parts.append(f"{len(report.failures)} failed")
    if report.refused:
        parts.append(f"{len(report.refused)} refused until approved")
    if report.past:
        parts.append("the whole calendar lies in the past")
    return "; ".join(parts) + "."


def refusal_lines(report: CycleReport, look: str) -> Iterator[str]:
    """What a person must decide, and the command that does it."""
    for hit in report.refused:
        yield f"refused ({hit.guard}): {hit.sentence}."
    if report.refused:
        yield f"{look} let exactly this plan through: {report.decide_command}"
    for clash in report.clashes:
        yield f"refused: {clash}"


_DONE_WORDS = {"create": "created", "update": "updated", "delete": "deleted"}


@contextmanager
def _state(settings: Settings, *, dry: bool) -> Iterator[State]:
    folder = settings.state_folder
    state = State.open_for_reading(folder) if dry else State.open(folder, now=time.time())
    try:
        yield state
    finally:
        state.close()


@contextmanager
def _stop_on_signals() -> Iterator[threading.Event]:
    """SIGTERM and SIGINT set the event: no new write starts."""
    stop = threading.Event()
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
        raise SettingsError(
            [f"--target: there is no target {name!r}; there are {', '.join(known)}." for name in unknown]
        )


def _remember_waiting(settings: Settings, report: CycleReport, sources: Sources) -> None:
    """So that `approve DIGEST` knows what it admits; best effort, since a dry run may lack the right to write."""
    from syncd.errors import StateError

    if not report.refused:
        return
    try:
        state = State.open_beside(settings.state_folder)
    except StateError:
        return
    try:
        state.ledger.remember_waiting(
            report.digest,
            frozenset(subject for hit in report.hits for subject in hit.subjects),
            [hit.sentence for hit in report.hits],
            calendar=sources.candidate.calendar.digest,
            now=time.time(),
        )
    except StateError:
        return
    finally:
        state.close()


def _answer(arguments: argparse.Namespace, report: CycleReport) -> None:
    if arguments.out:
        as_json = arguments.format == "text" and arguments.out.endswith(".json")
        view = "json" if as_json else arguments.format
        with Path(arguments.out).open("w", encoding="utf-8") as file:
            file.writelines(render_plan(report, view, colour=False))
        print(f"plan {report.digest} written to {arguments.out}")
        return
    sys.stdout.writelines(render_plan(report, arguments.format, colour=sys.stdout.isatty()))
