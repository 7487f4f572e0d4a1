"""Tally: what a person did is counted once, however many courses show it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mapping.model import Action, Change, Context, ContextPlan, Create, Delete, Target, Update, Why
from mapping.planning.guards import TargetTally
from syncd.reconcile.tally import Tally, year_size
from syncd.state.events import ContextNote
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


def counted(*counts: tuple[Context, ContextPlan, ContextNote | None], each: int = 10) -> TargetTally:
    tally = Tally(TARGET, 40)
    for context, what, known in counts:
        tally.count(context, what, known, TODAY)
    return tally.result(each)


def test_an_entry_removed_from_many_courses_counts_once() -> None:
    gone = plan(change(0, Action.DELETE, Why.ORPHAN), filled=True)
    result = counted(*((course(f"course_{number}"), gone, note()) for number in range(5)))
    assert result.removed == {f"{YEAR}:e0"}


def test_copies_that_are_cleared_away_do_not_count() -> None:
    assert (
        counted((course(), plan(change(0, Action.DELETE, Why.COPY), filled=True), note())).removed
        == frozenset()
    )


def test_what_stays_or_comes_is_kept() -> None:
    result = counted((course(), plan(change(0), change(1, Action.UPDATE, Why.EDIT), unchanged=3), None))
    assert result.kept == 5


def test_messages_of_a_first_fill_are_creates_times_students() -> None:
    result = counted((course(students=30), plan(change(0), change(1)), None))
    assert (result.new_courses, result.fill_messages, result.filled_before) == (1, 60, False)
    assert result.fill_entries == {f"{YEAR}:e0", f"{YEAR}:e1"}


def test_nobody_is_told_in_an_unpublished_course() -> None:
    assert counted((course(), plan(change(0, notifies=False)), None)).fill_messages == 0


def test_a_course_with_events_of_ours_or_once_filled_is_no_new_one() -> None:
    by_read = counted((course(), plan(change(0), filled=True), None))
    by_note = counted((course(), plan(change(0)), note()))
    for result in (by_read, by_note):
        assert (result.new_courses, result.fill_messages, result.filled_before) == (0, 0, True)


def test_messages_to_one_participant_count_per_course_that_was_in_step() -> None:
    busy, quiet = plan(change(0), change(1), change(2), filled=True), plan(change(0), filled=True)
    result = counted((course("course_1"), busy, note()), (course("course_2"), quiet, note()), each=2)
    assert result.worst_each == {"course_1": 3, "course_2": 1}
    assert result.noisy_entries == {f"{YEAR}:e0", f"{YEAR}:e1", f"{YEAR}:e2"}


def test_a_course_still_being_filled_or_created_today_does_not_count() -> None:
    busy = plan(change(0), filled=True)
    still = counted((course(), busy, note(in_step_at=None)))
    fresh = counted((replace(course(), created=TODAY), busy, note()))
    assert (still.worst_each, fresh.worst_each) == ({}, {})


def test_a_course_found_empty_is_told_with_what_would_refill_it_and_counts_as_nothing_else() -> None:
    refill = plan(change(1, why=Why.GONE), change(0, why=Why.GONE), filled=True, emptied=True)
    result = counted((course(), refill, note()))
    assert result.emptied == {"course_7": (WISHES[0].key, WISHES[1].key)}
    assert (result.worst_each, result.fill_messages) == ({}, 0)


def test_a_year_is_as_large_as_its_entries() -> None:
    two = calendar(years=(year(entry("a"), entry("b")), year(entry("c"), name="2032")))
    assert year_size(two, TARGET) == 3
    assert year_size(two, replace(TARGET, years=("2032", "2040"))) == 1
