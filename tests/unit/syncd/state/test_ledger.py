"""History and decisions: facts, journal, calendars by content."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mapping.model import Action
from tests.unit.syncd.state.kept import COURSE, line, open_state


def test_a_fact_is_remembered_and_replaced(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        assert state.ledger.fact("owner") == ""
        for value in ("harbour", "harbour", "other"):
            state.ledger.set_fact("owner", value)
        assert state.ledger.fact("owner") == "other"


def test_a_journal_line_comes_back_as_it_was_written(tmp_path: Path) -> None:
    written = line(text="<p>Exam</p>", fields={"days": ("2031-03-01", "2031-03-02")})
    with open_state(tmp_path) as state:
        state.ledger.write_line(written, "hash")
        state.ledger.write_line(line(days=None))
        assert list(state.ledger.history(texts=True)) == [written, line(days=None)]
        assert list(state.ledger.history()) == [replace(written, text=""), line(days=None)]


def test_a_text_is_kept_once_however_often_it_was_written(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        for number in range(5):
            state.ledger.write_line(line(context=f"course_{number}", text="<p>Exam</p>"), "hash")
        assert state.database.one("SELECT count(*) FROM texts") == (1,)
        assert {one.text for one in state.ledger.history(texts=True)} == {"<p>Exam</p>"}


def test_history_is_found_by_entry_target_context_and_time(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.ledger.write_line(line("y:exam:main", at=1.0))
        state.ledger.write_line(line("y:exam:opening", at=2.0, target="arts"))
        state.ledger.write_line(line("y:exam-two:main", at=3.0, context="course_8"))
        found = [[one.at for one in state.ledger.history(**given)] for given in (
            {"entry": "exam"}, {"target": "arts"}, {"context": "course_8"}, {"since": 2.0}, {"until": 2.0}, {},
        )]  # fmt: skip
        assert found == [[1.0, 2.0], [2.0], [3.0], [2.0, 3.0], [1.0, 2.0], [1.0, 2.0, 3.0]]


def test_pruning_drops_old_lines_and_runs_and_only_texts_that_no_line_needs(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.ledger.begin_run("old", calendar="c", why="start", now=1.0)
        state.ledger.begin_run("new", calendar="c", why="start", now=9.0)
        state.ledger.write_line(line(at=1.0, text="only old"), "h1")
        state.ledger.write_line(line(at=2.0, text="both"), "h2")
        state.ledger.write_line(line(at=9.0, text="both"), "h2")
        assert state.ledger.prune(before=5.0) == 2
        assert [one.text for one in state.ledger.history(texts=True)] == ["both"]
        assert state.database.rows("SELECT hash FROM texts") == [("h2",)]
        assert [run[0] for run in state.ledger.runs()] == ["new"]


def test_runs_are_told_newest_first_with_what_they_came_to(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.ledger.begin_run("a", calendar="c1", why="start", now=1.0)
        state.ledger.begin_run("b", calendar="c2", why="edit", now=2.0)
        state.ledger.end_run("a", "2 create")
        assert state.ledger.runs() == [("b", 2.0, "c2", "edit", ""), ("a", 1.0, "c1", "start", "2 create")]


def test_fills_that_nobody_approved_are_added_up_over_a_day(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        epoch = state.events.take([COURSE])[COURSE.id]
        for at, share in ((1.0, 0.5), (50_000.0, 0.25), (86_000.0, 0.0), (86_400.0, 0.125)):
            state.events.open_intent(COURSE.id, epoch, "k", Action.CREATE, now=at, unapproved=share)
        assert state.ledger.unapproved_share(now=86_400.0) == 0.875
        assert state.ledger.unapproved_share(now=86_402.0) == 0.375


def test_what_was_refused_takes_up_nothing_though_its_number_is_given_again(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        epoch = state.events.take([COURSE])[COURSE.id]
        for at, refused in ((1.0, False), (2.0, True)):
            intent = state.events.open_intent(COURSE.id, epoch, "k", Action.CREATE, now=at, unapproved=0.5)
            state.events.confirm(COURSE.id, epoch, intent, "k", None, keep=True, refused=refused)
        assert state.ledger.unapproved_share(now=3.0) == 0.5


def test_a_calendar_is_kept_by_its_content(tmp_path: Path) -> None:
    files = {"a.yaml": "é: 1\r\n".encode(), "b/c.yaml": b""}
    with open_state(tmp_path) as state:
        state.ledger.keep_calendar("d", files, now=1.0)
        state.ledger.keep_calendar("d", {"other.yaml": b""}, now=2.0)
        assert state.ledger.calendar_files("d") == files
        assert state.ledger.calendar_files("unknown") is None
