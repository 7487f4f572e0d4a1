"""Runs the operator's notify command: a plan waits, a target fails for long, a credential died, and when it is over.

Once each, also over restarts. The command runs beside the cycles and never holds them up: it is killed
after `LONGEST_S`, and undelivered notifications are retried after the next cycle.
"""

from __future__ import annotations

import json
import os
import queue
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from mapping.planning.told import told_together
from mapping.text.printable import printable
from syncd.daemon.readiness import Promise, lapses
from syncd.daemon.snapshot import Snapshot
from syncd.daemon.watchdog import Watchdog
from syncd.daemon.workers import Workers
from syncd.reconcile.binding import campus_zone
from syncd.state.context_notes import ContextNote
from syncd.state.store import State

FINISH_LOOK_S = 0.05
LONGEST_S = 30.0
"""Seconds the command gets."""
DELIVERED_FACT = "announced"
"""Name of the fact in the state, as the first release wrote it."""
PLAN_WAITS, TARGET_FAILS, CREDENTIAL_REFUSED = "plan-waits", "target-fails", "credential-refused"
TEST = "test"
TITLES = {
    TEST: "a test of the notify command",
    PLAN_WAITS: "a plan waits for approval",
    TARGET_FAILS: "calendars fail",
    CREDENTIAL_REFUSED: "a credential is refused",
}
BEGINS, OVER = "begins", "over"
_QUEUE = 50
WORKER = "notify"
LONGEST_VALUE = 8 * 1024
"""Bytes of one variable in the program's environment; the kernel takes 128 KiB, and fails the call beyond."""
_KEPT_BACK = frozenset({"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "SYNCD_CANVAS__TOKEN"})
"""Variables that are none of the program's business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing that people should know of, for as long as it lasts. ``since``: seconds since the epoch."""

    event: str
    subject: str
    sentence: str
    since: float

    @property
    def key(self) -> str:
        return f"{self.event}/{self.subject}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Everything of one kind that began, or is over, together."""

    event: str
    phase: str
    subjects: tuple[str, ...]
    sentence: str
    since: float
    plan: str = ""
    """Path of the plan that waits, as a page to attach."""
    zone: tzinfo = UTC
    """The campus's: whoever reads it lives by that clock."""

    def as_json(self) -> dict[str, Any]:
        """What the program reads."""
        at = datetime.fromtimestamp(self.since, tz=self.zone).isoformat(timespec="seconds")
        return {
            "event": self.event,
            "phase": self.phase,
            "title": TITLES[self.event],
            "subjects": list(self.subjects),
            "sentence": self.sentence,
            "since": at,
            "plan": self.plan or None,
        }


def conditions(
    snapshot: Snapshot, notes: Mapping[str, ContextNote], promise: Promise, *, now: float
) -> Iterator[Condition]:
    """What people should know of now."""
    # One plan and one command, whatever holds it back: all of it is said once, in every message about it.
    reasons = [f"{one.sentence}." for one in told_together(snapshot.refused)]
    sentence = "\n".join([*reasons, f"To let exactly this plan through: {snapshot.decide}"])
    since = snapshot.waiting_since or now
    for hit in snapshot.refused:
        yield Condition(event=PLAN_WAITS, subject=f"{hit.guard} {hit.scope}", sentence=sentence, since=since)
    for one in snapshot.failures:
        if one.credential:
            yield Condition(
                event=CREDENTIAL_REFUSED, subject=one.target or one.where, sentence=one.sentence, since=now
            )
    yield from _failing(snapshot, notes, promise, now)


def _failing(
    snapshot: Snapshot, notes: Mapping[str, ContextNote], promise: Promise, now: float
) -> Iterator[Condition]:
    """Each target or service once that has failed for longer than the promised time."""
    subjects: set[str] = set()
    for lapse in lapses(snapshot, notes, promise, now=now):
        subject = lapse.target if lapse.where in snapshot.context_targets else lapse.where
        if not lapse.fails or lapse.since > now - promise.within_s or subject in subjects:
            continue
        subjects.add(subject)
        yield Condition(event=TARGET_FAILS, subject=subject, sentence=lapse.why, since=lapse.since)


class Notifier:
    """``take`` is called with every change; the rest happens in a thread of its own."""

    def __init__(
        self, command: str, state: State, log: Any, *, promise: Promise, plan: Path | None = None
    ) -> None:
        """``plan``: where the plan that waits is kept as a page (`syncd.daemon.plan_page`)."""
        self._plan = plan
        self._command = shlex.split(command)
        self._state = state
        self._log = log
        self._promise = promise
        self._mutex = threading.Lock()
        self._delivered = _kept(state.ledger.fact(DELIVERED_FACT))
        self._pending: set[tuple[str, str]] = set()
        self._tried: dict[tuple[str, str], float] = {}
        """The cycle (by its end) after which each was last tried: a broken program is not run more often."""
        self._queue: queue.Queue[tuple[Message, list[Condition]]] = queue.Queue(_QUEUE)

    def start(self, workers: Workers, watchdog: Watchdog) -> None:
        """Begin telling. ``workers`` count what nobody foresaw; the ``watchdog`` is told as long as it goes on."""

        def work() -> None:
            workers.keep(WORKER, lambda: self._work(watchdog))

        threading.Thread(target=work, name=WORKER, daemon=True).start()

    def finish(self, within_s: float) -> None:
        """Wait until everybody was told who is being told, but no longer than that."""
        latest = time.monotonic() + within_s
        while self._pending and time.monotonic() < latest:
            time.sleep(FINISH_LOOK_S)

    def take(self, snapshot: Snapshot) -> None:
        """Compare with what was told; queue what began and what is over. Never waits."""
        if not snapshot.attempted_at:
            return
        now = time.time()
        notes = self._state.events.notes()
        found = conditions(snapshot, notes, self._promise, now=now)
        current = {one.key: one for one in found}
        with self._mutex:
            begun = [one for key, one in current.items() if key not in self._delivered]
            over = [Condition(**kept) for key, kept in self._delivered.items() if key not in current]
        for phase, those in ((BEGINS, begun), (OVER, over)):
            self._queue_up(phase, those, snapshot.attempted_at)

    def _queue_up(self, phase: str, those: Iterable[Condition], cycle: float) -> None:
        by_event: dict[str, list[Condition]] = {}
        with self._mutex:
            for one in those:
                name = (phase, one.key)
                if name not in self._pending and self._tried.get(name) != cycle:
                    by_event.setdefault(one.event, []).append(one)
                    self._tried[name] = cycle
        for event, ones in by_event.items():
            message = Message(
                event=event,
                phase=phase,
                subjects=tuple(sorted(one.subject for one in ones)),
                sentence="\n".join(dict.fromkeys(one.sentence for one in ones)),
                since=min(one.since for one in ones),
                plan=self._page_of(event, phase),
                zone=campus_zone(self._state.ledger),
            )
            with suppress(queue.Full):
                self._queue.put_nowait((message, ones))
                with self._mutex:
                    self._pending |= {(phase, one.key) for one in ones}

    def _page_of(self, event: str, phase: str) -> str:
        waits = (event, phase) == (PLAN_WAITS, BEGINS)
        return str(self._plan) if waits and self._plan is not None and self._plan.is_file() else ""

    def _work(self, watchdog: Watchdog) -> None:
        while True:
            watchdog.beat(WORKER)
            try:
                message, ones = self._queue.get(timeout=watchdog.slice_s)
            except queue.Empty:
                continue
            watchdog.beat(WORKER, 2 * LONGEST_S)
            self._tell(message, ones)

    def _tell(self, message: Message, ones: list[Condition]) -> None:
        is_delivered = False
        try:
            is_delivered = run_program(self._command, message, self._log)
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            _failed(self._log, why, {"about": message.event, "phase": message.phase})
            raise
        finally:
            # One message that cannot be told must not silence the next.
            with self._mutex:
                self._pending -= {(message.phase, one.key) for one in ones}
                if is_delivered:
                    self._remember(message.phase, ones)

    def _remember(self, phase: str, ones: Iterable[Condition]) -> None:
        for one in ones:
            if phase == BEGINS:
                self._delivered[one.key] = {
                    "event": one.event,
                    "subject": one.subject,
                    "sentence": one.sentence,
                    "since": one.since,
                }
            else:
                self._delivered.pop(one.key, None)
        try:
            self._state.ledger.set_fact(DELIVERED_FACT, json.dumps(self._delivered))
        except Exception as error:  # noqa: BLE001 - it is delivered; the worst is a second time after a restart
            self._log.warning("notify-not-kept", kind=type(error).__name__)
            self._log.warning("announce-not-kept", renamed="notify-not-kept", kind=type(error).__name__)


def _kept(text: str) -> dict[str, dict[str, Any]]:
    """What was delivered, as the state has it; nothing where that cannot be used: then it is delivered again."""
    try:
        told = json.loads(text or "{}")
        return {str(key): asdict(Condition(**one)) for key, one in told.items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def check_command(command: str, log: Any) -> bool:
    """Tell the program that this is a test. True where it ended with 0."""
    message = Message(
        event=TEST,
        phase=BEGINS,
        subjects=("test",),
        sentence="This is a test of syncd's notify command; nothing is wrong.",
        since=time.time(),
    )
    return run_program(shlex.split(command), message, log)


def _environment(message: Message) -> dict[str, str]:
    """The message in variables: short, and without what no variable can hold. The whole is on standard input."""
    told = {name: value for name, value in message.as_json().items() if isinstance(value, str)}
    told["subjects"] = "\n".join(message.subjects)
    return {
        f"SYNCD_NOTIFY_{name.upper()}": _short(printable(value, lines=True)) for name, value in told.items()
    }


def _short(text: str) -> str:
    raw = text.encode()
    if len(raw) <= LONGEST_VALUE:
        return text
    return f"{raw[:LONGEST_VALUE].decode(errors='ignore')}…\n(shortened; standard input has all of it)"


def run_program(command: list[str], message: Message, log: Any, *, longest_s: float = LONGEST_S) -> bool:
    """Run it with the message as JSON on its input and in its environment. True where it ended with 0."""
    # As text that every program can decode: a lone half of a letter, which Canvas stores, has no UTF-8.
    payload = json.dumps(message.as_json(), ensure_ascii=False).encode(errors="replace") + b"\n"
    kept = {name: value for name, value in os.environ.items() if name not in _KEPT_BACK}
    about = {"about": message.event, "phase": message.phase}
    try:
        # The operator's own program, split into words, without a shell.
        process = subprocess.Popen(  # noqa: S603
            command,
            env=kept | _environment(message),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        return _failed(log, error.strerror or str(error), about)
    except ValueError as error:
        return _failed(log, f"the command cannot be run: {error}", about)
    try:
        with suppress(BrokenPipeError):
            process.communicate(payload, timeout=longest_s)
    except subprocess.TimeoutExpired:
        return _failed(log, f"killed after {longest_s:g} s", about)
    finally:
        # Its children too: whatever it left behind would outlive what it was told for.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.returncode != 0:
        return _failed(log, f"exit code {process.returncode}", about)
    log.info("notified", subjects=list(message.subjects), **about)
    log.info("announced", renamed="notified", subjects=list(message.subjects), **about)
    return True


def _failed(log: Any, why: str, about: Mapping[str, str]) -> bool:
    log.error("notify-failed", why=why, **about)
    log.error("announce-failed", renamed="notify-failed", why=why, **about)
    return False
