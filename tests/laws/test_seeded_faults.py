"""Each fault put in on purpose turns the laws red: a law that cannot fail proves nothing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.laws.machine import World
from tests.laws.seeded import BROKEN_PLANNERS, FAULTS, Seeded


class Unreported(World):
    """Worlds of a broken product, left out of the counts of the laws."""


def hunt(worlds: int) -> None:
    run_state_machine_as_test(
        Unreported,
        settings=settings(
            max_examples=worlds,
            stateful_step_count=30,
            phases=[Phase.generate],
            database=None,
            derandomize=True,
            print_blob=False,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("seeded", BROKEN_PLANNERS, ids=lambda one: one.name)
def test_a_broken_planner_is_found(seeded: Seeded, monkeypatch: pytest.MonkeyPatch) -> None:
    seeded.put_in(monkeypatch)
    with pytest.raises(AssertionError, match="law"):
        hunt(100)


@pytest.mark.slow
@pytest.mark.parametrize("seeded", FAULTS, ids=lambda one: one.name)
def test_a_seeded_fault_is_found(seeded: Seeded, monkeypatch: pytest.MonkeyPatch) -> None:
    seeded.put_in(monkeypatch)
    with pytest.raises(AssertionError, match="law"):
        hunt(1500)
