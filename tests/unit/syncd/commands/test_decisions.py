"""Verbs that write one short word into the state beside a running daemon: approve, publish, restore, undo."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from mapping.planning.approval import Terms
from mapping.planning.edit_guards import guard_publishing
from mapping.planning.guards import GuardHit, strike
from syncd.config.settings import Settings
from syncd.errors import LockedError
from syncd.reconcile.editions import IN_FORCE_FACT, Candidate, compare_editions, put_in_force
from syncd.state.ledger import WAITING_FACT
from syncd.state.store import State
from syncd.wiring import limits_of
from tests.support import college
from tests.unit.syncd.commands.conftest import Run
from tests.unit.syncd.state.kept import COURSE, look

DIGEST = "0123456789abcdef0123456789abcdef"
KEY = "2030-2031:exam:main"
OPENING = "2030-2031:exam:opening"


@contextmanager
def opened(folder: Path) -> Iterator[State]:
    state = State.open(folder, now=time.time())
    try:
        yield state
    finally:
        state.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A state that knows nothing yet."""
    with opened(tmp_path / "state"):
        pass
    return tmp_path / "state"


REMOVED = strike("removed", "y", 11, 10, "11 entries removed from y, the limit is 10", ["a"])


def wait(folder: Path, *hits: GuardHit, digest: str = DIGEST) -> None:
    with opened(folder) as state:
        terms = Terms.of("c", hits, {}, 0)
        state.ledger.remember_waiting(digest, terms, [hit.sentence for hit in hits], now=time.time())
        state.ledger.set_fact(WAITING_FACT, digest)


def approved(folder: Path) -> dict[str, set[str] | None]:
    """Digest to the guards that an approval admits."""
    with opened(folder) as state:
        return {
            one.digest: {hit.guard for hit in one.terms.hits} if one.terms is not None else None
            for one in state.ledger.approvals(now=time.time())
        }


# --- approve ----------------------------------------------------------------------------------------


def test_an_approval_names_what_it_admits(folder: Path, run: Run) -> None:
    wait(folder, REMOVED)
    ran = run("approve", DIGEST)
    assert ran.code == 0
    assert "11 entries removed from y" in ran.out
    assert approved(folder) == {DIGEST: {"removed"}}


def test_the_beginning_of_a_digest_will_do_where_it_names_one_plan(folder: Path, run: Run) -> None:
    wait(folder, REMOVED)
    assert run("approve", DIGEST[:12]).code == 0
    assert approved(folder) == {DIGEST: {"removed"}}
    wait(folder, REMOVED, digest=DIGEST[:20] + "0" * 12)
    ran = run("approve", DIGEST[:12])
    assert ran.code == 64
    assert DIGEST in ran.err
    assert run("publish", "ffffffff").code == 3


def test_the_beginning_of_an_unknown_digest_is_refused(folder: Path, run: Run) -> None:
    ran = run("approve", DIGEST[:12])
    assert ran.code == 3
    assert "whole digest" in ran.err
    assert approved(folder) == {}


def test_an_unknown_digest_is_recorded_for_exactly_that_plan(folder: Path, run: Run) -> None:
    ran = run("approve", DIGEST)
    assert ran.code == 0
    assert "exactly that" in ran.out
    assert approved(folder) == {DIGEST: None}


def test_a_first_fill_may_be_approved_before_there_is_a_state(tmp_path: Path, run: Run) -> None:
    assert run("approve", DIGEST).code == 0
    assert approved(tmp_path / "state") == {DIGEST: None}


def test_approval_needs_no_lock(folder: Path, run: Run) -> None:
    with opened(folder):
        with pytest.raises(LockedError):
            State.open(folder, now=0.0)
        assert run("approve", DIGEST).code == 0


@pytest.mark.parametrize("typed", ["abcde", DIGEST + "0", "../state", "zzzzzzzzzzzz"])
def test_what_is_no_digest_is_a_usage_error(folder: Path, run: Run, typed: str) -> None:
    assert run("approve", typed).code == 64
    assert approved(folder) == {}


# --- publish ----------------------------------------------------------------------------------------


PUBLISH = guard_publishing("new-calendar")


def test_publishing_approves_the_publication_alone(folder: Path, run: Run) -> None:
    wait(folder, PUBLISH)
    assert run("publish", DIGEST).code == 0
    assert approved(folder) == {DIGEST: {"publish"}}


def test_status_names_the_command_that_suffices(folder: Path, run: Run) -> None:
    wait(folder, PUBLISH)
    assert f"syncd publish {DIGEST}" in run("status").out
    other = "f" * 32
    wait(folder, PUBLISH, REMOVED, digest=other)
    assert f"syncd approve {other}" in run("status").out


def test_publishing_a_new_year_is_the_one_approval_guards_included(folder: Path, run: Run) -> None:
    year = strike("further-year", "2032", 2, 0, "the year 2032 comes into force with 2 entries", ["2032"])
    wait(folder, PUBLISH, year, REMOVED)
    assert f"syncd publish {DIGEST}" in run("status").out
    assert run("publish", DIGEST).code == 0
    assert approved(folder) == {DIGEST: {"publish", "further-year", "removed"}}


def test_publishing_says_what_else_holds_the_plan_back(folder: Path, run: Run) -> None:
    wait(folder, PUBLISH, REMOVED)
    ran = run("publish", DIGEST)
    assert ran.code == 3
    assert "11 entries removed" in ran.err
    assert f"syncd approve {DIGEST}" in ran.err
    assert approved(folder) == {DIGEST: {"publish"}}


def test_publishing_what_was_approved_takes_no_approval_back(folder: Path, run: Run) -> None:
    wait(folder, PUBLISH, REMOVED)
    run("approve", DIGEST)
    assert run("publish", DIGEST).code == 0
    assert approved(folder) == {DIGEST: {"publish", "removed"}}


def test_publishing_approves_nothing_that_does_not_wait_for_it(folder: Path, run: Run) -> None:
    assert run("publish", DIGEST).code == 3
    wait(folder, REMOVED)
    ran = run("publish", DIGEST)
    assert ran.code == 3
    assert "11 entries removed" in ran.err
    assert approved(folder) == {}


# --- restore ----------------------------------------------------------------------------------------


def respect(folder: Path, *keys: str) -> None:
    with opened(folder) as state:
        epoch = state.events.take([COURSE])[COURSE.id]
        state.events.observed([look(epoch, respected=frozenset(keys))], now=time.time())


def respected(folder: Path) -> set[str]:
    with opened(folder) as state:
        return set(state.events.respected(COURSE.id))


def test_restoring_ends_the_respect_of_every_part_and_asks_for_a_look(folder: Path, run: Run) -> None:
    other = "2030-2031:other:main"
    respect(folder, KEY, OPENING, other)
    assert run("restore", "exam", "--course", "7").code == 0
    assert respected(folder) == {other}
    with opened(folder) as state:
        assert state.events.notes()[COURSE.id].view == ""


def test_without_a_course_the_only_place_is_meant(folder: Path, run: Run) -> None:
    respect(folder, KEY)
    assert run("restore", "exam").code == 0
    assert respected(folder) == set()


def test_restoring_what_was_not_deleted_is_refused_and_names_what_was(folder: Path, run: Run) -> None:
    respect(folder, KEY)
    for words in (("restore", "exan", "--course", "7"), ("restore", "exam", "--course", "8")):
        assert run(*words).code == 3
    assert "exam" in run("restore", "exan", "--course", "7").err
    assert respected(folder) == {KEY}


# --- undo ---------------------------------------------------------------------------------------------


@pytest.fixture
def edited(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site whose calendar was edited once and brought out: runs ``one``, ``two`` and, for drift, ``three``."""
    before = college.college()
    after = college.spoilt(college.TEACHING, ("end: 2031-12-19", "end: 2031-12-18"))
    site = college.write(after, tmp_path / "site")
    monkeypatch.setenv("SYNCD_CALENDAR_DIR", str(site))
    with opened(folder) as state:
        for name, files, at in (("one", before, 1.0), ("two", after, 2.0), ("three", after, 3.0)):
            candidate = Candidate(college.calendar_of(files), files)
            put_in_force(candidate, state.ledger, now=at)
            state.ledger.begin_run(name, calendar=candidate.calendar.digest, why="edit", now=at)
    return site


def served(folder: Path, files: college.Files) -> str:
    """Digest of what the next cycle serves for these data files."""
    with opened(folder) as state:
        candidate = Candidate(college.calendar_of(files), files)
        editions = compare_editions(
            candidate,
            state.ledger,
            today=date(2031, 9, 1),
            limits=limits_of(Settings(_env_file=None)),
            publish="auto",
        )
        return editions.served.digest


OLD = college.calendar_of(college.college()).digest


def now_on_disk(site: Path) -> college.Files:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*.yaml")}


@pytest.mark.parametrize("words", [(), ("two",), ("three",)])
def test_undo_serves_the_last_calendar_that_differed_before_the_run(
    edited: Path, folder: Path, run: Run, words: tuple[str, ...]
) -> None:
    assert run("undo", *words).code == 0
    assert served(folder, now_on_disk(edited)) == OLD


def test_an_undo_ends_with_the_next_edit_of_the_files(edited: Path, folder: Path, run: Run) -> None:
    run("undo")
    again = college.spoilt(college.TEACHING, ("end: 2031-12-19", "end: 2031-12-17"))
    assert served(folder, again) == college.calendar_of(again).digest


def test_an_undo_that_an_edit_ended_does_not_come_back_with_the_old_text(
    edited: Path, folder: Path, run: Run
) -> None:
    undone = now_on_disk(edited)
    run("undo")
    again = college.spoilt(college.TEACHING, ("end: 2031-12-19", "end: 2031-12-17"))
    with opened(folder) as state:
        put_in_force(Candidate(college.calendar_of(again), again), state.ledger, now=4.0)
    assert served(folder, undone) == college.calendar_of(undone).digest


def test_a_released_undo_serves_the_files_again(edited: Path, folder: Path, run: Run) -> None:
    run("undo")
    assert run("undo", "--release").code == 0
    assert served(folder, now_on_disk(edited)) != OLD
    assert run("undo", "--release").code == 3


def test_undo_writes_nothing_into_the_calendar_in_force_by_itself(
    edited: Path, folder: Path, run: Run
) -> None:
    run("undo")
    with opened(folder) as state:
        assert state.ledger.fact(IN_FORCE_FACT) == college.calendar_of(now_on_disk(edited)).digest


def test_an_undo_that_cannot_be_is_refused(edited: Path, folder: Path, run: Run) -> None:
    assert run("undo", "none").code == 64
    assert run("undo", "one").code == 3
