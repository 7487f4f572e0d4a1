"""The laws, over generated worlds on the in-memory connector. `make laws` searches ten thousand, or `SYNCD_WORLDS`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.laws.machine import TOTALS, World

IN_CI = 300
SEARCH = os.environ.get("HYPOTHESIS_PROFILE") == "laws"


def test_after_any_storm_each_calendar_is_as_desired_and_nothing_foreign_was_touched() -> None:
    run_state_machine_as_test(
        World,
        settings=settings(
            max_examples=int(os.environ.get("SYNCD_WORLDS", "10000")) if SEARCH else IN_CI,
            stateful_step_count=30,
            suppress_health_check=list(HealthCheck),
        ),
    )
    # Both ways past a context were taken: a law that only ever saw one of them would say nothing of the other.
    assert TOTALS["contexts as recorded"] > TOTALS["worlds"]
    assert TOTALS["contexts planned"] > TOTALS["worlds"]
