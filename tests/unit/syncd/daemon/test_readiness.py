"""What is as promised and what is not, by name and since when."""

from dataclasses import replace
from typing import Any

import pytest

from mapping.planning.guards import GuardHit, GuardLevel
from syncd.daemon.readiness import Promise, lapses
from syncd.daemon.snapshot import Snapshot
from syncd.reconcile.passes import Failure
from syncd.state.context_notes import ContextNote

PROMISE = Promise(within_s=3600.0, audit_s=21600.0)
NOW = 1_000_000.0
SHORTLY, LONG = NOW - 60.0, NOW - 7200.0


def note(**changes: Any) -> ContextNote:
    known: dict[str, Any] = {
        "context": "course_101",
        "kind": "canvas",
        "target": "pilot",
        "name": "",
        "events_seen": 10,
        "filled_at": LONG,
        "observed_at": SHORTLY,
        "in_step_at": SHORTLY,
        "failing_since": None,
        "failures": 0,
        "retry_at": None,
        "error": None,
        "view": "abc",
    }
    return ContextNote(**(known | changes))


SNAPSHOT = Snapshot(
    started_at=LONG, attempted_at=SHORTLY, run="r", contexts=1, context_targets={"course_101": "pilot"}
)


def found(snapshot: Snapshot = SNAPSHOT, **changes: Any) -> list[tuple[str, float]]:
    notes = {"course_101": note(**changes)}
    return [(one.where, one.since) for one in lapses(snapshot, notes, PROMISE, now=NOW)]


def test_a_calendar_in_step_is_as_promised() -> None:
    assert found() == []


def test_nothing_is_promised_to_be_there_before_the_first_cycle_has_ended() -> None:
    assert found(replace(SNAPSHOT, attempted_at=0.0)) == [("service", LONG)]


def test_a_calendar_never_filled_is_not_ready_at_once() -> None:
    assert found(in_step_at=None, view="") == [("course_101", LONG)]


def test_a_failure_within_the_promised_time_is_no_lapse_yet() -> None:
    assert found(failing_since=SHORTLY, error="e", view="") == []


def test_a_failure_beyond_it_is_with_its_own_beginning() -> None:
    assert found(failing_since=LONG, error="e") == [("course_101", LONG)]


def test_a_calendar_behind_for_too_long_is_a_lapse_and_says_what_it_waits_for() -> None:
    hit = GuardHit(
        guard="g",
        level=GuardLevel.TARGET,
        scope="pilot",
        found=2,
        limit=1,
        sentence="s",
        subjects=frozenset("a"),
    )
    snapshot = replace(SNAPSHOT, refused=(hit,), digest="d1g", decide="syncd publish d1g")
    (lapse,) = lapses(snapshot, {"course_101": note(in_step_at=LONG, view="")}, PROMISE, now=NOW)
    assert "syncd publish d1g" in lapse.why


def test_a_calendar_not_seen_for_longer_than_the_audit_is_a_lapse() -> None:
    old = NOW - PROMISE.audit_s - PROMISE.within_s - 1
    assert found(in_step_at=old) == [("course_101", old)]


def test_an_edit_that_is_not_out_in_the_promised_time_is_a_lapse() -> None:
    assert found(replace(SNAPSHOT, edited_at=LONG)) == [("edit", LONG)]
    assert found(replace(SNAPSHOT, edited_at=SHORTLY)) == []


def test_cycles_that_cannot_be_made_are_a_lapse_after_the_promised_time() -> None:
    assert found(replace(SNAPSHOT, problem="p", problem_since=LONG)) == [("service", LONG)]
    assert found(replace(SNAPSHOT, problem="p", problem_since=SHORTLY)) == []


def test_a_service_that_does_not_answer_is_a_lapse_of_its_own() -> None:
    failure = Failure(where="canvas", target="", sentence="s", transient=True)
    assert found(replace(SNAPSHOT, failures=(failure,))) == [("canvas", SHORTLY)]


def test_calendars_that_no_target_claims_any_more_are_not_looked_at() -> None:
    left = note(context="course_9", failing_since=LONG)
    notes = {"course_101": note(), "course_9": left}
    assert list(lapses(SNAPSHOT, notes, PROMISE, now=NOW)) == []


@pytest.mark.parametrize("known", [{}])
def test_a_calendar_nobody_has_noted_yet_is_not_ready(known: dict[str, ContextNote]) -> None:
    assert [one.where for one in lapses(SNAPSHOT, known, PROMISE, now=NOW)] == ["course_101"]


def test_a_service_that_fails_does_so_since_it_began_to() -> None:
    down = Failure(where="canvas", target="", sentence="does not answer", transient=True)
    snapshot = replace(SNAPSHOT, failures=(down,), failing_since={"canvas": LONG})
    assert found(snapshot) == [("canvas", LONG)]


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({}, (False, True, False)),
        ({"view": ""}, (False, False, True)),
        ({"failing_since": LONG}, (True, False, False)),
        ({"failing_since": LONG, "view": ""}, (True, False, False)),
    ],
)
def test_a_context_fails_is_in_step_or_is_behind(
    changes: dict[str, Any], standing: tuple[bool, bool, bool]
) -> None:
    one = note(**changes)
    assert (one.is_failing, one.is_in_step, one.is_behind) == standing
