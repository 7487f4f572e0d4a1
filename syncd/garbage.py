"""How seldom Python looks for garbage where nearly all that is made stays, or holds no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG_VALUES = 50_000
"""Values made between two looks; Python's own default is 700."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Looking again and again costs a tenth of a start, and of a pass over hundreds of thousands of events."""
    before = gc.get_threshold()
    gc.set_threshold(YOUNG_VALUES, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
