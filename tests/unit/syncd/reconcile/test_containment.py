"""What nobody foresaw fails one context, target or service; everything else goes on."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.port import Discovery
from mapping.planning.plan import plan_context
from syncd.reconcile import planning
from tests.support.rig import KEY, ONE, OPEN, TWO, Rig


class Surprise(Exception):  # noqa: N818 - what it is, nobody knows
    """No error of ours."""


def failed(report: Any) -> list[str]:
    return sorted(one.where for one in report.failures)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_write_that_nobody_foresaw_fails_its_context_alone(rig: Rig, moment: str) -> None:
    rig.strike({"operation": "create", "context": ONE, "moment": moment}, Surprise())
    report = rig.cycle()
    assert failed(report) == [ONE]
    assert rig.entries(TWO) == rig.entries(OPEN) == {"entry-1"}
    rig.canvas.fault = lambda _: None
    assert not rig.cycle().failures
    assert list(rig.keys(ONE)).count(KEY) == 1


def test_a_write_that_nobody_foresaw_is_told_with_its_place(rig: Rig) -> None:
    rig.strike({"operation": "create", "context": ONE}, Surprise())
    (failure,) = rig.cycle().failures
    assert failure.sentence.startswith(f"write for {ONE} failed: ")


def test_a_plan_that_cannot_be_made_fails_its_context_alone(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_context

    def surprising(situation: Any) -> Any:
        if situation.context.id == ONE:
            raise Surprise
        return plan(situation)

    monkeypatch.setattr(planning, "plan_context", surprising)
    report = rig.cycle()
    assert failed(report) == [ONE]
    assert "Surprise at test_containment.py" in report.failures[0].sentence
    assert rig.entries(TWO) == rig.entries(OPEN) == {"entry-1"}


def test_a_service_that_cannot_be_met_leaves_the_other_alone(rig: Rig) -> None:
    rig.strike({"operation": "account"}, Surprise(), times=9)
    report = rig.cycle()
    assert failed(report) == ["canvas"]
    assert rig.entries(OPEN) == {"entry-1"}


def test_a_target_that_cannot_be_discovered_fails_and_the_others_are_served(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def discover(targets: Any) -> Any:
        yield Discovery(target=targets[0].name, contexts=())
        raise Surprise

    monkeypatch.setattr(rig.connectors["canvas"], "discover", discover)
    report = rig.cycle()
    assert all(one.target != "open" for one in report.failures)
    assert report.failures
    assert rig.entries(OPEN) == {"entry-1"}
