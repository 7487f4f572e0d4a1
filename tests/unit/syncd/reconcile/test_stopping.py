"""A pass that is told to stop, at every step of it: never a failure, and nothing known before is forgotten."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.errors import StoppedError, UnavailableError
from connectors.memory import Step
from mapping.planning.guards import Limit, Limits
from syncd.reconcile.health import recall
from syncd.reconcile.report import CycleReport
from syncd.state.ledger import WAITING_FACT
from tests.support.rig import ONE, TWO, Rig, pool


class Stop:
    """Stops everything once Canvas and Google have been asked so many times, as the connectors do."""

    def __init__(self, rig: Rig, after: int) -> None:
        self.rig, self.left = rig, after
        self.struck = False
        rig.canvas.fault = rig.google.fault = self

    def __call__(self, step: Step) -> BaseException | None:
        if step.moment != "before":
            return None
        self.left -= 1
        if self.left >= 0:
            return None
        self.struck = True
        self.rig.stop.set()
        return StoppedError(
            "stopping, the call was not sent.", operation=step.operation, context=step.context
        )


def cut(rig: Rig) -> CycleReport | None:
    try:
        return rig.cycle()
    except StoppedError:
        return None


def go_on(rig: Rig) -> CycleReport:
    rig.canvas.fault = rig.google.fault = lambda _: None
    rig.stop.clear()
    return rig.cycle()


def test_stopped_anywhere_nothing_fails_and_the_next_pass_does_the_rest(rig: Rig) -> None:
    rig.cycle()
    for after in range(100):
        rig.lines["entry-1"] = replace(rig.lines["entry-1"], words=after + 2)
        rig.lines |= pool(2 + after % 3)
        stop = Stop(rig, after)
        report = cut(rig)
        if not stop.struck:
            break
        assert report is None or (report.stopped and not report.failures)
        assert not any(note.is_failing for note in rig.state.events.notes().values())
        assert recall(rig.state.ledger).troubles == ()
        rest = go_on(rig)
        assert not rest.failures
        assert not any(go_on(rig).pending().values())
    assert after > 8, "every read and write of a pass was stopped once"


def test_what_failed_and_what_waits_is_still_known_after_a_pass_that_was_stopped_while_it_read(
    rig: Rig,
) -> None:
    rig.limits = Limits(removed=Limit(2), fill_messages=10_000)
    rig.lines = pool(*range(1, 9))
    rig.cycle()
    rig.connectors["google"].broken = True
    rig.lines = pool(1)
    waiting = rig.cycle()
    assert waiting.refused
    before = recall(rig.state.ledger)
    assert [one.target for one in before.troubles] == ["open"]
    for after in range(4):
        Stop(rig, after)
        with pytest.raises(StoppedError):
            rig.cycle()
        rig.stop.clear()
        assert recall(rig.state.ledger) == before
        assert rig.state.ledger.fact(WAITING_FACT) == waiting.decision


def test_a_stop_during_the_first_pass_leaves_nothing_that_looks_like_knowledge(rig: Rig) -> None:
    Stop(rig, 4)
    with pytest.raises(StoppedError):
        rig.cycle()
    assert recall(rig.state.ledger).read == frozenset()
    assert not any(note.is_failing for note in rig.state.events.notes().values())


def test_control_what_only_did_not_answer_is_a_failure(rig: Rig) -> None:
    rig.cycle()
    error = UnavailableError("no answer", operation="observe", context=ONE)
    rig.strike({"operation": "observe", "context": ONE}, error)
    report = rig.cycle()
    assert [one.where for one in report.failures] == [ONE]
    assert rig.state.events.notes()[ONE].is_failing
    assert not rig.state.events.notes()[TWO].is_failing
