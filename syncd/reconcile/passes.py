"""What all steps of one pass work with, and what they leave behind. Reads and writes nothing by itself."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.errors import (
    AuthenticationError,
    ConnectorError,
    QuotaExhaustedError,
    RateLimitedError,
    TransientError,
)
from mapping.model import Change, Context, Target
from syncd.reconcile.desired import DesiredSets
from syncd.reconcile.runtime import Runtime
from syncd.state.context_notes import ContextNote
from syncd.state.plans import Edition, PlanStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One pass, as its steps share it. ``run``: its name. ``notes``: how each context stood when it began."""

    run: str
    runtime: Runtime
    targets: Mapping[str, Target]
    desired: Mapping[Edition, DesiredSets]
    notes: Mapping[str, ContextNote]
    plans: PlanStore = field(default_factory=PlanStore)
    """Rows that the observing step adds, and the applying step carries out."""
    epochs: Mapping[str, int] = field(default_factory=dict)
    """Context to the number under which this pass may write what it knows of it."""
    on_record: frozenset[str] = frozenset()
    """Targets that the state had records of before this pass; of a new or a lost state there are none."""
    recorded: frozenset[str] | None = None
    """Contexts that the state had records of before this pass; None: not counted."""
    dry: bool = False
    """Nothing is written: what is tried once a day waits for a pass that writes."""
    adopt_from: str = ""
    """An owner whose events count as ours, to be given our name; '' for none."""

    @property
    def keeps_looks(self) -> bool:
        """Whether what is seen is remembered: not by a dry run, which works on a copy of the state."""
        return not (self.dry and self.runtime.state.database.is_copy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something that failed: where (context, target or connector), what, and whether a retry may help."""

    where: str
    target: str
    sentence: str
    transient: bool
    credential: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What the applying step did. ``changes`` and ``by_kind`` count by action, and by action and kind of target."""

    changes: Mapping[str, int] = field(default_factory=Counter)
    by_kind: Mapping[tuple[str, str], int] = field(default_factory=Counter)
    messages: int = 0
    """The most messages that the service may have sent for it."""
    deviations: tuple[str, ...] = ()
    held_removals: int = 0
    """Deletes that wait for the removal delay."""
    settled: frozenset[str] = frozenset()
    """Contexts whose plan was carried out wholly."""
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences for people on what was left to the next full pass."""
    stopped: bool = False


class Outcome:
    """Gathers what many threads do in one pass. Thread-safe."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._changes: Counter[str] = Counter()
        self._by_kind: Counter[tuple[str, str]] = Counter()
        self._messages = 0
        self._deviations: list[str] = []
        self._held_removals = 0
        self._settled: set[str] = set()
        self._failures: list[Failure] = []
        self._notes: list[str] = []
        self._stopped = False

    def applied(self, context: Context, change: Change, deviation: str, *, sent: int) -> None:
        """A change was made. ``deviation``: how the answer differs from the wish, '' if it does not.

        ``sent``: requests that may each have told the participants, 0 where none did.
        """
        with self._mutex:
            self._changes[change.action.value] += 1
            self._by_kind[change.action.value, context.kind] += 1
            self._messages += sent * context.students
            if deviation:
                self._deviations.append(f"{context.id} {change.key}: {deviation}")

    def unclear(self, context: Context, change: Change) -> None:
        """A change may have been made: what it may have told the participants counts."""
        with self._mutex:
            self._messages += context.students if change.notifies else 0

    def settled(self, context: Context) -> None:
        """The context's plan was carried out wholly."""
        with self._mutex:
            self._settled.add(context.id)

    def failed(self, failure: Failure) -> None:
        """Something failed."""
        with self._mutex:
            self._failures.append(failure)

    def held_back(self, removals: int) -> None:
        """Deletes were left for the end of the removal delay."""
        with self._mutex:
            self._held_removals += removals

    def left_to_next(self, sentence: str) -> None:
        """Something was left to the next full pass; no failure of its own."""
        with self._mutex:
            self._notes.append(sentence)

    def stopped(self) -> None:
        """The pass was told to stop before it was through."""
        self._stopped = True

    def result(self) -> Applied:
        """Everything so far."""
        with self._mutex:
            return Applied(
                changes=Counter(self._changes),
                by_kind=Counter(self._by_kind),
                messages=self._messages,
                deviations=tuple(self._deviations),
                held_removals=self._held_removals,
                settled=frozenset(self._settled),
                failures=tuple(self._failures),
                notes=tuple(self._notes),
                stopped=self._stopped,
            )


def remember_failure(one_pass: Pass, context: Context, error: ConnectorError) -> Failure:
    """Keep a context's failure in the state, with the time of the next try; the failure as reports tell it.

    Never for a `StoppedError`, which is no failure of the context.
    """
    now = one_pass.runtime.clock()
    note = one_pass.notes.get(context.id)
    retry_at = now + max(backoff_s(note.failures if note else 0), _asked_to_wait_s(error))
    one_pass.runtime.state.events.failed(context, str(error), now=now, retry_at=retry_at)
    return failure(context.id, context.target, error)


def failure(where: str, target: str, error: ConnectorError) -> Failure:
    """The error as reports tell it."""
    return Failure(
        where=where,
        target=target,
        sentence=str(error),
        transient=isinstance(error, TransientError),
        credential=isinstance(error, AuthenticationError),
    )


def backoff_s(failures: int) -> float:
    """Seconds until the next try after so many failures before: 1, 2, 4 ... up to 15 minutes."""
    return float(min(2 ** min(failures, 10), 900))


def _asked_to_wait_s(error: ConnectorError) -> float:
    """Seconds the service itself asked for: quick retries would only prolong an exhausted quota."""
    if isinstance(error, QuotaExhaustedError):
        return error.until_s
    return error.retry_after_s if isinstance(error, RateLimitedError) else 0.0
