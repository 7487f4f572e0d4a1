"""Observe and plan: every context read completely, planned, and its plan stored as rows.

Writes nothing remotely. A context that cannot be read, or whose read contradicts what a second look
says, is a failure of its own and has no plan: nothing is ever decided from it.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from connectors.errors import (
    AuthenticationError,
    ConnectorError,
    IncompleteReadError,
    QuotaExhaustedError,
    RateLimitedError,
    TransientError,
)
from connectors.port import Connector, Observation
from mapping.model import Context, ContextPlan, Fate, Record, Target
from mapping.planning.guards import shows_waiting
from mapping.planning.plan import Policy, Situation, open_questions, plan_context
from syncd.reconcile.desired import DesiredSets
from syncd.reconcile.report import CycleReport, Failure
from syncd.reconcile.runtime import Runtime
from syncd.reconcile.tally import Tally, year_size
from syncd.state.events import ContextNote, Look
from syncd.state.plans import Edition

YOUNG_VALUES = 50_000
"""Values made between two looks for cycles among them while sweeping; Python's own choice is 700."""
STORE_EVERY = 50
"""Looks stored in one transaction."""


@dataclass(slots=True, kw_only=True)
class Observer:
    """One pass over contexts. ``views`` and ``tallies`` are keyed by edition, tallies also by target."""

    runtime: Runtime
    report: CycleReport
    views: Mapping[Edition, DesiredSets]
    notes: Mapping[str, ContextNote]
    targets: Mapping[str, Target]
    tallies: dict[str, dict[str, Tally]] = field(default_factory=dict)
    ahead: dict[str, Counter[str]] = field(default_factory=dict)
    """Target and context to the events that already show the edit that waits, and that what is in force would change."""
    epochs: dict[str, int] = field(default_factory=dict)
    adopt_from: str = ""
    """An owner whose events count as ours, to be given our name; '' for none."""
    _looks: list[Look] = field(default_factory=list)
    _known: KnownRecords = field(init=False)
    _on_record: frozenset[str] = frozenset()
    """Targets that the state had records of before this pass; of a new or a lost state there are none."""

    def __post_init__(self) -> None:
        self._known = KnownRecords(self.runtime)

    def run(self, contexts: Sequence[Context]) -> None:
        """Read and plan all of them; failures go to the report."""
        with _seldom_collecting():
            self._run(contexts)

    def _run(self, contexts: Sequence[Context]) -> None:
        recorded = self.runtime.state.events.counts()
        self._on_record = frozenset(
            self.notes[name].target for name, count in recorded.items() if count and name in self.notes
        )
        self.epochs.update(self.runtime.state.events.take(contexts))
        done = 0
        for kind, connector in self.runtime.connectors.items():
            batch = [self._with_hint(context) for context in contexts if context.kind == kind]
            if not batch:
                continue
            for context, result in self._observe(connector, batch):
                done += 1
                self.runtime.progress("observe", done, len(contexts))
                if isinstance(result, Observation):
                    self._plan(connector, context, result)
                else:
                    self._known.take(context.id)
                    self.fail(context, result)
                if self.runtime.stop.is_set():
                    self.report.stopped = True
                    break
        self._store()

    def _observe(
        self, connector: Connector, contexts: Sequence[Context]
    ) -> Iterator[tuple[Context, Observation | ConnectorError]]:
        """As the port, but an error of the whole read becomes one of each context not yet read."""
        left = {context.id: context for context in contexts}
        try:
            # A record does not say whose mark the event carries, so nothing is taken from records then.
            known: Mapping[str, Mapping[str, Record]] = {} if self.adopt_from else self._known
            for context, result in connector.observe(contexts, known):
                left.pop(context.id, None)
                yield context, result
        except ConnectorError as error:
            for context in left.values():
                yield context, error

    def _plan(self, connector: Connector, context: Context, seen: Observation) -> None:
        records = self._known.take(context.id)
        try:
            plans = self.plan_editions(connector, context, seen, records)
        except ConnectorError as error:
            self.fail(context, error)
            return
        note = self.notes.get(context.id)
        today = self.runtime.today().isoformat()
        for edition, plan in plans.items():
            self.report.plans.add(edition, context, plan.changes)
            self.report.unchanged_in[edition] += plan.unchanged
            self._tally(edition, context).count(context, plan, note, today)
        if Edition.WAITING in plans:
            waiting = self.views[Edition.WAITING].desired(self.targets[context.target])
            showing = self.ahead.setdefault(context.target, Counter())
            showing[context.id] += shows_waiting(plans[Edition.IN_FORCE], waiting)
        self.report.observed.add(context.id)
        plan = plans[Edition.IN_FORCE]
        self.report.findings.extend(plan.findings)
        self._looks.append(self.look(context, plan, len(seen.events), records))
        if len(self._looks) >= STORE_EVERY:
            self._store()

    def plan_editions(
        self, connector: Connector, context: Context, seen: Observation, records: Mapping[str, Record]
    ) -> dict[Edition, ContextPlan]:
        """The context's plan in every edition. Raises `IncompleteReadError` where the read was not whole.

        ``records``: what the state knows of the context, by event key.
        """
        events = self.runtime.state.events
        target = self.targets[context.target]
        situations = {
            edition: Situation(
                context=context,
                owner=self.runtime.targets.owner,
                adopt_from=self.adopt_from,
                desired=views.desired(target),
                observed=seen.events,
                records=records,
                respected=events.respected(context.id),
                deleted_by_us=events.deletes_under_way(context.id),
                today=self.runtime.today(),
                policy=policy_of(target, connector),
                on_record=target.name in self._on_record,
            )
            for edition, views in self.views.items()
        }
        fates = ask_fates(connector, context, situations.values())
        return {
            edition: plan_context(replace(situation, fates=fates))
            for edition, situation in situations.items()
        }

    def look(
        self, context: Context, plan: ContextPlan, events_seen: int, records: Mapping[str, Record]
    ) -> Look:
        """What to remember of a read. ``records``: what was known before it."""
        return Look(
            context=context.id,
            epoch=self.epochs[context.id],
            plan=plan,
            known=records,
            events_seen=events_seen,
            view=self.views[Edition.IN_FORCE].digest(self.targets[context.target]),
        )

    def fail(self, context: Context, error: ConnectorError) -> None:
        """Note a failure, with the time of the next try."""
        now = self.runtime.clock()
        note = self.notes.get(context.id)
        retry_at = now + max(backoff_s(note.failures if note else 0), _asked_to_wait_s(error))
        self.runtime.state.events.failed(context, str(error), now=now, retry_at=retry_at)
        self.report.failures.append(failure(context.id, context.target, error))

    def _store(self) -> None:
        if self._looks:
            self.runtime.state.events.observed(self._looks, now=self.runtime.clock())
            self._looks.clear()

    def _tally(self, edition: Edition, context: Context) -> Tally:
        of_edition = self.tallies.setdefault(edition, {})
        if context.target not in of_edition:
            target = self.targets[context.target]
            of_edition[context.target] = Tally(target, year_size(self.views[edition].calendar, target))
        return of_edition[context.target]

    def _with_hint(self, context: Context) -> Context:
        note = self.notes.get(context.id)
        return replace(context, expected_events=note.events_seen) if note is not None else context


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """A sweep makes hundreds of thousands of values that hold no cycles; looking for some costs a tenth of it."""
    before = gc.get_threshold()
    gc.set_threshold(YOUNG_VALUES, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class KnownRecords(Mapping[str, Mapping[str, Record]]):
    """Context to its records by remote id: looked up when first asked for, let go when the context is planned.

    So each context costs one look-up, and no more are held than are being read. Thread-safe.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._events = runtime.state.events
        self._held: dict[str, tuple[dict[str, Record], dict[str, Record]]] = {}

    def __getitem__(self, context: str) -> Mapping[str, Record]:
        held = self._held.get(context)
        if held is None:
            records = self._events.records(context)
            held = (records, {record.remote_id: record for record in records.values()})
            self._held[context] = held
        return held[1]

    def take(self, context: str) -> dict[str, Record]:
        """The context's records by event key, for the last time."""
        held = self._held.pop(context, None)
        return held[0] if held is not None else self._events.records(context)

    def __iter__(self) -> Iterator[str]:
        return iter(self._events.counts())

    def __len__(self) -> int:
        return len(self._events.counts())


def policy_of(target: Target, connector: Connector) -> Policy:
    """What the target allows, and whether copies there are ours to clear."""
    return Policy(
        drift=target.drift,
        respect_deletions=target.respect_deletions,
        copies=target.copies,
        past=target.past,
        copies_are_ours=connector.copies_are_ours,
    )


def ask_fates(connector: Connector, context: Context, situations: Iterable[Situation]) -> dict[str, Fate]:
    """The fate of every recorded event the read does not show. Raises `IncompleteReadError`."""
    asked = {record.remote_id for situation in situations for record in open_questions(situation)}
    fates: dict[str, Fate] = {}
    for remote_id in sorted(asked):
        fates[remote_id] = connector.fate(context, remote_id)
        if fates[remote_id] is Fate.PRESENT:
            raise IncompleteReadError(
                f"event {remote_id} is there but the list did not show it.",
                operation="list",
                context=context.id,
            )
    return fates


def backoff_s(failures: int) -> float:
    """Seconds until the next try after so many failures before: 1, 2, 4 ... up to 15 minutes."""
    return float(min(2 ** min(failures, 10), 900))


def _asked_to_wait_s(error: ConnectorError) -> float:
    """Seconds the service itself asked for: quick retries would only prolong an exhausted quota."""
    if isinstance(error, QuotaExhaustedError):
        return error.until_s
    return error.retry_after_s if isinstance(error, RateLimitedError) else 0.0


def failure(where: str, target: str, error: ConnectorError) -> Failure:
    """The error as the report tells it."""
    return Failure(
        where=where,
        target=target,
        sentence=str(error),
        transient=isinstance(error, TransientError),
        credential=isinstance(error, AuthenticationError),
    )
