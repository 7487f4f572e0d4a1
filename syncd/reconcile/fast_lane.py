"""The fast lane: an edit's updates written within a second, before the cycle that looks at everything.

The edit is planned from this process's last complete observations, for contexts that were in step with the
calendar in force; guards judge that plan whole. Then each event is read again right before it is written, and
planned again from that. Never creates, never deletes, never decides from an event that is not shown. Whatever
it does not do, or cannot be sure of, the cycle that follows does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from mapping.model import (
    Change,
    Context,
    ContextPlan,
    DesiredEvent,
    ObservedEvent,
    Record,
    Target,
)
from mapping.planning.guards import guard_target
from mapping.planning.plan import Situation, plan_context
from mapping.planning.remembered import as_last_seen, likeness
from syncd.reconcile.binding import guard_zones
from syncd.reconcile.cycle import run_name
from syncd.reconcile.desired import DesiredSets
from syncd.reconcile.editions import Candidate, Editions, compare_editions, put_in_force
from syncd.reconcile.fast_apply import AlikePlan, FastApplier, find_updates
from syncd.reconcile.passes import Applied, Pass
from syncd.reconcile.planning import policy_of
from syncd.reconcile.report import CycleReport
from syncd.reconcile.runtime import Runtime
from syncd.reconcile.tally import Tally, year_size
from syncd.state.ledger import NOTHING
from syncd.state.plans import Edition

MOST_KEYS = 50
"""Events that an edit may concern; a larger one takes the ordinary way."""


@dataclass(slots=True, kw_only=True)
class Memory:
    """What a process remembers of its own complete observations. ``contexts``: as last discovered."""

    contexts: dict[str, Context] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    """Contexts read completely at least once."""

    def keep(self, report: CycleReport) -> None:
        """Take in an ordinary cycle."""
        self.seen |= report.observed
        if not report.failures:
            self.contexts = dict(report.contexts)

    def targets_seen(self) -> set[str]:
        """Targets all of whose contexts were read completely."""
        unseen = {one.target for one in self.contexts.values() if one.id not in self.seen}
        return {one.target for one in self.contexts.values()} - unseen


@dataclass(slots=True, kw_only=True)
class FastLane:
    """Lives for one edit."""

    runtime: Runtime
    memory: Memory
    candidate: Candidate
    _records: Mapping[str, Mapping[str, Record]] = field(default_factory=dict)
    _targets: Mapping[str, Target] = field(default_factory=dict)
    _changed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Target to the keys whose desired event the edit changes."""

    def run(self) -> CycleReport | None:
        """Write what can be written at once; None where nothing is done."""
        runtime = self.runtime
        editions = compare_editions(
            self.candidate,
            runtime.state.ledger,
            today=runtime.today(),
            limits=runtime.limits,
            publish=runtime.publish,
        )
        if (
            not editions.edited
            or editions.hits
            or guard_zones(runtime.state.ledger, runtime.targets.timezone, {})
        ):
            return None
        one_pass = self._begin(editions)
        contexts = self._concerned(editions, one_pass)
        plans = self._plans(one_pass, contexts) if contexts else []
        if not plans or not self._admits(one_pass, plans):
            one_pass.plans.close()
            return None
        done = self._write(one_pass, contexts, plans)
        return CycleReport(
            run=one_pass.run,
            plans=one_pass.plans,
            done=done,
            owner=runtime.targets.owner,
            calendar=editions.candidate.calendar,
            stopped=done.stopped,
        )

    # --- planning from memory -------------------------------------------------------------------

    def _begin(self, editions: Editions) -> Pass:
        runtime = self.runtime
        return Pass(
            run=run_name(runtime.clock()),
            runtime=runtime,
            targets={target.name: target for target in runtime.targets.targets},
            desired={
                Edition.IN_FORCE: DesiredSets(
                    editions.candidate.calendar, runtime.today(), views=runtime.views
                )
            },
            notes=runtime.state.events.notes(),
        )

    def _concerned(self, editions: Editions, one_pass: Pass) -> list[Context]:
        """Contexts the edit concerns whose last observation may be relied on for planning."""
        assert editions.base is not None  # noqa: S101 - an edit has a calendar before it
        before = DesiredSets(editions.base, self.runtime.today(), views=self.runtime.views)
        after = one_pass.desired[Edition.IN_FORCE]
        seen = self.memory.targets_seen() & one_pass.targets.keys()
        self._targets = {name: one_pass.targets[name] for name in seen}
        self._changed = {
            name: _differing(before.desired(target), after.desired(target))
            for name, target in self._targets.items()
        }
        keys = frozenset[str]().union(*self._changed.values())
        if not keys or len(keys) > MOST_KEYS:
            return []
        self._records = self.runtime.state.events.holding(keys)
        unclear = self.runtime.state.events.open_intents()
        digests = {name: before.digest(target) for name, target in self._targets.items()}
        return [
            context
            for context in self.memory.contexts.values()
            if self._changed.get(context.target)
            and context.id not in unclear
            and self._in_step(context, one_pass, digests)
        ]

    def _in_step(self, context: Context, one_pass: Pass, digests: Mapping[str, str]) -> bool:
        note = one_pass.notes.get(context.id)
        return note is not None and not note.is_failing and note.view == digests[context.target]

    def _plans(self, one_pass: Pass, contexts: Sequence[Context]) -> list[AlikePlan]:
        """All of it planned from records, once for contexts that stand alike."""
        respected = defaultdict[str, set[str]](set)
        for place, key, _ in self.runtime.state.events.respected_everywhere():
            respected[place].add(key)
        groups = defaultdict[Hashable, list[Context]](list)
        for context in contexts:
            groups[likeness(context, self._of(context), respected[context.id])].append(context)
        owner, plans = self.runtime.targets.owner, []
        for alike in groups.values():
            first = alike[0]
            records = self._of(first)
            seen = [as_last_seen(owner, first.id, record) for record in records.values()]
            plan = self._plan(one_pass, first, records, seen, self._changed[first.target])
            plans.append(AlikePlan(tuple(alike), plan))
        return plans

    def _admits(self, one_pass: Pass, plans: Sequence[AlikePlan]) -> bool:
        """True if no guard has anything to say of all of it."""
        tallies: dict[str, Tally] = {}
        calendar, today = one_pass.desired[Edition.IN_FORCE].calendar, self.runtime.today().isoformat()
        for one in plans:
            target = self._targets[one.contexts[0].target]
            tally = tallies.setdefault(target.name, Tally(target, year_size(calendar, target)))
            tally.count_alike(one.contexts, one.plan, one_pass.notes, today)
        limits = self.runtime.limits
        return not any(hit for tally in tallies.values() for hit in guard_target(tally.result(), limits))

    def _of(self, context: Context) -> dict[str, Record]:
        """The context's records of the events that the edit changes."""
        changed = self._changed[context.target]
        return {key: record for key, record in self._records.get(context.id, {}).items() if key in changed}

    def _plan(
        self,
        one_pass: Pass,
        context: Context,
        records: Mapping[str, Record],
        events: Sequence[ObservedEvent],
        keys: frozenset[str],
    ) -> ContextPlan:
        """The ordinary plan, of these keys only."""
        target = self._targets[context.target]
        desired = one_pass.desired[Edition.IN_FORCE].desired(target)
        state = self.runtime.state.events
        return plan_context(
            Situation(
                context=context,
                owner=self.runtime.targets.owner,
                desired={key: desired[key] for key in keys if key in desired},
                observed=tuple(events),
                records=records,
                respected=state.respected(context.id),
                today=self.runtime.today(),
                policy=policy_of(target, self.runtime.connectors[context.kind]),
            )
        )

    def _write(self, one_pass: Pass, contexts: Sequence[Context], plans: Sequence[AlikePlan]) -> Applied:
        runtime = self.runtime
        ledger, now = runtime.state.ledger, runtime.clock()
        put_in_force(self.candidate, ledger, now=now)
        ledger.begin_run(one_pass.run, calendar=self.candidate.calendar.digest, why="fast lane", now=now)
        one_pass = replace(one_pass, epochs=runtime.state.events.take(contexts))
        updates = find_updates(plans, runtime.connectors, runtime.today())
        plan = partial(self._plan_one, one_pass)
        done = FastApplier(one_pass=one_pass, records=self._records, plan=plan).run(list(updates))
        made = sum(done.changes.values())
        ledger.end_run(one_pass.run, f"{made} update" if made else NOTHING)
        return done

    def _plan_one(
        self, one_pass: Pass, context: Context, record: Record, event: ObservedEvent
    ) -> tuple[Change, ...]:
        keys = frozenset({record.key})
        return self._plan(one_pass, context, {record.key: record}, [event], keys).changes


def _differing(before: Mapping[str, DesiredEvent], after: Mapping[str, DesiredEvent]) -> frozenset[str]:
    """Keys that come, go, or whose event changes in what people see."""
    return frozenset(
        key
        for key in before.keys() | after.keys()
        if key not in before or key not in after or before[key].fingerprint != after[key].fingerprint
    )
