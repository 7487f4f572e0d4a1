"""How seldom Python looks for garbage where nearly all that is made stays, or holds no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG_VALUES = 50_000
"""Values made between two looks; Python's own default is 700."""
VALUES_OF_A_START = 400_000
"""More than a start makes: what is loaded stays, and each look at all of it takes as long as a list of events."""


@contextmanager
def seldom_collected(young: int = YOUNG_VALUES) -> Iterator[None]:
    """Looking again and again costs a tenth of a start, and of a pass over hundreds of thousands of events."""
    before = gc.get_threshold()
    gc.set_threshold(young, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def without_what_stays() -> Iterator[None]:
    """Leave out all that is there by now where garbage is looked for."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
