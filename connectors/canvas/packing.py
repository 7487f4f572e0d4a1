"""Which contexts share a list call: at most ten, so that their events fill pages.

The rows of a call share one sorted list, so ten contexts of 36 events cost four pages, but eight cost
only three. Arithmetic on the counts last seen; nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

from connectors.canvas.settings import CONTEXTS_A_CALL, ROWS_A_PAGE
from mapping.model import Context


def pack(contexts: Sequence[Context]) -> list[tuple[Context, ...]]:
    """Neighbours packed into calls, so that the pages of all calls are as few as can be, then the calls."""
    least: list[tuple[int, int]] = [(0, 0)]
    """Pages and calls for the first n contexts."""
    width = [0]
    """How many contexts the last call of that solution holds."""
    for end in range(1, len(contexts) + 1):
        events = 0
        best: tuple[tuple[int, int], int] | None = None
        for size in range(1, min(CONTEXTS_A_CALL, end) + 1):
            events += contexts[end - size].expected_events
            pages, calls = least[end - size]
            candidate = ((pages + pages_for(events), calls + 1), size)
            if best is None or candidate[0] < best[0]:
                best = candidate
        if best is not None:
            least.append(best[0])
            width.append(best[1])
    packed: list[tuple[Context, ...]] = []
    end = len(contexts)
    while end > 0:
        packed.append(tuple(contexts[end - width[end] : end]))
        end -= width[end]
    return packed[::-1]


def pages_for(events: int) -> int:
    """Pages that a call over this many events takes; an empty list is one page as well."""
    return max(1, -(-events // ROWS_A_PAGE))
