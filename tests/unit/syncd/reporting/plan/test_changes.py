"""One edit of one entry is one change, in whatever events and however many places it comes."""

from datetime import date, time

import pytest

from mapping.identity import day_words
from mapping.model import Action, Days, Field, FieldChange, Why
from syncd.reporting.plan.changes import EntryChange, entry_changes
from syncd.state.plans import PlanGroup

OLD, NEW = date(2025, 9, 13), date(2025, 9, 10)
OPENS = date(2025, 9, 2)


def span(first: date, last: date | None = None, *clock: time) -> Days:
    return Days.inclusive(first, last or first, clock)


def group(
    target: str,
    part: str,
    before: Days | None,
    after: Days | None,
    *,
    entry: str = "drop",
    why: Why = Why.EDIT,
) -> PlanGroup:
    action = Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE
    fields = (
        (FieldChange(name=Field.DAYS, old=day_words(before), new=day_words(after)),)
        if before is not None and after is not None and before != after
        else ()
    )
    text = (FieldChange(name=Field.TEXT, old="a", new="b"),) if action is Action.UPDATE else ()
    return PlanGroup(
        target=target,
        action=action,
        why=why,
        key=f"2025-2026:{entry}:{part}",
        title=f"{part} of {entry}",
        days=after or before,
        fields=(*fields, *text),
        contexts=(f"{target}-1", f"{target}-2"),
        context_count=2,
        students=20,
        messages=20,
    )


def only(*groups: PlanGroup) -> EntryChange:
    (change,) = entry_changes(groups)
    return change


def test_a_last_day_in_one_place_and_a_banner_in_another_are_one_moved_deadline() -> None:
    change = only(
        group("canvas", "main", span(OLD), span(NEW)),
        group("google", "main", span(OPENS, OLD), span(OPENS, NEW)),
    )
    assert change.contexts == ("canvas-1", "canvas-2", "google-1", "google-2")
    assert (change.before, change.after) == (span(OLD), span(NEW))
    assert change.messages == 40


def test_an_opening_that_gets_other_words_belongs_to_the_deadline_that_moves() -> None:
    change = only(
        group("google", "opening", span(OPENS), span(OPENS)), group("google", "main", span(OLD), span(NEW))
    )
    assert change.moves
    assert change.contexts == ("google-1", "google-2")


def test_both_ends_of_a_new_window_are_one_new_entry_from_its_first_to_its_last_day() -> None:
    change = only(
        group("canvas", "opening", None, span(OPENS)),
        group("canvas", "main", None, span(NEW)),
        group("google", "main", None, span(OPENS, NEW)),
    )
    assert change.after == span(OPENS, NEW)
    assert change.before is None


def test_a_removed_entry_is_one_change_under_the_days_that_it_had() -> None:
    change = only(group("canvas", "main", span(OLD), None), group("google", "main", span(OPENS, OLD), None))
    assert (change.action, change.before, change.after) == (Action.DELETE, span(OPENS, OLD), None)


@pytest.mark.parametrize(
    "other",
    [
        group("google", "main", span(OLD), span(date(2025, 9, 11))),
        group("google", "main", span(OLD), span(NEW), entry="add"),
        group("google", "main", span(OLD), span(NEW), why=Why.DRIFT),
        group("google", "main-2", span(OLD), span(NEW)),
        group("google", "main", span(OLD), None),
    ],
    ids=["another day", "another entry", "another reason", "another of its days", "another action"],
)
def test_what_differs_is_another_change(other: PlanGroup) -> None:
    assert len(entry_changes([group("canvas", "main", span(OLD), span(NEW)), other])) == 2


def test_a_moment_and_the_half_hour_before_it_are_one_deadline() -> None:
    before, after = time(17, 0), time(18, 0)
    change = only(
        group("canvas", "main", span(OLD, OLD, before, before), span(OLD, OLD, after, after)),
        group("google", "main", span(OLD, OLD, time(16, 30), before), span(OLD, OLD, time(17, 30), after)),
    )
    assert change.moves


def test_changes_stand_by_their_day_whatever_the_order_of_the_targets() -> None:
    early = group("z", "main", None, span(OPENS), entry="b")
    late = group("a", "main", None, span(NEW), entry="a")
    for groups in ([early, late], [late, early]):
        assert [one.entry for one in entry_changes(groups)] == ["b", "a"]
