"""Observer: what a cycle reads, what it makes of a read that cannot be trusted, and how failures back off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.errors import (
    AuthenticationError,
    NotFoundError,
    QuotaExhaustedError,
    RateLimitedError,
    UnavailableError,
)
from connectors.memory import Hidden, Step
from syncd.reconcile.passes import backoff_s
from tests.support.rig import KEY, ONE, OPEN, TWO, Rig, pool


def test_an_event_that_a_list_does_not_show_but_is_there_spoils_the_read_and_nothing_is_written(
    rig: Rig,
) -> None:
    rig.cycle()
    shown = rig.keys()
    rig.lines |= pool(2)
    rig.strike({"operation": "observe", "context": ONE}, Hidden([shown[KEY]]))
    report = rig.cycle()
    assert [one.where for one in report.failures] == [ONE]
    assert rig.keys() == shown
    assert rig.entries(TWO) == {"entry-1", "entry-2"}


def test_a_context_that_cannot_be_read_never_stops_or_spoils_another(rig: Rig) -> None:
    rig.canvas.lost.add(ONE)
    report = rig.cycle()
    assert [(one.where, one.target) for one in report.failures] == [(ONE, "autumn")]
    assert rig.entries(ONE) == set()
    assert rig.entries(TWO) == rig.entries(OPEN) == {"entry-1"}


def test_a_context_that_cannot_be_read_keeps_its_events_and_its_records(rig: Rig) -> None:
    rig.cycle()
    before, known = rig.keys(), rig.state.events.records(ONE)
    rig.canvas.lost.add(ONE)
    rig.lines = {}
    rig.cycle()
    rig.canvas.lost.clear()
    assert (rig.keys(), rig.state.events.records(ONE)) == (before, known)


def test_a_failure_is_noted_with_the_time_of_the_next_try_and_ends_with_a_read(rig: Rig) -> None:
    rig.strike({"operation": "observe", "context": ONE}, NotFoundError("no", operation="list", context=ONE))
    rig.cycle()
    note = rig.state.events.notes()[ONE]
    assert (note.failing_since, note.retry_at, note.failures) == (rig.now, rig.now + 1.0, 1)
    rig.cycle()
    assert rig.state.events.notes()[ONE].failing_since is None


def test_a_failing_context_is_left_out_until_it_is_due_unless_a_person_asks(rig: Rig) -> None:
    rig.canvas.lost.add(ONE)
    rig.cycle()
    rig.state.events.failed(rig.canvas.contexts[ONE], "no", now=rig.now, retry_at=rig.now + 9000.0)
    steps = rig.steps()
    rig.cycle(ignore_back_off=False)
    assert ONE not in {step.context for step in steps}
    rig.cycle(ignore_back_off=True)
    assert ONE in {step.context for step in steps}


@pytest.mark.parametrize(
    ("error", "least"),
    [
        (QuotaExhaustedError("used up", operation="list", until_s=7200.0), 7200.0),
        (RateLimitedError("slow", operation="list", retry_after_s=30.0), 30.0),
        (RateLimitedError("slow", operation="list"), 1.0),
        (UnavailableError("gone", operation="list"), 1.0),
    ],
)
def test_a_service_that_asks_for_time_gets_it(rig: Rig, error: Exception, least: float) -> None:
    rig.strike({"operation": "observe", "context": ONE}, error, times=9)
    rig.cycle()
    assert rig.state.events.notes()[ONE].retry_at == rig.now + least


def test_back_off_doubles_from_a_second_to_a_quarter_of_an_hour() -> None:
    assert [backoff_s(failures) for failures in (0, 1, 2, 9, 10, 50)] == [1.0, 2.0, 4.0, 512.0, 900.0, 900.0]


def test_a_credential_that_is_refused_fails_its_service_and_no_other(rig: Rig) -> None:
    rig.strike({"operation": "account"}, AuthenticationError("revoked", operation="account"), times=9)
    report = rig.cycle()
    assert [(one.where, one.credential) for one in report.failures] == [("canvas", True)]
    assert rig.entries(OPEN) == {"entry-1"}
    assert rig.entries(ONE) == set()


def test_a_filled_course_is_read_before_and_right_before_it_is_written(rig: Rig) -> None:
    rig.cycle()
    rig.lines |= pool(2)
    rig.lines["entry-1"] = replace(rig.lines["entry-1"], words=1)
    steps = rig.steps()
    rig.cycle()
    here = [step.operation for step in steps if step.context == ONE and step.moment == "before"]
    assert here == ["observe", "observe", "create", "update"]


def test_a_new_course_is_looked_at_again_right_before_it_is_filled(rig: Rig) -> None:
    steps = rig.steps()
    rig.cycle()
    here = [step.operation for step in steps if step.context == ONE and step.moment == "before"]
    assert here[:2] == ["observe", "observe"]
    assert set(here[2:]) == {"create"}


def test_a_quiet_cycle_reads_each_context_once_and_writes_nothing(rig: Rig) -> None:
    rig.cycle()
    steps: list[Step] = rig.steps()
    before = rig.touched()
    report = rig.cycle()
    assert rig.touched() == before
    assert [step.context for step in steps if step.operation == "observe" and step.moment == "before"] == [
        ONE,
        TWO,
    ]
    assert not any(report.pending().values())
