"""The laws over real HTTP: both simulators, the real clients. `make laws` goes on for an hour or so."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from syncd.sandbox.pair import Pair
from tests.acceptance.sites import Stage, Warm
from tests.laws.wire import TOTALS, WireWorld

SEARCH = os.environ.get("HYPOTHESIS_PROFILE") == "laws"
FIRST = int(os.environ.get("SYNCD_FIRST_SEED", "0"))
"""To search other worlds than the last time."""
WORLDS = int(os.environ.get("SYNCD_WORLDS", "1500")) if SEARCH else 30
STEPS = 10
ENOUGH = 10
"""Worlds of which some context is exactly as its last look left it."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Pair.seeded() as pair:
        stage = Stage(pair, Warm())
        stage.empty = stage.keep()
        yield stage
        stage.warm.close()
    if TOTALS["worlds"] >= ENOUGH:
        assert TOTALS["contexts as recorded"] > 0, "no context was taken the short way"
        assert TOTALS["contexts planned"] > 0


@pytest.mark.parametrize("seed", range(FIRST, FIRST + WORLDS))
def test_after_any_storm_over_http_the_worlds_are_as_desired(seed: int, stage: Stage, tmp_path: Path) -> None:
    world = WireWorld(stage, tmp_path, seed)
    try:
        world.live(STEPS)
    finally:
        world.close()


def _asks_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("syncd.reconcile.decide.guard_fills", lambda *_, **__: ())


def _counts_forged_marks_over_the_target(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("mapping.planning.plan._Planner._is_unknown", lambda *_: False)


def _first_fill(world: WireWorld) -> None:
    world.cycle()
    world.nothing_went_out_unasked()


def _forged(world: WireWorld) -> None:
    world.settle()
    world._forge()
    world.cycle()
    world.nothing_went_out_unasked()


@pytest.mark.parametrize(
    ("put_in", "shows_in", "law"),
    [(_asks_nobody, _first_fill, 7), (_counts_forged_marks_over_the_target, _forged, 8)],
)
def test_a_seeded_fault_turns_its_law_red_over_http_too(
    put_in: Callable[[pytest.MonkeyPatch], None],
    shows_in: Callable[[WireWorld], None],
    law: int,
    stage: Stage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put_in(monkeypatch)
    world = WireWorld(stage, tmp_path, seed=1)
    try:
        with pytest.raises(AssertionError, match=f"law {law}"):
            shows_in(world)
    finally:
        world.close()
