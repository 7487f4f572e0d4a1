"""Tally: what a person did is counted once, however many courses show it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mapping.model import Action, Change, Context, ContextPlan, Create, Delete, Target, Update, Why
from mapping.planning.guards import Part, TargetTally
from syncd.reconcile.tally import Tally, year_size
from syncd.state.context_notes import ContextNote
from tests.support.events import YEAR, course, desired, observed, record
from tests.unit.mapping.invented import calendar, entry, year

TODAY = "2031-03-01"
TARGET = Target(name="line", kind="canvas", place="course", languages=("aa",))
WISHES = [desired(f"e{number}") for number in range(4)]


def change(
    number: int, action: Action = Action.CREATE, why: Why = Why.FILL, *, notifies: bool = True
) -> Change:
    wish = WISHES[number]
    seen = observed(wish)
    match action:
        case Action.CREATE:
            return Create(context="course_7", why=why, desired=wish, notifies=notifies)
        case Action.UPDATE:
            return Update(
                context="course_7", why=why, desired=wish, observed=seen, fields=(), notifies=notifies
            )
        case Action.DELETE:
            return Delete(context="course_7", why=why, key=wish.key, observed=seen)


def plan(*changes: Change, unchanged: int = 0, filled: bool = False, emptied: bool = False) -> ContextPlan:
    return ContextPlan(
        context="course_7",
        changes=changes,
        unchanged=unchanged,
        findings=(),
        records=(record(WISHES[0]),) if filled else (),
        respected=frozenset(),
        emptied=emptied,
    )


def note(**given: Any) -> ContextNote:
    values: dict[str, Any] = {
        "context": "course_7", "kind": "canvas", "target": "line", "name": "", "events_seen": 1, "filled_at": 1.0,
        "observed_at": 1.0, "in_step_at": 1.0, "failing_since": None, "failures": 0, "retry_at": None, "error": None,
        "view": "",
    }  # fmt: skip
    return ContextNote(**(values | given))


def counting(*counts: tuple[Context, ContextPlan, ContextNote | None]) -> Tally:
    tally = Tally(TARGET, 40)
    for context, what, known in counts:
        tally.count(context, what, known, TODAY)
    return tally


def counted(*counts: tuple[Context, ContextPlan, ContextNote | None]) -> TargetTally:
    return counting(*counts).result()


def keys(*numbers: int) -> frozenset[str]:
    return frozenset(WISHES[number].key for number in numbers)


def test_removals_are_entries_by_course() -> None:
    gone = plan(change(0, Action.DELETE, Why.ORPHAN), filled=True)
    result = counted(*((course(f"course_{number}"), gone, note()) for number in range(2)))
    entry_0 = Part(entries=frozenset({f"{YEAR}:e0"}))
    assert result.removed == {"course_0": entry_0, "course_1": entry_0}


def test_copies_that_are_cleared_away_do_not_count() -> None:
    assert not counted((course(), plan(change(0, Action.DELETE, Why.COPY), filled=True), note())).removed


def test_what_no_record_knows_counts_apart_and_makes_no_edit_larger() -> None:
    gone = plan(change(0, Action.DELETE, Why.ORPHAN), change(1, Action.DELETE, Why.ORPHAN), filled=True)
    tally = counting((course(), replace(gone, unknown=keys(0)), note()))
    assert tally.result().removed == {"course_7": Part(entries=frozenset({f"{YEAR}:e1"}))}
    assert tally.result().unknown == {"course_7": Part(entries=frozenset({f"{YEAR}:e0"}))}
    assert tally.edit_changes == {"delete": 1}


def test_what_stays_or_comes_is_kept() -> None:
    result = counted((course(), plan(change(0), change(1, Action.UPDATE, Why.EDIT), unchanged=3), None))
    assert result.kept == 5


def test_messages_of_a_fill_are_what_may_send_some_times_students() -> None:
    result = counted((course(students=30), plan(change(0), change(1)), None))
    assert result.fills == {"course_7": Part(entries=keys(0, 1), messages=60)}
    silent = counted((course(), plan(change(0, notifies=False)), None))
    assert silent.fills == {"course_7": Part(entries=keys(0), messages=0)}


def test_a_course_is_being_filled_until_it_was_once_in_step() -> None:
    half = counted((course(), plan(change(0), filled=True), note(in_step_at=None)))
    done = counted((course(), plan(change(0), filled=True), note()))
    assert (set(half.fills), set(done.fills)) == ({"course_7"}, set())
    assert (set(half.noisy), set(done.noisy)) == (set(), {"course_7"})


def test_messages_to_one_participant_count_per_course_that_was_in_step() -> None:
    busy, quiet = plan(change(0), change(1), filled=True), plan(change(0), filled=True)
    result = counted(
        (course("course_1", students=5), busy, note()), (course("course_2", students=7), quiet, note())
    )
    assert result.noisy == {
        "course_1": Part(entries=keys(0, 1), messages=10),
        "course_2": Part(entries=keys(0), messages=7),
    }


def test_a_course_created_today_does_not_count() -> None:
    assert not counted((replace(course(), created=TODAY), plan(change(0), filled=True), note())).noisy


def test_a_course_found_empty_is_told_with_what_would_refill_it_and_counts_as_nothing_else() -> None:
    refill = plan(change(1, why=Why.GONE), change(0, why=Why.GONE), filled=True, emptied=True)
    result = counted((course(students=10), refill, note()))
    assert result.emptied == {"course_7": Part(entries=keys(0, 1), messages=20)}
    assert not result.noisy
    assert not result.fills


def test_an_edit_is_as_large_as_what_the_calendar_itself_changes_in_filled_courses() -> None:
    mixed = plan(
        change(0, Action.UPDATE, Why.EDIT),
        change(1, Action.UPDATE, Why.DRIFT),
        change(2, Action.CREATE, Why.GONE),
        change(3, Action.DELETE, Why.ORPHAN),
        filled=True,
    )
    tally = counting((course(students=10), mixed, note()), (course("course_8"), plan(change(0)), None))
    assert tally.edit_changes == {"update": 1, "delete": 1}
    assert tally.edit_messages == 10
    assert tally.result().noisy_edit == {"course_7": Part(entries=keys(0), messages=10)}
    assert tally.result().noisy["course_7"].entries == keys(0, 1, 2)


def test_a_year_is_as_large_as_its_entries() -> None:
    two = calendar(years=(year(entry("a"), entry("b")), year(entry("c"), name="2032")))
    assert year_size(two, TARGET) == 3
    assert year_size(two, replace(TARGET, years=("2032", "2040"))) == 1


def test_contexts_whose_plans_are_alike_count_together_as_they_would_each_for_itself() -> None:
    busy = plan(
        change(0),
        change(1, Action.UPDATE, Why.EDIT),
        change(2, Action.UPDATE, Why.DRIFT, notifies=False),
        change(3, Action.DELETE, Why.ORPHAN),
        unchanged=2,
        filled=True,
    )
    courses = [course(f"course_{number}", students=number, created=str(number)) for number in range(3)]
    notes = {"course_0": note(), "course_1": note(in_step_at=None)}
    for what in (busy, replace(busy, emptied=True), replace(busy, unknown=keys(3)), plan(unchanged=4)):
        together = Tally(TARGET, 40)
        together.count_alike(courses, what, notes, TODAY)
        each = counting(*((one, what, notes.get(one.id)) for one in courses))
        assert together.result() == each.result()
        assert (together.edit_changes, together.edit_messages) == (each.edit_changes, each.edit_messages)
