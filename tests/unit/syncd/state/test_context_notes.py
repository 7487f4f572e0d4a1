"""How contexts fare, and who works on them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from syncd.state.store import State
from tests.unit.syncd.state.kept import COURSE, look, open_state, record_of


def take(state: State) -> int:
    return state.events.take([COURSE])[COURSE.id]


def keys(state: State) -> set[str]:
    return set(state.events.records(COURSE.id))


def test_each_taking_begins_a_new_epoch(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        first, second = take(state), take(state)
        assert second == first + 1


def test_a_failure_counts_up_and_tells_since_when(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.events.failed(COURSE, "no", now=1.0, retry_at=2.0)
        state.events.failed(COURSE, "still no", now=3.0, retry_at=5.0)
        note = state.events.notes()[COURSE.id]
        assert (note.failing_since, note.failures, note.retry_at, note.error) == (1.0, 2, 5.0, "still no")


def test_a_complete_read_ends_a_failure(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        epoch = take(state)
        state.events.failed(COURSE, "no", now=1.0, retry_at=2.0)
        state.events.observed([look(epoch)], now=3.0)
        note = state.events.notes()[COURSE.id]
        assert (note.failing_since, note.failures, note.retry_at, note.error) == (None, 0, None, None)


def test_restoring_ends_a_respected_deletion_once(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.events.observed([look(take(state), respected=frozenset({"x"}))], now=1.0)
        assert state.events.restore(COURSE.id, "x")
        assert not state.events.restore(COURSE.id, "x")
        assert state.events.respected(COURSE.id) == frozenset()


def test_a_context_that_passes_to_another_target_keeps_what_is_known(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.events.observed([look(take(state), record_of("k"))], now=1.0)
        state.events.take([replace(COURSE, target="other", name="New name")])
        note = state.events.notes()[COURSE.id]
        assert (note.target, note.name, note.in_step_at) == ("other", "New name", 1.0)
        assert keys(state) == {"k"}
