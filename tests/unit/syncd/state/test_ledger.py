"""History and decisions: facts, journal, approvals, calendars by content."""

from __future__ import annotations

from pathlib import Path

from syncd.state.ledger import APPROVAL_LIFE_S
from tests.unit.syncd.state.kept import line, open_state

SUBJECTS = frozenset({"removed:2031:a", "removed:2031:b"})


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
        assert state.ledger.history() == [written, line(days=None)]


def test_a_text_is_kept_once_however_often_it_was_written(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        for number in range(5):
            state.ledger.write_line(line(context=f"course_{number}", text="<p>Exam</p>"), "hash")
        assert state.database.one("SELECT count(*) FROM texts") == (1,)
        assert {one.text for one in state.ledger.history()} == {"<p>Exam</p>"}


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
        assert [one.text for one in state.ledger.history()] == ["both"]
        assert state.database.rows("SELECT hash FROM texts") == [("h2",)]
        assert [run[0] for run in state.ledger.runs()] == ["new"]


def test_runs_are_told_newest_first_with_what_they_came_to(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.ledger.begin_run("a", calendar="c1", why="start", now=1.0)
        state.ledger.begin_run("b", calendar="c2", why="edit", now=2.0)
        state.ledger.end_run("a", "2 create")
        assert state.ledger.runs() == [("b", 2.0, "c2", "edit", ""), ("a", 1.0, "c1", "start", "2 create")]


def test_an_approval_of_a_waiting_plan_is_an_approval_of_its_subjects(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.ledger.remember_waiting("abc", SUBJECTS, ["2 entries removed"], calendar="cal", now=1.0)
        assert state.ledger.waiting("abc") == (SUBJECTS, "cal")
        assert state.ledger.approve("abc", who="registrar", now=2.0)
        (approval,) = state.ledger.approvals(now=3.0)
        assert (approval.digest, approval.who, approval.subjects) == ("abc", "registrar", SUBJECTS)


def test_a_plan_approved_unseen_learns_its_subjects_when_it_waits(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        assert not state.ledger.approve("abc", who="registrar", now=1.0)
        assert state.ledger.approvals(now=2.0)[0].subjects is None
        state.ledger.remember_waiting("abc", SUBJECTS, [], calendar="", now=2.0)
        assert state.ledger.approvals(now=3.0)[0].subjects == SUBJECTS


def test_an_approval_ends_after_a_day(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.ledger.approve("abc", who="registrar", now=1.0)
        assert state.ledger.approvals(now=APPROVAL_LIFE_S)
        assert not state.ledger.approvals(now=1.0 + APPROVAL_LIFE_S)


def test_an_approval_that_was_used_is_spent_and_its_plan_waits_no_more(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.ledger.remember_waiting("abc", SUBJECTS, [], calendar="", now=1.0)
        state.ledger.approve("abc", who="registrar", now=1.0)
        state.ledger.spend("abc")
        assert not state.ledger.approvals(now=2.0)
        assert state.ledger.waiting("abc") is None


def test_a_calendar_is_kept_by_its_content(tmp_path: Path) -> None:
    files = {"a.yaml": "é: 1\r\n".encode(), "b/c.yaml": b""}
    with open_state(tmp_path) as state:
        state.ledger.keep_calendar("d", files, now=1.0)
        state.ledger.keep_calendar("d", {"other.yaml": b""}, now=2.0)
        assert state.ledger.calendar_files("d") == files
        assert state.ledger.calendar_files("unknown") is None
