"""Apply: only what was checked is written, each write between its intent and its confirmation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from connectors.errors import (
    AuthenticationError,
    MalformedResponseError,
    QuotaExhaustedError,
    RejectedError,
    UnavailableError,
    UnclearOutcomeError,
)
from connectors.memory import Lost, Step
from mapping.errors import OwnershipConflictError
from syncd.errors import StaleEpochError
from tests.support.rig import KEY, ONE, TWO, Rig, course, pool


def outcomes(rig: Rig, context: str = ONE) -> list[tuple[str, str]]:
    return [(line.action, line.outcome) for line in rig.state.ledger.history(context=context)]


def before_the_second_look(rig: Rig, act: Callable[[], object]) -> None:
    """Lets a person act between the look that the guards saw and the one right before the first write."""
    looks: list[Step] = []

    def meddle(step: Step) -> None:
        if step.operation == "observe" and step.context == ONE and step.moment == "before":
            looks.append(step)
            if len(looks) == 2:
                act()

    rig.canvas.fault = meddle


def test_a_create_whose_answer_is_lost_is_looked_for_and_not_repeated(rig: Rig) -> None:
    rig.strike({"operation": "create", "context": ONE, "key": KEY, "moment": "after"}, Lost())
    report = rig.cycle()
    events = [event for event in rig.canvas.events(ONE) if event.marker and event.marker.key == KEY]
    assert len(events) == 1
    assert not report.failures
    assert rig.state.events.records(ONE)[KEY].remote_id == events[0].id
    assert ("create", "unclear") in outcomes(rig)


def test_what_a_person_made_of_an_event_whose_create_was_unclear_is_put_right_in_the_same_cycle(
    rig: Rig,
) -> None:
    """The checked plan holds its create, so it holds the update that stands for it too."""
    lost: list[Step] = []

    def fault(step: Step) -> BaseException | None:
        if (step.operation, step.context, step.key, step.moment) == ("create", ONE, KEY, "after"):
            lost.append(step)
            return Lost()
        if len(lost) == 1 and step.operation == "observe" and step.moment == "before":
            lost.append(step)
            rig.canvas.edit(ONE, rig.keys()[KEY], title="Mine")
        return None

    rig.canvas.fault = fault
    assert not rig.cycle().failures
    assert len(lost) == 2
    assert "Mine" not in {event.title for event in rig.canvas.events(ONE)}


def test_a_create_that_never_arrived_is_made_after_a_look(rig: Rig) -> None:
    rig.strike({"operation": "create", "context": ONE, "key": KEY, "moment": "before"}, Lost())
    assert not rig.cycle().failures
    assert list(rig.keys()).count(KEY) == 1


def test_a_create_that_is_never_clear_is_a_failure_and_not_a_success(rig: Rig) -> None:
    rig.strike({"operation": "create", "context": ONE, "moment": "before"}, Lost(), times=99)
    report = rig.cycle()
    (failure,) = report.failures
    assert (failure.where, failure.target) == (ONE, "autumn")
    assert failure.sentence.startswith(f"create for {ONE} failed: ")
    assert rig.state.events.notes()[ONE].in_step_at is None


def test_a_create_that_may_land_late_is_left_to_the_next_cycle(rig: Rig) -> None:
    late = UnclearOutcomeError("gave up", operation="create", context=ONE, late=True)
    rig.strike({"operation": "create", "context": ONE, "moment": "before"}, late)
    steps: list[Step] = []
    strike = rig.canvas.fault

    def noting(step: Step) -> BaseException | None:
        steps.append(step)
        return strike(step)

    rig.canvas.fault = noting
    report = rig.cycle()
    assert [one.where for one in report.failures] == [ONE]
    here = [step.operation for step in steps if step.context == ONE and step.moment == "before"]
    assert here == ["observe", "observe", "create"]


def test_one_change_that_is_refused_leaves_the_others_to_go_on(rig: Rig) -> None:
    rig.lines |= pool(2, 3)
    refused = RejectedError("too long", operation="create", context=ONE)
    rig.strike({"operation": "create", "context": ONE, "key": KEY}, refused, times=9)
    report = rig.cycle()
    assert rig.entries() == {"entry-2", "entry-3"}
    (failure,) = report.failures
    assert (failure.where, failure.target) == (ONE, "autumn")
    assert failure.sentence == str(refused)
    (line,) = [line for line in rig.state.ledger.history(context=ONE) if line.key == KEY]
    assert (line.action, line.outcome, line.remote_id) == ("create", "failed: RejectedError", "")
    assert rig.state.events.open_intents() == {}
    notes = rig.state.events.notes()
    assert (notes[ONE].in_step_at, notes[TWO].in_step_at) == (None, rig.now)


def test_an_event_that_is_another_owners_under_our_id_is_a_failure_of_its_context(rig: Rig) -> None:
    key = f"2025-2026:{'long-' * 40}entry:opening"
    conflict = OwnershipConflictError(context=ONE, key=key, remote_id="7" * 64)
    rig.strike({"operation": "create", "context": ONE, "key": KEY}, conflict, times=9)
    (failure,) = rig.cycle().failures
    assert (failure.where, failure.target) == (ONE, "autumn")
    assert failure.sentence.startswith(f"create event for {ONE} failed: the id of 2025-2026:long-")
    assert failure.sentence.endswith(conflict.advice)
    assert "service's answer" not in failure.sentence


@pytest.mark.parametrize(
    "error",
    [
        AuthenticationError("revoked", operation="create"),
        QuotaExhaustedError("used up", operation="create", until_s=3600.0),
    ],
)
def test_a_dead_credential_or_quota_stops_every_further_write_of_its_service(
    rig: Rig, error: Exception
) -> None:
    rig.strike({"operation": "create"}, error, times=99)
    report = rig.cycle()
    assert {(one.where, one.sentence) for one in report.failures} == {(ONE, str(error)), (TWO, str(error))}
    assert not rig.canvas.touches
    assert rig.google.touches


@pytest.mark.parametrize(
    "error",
    [
        UnavailableError("no answer", operation="delete", context=ONE),
        MalformedResponseError("a page", operation="delete", context=ONE),
    ],
)
def test_a_delete_that_took_effect_unseen_is_not_taken_for_a_persons(rig: Rig, error: Exception) -> None:
    rig.lines |= pool(2)
    rig.cycle()
    kept = dict(rig.lines)
    del rig.lines["entry-2"]
    rig.strike({"operation": "delete", "context": ONE, "moment": "after"}, error, times=9)
    assert rig.cycle().failures
    assert rig.entries() == {"entry-1"}
    rig.canvas.fault = lambda _: None
    rig.lines = kept
    rig.cycle()
    assert rig.entries() == {"entry-1", "entry-2"}
    assert rig.state.events.respected(ONE) == frozenset()


def test_a_delete_by_a_person_is_respected_all_the_same(rig: Rig) -> None:
    rig.cycle()
    rig.canvas.delete(ONE, rig.keys()[KEY])
    rig.cycle()
    assert rig.entries() == set()
    assert rig.state.events.respected(ONE) == {KEY}


def test_what_came_up_after_the_check_waits_for_the_next_cycle(rig: Rig) -> None:
    """A person's edit between the two looks is no part of the plan that the guards saw."""
    rig.lines |= pool(2)
    rig.cycle()
    rig.lines["entry-1"] = replace(rig.lines["entry-1"], words=1)
    second = rig.keys()["2031-2032:entry-2:main"]
    before_the_second_look(rig, lambda: rig.canvas.edit(ONE, second, title="Mine"))
    rig.cycle()
    titles = {event.title for event in rig.canvas.events(ONE)}
    assert "Mine" in titles
    assert rig.state.events.notes()[ONE].view == ""
    assert rig.state.events.notes()[TWO].view != ""
    rig.canvas.fault = lambda _: None
    rig.cycle()
    assert "Mine" not in {event.title for event in rig.canvas.events(ONE)}


def test_an_event_that_is_gone_by_the_second_look_is_not_made_anew_in_this_cycle(rig: Rig) -> None:
    rig.cycle()
    rig.lines["entry-1"] = replace(rig.lines["entry-1"], words=1)
    before_the_second_look(rig, lambda: rig.canvas.delete(ONE, rig.keys()[KEY]))
    rig.cycle()
    assert rig.entries() == set()


def test_an_event_that_a_person_deleted_before_the_second_look_stays_deleted(rig: Rig) -> None:
    rig.cycle()
    rig.lines["entry-1"] = replace(rig.lines["entry-1"], words=1)
    before_the_second_look(rig, lambda: rig.canvas.delete(ONE, rig.keys()[KEY]))
    rig.cycle()
    rig.cycle()
    assert rig.entries() == set()
    assert rig.state.events.respected(ONE) == {KEY}


def test_a_calendar_with_a_respected_deletion_is_in_step_after_a_write(rig: Rig) -> None:
    rig.cycle()
    rig.canvas.delete(ONE, rig.keys()[KEY])
    rig.cycle()
    rig.lines |= pool(2)
    rig.cycle()
    assert rig.entries() == {"entry-2"}
    assert rig.state.events.notes()[ONE].view != ""


def test_held_removals_wait_and_everything_else_goes_out(rig: Rig) -> None:
    rig.lines |= pool(2)
    rig.cycle()
    del rig.lines["entry-1"]
    rig.lines |= pool(3)
    report = rig.cycle(hold_removals=True)
    assert rig.entries() == {"entry-1", "entry-2", "entry-3"}
    assert report.done.held_removals == 3
    rig.cycle()
    assert rig.entries() == {"entry-2", "entry-3"}


def test_a_copy_that_an_import_left_is_cleared_while_removals_wait(rig: Rig) -> None:
    rig.cycle()
    rig.canvas.duplicate(ONE, rig.keys()[KEY])
    rig.cycle(hold_removals=True)
    events = rig.canvas.events(ONE)
    assert len([event for event in events if event.marker and event.marker.key == KEY]) == 1


def test_a_calendar_with_no_removal_is_in_step_at_once_while_removals_wait(rig: Rig) -> None:
    rig.cycle(hold_removals=True)
    assert rig.state.events.notes()[ONE].view != ""
    rig.lines |= pool(2)
    rig.cycle(hold_removals=True)
    assert rig.state.events.notes()[ONE].view != ""
    del rig.lines["entry-1"]
    rig.cycle(hold_removals=True)
    assert rig.state.events.notes()[ONE].view == ""


def test_no_write_starts_once_it_is_to_stop(rig: Rig) -> None:
    rig.cycle()
    rig.lines |= pool(2)
    before = rig.touched()

    looks: list[Step] = []

    def stopping(step: Step) -> None:
        if step.operation == "observe" and step.moment == "after":
            looks.append(step)
            if len(looks) == 3:  # both courses were read; this is the look before the first write
                rig.stop.set()

    rig.canvas.fault = stopping
    report = rig.cycle()
    assert report.stopped
    assert not report.failures
    assert rig.touched() == before


def test_what_was_to_follow_a_stop_counts_as_never_begun(rig: Rig) -> None:
    rig.lines |= pool(2, 3)

    def stopping(step: Step) -> None:
        if step.operation == "create" and step.moment == "after":
            rig.stop.set()

    rig.canvas.fault = stopping
    report = rig.cycle()
    assert report.stopped
    assert 0 < len(rig.canvas.events(ONE)) + len(rig.canvas.events(TWO)) < 6
    assert rig.state.events.open_intents() == {}


def test_every_write_is_in_the_history_with_its_reason(rig: Rig) -> None:
    rig.cycle()
    rig.lines["entry-1"] = replace(rig.lines["entry-1"], words=1)
    rig.cycle()
    lines = [line for line in rig.state.ledger.history(context=ONE) if line.key == KEY]
    assert [(line.action, line.why, line.outcome) for line in lines] == [
        ("create", "fill", "done"),
        ("update", "edit", "done"),
    ]
    assert lines[1].fields["title"] == ("Papur entry-1 0", "Papur entry-1 1")
    assert {line.remote_id for line in lines} == {rig.keys()[KEY]}


def test_nothing_is_in_the_history_of_a_quiet_cycle(rig: Rig) -> None:
    rig.cycle()
    runs = len(rig.state.ledger.runs())
    rig.cycle()
    assert len(rig.state.ledger.runs()) == runs


def test_a_context_taken_over_by_another_ends_the_pass_and_is_no_refused_change(rig: Rig) -> None:
    rig.lines |= pool(2, 3, 4)

    def taken_over(step: Step) -> BaseException | None:
        if step.operation == "create" and step.moment == "before":
            rig.state.events.take([course(ONE), course(TWO)])
        return None

    rig.canvas.fault = taken_over
    with pytest.raises(StaleEpochError):
        rig.cycle()
    assert not [line for line in rig.state.ledger.history() if line.outcome.startswith("failed")]
    assert rig.state.events.notes()[ONE].failures == 0
    assert len([event for event in rig.canvas.events(ONE) if event.marker]) <= 1


def test_after_what_ends_a_pass_nothing_is_written_in_other_calendars(rig: Rig) -> None:
    rig.strike({"operation": "create", "context": ONE}, Ended())
    with pytest.raises(Ended):
        rig.cycle()
    assert not rig.canvas.touches
    assert not rig.google.touches


class Ended(BaseException):
    """No failure of a calendar: what ends a process."""


def test_a_course_whose_writes_are_not_taken_is_left_after_three(rig: Rig) -> None:
    rig.lines |= pool(2, 3, 4, 5)
    steps = rig.steps()
    error = UnavailableError("502", operation="create", context=ONE)

    def fault(step: Step) -> BaseException | None:
        steps.append(step)
        return error if step.operation == "create" and step.context == ONE else None

    rig.canvas.fault = fault
    report = rig.cycle()
    assert len([one for one in steps if one.operation == "create" and one.context == ONE]) == 3
    assert [one.where for one in report.failures] == [ONE] * 3
    assert rig.entries(TWO) == {f"entry-{number}" for number in range(1, 6)}
