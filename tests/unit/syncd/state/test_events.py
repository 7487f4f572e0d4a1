"""Per context: records and respected deletions as looks show them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mapping.model import Action
from syncd.errors import StaleEpochError
from syncd.state.store import State
from tests.support.events import course
from tests.unit.syncd.state.kept import COURSE, look, open_state, record_of


def take(state: State) -> int:
    return state.events.take([COURSE])[COURSE.id]


def keys(state: State) -> set[str]:
    return set(state.events.records(COURSE.id))


def test_a_record_comes_back_as_it_was_stored(tmp_path: Path) -> None:
    full = record_of("k", version="v", generation=2, has_tail=True, stamp="2031-03-01", wish="w")
    undated = record_of("u", "101", days=None)
    with open_state(tmp_path) as state:
        state.events.observed([look(take(state), full, undated)], now=1.0)
        assert state.events.records(COURSE.id) == {"k": full, "u": undated}


def test_a_look_replaces_what_was_known_of_its_context_and_of_no_other(tmp_path: Path) -> None:
    other = course("course_8")
    with open_state(tmp_path) as state:
        epochs = state.events.take([COURSE, other])
        first = look(epochs[COURSE.id], record_of("a"), record_of("b", "2"), respected=frozenset({"x"}))
        elsewhere = replace(first, context=other.id, epoch=epochs[other.id])
        state.events.observed([first, elsewhere], now=1.0)
        state.events.observed([look(epochs[COURSE.id], record_of("b", "3"))], now=2.0)
        assert {key: row.remote_id for key, row in state.events.records(COURSE.id).items()} == {"b": "3"}
        assert state.events.respected(COURSE.id) == frozenset()
        assert state.events.counts() == {COURSE.id: 1, other.id: 2}
        assert state.events.recorded() == {COURSE.id: "canvas", other.id: "canvas"}
        assert [state.events.count(one) for one in (COURSE.id, other.id, "course_9")] == [1, 2, 0]
        state.events.observed([look(epochs[COURSE.id])], now=3.0)
        assert state.events.recorded() == {other.id: "canvas"}
        assert state.events.respected(other.id) == {"x"}


def test_a_respected_deletion_keeps_the_time_it_was_first_seen(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        epoch = take(state)
        for now in (1.0, 2.0):
            state.events.observed([look(epoch, respected=frozenset({"x"}))], now=now)
        assert state.events.respected_everywhere() == [(COURSE.id, "x", 1.0)]


def test_a_look_in_step_notes_it_and_one_with_changes_does_not(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        epoch = take(state)
        state.events.observed([look(epoch, record_of("k"))], now=1.0)
        assert (state.events.notes()[COURSE.id].in_step_at, state.events.notes()[COURSE.id].view) == (
            1.0,
            "view",
        )
        state.events.observed([look(epoch, record_of("k"), changes=("a change",))], now=2.0)
        note = state.events.notes()[COURSE.id]
        assert (note.in_step_at, note.view, note.observed_at, note.filled_at) == (1.0, "", 2.0, 1.0)


def test_a_context_without_any_event_of_ours_is_not_filled(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.events.observed([look(take(state))], now=1.0)
        assert state.events.notes()[COURSE.id].filled_at is None


def test_what_an_earlier_taker_learned_or_wants_to_do_is_dropped(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        stale = take(state)
        intent = state.events.open_intent(COURSE.id, stale, "k", Action.CREATE, now=1.0)
        take(state)
        with pytest.raises(StaleEpochError):
            state.events.observed([look(stale, record_of("k"))], now=2.0)
        with pytest.raises(StaleEpochError):
            state.events.open_intent(COURSE.id, stale, "k", Action.CREATE, now=2.0)
        with pytest.raises(StaleEpochError):
            state.events.confirm(COURSE.id, stale, intent, "k", record_of("k"))
        assert keys(state) == set()
        assert state.events.open_intents() == {COURSE.id: ["k"]}
