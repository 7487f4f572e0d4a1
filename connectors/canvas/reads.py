"""Lists under way in one observation: what is done streams out, and what is slow holds up nobody beside it.

A list that fails is parted, and each part is a list of its own. One about several calendars that is still
under way when all others are done is parted beside it: whichever tells first of a calendar counts. Lists of what
failed last time have few places, so that others find one, those of a later observation too. Talks to nobody.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace

from connectors.errors import ConnectorError
from connectors.port import Observation, Unchanged
from mapping.model import Context

Outcome = tuple[Context, Observation | Unchanged | ConnectorError]

_FEW = 2
"""Lists still under way that are slow by themselves; where there are more, the service is."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Contexts that share one list call of the token of that number."""

    token: int
    contexts: tuple[Context, ...]
    failing: bool = False
    """Of contexts that could not be read last time."""
    brief: bool = False
    """One context alone, of a list that did not end well: with little time at first."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a list came to. ``parts``: what is to be listed in its place."""

    outcomes: Sequence[Outcome]
    parts: Sequence[Batch] = ()


@dataclass(slots=True)
class Reads:
    """The lists of one observation. Used by one thread."""

    pool: ThreadPoolExecutor
    read: Callable[[Batch], Read]
    places: int
    """Most lists of failing contexts at the same time: each may take as long as any list may."""
    _waiting: deque[Batch] = field(default_factory=deque)
    """Lists of failing contexts for which there was no place."""
    _running: dict[Future[Read], Batch] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)
    _parted: set[str] = field(default_factory=set)
    """Contexts that are listed alone beside a list that was about them too."""

    @property
    def running(self) -> int:
        """How many lists are under way that somebody waits for."""
        return len(self._running)

    def begin(self, batch: Batch) -> None:
        """List these contexts as soon as there is a place."""
        if batch.failing and sum(one.failing for one in self._running.values()) >= self.places:
            self._waiting.append(batch)
            return
        self._running[self.pool.submit(self.read, batch)] = batch

    def next_done(self, part_after_s: float | None = None) -> Iterator[Outcome]:
        """Wait for the next lists to be done; each context is told of once.

        ``part_after_s``: seconds after which the few that are left are parted; None where more are to come.
        """
        done, _ = wait(self._running, timeout=part_after_s, return_when=FIRST_COMPLETED)
        if not done and len(self._running) <= _FEW:
            self._part()
        for future in done:
            batch = self._running.pop(future)
            found = future.result()
            for context, outcome in found.outcomes:
                if context.id not in self._told:
                    self._told.add(context.id)
                    yield context, outcome
            for part in found.parts:
                self._begin_rest(part, again=len(batch.contexts) == 1)
        self._let_go()
        waiting, self._waiting = self._waiting, deque()
        for batch in waiting:
            if any(context.id not in self._told for context in batch.contexts):
                self.begin(batch)

    def _part(self) -> None:
        """List each context alone that shares a slow list."""
        for batch in list(self._running.values()):
            if len(batch.contexts) > 1:
                left = [one for one in batch.contexts if one.id not in self._told | self._parted]
                self._parted |= {one.id for one in left}
                for context in left:
                    self.begin(replace(batch, contexts=(context,), brief=not batch.failing))

    def _begin_rest(self, part: Batch, *, again: bool) -> None:
        """List a part of what failed; ``again``: it was listed alone, so nobody else does."""
        elsewhere = self._told if again else self._told | self._parted
        contexts = tuple(one for one in part.contexts if one.id not in elsewhere)
        if contexts:
            self.begin(replace(part, contexts=contexts))

    def _let_go(self) -> None:
        """Wait no longer for lists of which everything is told; they end by their own bounds."""
        for future, batch in list(self._running.items()):
            if all(context.id in self._told for context in batch.contexts):
                future.cancel()
                del self._running[future]
