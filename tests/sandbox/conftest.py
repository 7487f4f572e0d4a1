"""Waiting for another thread without a guess at how long it takes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT_S = 30.0


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Looks again and again until a condition holds; gives up only when something is broken."""
    tick = threading.Event()

    def wait(holds: Callable[[], bool]) -> None:
        for _ in range(int(LIMIT_S / 0.005)):
            if holds():
                return
            tick.wait(0.005)
        pytest.fail("the condition never held")

    return wait
