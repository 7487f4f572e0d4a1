"""Observe and plan: every context read completely, planned, and its plan stored as rows.

Writes nothing remotely. A context that cannot be read, or whose read contradicts what a second look
says, is a failure of its own and has no plan: nothing is ever decided from it. Being told to stop is no
failure of anything: what was read is kept, and the pass ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from connectors.errors import ConnectorError, StoppedError
from connectors.port import Connector, LastLook, Observation, Unchanged, observe_by_looks
from mapping.model import Context, Finding, Record
from mapping.planning.guards import shows_waiting
from syncd.garbage import seldom_collected
from syncd.reconcile.containment import contained
from syncd.reconcile.passes import Failure, Pass, remember_failure
from syncd.reconcile.planning import NO_EXCEPTIONS, exceptions_of, look_at, plan_editions
from syncd.reconcile.short_way import ShortWay
from syncd.reconcile.tally import Tally, year_size
from syncd.state.events import Events
from syncd.state.looks import Look, ShortLook
from syncd.state.plans import Edition

STORE_EVERY = 50
"""Looks stored in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What reading and planning came to. The rows themselves are in the pass's plans."""

    observed: frozenset[str] = frozenset()
    """Contexts that were read completely."""
    unchanged: Mapping[Edition, int] = field(default_factory=Counter)
    """Events that are as they should be."""
    tallies: Mapping[Edition, Mapping[str, Tally]] = field(default_factory=dict)
    """By target, what the guards want to know."""
    ahead: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Target and context to the events that already show the edit that waits, and that what is in force would change."""
    findings: tuple[Finding, ...] = ()
    failures: tuple[Failure, ...] = ()
    as_recorded: int = 0
    """Contexts that were exactly as their last look left them, and were not planned anew."""


class Observer:
    """Reads and plans the contexts of one pass."""

    def __init__(self, one_pass: Pass) -> None:
        self._pass = one_pass
        self._events = one_pass.runtime.state.events
        self._known = KnownRecords(self._events, one_pass.recorded)
        self._with_exceptions: frozenset[str] = frozenset()
        self._keeps = one_pass.keeps_looks
        self._observed: set[str] = set()
        self._unchanged: Counter[Edition] = Counter()
        self._tallies: dict[Edition, dict[str, Tally]] = {}
        self._ahead: dict[str, Counter[str]] = {}
        self._findings: list[Finding] = []
        self._failures: list[Failure] = []
        self._looks: list[Look] = []
        self._short_looks: list[ShortLook] = []
        self._short_way = ShortWay(one_pass, {})
        self._as_recorded = 0

    def run(self, contexts: Sequence[Context]) -> Planned:
        """Read and plan all of them; one that fails is a failure of its own. Raises `StoppedError`."""
        self._short_way = ShortWay(self._pass, {one.id: one for one in contexts})
        self._with_exceptions = self._events.with_exceptions()
        with seldom_collected():
            try:
                self._run(contexts)
            finally:
                self._store()
        return Planned(
            observed=frozenset(self._observed),
            unchanged=self._unchanged,
            tallies=self._tallies,
            ahead=self._ahead,
            findings=tuple(self._findings),
            failures=tuple(self._failures),
            as_recorded=self._as_recorded,
        )

    def _run(self, contexts: Sequence[Context]) -> None:
        runtime, done = self._pass.runtime, 0
        for kind, connector in runtime.connectors.items():
            batch = [self._with_hint(context) for context in contexts if context.kind == kind]
            if not batch:
                continue
            for context, result in self._observe(connector, batch):
                done += 1
                runtime.progress("observe", done, len(contexts))
                if isinstance(result, Unchanged):
                    self._note_unchanged(context)
                elif isinstance(result, Observation):
                    self._plan(connector, context, result)
                elif isinstance(result, StoppedError):
                    raise result
                else:
                    self._known.let_go(context.id)
                    self._short_way.let_go(context.id)
                    self._failures.append(remember_failure(self._pass, context, result))
                if runtime.stop.is_set():
                    raise StoppedError("stopping, the rest was not read.", operation="list events")

    def _observe(
        self, connector: Connector, contexts: Sequence[Context]
    ) -> Iterator[tuple[Context, Observation | Unchanged | ConnectorError]]:
        """As the port, but an error of the whole read becomes one of each context not yet read."""
        left = {context.id: context for context in contexts}
        try:
            with contained(self._pass.runtime, "read", contexts[0].kind):
                for context, result in self._outcomes(connector, contexts):
                    left.pop(context.id, None)
                    yield context, result
        except StoppedError:
            raise
        except ConnectorError as error:
            for context in left.values():
                yield context, error

    def _outcomes(
        self, connector: Connector, contexts: Sequence[Context]
    ) -> Iterator[tuple[Context, Observation | Unchanged | ConnectorError]]:
        runtime = self._pass.runtime
        # A record does not say whose mark the event carries, so nothing is taken from records then.
        adopting = bool(self._pass.adopt_from)
        known: Mapping[str, Mapping[str, Record]] = {} if adopting else self._known
        looks: Mapping[str, LastLook] = {} if adopting else self._short_way
        if runtime.stragglers is None:
            return observe_by_looks(connector, contexts, known, looks)
        return runtime.stragglers.observe(connector, contexts, known, runtime.stop, looks=looks)

    def _note_unchanged(self, context: Context) -> None:
        """As planning would have left it: everything on record is as it should be."""
        one_pass = self._pass
        events = self._short_way.let_go(context.id)
        self._known.let_go(context.id)
        self._unchanged[Edition.IN_FORCE] += events
        self._tally(Edition.IN_FORCE, context).count_unchanged(events)
        self._observed.add(context.id)
        self._as_recorded += 1
        if not self._keeps:
            return
        view = one_pass.desired[Edition.IN_FORCE].digest(one_pass.targets[context.target])
        self._short_looks.append(ShortLook(context.id, one_pass.epochs[context.id], view))
        if len(self._short_looks) >= STORE_EVERY:
            self._store()

    def _plan(self, connector: Connector, context: Context, seen: Observation) -> None:
        one_pass = self._pass
        records = self._known.take(context.id)
        special = context.id in self._with_exceptions
        try:
            with contained(one_pass.runtime, "plan", context.id):
                known = exceptions_of(self._events, context.id) if special else NO_EXCEPTIONS
                plans = plan_editions(one_pass, connector, context, seen, records, known)
        except StoppedError:
            raise
        except ConnectorError as error:
            self._failures.append(remember_failure(one_pass, context, error))
            return
        note = one_pass.notes.get(context.id)
        today = one_pass.runtime.today().isoformat()
        for edition, plan in plans.items():
            one_pass.plans.add(edition, context, plan.changes)
            self._unchanged[edition] += plan.unchanged
            self._tally(edition, context).count(context, plan, note, today)
        if Edition.WAITING in plans:
            waiting = one_pass.desired[Edition.WAITING].desired(one_pass.targets[context.target])
            showing = self._ahead.setdefault(context.target, Counter())
            showing[context.id] += shows_waiting(plans[Edition.IN_FORCE], waiting)
        self._observed.add(context.id)
        plan = plans[Edition.IN_FORCE]
        self._findings.extend(plan.findings)
        if self._keeps:
            look = look_at(one_pass, context, plan, len(seen.events), records)
            self._looks.append(look if one_pass.adopt_from else self._short_way.remembering(look, context))
        self._short_way.let_go(context.id)
        if len(self._looks) >= STORE_EVERY:
            self._store()

    def _store(self) -> None:
        runtime = self._pass.runtime
        if self._looks:
            runtime.state.events.observed(self._looks, now=runtime.clock())
            self._looks.clear()
        if self._short_looks:
            runtime.state.events.unchanged(self._short_looks, now=runtime.clock())
            self._short_looks.clear()

    def _tally(self, edition: Edition, context: Context) -> Tally:
        of_edition = self._tallies.setdefault(edition, {})
        if context.target not in of_edition:
            target = self._pass.targets[context.target]
            calendar = self._pass.desired[edition].calendar
            of_edition[context.target] = Tally(target, year_size(calendar, target))
        return of_edition[context.target]

    def _with_hint(self, context: Context) -> Context:
        note = self._pass.notes.get(context.id)
        if note is None:
            return context
        failing = note.failing_since is not None
        return replace(context, expected_events=note.events_seen, failing=failing)


class KnownRecords(Mapping[str, Mapping[str, Record]]):
    """Context to its records by remote id: looked up when first asked for, let go when the context is planned.

    So each context costs one look-up, and no more are held than are being read. ``recorded``: the contexts that have
    any, None: not counted. Thread-safe.
    """

    def __init__(self, events: Events, recorded: Collection[str] | None) -> None:
        self._events = events
        self._recorded = recorded
        self._held: dict[str, tuple[dict[str, Record], dict[str, Record]]] = {}

    def __getitem__(self, context: str) -> Mapping[str, Record]:
        held = self._held.get(context)
        if held is None:
            records = self._records(context)
            held = (records, {record.remote_id: record for record in records.values()})
            self._held[context] = held
        return held[1]

    def let_go(self, context: str) -> None:
        """Nothing is asked of the context any more."""
        self._held.pop(context, None)

    def take(self, context: str) -> dict[str, Record]:
        """The context's records by event key, for the last time."""
        held = self._held.pop(context, None)
        return held[0] if held is not None else self._records(context)

    def _records(self, context: str) -> dict[str, Record]:
        if self._recorded is not None and context not in self._recorded:
            return {}
        return self._events.records(context)

    def __iter__(self) -> Iterator[str]:
        return iter(self._events.counts())

    def __len__(self) -> int:
        return len(self._events.counts())
