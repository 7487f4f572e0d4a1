"""The laws over real HTTP: both simulators, the real clients. `make laws` goes on for an hour or so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncd.sandbox.pair import Pair
from tests.acceptance.sites import Stage, Warm
from tests.laws.wire import TOTALS, WireWorld

SEARCH = os.environ.get("HYPOTHESIS_PROFILE") == "laws"
FIRST = int(os.environ.get("SYNCD_FIRST_SEED", "0"))
"""To search other worlds than the last time."""
WORLDS = 1500 if SEARCH else 30
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
