"""What the control socket answers: the daemon's own verbs here, the rest by the command line itself.

A dry run uses the daemon's connectors, so that both keep to one quota, over a snapshot of the state, and
never waits for the cycle. Verbs over the state run as a process of the service, for the person who asked,
so that they answer in the same words for everybody.
"""

from __future__ import annotations

import codecs
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from mapping.errors import SyncdError
from syncd import exits
from syncd.control.protocol import ASKED_BY, DRY_RUN, FORMATS, VERBS, Shape
from syncd.control.server import Answer, Question
from syncd.daemon.view import DaemonView
from syncd.errors import BusyError, UsageError
from syncd.reconcile.cycle import Cycle, Scope
from syncd.reconcile.health import DATA, PASS, Trouble, disk_troubles
from syncd.reconcile.report import CycleReport
from syncd.reconcile.retrying import retry
from syncd.reconcile.waiting import remember_waiting
from syncd.reporting.horizon import horizon
from syncd.reporting.plan import Wanted, render_plan
from syncd.reporting.plan.asked import wanted_of
from syncd.reporting.status import SiteFacts, read_status
from syncd.reporting.status import as_json as status_as_json
from syncd.reporting.status import as_text as status_as_text
from syncd.state.pause import pause, resume
from syncd.state.store import State
from syncd.wiring import state_address

VERB_S = 120.0
PLAN_WAIT_S = 60.0
"""Seconds a verb may take, and seconds a dry run waits for one that is under way."""
PIECE = 32 * 1024
PROCESSES = 3
"""Verbs answered by a process of their own at the same time."""


class ControlVerbs:
    """Answers questions about one daemon; called from several threads."""

    def __init__(self, daemon: DaemonView) -> None:
        self._daemon = daemon
        self._planning = threading.Lock()
        self._processes = threading.BoundedSemaphore(PROCESSES)
        self._own: dict[str, Callable[[Question], Iterator[Answer]]] = {
            DRY_RUN: self._dry_run,
            "pause": self._pause,
            "resume": self._resume,
            "retry": self._retry,
            "status": self._status,
        }

    def answer(self, question: Question) -> Iterator[Answer]:
        """The whole answer; its last piece has the exit code."""
        try:
            if question.verb not in VERBS:
                raise UsageError(
                    f"The daemon answers {', '.join(sorted(VERBS))}; not {question.verb[:40]!r}."
                )
            check_arguments(question)
            yield from self._own.get(question.verb, self._relay)(question)
        except SyncdError as error:
            yield Answer(err=f"syncd: {error}\n", exit_code=exits.of_error(error))

    # --- the daemon's own ----------------------------------------------------------------------------

    def _pause(self, question: Question) -> Iterator[Answer]:
        pause(self._daemon.state.ledger, question.who, now=time.time())
        self._daemon.board.change(paused=True)
        running = self._daemon.board.read().phase.startswith("cycle")
        tail = " once the cycle that is running has ended" if running else ""
        yield Answer(out=f"Paused{tail}: reading goes on, nothing is written.\n", exit_code=exits.DONE)

    def _resume(self, question: Question) -> Iterator[Answer]:
        was = resume(self._daemon.state.ledger)
        self._daemon.board.change(paused=False)
        self._daemon.wake.ask(f"{question.who} (resume)")
        yield Answer(
            out="Resumed; a cycle begins.\n" if was else "It was not paused; a cycle begins.\n",
            exit_code=exits.DONE,
        )

    def _retry(self, question: Question) -> Iterator[Answer]:
        sentence = retry(
            self._daemon.state.events, str(question.arguments.get("context") or ""), now=time.time()
        )
        self._daemon.wake.ask(f"{question.who} (retry)")
        yield Answer(out=f"{sentence}\n", exit_code=exits.DONE)

    def _dry_run(self, question: Question) -> Iterator[Answer]:
        """A dry cycle beside the driver's own."""
        view = str(question.arguments.get("format") or "text")
        if view not in FORMATS:
            raise UsageError(f"--format: {view[:40]!r} is none of {', '.join(FORMATS)}.")
        if not self._planning.acquire(timeout=PLAN_WAIT_S):
            raise BusyError("Another dry run is under way")
        try:
            with self._dry_cycle(question) as cycle:
                report = cycle.run()
                try:
                    remember_waiting(self._daemon.state.ledger, report.verdict, now=time.time())
                    for piece in _in_pieces(render_plan(report, view, _wanted(question, report, view))):
                        yield Answer(out=piece)
                    yield Answer(exit_code=exits.of_report(report, dry=True))
                finally:
                    report.close()
        finally:
            self._planning.release()

    @contextmanager
    def _dry_cycle(self, question: Question) -> Iterator[Cycle]:
        daemon = self._daemon
        runtime, candidate = daemon.last_runtime, daemon.candidate
        if runtime is None or candidate is None:
            raise BusyError("The daemon is still starting")
        names = question.arguments.get("target") or []
        wanted = frozenset(names if isinstance(names, list) else [str(names)])
        known = [target.name for target in runtime.targets.targets]
        unknown = wanted.difference(known)
        if unknown:
            raise UsageError(f"--target: there is no target {min(unknown)!r}; there are {', '.join(known)}.")
        state = State.open_for_reading(state_address(daemon.settings))
        today = _day(question.arguments.get("today"))
        changes: dict[str, Any] = {} if today is None else {"today": lambda: today}
        quiet = replace(runtime, state=state, progress=lambda *_: None, **changes)
        try:
            scope = Scope(
                why="by hand", dry=True, targets=wanted, drafts=question.arguments.get("drafts") is True
            )
            yield Cycle(runtime=quiet, scope=scope, candidate=candidate)
        finally:
            state.close()

    def _status(self, question: Question) -> Iterator[Answer]:
        """As the verb without a daemon, of what is served here; the board knows what the state could not keep."""
        daemon = self._daemon
        status = read_status(daemon.state, self._site_facts(), now=time.time())
        if question.arguments.get("json"):
            payload = {"configured": True, **status_as_json(status)}
            yield Answer(out=json.dumps(payload, ensure_ascii=False, indent=1) + "\n")
        else:
            yield from (Answer(out=piece) for piece in _in_pieces(status_as_text(status)))
        yield Answer(exit_code=exits.of_status(status))

    def _site_facts(self) -> SiteFacts:
        daemon = self._daemon
        snapshot, served, targets = daemon.board.read(), daemon.served, daemon.targets
        known = (
            (PASS, snapshot.problem, snapshot.problem_since),
            (DATA, snapshot.data_problem, time.time()),
        )
        return SiteFacts(
            targets=tuple(target.name for target in targets.targets) if targets is not None else None,
            troubles=(
                *(
                    Trouble(where=where, sentence=sentence, since=since)
                    for where, sentence, since in known
                    if sentence
                ),
                *disk_troubles(daemon.settings.state_folder, now=time.time()),
            ),
            lines=tuple(horizon(served, daemon.today())) if served is not None else (),
        )

    # --- by the command line ---------------------------------------------------------------------------

    def _relay(self, question: Question) -> Iterator[Answer]:
        command = [sys.executable, "-P", "-m", "syncd", question.verb, *_words(question)]
        with self._a_process(), tempfile.TemporaryFile() as errors:
            # The words come from a fixed list of options; values are marked as such.
            process = subprocess.Popen(  # noqa: S603
                command,
                env=self._environment(question.who),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
            # Bytes, since a text stream would turn the CRLF of an iCalendar file into LF.
            decoder = codecs.getincrementaldecoder("utf-8")("replace")
            overdue = threading.Timer(VERB_S, process.kill)
            overdue.start()
            try:
                assert process.stdout is not None  # noqa: S101 - a pipe was asked for
                while piece := process.stdout.read(PIECE):
                    yield Answer(out=decoder.decode(piece))
                if rest := decoder.decode(b"", final=True):
                    yield Answer(out=rest)
                code = process.wait()
            finally:
                overdue.cancel()
                process.kill()
                process.wait()
                if process.stdout is not None:
                    process.stdout.close()
            errors.seek(0)
            error_text = errors.read(PIECE).decode(errors="replace")
        if code == exits.DONE and VERBS[question.verb].wakes:
            self._daemon.wake.ask(f"{question.who} ({question.verb})")
        yield Answer(err=error_text, exit_code=code if code >= 0 else exits.FAILED)

    @contextmanager
    def _a_process(self) -> Iterator[None]:
        """Each is a Python of its own inside the service's memory limit, so only a few run at a time."""
        if not self._processes.acquire(timeout=PLAN_WAIT_S):
            raise BusyError("Too many are asking at once")
        try:
            yield
        finally:
            self._processes.release()

    def _environment(self, who: str) -> dict[str, str]:
        supervisor = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
        kept = {name: value for name, value in os.environ.items() if name not in supervisor}
        kept[ASKED_BY] = who
        # The answer goes on as UTF-8, whatever the service's own terminal could show.
        kept["PYTHONIOENCODING"] = "utf-8"
        if self._daemon.settings.today is not None:
            kept["SYNCD_TODAY"] = self._daemon.settings.today.isoformat()
        return kept


def _wanted(question: Question, report: CycleReport, view: str) -> Wanted:
    """How the asking side wants its plan; values of any other type are as good as none."""
    given = question.arguments
    texts = {
        name: text for name in ("entry", "language", "spoken") if isinstance(text := given.get(name), str)
    }
    spoken = texts.pop("spoken", "")
    asked = Wanted(colour=given.get("colour") is True, detailed=given.get("detailed") is True, **texts)
    return wanted_of(report, view, asked, spoken=spoken)


def check_arguments(question: Question) -> None:
    """Raises `UsageError` for what the verb does not take, and for a position that is not filled."""
    taken = VERBS[question.verb].sent
    for name in sorted(question.arguments.keys() - {one.name for one in taken}):
        raise UsageError(f"{question.verb} takes no {name[:40]!r}.")
    for one in taken:
        if one.shape is Shape.POSITION and not question.arguments.get(one.name):
            raise UsageError(f"{question.verb} needs {one.name.upper()}.")


def _words(question: Question) -> list[str]:
    """Arguments as words of the command line."""
    options: list[str] = []
    positions: list[str] = []
    for argument in VERBS[question.verb].sent:
        value = question.arguments.get(argument.name)
        if value is True:
            options.append(f"--{argument.name}")
        elif isinstance(value, str) and value:
            if argument.shape in {Shape.POSITION, Shape.OPTIONAL_POSITION}:
                positions.append(value)
            else:
                options.append(f"--{argument.name}={value}")
    return [*options, *(["--", *positions] if positions else [])]


def _day(value: object) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise UsageError(f"--today: {str(value)[:40]!r} is not a date such as 2025-09-01.") from None


def _in_pieces(lines: Iterator[str]) -> Iterator[str]:
    """Short lines gathered, so that a plan of a thousand courses is not a message a line."""
    gathered: list[str] = []
    size = 0
    for line in lines:
        gathered.append(line)
        size += len(line)
        if size > PIECE:
            yield "".join(gathered)
            gathered, size = [], 0
    if gathered:
        yield "".join(gathered)
