"""The laws, over generated worlds on the in-memory connector. `make laws` searches ten thousand, or `SYNCD_WORLDS`."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.constants_ast import Constants
from hypothesis.stateful import run_state_machine_as_test

from tests.laws.machine import TOTALS, World
from tests.laws.storm import Strike
from tests.support.almanac import Line

IN_CI = 300
SEARCH = os.environ.get("HYPOTHESIS_PROFILE") == "laws"


@pytest.fixture
def same_worlds_on_every_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the short search from the numbers in the product's modules.

    Hypothesis mixes into what it draws those of the modules that happen to be loaded, and these hang on the test files
    that ran before in the same process: without this a red build could not be repeated, derandomized or not.
    """
    if not SEARCH:
        providers = "hypothesis.internal.conjecture.providers"
        monkeypatch.setattr(f"{providers}._get_local_constants", Constants)
        monkeypatch.setattr(f"{providers}.CONSTANTS_CACHE", {})


@pytest.mark.usefixtures("same_worlds_on_every_run")
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


def test_a_refill_that_a_person_approved_sends_no_message_that_nobody_approved() -> None:
    """A world that the search found: a fill within the limit, and a refill after it that waits for a person.

    The new state knows the events of course_1 and holds it for never filled: the kill came before it was in step.
    """
    lines = {f"entry-{day}": Line(first=day, count=1, words=0, term="all") for day in (4, 5, 6, 7)}
    world = World()
    try:
        world.begin(lines=lines, places=["autumn", "autumn", ""], revives=True, filled=True)
        world.person_empties(context="course_2")
        world.state_is_lost()
        world.move_entry(pick=0, by=4)
        world.cycle_is_killed(kill=Strike(at="write", number=0, what="kill", after=False), hold=False)
        world.person_empties(context="course_1")
    finally:
        world.teardown()


def test_a_fill_that_waits_with_an_edit_sends_no_message_that_was_not_told() -> None:
    """A world that the search found: the edit makes the fill larger, and a person approves the two together."""
    lines = {f"entry-{day}": Line(first=day, count=1, words=0, term="all") for day in (4, 5, 6)}
    world = World()
    try:
        world.begin(lines=lines, places=["autumn", "autumn", "autumn"], revives=True, filled=False)
        world.quiet_cycle()
        for day in (4, 5, 6):
            world.put_entry(name=f"entry-{day}", line=Line(first=day + 9, count=1, words=0, term="all"))
        for name in ("entry-1", "entry-2", "entry-3"):
            world.put_entry(name=name, line=Line(first=20, count=1, words=0, term="all"))
    finally:
        world.teardown()
