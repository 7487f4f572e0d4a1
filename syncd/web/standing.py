"""In how many calendars an entry stands, by kind, from the state: nobody's course is named.

The state is counted as a whole, at most once a minute: whoever asks for many entries costs no more than who asks
for one.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from mapping.model import Target
from syncd.reconcile.desired import DesiredSets
from syncd.state.events import Events

COURSE, ACCOUNT, GOOGLE = "course", "account", "google"
"""What readers call the kinds of calendars: courses and departments in Canvas, and Google calendars."""
COUNTED_FOR_S = 60.0
"""Seconds for which a count holds."""
_CANVAS = "canvas"

Counts = Mapping[tuple[str, str], int]
"""(target, event key) to a number of contexts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``done`` of ``wanted`` calendars of a kind hold the entry; in ``removed`` a person deleted it."""

    kind: str
    done: int
    wanted: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """``contexts``: target to its contexts; ``behind``: to those of them that are not as desired."""

    held: Counts
    removed: Counts
    contexts: Mapping[str, int]
    behind: Mapping[str, int]


class CensusTaker:
    """Counts the state for many readers. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._mutex = threading.Lock()
        self._last: tuple[float, Census] | None = None

    def census(self, events: Events) -> Census:
        """The last count, or one made now."""
        with self._mutex:
            now = self._clock()
            if self._last is None or now - self._last[0] >= COUNTED_FOR_S:
                notes = events.notes().values()
                behind = Counter(note.target for note in notes if not note.is_in_step)
                census = Census(
                    held=events.held(),
                    removed=events.removed(),
                    contexts=Counter(note.target for note in notes),
                    behind=behind,
                )
                self._last = (now, census)
            return self._last[1]


def standings(
    census: Census, views: DesiredSets, targets: Mapping[str, Target], year: str, entry: str
) -> Iterator[Standing]:
    """One for each kind of calendar that should hold the entry. Where it is past and was never written, none should."""
    prefix = f"{year}:{entry}:"
    wanted, done, removed = Counter[str](), Counter[str](), Counter[str]()
    for name, target in targets.items():
        keys = [key for key in views.desired(target) if key.startswith(prefix)]
        if not keys:
            continue
        kind = _kind(target)
        held = max(census.held.get((name, key), 0) for key in keys)
        left_out = max(census.removed.get((name, key), 0) for key in keys)
        done[kind] += held
        removed[kind] += left_out
        # Whatever is as desired and lacks it does without it by right, such as an event that was past from the start.
        others = census.contexts.get(name, 0) - held - left_out
        wanted[kind] += held + left_out + max(0, min(others, census.behind.get(name, 0)))
    for kind in (COURSE, ACCOUNT, GOOGLE):
        if wanted[kind]:
            yield Standing(kind=kind, done=done[kind], wanted=wanted[kind], removed=removed[kind])


def _kind(target: Target) -> str:
    if target.kind != _CANVAS:
        return GOOGLE
    return ACCOUNT if target.account_calendars else COURSE
