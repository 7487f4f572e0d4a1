"""Which contexts share a list call: at most ten, so that their events fill pages.

The rows of a call share one sorted list, so ten contexts of 36 events cost four pages, but eight cost
only three. Arithmetic on the counts last seen; nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors.canvas.settings import CONTEXTS_A_CALL, ROWS_A_PAGE
from mapping.model import Context


def pack(contexts: Sequence[Context]) -> list[tuple[Context, ...]]:
    """Neighbours packed into calls, so that the pages of all calls are as few as can be, then the calls."""
    least: list[tuple[int, int]] = [(0, 0)]
    """Pages and calls for the first n contexts."""
    width = [0]
    """How many contexts the last call of that solution holds."""
    for end in range(1, len(contexts) + 1):
        cost, size = min(_last_calls(contexts, end, least))
        least.append(cost)
        width.append(size)
    packed: list[tuple[Context, ...]] = []
    end = len(contexts)
    while end > 0:
        packed.append(tuple(contexts[end - width[end] : end]))
        end -= width[end]
    return packed[::-1]


def _last_calls(
    contexts: Sequence[Context], end: int, least: Sequence[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], int]]:
    """What the first ``end`` contexts cost, for each size that their last call may have."""
    events = 0
    for size in range(1, min(CONTEXTS_A_CALL, end) + 1):
        events += contexts[end - size].expected_events
        pages, calls = least[end - size]
        yield (pages + pages_for(events), calls + 1), size


def pages_for(events: int) -> int:
    """Pages that a call over this many events takes; an empty list is one page as well."""
    return max(1, -(-events // ROWS_A_PAGE))
