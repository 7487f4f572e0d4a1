"""Apply: the checked plan, context by context, each change journalled before and after.

Right before a context is written it is read again and planned again, a first fill too, and only changes
that the checked plan holds are made; whatever else has come up waits for the next cycle's checks. Contexts
that need a few updates each are read together. No read stands in for this one: a list that hid its end
during the observing step would otherwise have its events written twice.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from connectors.errors import (
    AuthenticationError,
    ConnectorError,
    QuotaExhaustedError,
    StoppedError,
    TooSlowError,
    TransientError,
    UnclearOutcomeError,
    ZoneRulesError,
)
from connectors.port import Connector, Observation
from mapping.errors import OwnershipConflictError, SyncdError
from mapping.model import Action, Change, Context, Update, Why
from syncd.errors import StaleEpochError
from syncd.reconcile.containment import contained
from syncd.reconcile.estimate import estimate
from syncd.reconcile.passes import Applied, Outcome, Pass, remember_failure
from syncd.reconcile.planning import exceptions_of, look_at, plan_editions
from syncd.reconcile.write import JournalledWriter
from syncd.state.plans import Edition, PlanRow

ROUNDS = 3
"""Looks at a context in one cycle: after an unclear write it is read and planned again at once."""
IN_VAIN = 3
"""Writes that a service in trouble did not take, after which a context is left to its next time."""
WRITES_A_LOOK = 10
"""Writes made from one look at several contexts: so few that the last is made a moment after it too."""


@dataclass(slots=True, kw_only=True)
class Applier:
    """Carries out the rows of one edition. ``held``: contexts that wait for a person.

    ``fills``: contexts that are filled or refilled, with the messages that an approval allows there.
    """

    one_pass: Pass
    edition: Edition
    held: frozenset[str] = frozenset()
    fills: Mapping[str, int] = field(default_factory=dict)
    hold_removals: bool = False
    _halted: dict[str, ConnectorError] = field(default_factory=dict)
    _left_over: set[str] = field(default_factory=set)
    """Contexts where something came up after the check: not in step, so that the next cycle looks at them."""
    _holding: set[str] = field(default_factory=set)
    """Contexts with a removal that waits: not in step either."""
    _ended: bool = False
    """Something failed that ends the whole pass: the state, or who may write it."""
    _mutex: threading.Lock = field(default_factory=threading.Lock)
    _outcome: Outcome = field(default_factory=Outcome)
    _writer: JournalledWriter = field(init=False)

    def __post_init__(self) -> None:
        self._writer = JournalledWriter(self.one_pass, self._outcome, self.fills)

    def run(self, contexts: Mapping[str, Context]) -> Applied:
        """Write every context of the plan that is not held; nearest dates first, several at a time."""
        self._run(contexts)
        return self._outcome.result()

    def _run(self, contexts: Mapping[str, Context]) -> None:
        runtime, plans = self.one_pass.runtime, self.one_pass.plans
        names = [
            name
            for name in plans.contexts(self.edition, near=runtime.today())
            if name not in self.held and name in contexts
        ]
        if not names:
            return
        expected = estimate(plans, self.edition, contexts, runtime.connectors)
        if expected.worth_telling:
            runtime.log.info(
                "estimate", writes=expected.writes, seconds=round(expected.seconds), words=str(expected)
            )
        done = 0
        with ThreadPoolExecutor(max_workers=runtime.workers, thread_name_prefix="apply") as pool:
            groups = self._grouped([contexts[name] for name in names])
            futures = {pool.submit(self._at_work, group): len(group) for group in groups}
            for future in as_completed(futures):
                done += futures[future]
                runtime.progress("apply", done, len(names))
                if future.exception() is not None:
                    pool.shutdown(wait=False, cancel_futures=True)
                future.result()

    def _grouped(self, contexts: Sequence[Context]) -> Iterator[tuple[Context, ...]]:
        """Contexts that share a look; in their order, but that those with few writes wait for company."""
        writes = self.one_pass.plans.without_deletes(self.edition)
        waiting: dict[str, list[Context]] = {}
        for context in contexts:
            if writes.get(context.id, WRITES_A_LOOK) >= WRITES_A_LOOK:
                yield (context,)
                continue
            group = waiting.setdefault(context.kind, [])
            if sum(writes[one.id] for one in group) + writes[context.id] > WRITES_A_LOOK:
                yield tuple(group)
                group.clear()
            group.append(context)
        yield from (tuple(group) for group in waiting.values() if group)

    def _at_work(self, group: tuple[Context, ...]) -> None:
        with self.one_pass.runtime.working(f"apply {group[0].id}"):
            try:
                looks = self._looks(group) if len(group) > 1 else {}
                for context in group:
                    self._context(context, looks.get(context.id))
            except BaseException:
                self._ended = True
                raise

    def _must_stop(self) -> bool:
        return self._ended or self.one_pass.runtime.stop.is_set()

    def _looks(self, group: tuple[Context, ...]) -> dict[str, Observation | ConnectorError]:
        """One look at all of them; what it does not tell is asked for context by context."""
        if self._must_stop() or group[0].kind in self._halted:
            return {}
        try:
            with contained(self.one_pass.runtime, "read", group[0].id):
                return {context.id: result for context, result in self._connector(group[0]).observe(group)}
        except ConnectorError:
            return {}

    def _context(self, context: Context, seen: Observation | ConnectorError | None) -> None:
        """One context from plan to written; its failures are its own. ``seen``: as just looked at, if it was."""
        if self._must_stop():
            self._outcome.stopped()
            return
        halted = self._halted.get(context.kind)
        if halted is not None:
            self._fail(context, halted)
            return
        rows = self._rows(context)
        try:
            with contained(self.one_pass.runtime, "write", context.id):
                self._write(context, rows, seen)
        except StoppedError:
            self._outcome.stopped()
        except ConnectorError as error:
            if isinstance(error, (AuthenticationError, QuotaExhaustedError)):
                self._halted[context.kind] = error
            self._fail(context, error)

    def _write(
        self, context: Context, rows: Sequence[PlanRow], seen: Observation | ConnectorError | None
    ) -> None:
        unclear: UnclearOutcomeError | None = None
        for round_number in range(ROUNDS):
            changes = self._changes(context, rows, seen, again=round_number > 0)
            unclear = self._make(context, changes)
            if unclear is None or unclear.late:
                break
        if unclear is not None:
            self._fail(context, unclear)

    def _rows(self, context: Context) -> list[PlanRow]:
        rows = list(self.one_pass.plans.rows(self.edition, context.id))
        if not self.hold_removals:
            return rows
        kept = [row for row in rows if not (row.action is Action.DELETE and row.why is Why.ORPHAN)]
        self._outcome.held_back(len(rows) - len(kept))
        if len(kept) < len(rows):
            self._holding.add(context.id)
        return kept

    # --- what to do, as of now --------------------------------------------------------------

    def _changes(
        self,
        context: Context,
        rows: Sequence[PlanRow],
        seen: Observation | ConnectorError | None,
        *,
        again: bool,
    ) -> Sequence[Change]:
        if isinstance(seen, ConnectorError) and not again:
            raise seen
        if seen is None or isinstance(seen, ConnectorError) or again:
            seen = self._look(self._connector(context), context)
        return self._fresh(context, rows, seen)

    def _fresh(self, context: Context, rows: Iterable[PlanRow], seen: Observation) -> Sequence[Change]:
        """Plan the context again as it is now; keep what the checked plan holds."""
        connector = self._connector(context)
        events = self.one_pass.runtime.state.events
        records, known = events.records(context.id), exceptions_of(events, context.id)
        plan = plan_editions(self.one_pass, connector, context, seen, records, known)[self.edition]
        checked = {(row.action, row.key, row.remote_id) for row in rows}
        checked |= {(Action.UPDATE, row.key, "") for row in rows if row.action is Action.CREATE}
        if plan.emptied and all(_covered(change, checked) for change in plan.changes):
            # A person approved the refill. Were the old records kept, one event of it would be enough to make
            # the rest look deleted by people, should this be cut short.
            plan = replace(plan, records=())
        look = look_at(self.one_pass, context, plan, len(seen.events), records)
        events.observed([look], now=self.one_pass.runtime.clock())
        covered = [change for change in plan.changes if _covered(change, checked)]
        self._left_over.discard(context.id)
        if len(covered) < len(plan.changes):
            self._left_over.add(context.id)
        return covered

    def _look(self, connector: Connector, context: Context) -> Observation:
        for _, result in connector.observe([context]):
            if isinstance(result, ConnectorError):
                raise result
            return result
        raise StoppedError("the read gave no answer.", operation="list", context=context.id)

    # --- doing it -----------------------------------------------------------------------------

    def _make(self, context: Context, changes: Sequence[Change]) -> UnclearOutcomeError | None:
        """Make the changes in order. An unclear outcome is answered: the context must be read again first."""
        try:
            return self._make_all(context, changes)
        finally:
            self._writer.leave(context)

    def _make_all(self, context: Context, changes: Sequence[Change]) -> UnclearOutcomeError | None:
        refused, in_vain = False, 0
        for change, following in zip_longest(changes, changes[1:]):
            if self._must_stop():
                raise StoppedError(
                    "stopping, no new write is started.", operation="write", context=context.id
                )
            try:
                self._writer.write(context, change, following)
            except UnclearOutcomeError as error:
                return error
            except (AuthenticationError, QuotaExhaustedError, StoppedError, StaleEpochError, ZoneRulesError):
                raise
            except SyncdError as error:
                refused = True
                self._refused(context, change, error)
                in_vain += isinstance(error, TransientError)
                if isinstance(error, TooSlowError) or in_vain >= IN_VAIN:
                    # Each further try would hold up everything else; the context has its own next time.
                    break
        if not refused:
            view = self.one_pass.desired[self.edition].digest(self.one_pass.targets[context.target])
            whole = context.id not in self._left_over | self._holding
            if whole:
                self._outcome.settled(context)
            self.one_pass.runtime.state.events.in_step(
                context.id, view if whole else "", now=self.one_pass.runtime.clock()
            )
        return None

    def _refused(self, context: Context, change: Change, error: SyncdError) -> None:
        """One change that failed for good or for now; the others go on."""
        self._writer.journal(context, change, "", f"failed: {type(error).__name__}")
        if not isinstance(error, ConnectorError):
            error = _as_failed(context, change, error)
        self._fail(context, error)

    def _fail(self, context: Context, error: ConnectorError) -> None:
        with self._mutex:
            self._outcome.failed(remember_failure(self.one_pass, context, error))

    def _connector(self, context: Context) -> Connector:
        return self.one_pass.runtime.connectors[context.kind]


def _as_failed(context: Context, change: Change, error: SyncdError) -> ConnectorError:
    """A refusal of our own as the failure of its context; its words are whole, its advice is its own."""
    told = error.message if isinstance(error, OwnershipConflictError) else str(error)
    failed = ConnectorError(told, operation=f"{change.action.value} event", context=context.id)
    if isinstance(error, OwnershipConflictError):
        failed.advice = error.advice
    return failed


def _covered(change: Change, checked: set[tuple[Action, str, str]]) -> bool:
    """True where the checked plan holds this change, or holds the create it would have been."""
    exact = (change.action, change.key, change.remote_id) in checked
    return exact or (isinstance(change, Update) and (Action.UPDATE, change.key, "") in checked)
