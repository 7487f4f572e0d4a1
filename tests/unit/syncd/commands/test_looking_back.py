"""Verbs that read the state and need neither daemon nor network: status, where, history, as-of."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mapping.model import Context, Days, Record
from mapping.planning.approval import Terms
from mapping.planning.guards import strike
from syncd.reconcile.editions import Candidate, put_in_force
from syncd.state.ledger import WAITING_FACT
from syncd.state.looks import Look
from syncd.state.store import State
from tests.support import college
from tests.unit.syncd.commands.conftest import Run
from tests.unit.syncd.state.kept import line, look, record_of

TARGETS = """\
owner: college
timezone: Europe/London
targets:
  - {name: pilot, kind: canvas, courses: [7, 8, 9], year: 2031-2032, terms: [michaelmas], languages: [en]}
"""
COURSES = [
    Context(id=f"course_{number}", kind="canvas", target="pilot", name=f"C{number}") for number in (7, 8, 9)
]
ENTRY = "papers-michaelmas"
MAIN, OPENING = f"2031-2032:{ENTRY}:main", f"2031-2032:{ENTRY}:opening"
DIGEST = "0123456789abcdef0123456789abcdef"
TODAY = ("--today", "2031-09-01")


@contextmanager
def opened(folder: Path) -> Iterator[State]:
    state = State.open(folder, now=time.time())
    try:
        yield state
    finally:
        state.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state of a configured site: three courses were looked at, in the first all is as it should be."""
    site = college.write(college.college(), tmp_path / "site")
    (site / "targets.yaml").write_text(TARGETS, encoding="utf-8")
    monkeypatch.setenv("SYNCD_CALENDAR_DIR", str(site))
    monkeypatch.setenv("SYNCD_TARGETS_FILE", str(site / "targets.yaml"))
    monkeypatch.setenv("SYNCD_CANVAS__BASE_URL", "https://canvas.example.edu")
    records = [_record(MAIN, "100"), _record(OPENING, "101")]
    with opened(tmp_path / "state") as state:
        put_in_force(
            Candidate(college.calendar_of(college.college()), college.college()), state.ledger, now=1.0
        )
        epochs = state.events.take(COURSES)
        looks = [
            _look(epochs, "course_7", *records),
            _look(epochs, "course_8", records[1], respected=frozenset({MAIN})),
            _look(epochs, "course_9"),
        ]
        state.events.observed(looks, now=1000.0)
    return tmp_path / "state"


def _record(key: str, remote_id: str) -> Record:
    days = Days(date(2031, 12, 8), date(2031, 12, 9))
    return Record(key=key, remote_id=remote_id, title="Papers", days=days, fingerprint="f")


def _look(
    epochs: dict[str, int], context: str, *records: Record, respected: frozenset[str] = frozenset()
) -> Look:
    seen = look(epochs[context], *records, respected=respected)
    return replace(seen, context=context, plan=replace(seen.plan, context=context))


# --- status -------------------------------------------------------------------------------------------


def test_nothing_configured_says_what_to_do(run: Run) -> None:
    for words in ((), ("status",)):
        ran = run(*words)
        assert ran.code == 78
        assert "syncd init" in ran.out
        assert "syncd demo" in ran.out


def test_bare_syncd_prints_status_and_help(folder: Path, run: Run) -> None:
    ran = run()
    assert ran.code == 0
    assert "3 of 3 calendars are in step" in ran.out
    assert "usage: syncd" in ran.out


def test_what_fails_is_named_with_its_reason_and_since_when(folder: Path, run: Run) -> None:
    with opened(folder) as state:
        state.events.failed(COURSES[0], "list failed: no answer.", now=86400.0, retry_at=86401.0)
        state.events.failed(COURSES[0], "list failed: still none.", now=90000.0, retry_at=90002.0)
    ran = run("status")
    assert ran.code == 1
    assert "course_7 (C7) of pilot" in ran.out
    assert "since Fri 2 Jan 1970 00:00 UTC (2 times): list failed: still none." in ran.out
    told = json.loads(run("status", "--json").out)
    assert told["contexts"] == {"known": 3, "in_step": 2, "behind": 0, "failing": 1}
    assert told["failing"][0]["since"] == 86400.0


def test_a_waiting_plan_is_told_with_its_command_until_it_is_approved(folder: Path, run: Run) -> None:
    with opened(folder) as state:
        hit = strike("removed", "y", 11, 10, "too much", ["a"])
        state.ledger.remember_waiting(DIGEST, Terms.of("c", [hit], {}, 0), ["too much"], now=time.time())
        state.ledger.set_fact(WAITING_FACT, DIGEST)
    ran = run("status")
    assert ran.code == 3
    assert "too much" in ran.out
    assert f"syncd approve {DIGEST}" in ran.out
    run("approve", DIGEST[:12])
    ran = run("status")
    assert ran.code == 0
    assert "is approved" in ran.out
    with opened(folder) as state:
        state.ledger.set_fact(WAITING_FACT, "")
    assert json.loads(run("status", "--json").out)["waiting"] is None


def test_respected_deletions_are_listed(folder: Path, run: Run) -> None:
    out = run("status").out
    assert "1 deleted by people" in out
    assert f"course_8: {MAIN}" in out


def test_a_state_that_may_not_be_read_is_not_taken_for_an_empty_one(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_, **__: False)
    ran = run("status")
    assert ran.code == 1
    assert "may not read it" in ran.err


# --- where --------------------------------------------------------------------------------------------


def test_every_place_is_told_with_a_link_and_those_amiss_come_first(folder: Path, run: Run) -> None:
    out = run(*TODAY, "where", ENTRY).out
    assert f"{ENTRY}: in 3 of 6 places, 1 deleted there by somebody, 2 not there yet" in out
    assert "https://canvas.example.edu/calendar?include_contexts=course_7&event_id=100" in out
    assert out.index("Not there yet") < out.index("Deleted there") < out.index("\nThere\n")


def test_places_as_json_name_what_is_there_and_what_is_not(folder: Path, run: Run) -> None:
    told = json.loads(run(*TODAY, "where", ENTRY, "--json").out)
    assert {(one["context"], one["key"]): one["state"] for one in told} == {
        ("course_7", MAIN): "present",
        ("course_7", OPENING): "present",
        ("course_8", MAIN): "deleted",
        ("course_8", OPENING): "present",
        ("course_9", MAIN): "missing",
        ("course_9", OPENING): "missing",
    }


def test_what_is_over_and_was_never_there_is_not_missed(folder: Path, run: Run) -> None:
    told = json.loads(run("--today", "2032-02-01", "where", ENTRY, "--json").out)
    assert {one["context"] for one in told} == {"course_7", "course_8"}


def test_an_event_that_is_no_longer_wanted_is_told(folder: Path, run: Run, tmp_path: Path) -> None:
    targets = TARGETS.replace("languages: [en]", f"languages: [en], exclude: [{ENTRY}]")
    (tmp_path / "site" / "targets.yaml").write_text(targets, encoding="utf-8")
    told = json.loads(run(*TODAY, "where", ENTRY, "--json").out)
    assert {one["state"] for one in told} == {"extra"}


def test_an_unknown_entry_is_a_usage_error_that_helps(folder: Path, run: Run) -> None:
    ran = run("where", "papers-michelmas")
    assert ran.code == 64
    assert ENTRY in ran.err


# --- history and as-of ----------------------------------------------------------------------------------


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.fixture
def journal(folder: Path) -> Path:
    """Created, moved and deleted in course 7, created in course 8; one write failed."""
    later = Days(date(2031, 12, 9), date(2031, 12, 10))
    with opened(folder) as state:
        state.ledger.set_fact("zone:campus", "Asia/Almaty")
        for one in (
            line(MAIN, run="r1", at=at("2031-09-01T10:00"), target="pilot", title="Papers"),
            line(MAIN, run="r1", at=at("2031-09-01T10:01"), target="pilot", context="course_8"),
            line(
                MAIN,
                run="r2",
                at=at("2031-09-02T18:59:59"),
                target="pilot",
                action="update",
                why="edit",
                title="Papers",
                days=later,
                fields={"days": ("2031-12-08", "2031-12-09"), "marker": ("a", "b")},
            ),
            line(OPENING, run="r2", at=at("2031-09-02T19:00:00"), outcome="failed: RejectedError"),
            line(MAIN, run="r3", at=at("2031-09-04T10:00"), action="delete", why="orphan", days=later),
        ):
            state.ledger.write_line(one)
    return folder


def test_history_tells_each_run_its_reason_and_what_changed(journal: Path, run: Run) -> None:
    with opened(journal) as state:
        state.ledger.begin_run("r2", calendar="c", why="edit of the files", now=1.0)
    out = run("history").out
    assert "r2  Tue 2 Sep 2031 23:59 UTC+5 (edit of the files)" in out
    assert "date: Mon 8 Dec 2031 -> Tue 9 Dec 2031" in out
    assert "[failed: RejectedError]" in out
    assert "marker" not in out
    assert "5 writes." in out


def test_history_is_narrowed_by_entry_target_and_day(journal: Path, run: Run) -> None:
    def keys(*words: str) -> list[tuple[str, str]]:
        return [(one["run"], one["context"]) for one in json.loads(run("history", "--json", *words).out)]

    assert len(keys("--entry", ENTRY)) == 5
    assert keys("--entry", "papers") == []
    assert keys("--target", "pilot", "--since", "2031-09-02") == [("r2", "course_7")]
    assert len(keys("--since", "2031-09-03")) == 2
    assert run("history", "--since", "yesterday").code == 64
    mistyped = run("history", "--entry", "papers-michelmas")
    assert (mistyped.code, mistyped.out) == (64, "")
    assert "did you mean 'papers-michaelmas'?" in mistyped.err


def test_as_of_a_day_tells_what_stood_there_when_the_campus_day_ended(journal: Path, run: Run) -> None:
    def standing(day: str) -> list[tuple[str, str]]:
        told = json.loads(run("as-of", day, "--course", "7", "--json").out)
        return [(one["key"], one["start"]) for one in told]

    assert standing("2031-08-31") == []
    assert standing("2031-09-01") == [(MAIN, "2031-03-04")]
    assert standing("2031-09-02") == [(MAIN, "2031-12-09")]
    assert standing("2031-09-04") == []


def test_as_of_says_from_when_on_anything_is_known(journal: Path, run: Run) -> None:
    assert "first write on record was Mon 1 Sep 2031" in run("as-of", "2031-08-31", "--course", "7").out
    assert "no write on record" in run("as-of", "2031-08-31", "--course", "course_99").out


def test_removing_a_copy_leaves_the_event_standing(folder: Path, run: Run) -> None:
    with opened(folder) as state:
        state.ledger.write_line(line(MAIN, at=1.0, remote_id="100"))
        state.ledger.write_line(line(MAIN, at=2.0, remote_id="999", action="delete", why="copy"))
    assert len(json.loads(run("as-of", "1970-01-02", "--course", "7", "--json").out)) == 1


# --- texts from outside, and histories of any length -------------------------------------------------------

WILD = "\x1b]0;owned\x07\x1b[2Jtitle\nforged line"


def test_what_people_typed_steers_no_terminal_and_forges_no_line(folder: Path, run: Run) -> None:
    with opened(folder) as state:
        state.ledger.write_line(line(MAIN, context="course_7", title=WILD, fields={"title": (WILD, WILD)}))
        course = replace(COURSES[0], name=WILD)
        state.events.failed(course, WILD, now=86400.0, retry_at=86401.0)
        epoch = state.events.take([course])[course.id]
        plan = look(epoch, record_of(MAIN, title=WILD))
        state.events.observed([replace(plan, context=course.id)], now=1.0)
        state.events.failed(course, WILD, now=86400.0, retry_at=86401.0)
    for words in (
        ("history",),
        ("status",),
        ("where", ENTRY, "--all"),
        ("as-of", "2031-09-01", "--course", "7"),
    ):
        said = run(*words).out
        assert "title" in said, words
        assert "\x1b" not in said
        assert "\nforged line" not in said


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_beyond_any_clock_is_an_answer(folder: Path, run: Run, day: str) -> None:
    assert run("as-of", day, "--course", "7").code == 0
    assert run("history", "--since", day).code == 0


def test_a_long_history_is_one_json_array_and_so_is_an_empty_one(folder: Path, run: Run) -> None:
    with opened(folder) as state, state.database.write():
        for number in range(700):
            state.ledger.write_line(line(MAIN, at=float(number)))
    assert len(json.loads(run("history", "--json", "--entry", ENTRY).out)) >= 700
    assert json.loads(run("history", "--json", "--entry", "no-such-entry").out) == []
