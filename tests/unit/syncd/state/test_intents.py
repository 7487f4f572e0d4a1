"""Writes between their intent and their outcome."""

from __future__ import annotations

from pathlib import Path

from mapping.model import Action
from syncd.state.store import State
from tests.unit.syncd.state.kept import COURSE, look, open_state, record_of


def take(state: State) -> int:
    return state.events.take([COURSE])[COURSE.id]


def keys(state: State) -> set[str]:
    return set(state.events.records(COURSE.id))


def test_an_intent_is_open_until_it_is_confirmed(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        epoch = take(state)
        intent = state.events.open_intent(COURSE.id, epoch, "k", Action.CREATE, now=1.0)
        assert state.events.open_intents() == {COURSE.id: ["k"]}
        state.events.confirm(COURSE.id, epoch, intent, "k", record_of("k"))
        assert state.events.open_intents() == {}
        assert keys(state) == {"k"}


def test_a_confirmed_delete_takes_the_record_away(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        epoch = take(state)
        state.events.observed([look(epoch, record_of("k"))], now=1.0)
        intent = state.events.open_intent(COURSE.id, epoch, "k", Action.DELETE, now=1.0, remote_id="100")
        state.events.confirm(COURSE.id, epoch, intent, "k", None)
        assert keys(state) == set()
        assert state.events.deletes_under_way(COURSE.id) == frozenset()


def test_a_removed_copy_leaves_the_record_of_its_key(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        epoch = take(state)
        state.events.observed([look(epoch, record_of("k"))], now=1.0)
        intent = state.events.open_intent(COURSE.id, epoch, "k", Action.DELETE, now=1.0, remote_id="200")
        state.events.confirm(COURSE.id, epoch, intent, "k", None, keep=True)
        assert keys(state) == {"k"}


def test_only_deletes_are_told_as_under_way(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        epoch = take(state)
        state.events.open_intent(COURSE.id, epoch, "a", Action.UPDATE, now=1.0, remote_id="1")
        state.events.open_intent(COURSE.id, epoch, "b", Action.DELETE, now=1.0, remote_id="2")
        assert state.events.deletes_under_way(COURSE.id) == {"2"}
        assert state.events.deletes_under_way("course_8") == frozenset()


def test_creates_and_updates_without_an_answer_are_unclear_until_a_look(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        epoch = take(state)
        state.events.open_intent(COURSE.id, epoch, "a", Action.UPDATE, now=1.0, remote_id="1")
        state.events.open_intent(COURSE.id, epoch, "b", Action.DELETE, now=1.0, remote_id="2")
        state.events.open_intent(COURSE.id, epoch, "c", Action.CREATE, now=1.0)
        assert state.events.unclear_writes(COURSE.id) == {"a", "c"}
        assert state.events.unclear_writes("course_8") == frozenset()
        state.events.observed([look(epoch)], now=2.0)
        assert state.events.unclear_writes(COURSE.id) == frozenset()


def test_a_look_settles_every_open_intent_of_its_context(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        epoch = take(state)
        state.events.open_intent(COURSE.id, epoch, "k", Action.DELETE, now=1.0, remote_id="100")
        state.events.observed([look(epoch)], now=2.0)
        assert state.events.open_intents() == {}


def test_open_intents_outlive_the_process(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.events.open_intent(COURSE.id, take(state), "k", Action.DELETE, now=1.0, remote_id="100")
    with open_state(tmp_path) as state:
        assert state.events.deletes_under_way(COURSE.id) == {"100"}
