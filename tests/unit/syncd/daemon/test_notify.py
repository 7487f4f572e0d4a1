"""People are told once when something begins and once when it is over, by a program that cannot hold us up."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import structlog

from connectors.errors import NotFoundError
from mapping.model import Context
from mapping.planning.guards import GuardHit, GuardLevel, Part, fill_hit
from syncd.daemon.notify import BEGINS, Message, Notifier, check_command, run_program
from syncd.daemon.readiness import Promise
from syncd.daemon.snapshot import Snapshot, SnapshotBoard
from syncd.daemon.watchdog import Watchdog
from syncd.daemon.workers import Workers
from syncd.reconcile.passes import Failure
from syncd.state.store import State
from tests.support.state_address import state_address

PATIENCE_S = 10.0
WITHIN_S = 3600.0
PROMISE = Promise(within_s=WITHIN_S, audit_s=6 * WITHIN_S)
HIT = GuardHit(
    guard="removed",
    level=GuardLevel.EDIT,
    scope="2031",
    found=11,
    limit=10,
    sentence="11 removed",
    subjects=frozenset("a"),
)
CONTEXT = Context(id="course_101", kind="canvas", target="pilot")
GOOD = Snapshot(attempted_at=1.0, context_targets={"course_101": "pilot"})
WAITS = replace(GOOD, refused=(HIT,), digest="d1g", decide="syncd approve d1g", waiting_since=1.0)


class Program:
    """A program that writes down what it is told; ``told`` waits for it."""

    def __init__(self, folder: Path) -> None:
        self._written = folder / "told"
        self._written.touch()
        script = folder / "program.py"
        script.write_text(
            "import os, sys\n"
            "line = sys.stdin.readline()\n"
            f"with open({str(self._written)!r}, 'a') as file:\n"
            "    file.write(line)\n"
            "sys.exit(int(os.path.exists(sys.argv[1])))\n"
        )
        self.broken = folder / "broken"
        self.command = f"{sys.executable} {script} {self.broken}"

    def told(self, count: int) -> list[dict[str, Any]]:
        latest = time.monotonic() + PATIENCE_S
        while len(lines := self._written.read_text().splitlines()) < count and time.monotonic() < latest:
            threading.Event().wait(0.02)
        return [json.loads(line) for line in lines]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = State.open(state_address(tmp_path / "state"), now=0.0)
    yield opened
    opened.close()


def notifier(
    program: Program, state: State, board: SnapshotBoard | None = None, watchdog: Watchdog | None = None
) -> Notifier:
    made = Notifier(program.command, state, structlog.get_logger(), promise=PROMISE)
    workers = Workers(structlog.get_logger(), board or SnapshotBoard(), threading.Event(), pause_s=0.0)
    made.start(workers, watchdog or Watchdog(0.0))
    return made


def settled(one: Notifier) -> None:
    """Wait until nothing is being told."""
    latest = time.monotonic() + PATIENCE_S
    while one._pending and time.monotonic() < latest:
        threading.Event().wait(0.02)


def words(told: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["event"], one["phase"]) for one in told]


def test_a_plan_that_waits_is_told_once_and_so_is_that_it_no_longer_does(
    program: Program, state: State
) -> None:
    state.ledger.set_fact("zone:campus", "Asia/Tokyo")
    telling = notifier(program, state)
    for cycle, snapshot in enumerate((GOOD, WAITS, WAITS, WAITS, GOOD, GOOD)):
        telling.take(replace(snapshot, attempted_at=1.0 + cycle))
        settled(telling)
    told = program.told(2)
    assert words(told) == [("plan-waits", "begins"), ("plan-waits", "over")]
    assert "syncd approve d1g" in told[0]["sentence"]
    assert told[0]["since"] == "1970-01-01T09:00:01+09:00", "by the campus's clock"


def test_what_holds_a_plan_is_told_in_one_message_with_one_command(program: Program, state: State) -> None:
    fills = [
        fill_hit(name, {name: Part(entries=frozenset("k"), messages=900)}, 1000, 1800)
        for name in ("law", "arts")
    ]
    telling = notifier(program, state)
    telling.take(replace(WAITS, refused=(HIT, *fills)))
    settled(telling)
    (told,) = program.told(1)
    assert told["subjects"] == ["fill-messages arts", "fill-messages law", "removed 2031"]
    assert told["sentence"] == (
        "11 removed.\n1,800 messages may be sent by first fills, the limit is 1,000: arts, law.\n"
        "To let exactly this plan through: syncd approve d1g"
    )


def test_it_is_not_told_again_after_a_restart(program: Program, state: State) -> None:
    first = notifier(program, state)
    first.take(WAITS)
    settled(first)
    second = notifier(program, state)
    second.take(WAITS)
    second.take(GOOD)
    settled(second)
    assert words(program.told(2)) == [("plan-waits", "begins"), ("plan-waits", "over")]


def test_another_guard_that_strikes_meanwhile_is_told_by_itself(program: Program, state: State) -> None:
    telling = notifier(program, state)
    telling.take(WAITS)
    settled(telling)
    other = replace(HIT, guard="moved", sentence="12 moved")
    telling.take(replace(WAITS, refused=(HIT, other)))
    settled(telling)
    assert [one["subjects"] for one in program.told(2)] == [["removed 2031"], ["moved 2031"]]


def test_a_target_is_told_only_once_it_has_failed_for_long(program: Program, state: State) -> None:
    telling = notifier(program, state)
    error = str(NotFoundError("gone.", operation="list", context="course_101"))
    state.events.failed(CONTEXT, error, now=time.time() - WITHIN_S / 2, retry_at=0.0)
    telling.take(GOOD)
    settled(telling)
    assert program.told(0) == []
    longer = replace(CONTEXT, id="course_102")
    state.events.failed(longer, error, now=time.time() - WITHIN_S * 2, retry_at=0.0)
    telling.take(replace(GOOD, context_targets={"course_101": "pilot", "course_102": "pilot"}))
    settled(telling)
    (told,) = program.told(1)
    assert (told["event"], told["subjects"], "gone." in told["sentence"]) == ("target-fails", ["pilot"], True)


def test_a_whole_service_that_fails_for_long_is_told_since_it_began_to(
    program: Program, state: State
) -> None:
    telling = notifier(program, state)
    down = Failure(where="canvas", target="", sentence="does not answer", transient=True)
    began = time.time() - WITHIN_S * 2
    telling.take(replace(GOOD, failures=(down,), failing_since={"canvas": time.time()}))
    settled(telling)
    assert program.told(0) == []
    telling.take(replace(GOOD, failures=(down,), failing_since={"canvas": began}))
    settled(telling)
    (told,) = program.told(1)
    assert (told["subjects"], told["sentence"]) == (["canvas"], "does not answer")
    assert datetime.fromisoformat(told["since"]).timestamp() == int(began)


def test_a_dead_credential_is_told_at_once_and_once_for_all_that_need_it(
    program: Program, state: State
) -> None:
    telling = notifier(program, state)
    failures = tuple(
        Failure(where=f"course_{n}", target="pilot", sentence="refused", transient=False, credential=True)
        for n in range(5)
    )
    since = {one.where: time.time() for one in failures}
    telling.take(replace(GOOD, failures=failures, failing_since=since))
    settled(telling)
    telling.take(GOOD)
    settled(telling)
    assert words(program.told(2)) == [("credential-refused", "begins"), ("credential-refused", "over")]


def test_what_a_program_failed_to_tell_is_told_after_the_next_cycle(program: Program, state: State) -> None:
    telling = notifier(program, state)
    program.broken.touch()
    telling.take(WAITS)
    settled(telling)
    telling.take(WAITS)
    settled(telling)
    program.broken.unlink()
    for cycle in (2.0, 3.0):
        telling.take(replace(WAITS, attempted_at=cycle))
        settled(telling)
    assert words(program.told(2)) == [("plan-waits", "begins")] * 2


MESSAGE = Message(event="plan-waits", phase=BEGINS, subjects=("a",), sentence="s", since=0.0)


def test_a_program_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pids"
    script = f"sleep 600 & echo $$ $! >{note}; wait"
    assert not run_program(["/bin/sh", "-c", script], MESSAGE, structlog.get_logger(), longest_s=3.0)
    latest = time.monotonic() + PATIENCE_S
    while any(map(is_alive, note.read_text().split())) and time.monotonic() < latest:
        threading.Event().wait(0.02)
    assert not any(map(is_alive, note.read_text().split()))


def is_alive(pid: str) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def test_a_program_that_is_not_there_is_told_in_the_log_and_nothing_else(tmp_path: Path) -> None:
    assert not run_program([str(tmp_path / "missing")], MESSAGE, structlog.get_logger())


def test_the_program_finds_everything_in_its_environment_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNCD_CANVAS__TOKEN", "canary")
    seen = tmp_path / "environment"
    script = f"import json,os;open({str(seen)!r},'w').write(json.dumps(dict(os.environ)))"
    assert run_program([sys.executable, "-c", script], MESSAGE, structlog.get_logger())
    given = json.loads(seen.read_text())
    assert (given["SYNCD_NOTIFY_EVENT"], given["SYNCD_NOTIFY_PHASE"]) == ("plan-waits", "begins")
    assert "canary" not in seen.read_text()


# --- texts from outside ------------------------------------------------------------------------------


def test_a_thousand_subjects_and_a_text_of_any_length_are_told(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    script = (
        "import json,os,sys\n"
        f"open({str(seen)!r},'w').write(json.dumps([json.load(sys.stdin), dict(os.environ)]))\n"
    )
    subjects = tuple(f"context-emptied course_{number}" for number in range(1500))
    sentence = "\n".join(
        f"{one} was filled before and is empty now; approval fills it again" for one in subjects
    )
    message = Message(event="plan-waits", phase=BEGINS, subjects=subjects, sentence=sentence, since=0.0)
    assert run_program([sys.executable, "-c", script], message, structlog.get_logger())
    told, given = json.loads(seen.read_text())
    assert (told["subjects"], told["sentence"]) == (list(subjects), sentence)
    values = [value for name, value in given.items() if name.startswith("SYNCD_NOTIFY_")]
    assert max(len(value.encode()) for value in values) < 9000
    assert "shortened" in given["SYNCD_NOTIFY_SUBJECTS"]


ODD = "a\x00b\ud800c\x1b[2Jd"


def test_what_no_variable_can_hold_is_cleaned_and_the_next_message_is_told_too(
    program: Program, state: State
) -> None:
    telling = notifier(program, state)
    odd = replace(HIT, sentence=ODD, scope=ODD)
    telling.take(replace(WAITS, refused=(odd,)))
    settled(telling)
    telling.take(replace(WAITS, refused=(odd, HIT)))
    settled(telling)
    told = program.told(2)
    assert len(told) == 2
    assert "a\x00b" in told[0]["sentence"]


def test_a_fault_of_one_message_silences_no_other(
    program: Program, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [RuntimeError("odd")]

    def sometimes(*args: Any) -> bool:
        if faults:
            raise faults.pop()
        return run_program(*args)

    monkeypatch.setattr("syncd.daemon.notify.run_program", sometimes)
    board = SnapshotBoard()
    telling = notifier(program, state, board)
    telling.take(WAITS)
    settled(telling)
    telling.take(replace(WAITS, attempted_at=2.0))
    settled(telling)
    assert words(program.told(1)) == [("plan-waits", "begins")]
    assert board.read().unexpected == {"notify": 1}


def test_the_watchdog_notices_where_nobody_is_told_any_more(
    program: Program, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, may_go_on, now = threading.Event(), threading.Event(), [0.0]

    def hang(*_: Any) -> bool:
        hangs.set()
        return may_go_on.wait(PATIENCE_S)

    monkeypatch.setattr("syncd.daemon.notify.run_program", hang)
    watchdog = Watchdog(60.0, clock=lambda: now[0])
    notifier(program, state, watchdog=watchdog).take(WAITS)
    assert hangs.wait(PATIENCE_S)
    now[0] = 59.0
    assert watchdog.overdue() == []
    now[0] = 1000.0
    assert watchdog.overdue() == ["notify"]
    may_go_on.set()


@pytest.mark.parametrize("kept", ["{", "[]", '{"a": 1}', '{"a": {"event": "x"}}'])
def test_a_memory_that_cannot_be_used_is_no_memory(program: Program, state: State, kept: str) -> None:
    state.ledger.set_fact("announced", kept)
    telling = notifier(program, state)
    telling.take(WAITS)
    settled(telling)
    assert words(program.told(1)) == [("plan-waits", "begins")]


def test_the_command_can_be_tried(program: Program) -> None:
    assert check_command(program.command, structlog.get_logger())
    (told,) = program.told(1)
    assert (told["event"], told["title"]) == ("test", "a test of the notify command")
    program.broken.touch()
    assert not check_command(program.command, structlog.get_logger())
