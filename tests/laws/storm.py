"""Faults and kills at chosen points of a cycle: the n-th read, the n-th write, the n-th commit.

A kill is a `BaseException` that nothing in the product catches; after it every further call dies too,
as in a process that is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from connectors.errors import (
    AccessDeniedError,
    AuthenticationError,
    ConnectorError,
    IncompleteReadError,
    MalformedResponseError,
    NotFoundError,
    QuotaExhaustedError,
    RateLimitedError,
    RejectedError,
    TooLargeError,
    TooSlowError,
    UnavailableError,
    UnclearOutcomeError,
)
from connectors.memory import Fault, Hidden, Lost, Step
from syncd.state.store import State

READ_FAULTS = (
    *("lost", "html", "throttled", "credential", "missing", "forbidden", "cut", "hidden", "kill"),
    *("odd", "drip", "endless"),
)
"""What may befall a read. ``hidden``: an event is not shown, as where a page shifted unseen.

``odd``: an exception that is none of ours, as a field of another kind may cause; ``drip``: a body that comes too
slowly; ``endless``: pages without end.
"""
OF_ONE = frozenset({"odd", "drip", "endless"})
"""What one calendar's answer does, and no other calendar may suffer from."""
DRIP_S = 60.0
WRITE_FAULTS = (
    "lost",
    "unavailable",
    "html",
    "throttled",
    "quota",
    "credential",
    "forbidden",
    "rejected",
    "odd",
    "kill",
)
LOOK_FAULTS = ("lost", "unavailable", "credential", "cut", "odd", "drip", "kill")

_REFUSALS = frozenset({"throttled", "quota", "credential", "forbidden", "rejected", "missing"})
"""A call that is refused never took effect."""
_WRITES = frozenset({"create", "update", "delete"})


class Killed(BaseException):
    """The process is gone."""


@dataclass(frozen=True, slots=True)
class Strike:
    """One fault: at the ``number``-th call (0 the first) of a kind, before or after it took effect."""

    at: str
    number: int
    what: str
    after: bool


@dataclass(slots=True)
class Storm:
    """The strikes of one cycle, and how many struck in all."""

    strikes: list[Strike] = field(default_factory=list)
    dead: bool = False
    struck: Counter[str] = field(default_factory=Counter)
    hit: set[str] = field(default_factory=set)
    """Contexts of which a call was struck in this cycle; '' for one about none."""
    waits: Callable[[float], object] = lambda _: None
    """Lets time pass, where an answer took so long."""
    _calls: Counter[str] = field(default_factory=Counter)

    def begin(self, strikes: list[Strike]) -> None:
        self.strikes, self.dead = strikes, False
        self.hit.clear()
        self._calls.clear()

    def next(self, at: str) -> Strike | None:
        """What befalls this call, counted."""
        if self.dead:
            raise Killed
        number = self._calls[at]
        self._calls[at] += 1
        found = next((one for one in self.strikes if (one.at, one.number) == (at, number)), None)
        if found is not None:
            self.struck[f"kill at a {at}" if found.what == "kill" else found.what] += 1
        return found

    def kill(self) -> None:
        self.dead = True
        raise Killed

    def over(self, recorded: Callable[[str], set[str]]) -> Fault:
        """The strikes as a memory service asks for them. ``recorded``: ids on record in a context."""
        under_way: list[Strike | None] = [None]

        def fault(step: Step) -> BaseException | None:
            at = "write" if step.operation in _WRITES else "read" if step.operation == "observe" else "look"
            if step.moment == "before":
                under_way[0] = self.next(at)
            strike = under_way[0]
            if strike is None or (strike.after and strike.what not in _REFUSALS) != (step.moment == "after"):
                return None
            under_way[0] = None
            self.hit.add(step.context)
            if strike.what == "drip":
                self.waits(DRIP_S)
            if strike.what == "kill":
                self.kill()
            if strike.what == "hidden":
                return Hidden(sorted(recorded(step.context))[:1])
            return error_of(strike.what, operation=step.operation, context=step.context)

        return fault

    def reach(self, state: State) -> None:
        """Let strikes on commits reach this state."""
        write = state.database.write

        @contextmanager
        def struck_write() -> Iterator[object]:
            strike = self.next("commit")
            with write() as connection:
                yield connection
                if strike is not None and not strike.after:
                    self.kill()
            if strike is not None:
                self.kill()

        state.database.write = struck_write  # type: ignore[method-assign,assignment]


def error_of(what: str, *, operation: str, context: str) -> Exception:
    """What a fault becomes: an answer that is lost, the typed error a connector makes of it, or what nobody foresaw."""
    words = f"{what}, as the storm will have it"
    if what == "lost":
        return Lost()
    if what == "odd":
        return TypeError(words)
    if what == "throttled":
        return RateLimitedError(words, operation=operation, context=context, status=429, retry_after_s=1.0)
    if what == "quota":
        return QuotaExhaustedError(words, operation=operation, context=context, status=403, until_s=3600.0)
    kind = _ERRORS.get(what)
    if kind is None or (what == "html" and operation == "create"):
        kind = UnclearOutcomeError if operation == "create" else UnavailableError
    return kind(words, operation=operation, context=context)


_ERRORS: Mapping[str, type[ConnectorError]] = {
    "credential": AuthenticationError,
    "cut": IncompleteReadError,
    "drip": TooSlowError,
    "endless": TooLargeError,
    "forbidden": AccessDeniedError,
    "html": MalformedResponseError,
    "missing": NotFoundError,
    "rejected": RejectedError,
}
