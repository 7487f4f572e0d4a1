"""Each fault put in on purpose turns a law red: a law that cannot fail proves nothing."""

from __future__ import annotations

import pytest

from tests.laws.machine import World
from tests.laws.seeded import BROKEN_PLANNERS, FAULTS, SHORT_WAYS, Seeded

ALL = [*BROKEN_PLANNERS, *SHORT_WAYS, *FAULTS]


def live(seeded: Seeded) -> None:
    """One world from its beginning until it has settled, watched as the generated ones are."""
    world = World()
    try:
        seeded.shows_in(world)
        world.nothing_was_ever_breached()
    finally:
        world.teardown()


@pytest.mark.parametrize("seeded", ALL, ids=lambda one: one.name)
def test_the_sound_product_keeps_the_laws_in_that_world(seeded: Seeded) -> None:
    live(seeded)


@pytest.mark.parametrize("seeded", ALL, ids=lambda one: one.name)
def test_the_fault_breaks_its_law(seeded: Seeded, monkeypatch: pytest.MonkeyPatch) -> None:
    seeded.put_in(monkeypatch)
    with pytest.raises(AssertionError, match=f"law {seeded.law}"):
        live(seeded)
