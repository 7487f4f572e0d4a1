"""One cycle: discover the contexts, observe and plan them all, decide with the guards, apply what they admit.

The same path serves the daemon, `--once` and the dry run; a dry run stops before the last step and
works on a private copy of the state.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Protocol

from mapping.drafts import first_term_day
from mapping.errors import SyncdError
from mapping.model import CanonicalCalendar, Context, Past, Target, Why
from mapping.planning.guards import GuardLevel
from syncd.errors import StaleApprovalError
from syncd.reconcile.apply import Applier
from syncd.reconcile.binding import OWNER, bind, check_owner, guard_zones
from syncd.reconcile.decide import Approving, Decider, Verdict, settle_approvals
from syncd.reconcile.desired import DesiredSets
from syncd.reconcile.discovery import Found, discover, remember_lengths
from syncd.reconcile.editions import Candidate, Editions, compare_editions, put_in_force
from syncd.reconcile.health import recall, remember
from syncd.reconcile.observe import Observer, Planned
from syncd.reconcile.passes import Applied, Pass
from syncd.reconcile.report import CycleReport
from syncd.reconcile.runtime import Runtime
from syncd.reconcile.waiting import remember_waiting
from syncd.state.context_notes import ContextNote
from syncd.state.ledger import NOTHING, TERM_WAITS_FACT, WAITING_FACT
from syncd.state.plans import Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a cycle is asked to do. ``targets`` empty: all of them.

    ``look_at``: picks the contexts to read this time (the daemon's audit); None reads every one.
    ``only_digest``: apply the plan of that whole digest or none; '' for whatever comes out. ``approving``: an
    approval that comes with this cycle. ``adopt_from``: the owner whose events are taken over, '' for none.
    ``retire``: the targets are emptied of what is not past.
    """

    why: str
    dry: bool = False
    targets: frozenset[str] = frozenset()
    hold_removals: bool = False
    ignore_back_off: bool = True
    look_at: ContextSelection | None = None
    only_digest: str = ""
    approving: Approving | None = None
    adopt_from: str = ""
    retire: bool = False
    drafts: bool = False
    """Only with ``dry``: plan as if the drafts were published. Such a plan can be approved by nobody."""


class ContextSelection(Protocol):
    """Chooses the contexts of a cycle that must be read; the rest is taken as last seen, and not written."""

    def choose(
        self,
        contexts: Sequence[Context],
        notes: Mapping[str, ContextNote],
        desired: DesiredSets,
        targets: Mapping[str, Target],
    ) -> Sequence[Context]:
        """The contexts to read, in the order given."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """One pass over everything in its scope."""

    runtime: Runtime
    scope: Scope
    candidate: Candidate

    def run(self) -> CycleReport:
        """Carry out the scope; what goes wrong in one place is in the report.

        Raises `RefusedError` where the state is another's, `StaleApprovalError` where another plan was asked for,
        `StoppedError` where it was told to stop before everything was read: of a part nothing is decided, nothing
        said and nothing remembered but what was read.
        """
        scope, run = self.scope, run_name(self.runtime.clock())
        # Every line that is logged below carries the cycle's name.
        runtime = replace(self.runtime, log=self.runtime.log.bind(cycle=run))
        check_owner(runtime.state.ledger, runtime.targets.owner, scope.adopt_from)
        self._render_ahead(runtime)
        found = discover(runtime, scope.targets, partial(first_term_day, self.candidate.calendar))
        editions = self._editions(runtime)
        one_pass = self._begin(run, runtime, editions)
        due = self._due(one_pass, list(found.contexts.values()))
        one_pass = replace(one_pass, epochs=runtime.state.events.take(due))
        drafts = tuple(self.candidate.calendar.drafts) if scope.drafts else ()
        try:
            planned = Observer(one_pass).run(due)
            verdict = self._decide(one_pass, editions, found, planned, drafts)
        except SyncdError:
            one_pass.plans.close()
            raise
        self._remember(runtime, verdict)
        if not scope.targets:
            runtime.state.ledger.set_fact(TERM_WAITS_FACT, "\n".join(map(str, found.term_waits)))
            remember_lengths(runtime.state.ledger, found)
        done = Applied() if scope.dry else self._apply(one_pass, editions, found, planned, verdict)
        failures = (*found.failures, *planned.failures, *done.failures)
        if not (scope.dry or verdict.holds_all):
            held = verdict.contexts_held(found.contexts)
            settle_approvals(one_pass, verdict, planned, done, failures, held)
        desired = one_pass.desired[verdict.edition]
        report = CycleReport(
            run=run,
            plans=one_pass.plans,
            verdict=verdict,
            done=done,
            owner=runtime.targets.owner,
            calendar=desired.calendar,
            desired=desired,
            target_values=one_pass.targets,
            retires=min(scope.targets) if scope.retire else "",
            contexts=found.contexts,
            observed=planned.observed,
            as_recorded=planned.as_recorded,
            drafts=drafts,
            targets=found.targets,
            only_targets=tuple(sorted(scope.targets)),
            unchanged_in=planned.unchanged,
            findings=planned.findings,
            failures=failures,
            term_waits=found.term_waits,
            clashes=found.clashes,
            left_behind=found.left_behind,
            stopped=done.stopped,
            past=_lies_in_the_past(desired.calendar, runtime.today()),
        )
        # A dry run's ledger is a private copy; a paused daemon's is the real one and tells what fails.
        ledger = runtime.state.ledger
        remember(ledger, recall(ledger).after_pass(report, now=runtime.clock()))
        return report

    # --- before anything is read --------------------------------------------------------------------

    def _render_ahead(self, runtime: Runtime) -> None:
        """What is likely to be planned by, while the services are asked what there is to keep."""
        scope = self.scope
        if not (scope.drafts or scope.retire):
            asked = [one for one in runtime.targets.targets if not scope.targets or one.name in scope.targets]
            runtime.views.render_ahead(self.candidate.calendar, asked, runtime.today())

    def _editions(self, runtime: Runtime) -> Editions:
        candidate = self.candidate
        if self.scope.drafts:
            candidate = replace(candidate, calendar=candidate.calendar.with_drafts())
        return compare_editions(
            candidate,
            runtime.state.ledger,
            today=runtime.today(),
            limits=runtime.limits,
            publish=runtime.publish,
        )

    def _begin(self, run: str, runtime: Runtime, editions: Editions) -> Pass:
        today = runtime.today()
        retired = self.scope.targets if self.scope.retire else frozenset()
        desired = {Edition.IN_FORCE: DesiredSets(editions.served, today, retired, runtime.views)}
        if editions.waiting is not None:
            desired[Edition.WAITING] = DesiredSets(editions.waiting, today, retired, runtime.views)
        targets = {target.name: target for target in runtime.targets.targets}
        # What is over stays where it is, also where a target otherwise keeps its past in step.
        targets |= {name: replace(targets[name], past=Past.KEEP) for name in retired}
        notes = runtime.state.events.notes()
        recorded = frozenset(runtime.state.events.recorded())
        return Pass(
            run=run,
            runtime=runtime,
            targets=targets,
            desired=desired,
            notes=notes,
            on_record=frozenset(notes[name].target for name in recorded if name in notes),
            recorded=recorded,
            dry=self.scope.dry,
            adopt_from=self.scope.adopt_from,
        )

    def _due(self, one_pass: Pass, contexts: Sequence[Context]) -> Sequence[Context]:
        due = list(contexts)
        if not self.scope.ignore_back_off:
            now = one_pass.runtime.clock()
            due = [one for one in due if not _backing_off(one_pass.notes.get(one.id), now)]
        if self.scope.look_at is None:
            return due
        newest = one_pass.desired.get(Edition.WAITING, one_pass.desired[Edition.IN_FORCE])
        return self.scope.look_at.choose(due, one_pass.notes, newest, one_pass.targets)

    # --- once it is decided -------------------------------------------------------------------------

    def _decide(
        self, one_pass: Pass, editions: Editions, found: Found, planned: Planned, drafts: Sequence[str]
    ) -> Verdict:
        runtime = one_pass.runtime
        decider = Decider(
            one_pass=one_pass,
            editions=editions,
            contexts=found.contexts,
            planned=planned,
            zones=guard_zones(runtime.state.ledger, runtime.targets.timezone, dict(found.accounts)),
            drafts=drafts,
            approving=self.scope.approving,
        )
        verdict = decider.decide(dry=self.scope.dry)
        if self.scope.only_digest not in {"", verdict.digest}:
            raise StaleApprovalError(self.scope.only_digest, verdict.digest)
        return verdict

    def _remember(self, runtime: Runtime, verdict: Verdict) -> None:
        """What waits. A dry run's ledger is a private copy; a paused daemon's is the real one and tells too."""
        if not self.scope.targets:
            runtime.state.ledger.set_fact(WAITING_FACT, verdict.decision if verdict.refused else "")
        remember_waiting(runtime.state.ledger, verdict, now=runtime.clock())

    def _apply(
        self, one_pass: Pass, editions: Editions, found: Found, planned: Planned, verdict: Verdict
    ) -> Applied:
        if verdict.holds_all:
            return Applied()
        runtime, ledger = one_pass.runtime, one_pass.runtime.state.ledger
        now, kinds_held = runtime.clock(), verdict.scopes_held(GuardLevel.KIND)
        bind(
            ledger,
            self._owner(one_pass, found, planned, verdict.edition),
            runtime.targets.timezone,
            {kind: account for kind, account in found.accounts.items() if kind not in kinds_held},
        )
        if verdict.promoted:
            put_in_force(editions.candidate, ledger, now=now)
        changes_something = any(one_pass.plans.counts(verdict.edition).values())
        if changes_something:
            calendar = one_pass.desired[verdict.edition].calendar.digest
            ledger.begin_run(one_pass.run, calendar=calendar, why=self.scope.why, now=now)
        applier = Applier(
            one_pass=one_pass,
            edition=verdict.edition,
            held=verdict.contexts_held(found.contexts),
            fills=verdict.fills,
            hold_removals=self.scope.hold_removals,
        )
        done = applier.run(found.contexts)
        if changes_something:
            made = ", ".join(f"{count} {action}" for action, count in sorted(done.changes.items()))
            ledger.end_run(one_pass.run, made or NOTHING)
        return done

    def _owner(self, one_pass: Pass, found: Found, planned: Planned, edition: Edition) -> str:
        """Whose the state is from now on.

        The old owner's until all is taken over: an ordinary cycle in between would take the rest for foreign. Ours
        where all was read and nothing of the old owner's was found: a mistyped name must not lock the state.
        """
        old, ours = self.scope.adopt_from, one_pass.runtime.targets.owner
        if not old:
            return ours
        read_all = planned.observed == found.contexts.keys() and not (found.failures or planned.failures)
        was_ours = one_pass.runtime.state.ledger.fact(OWNER) == ours
        return ours if was_ours and read_all and not one_pass.plans.has_reason(edition, Why.OWNER) else old


def run_name(now: float) -> str:
    """A name for one pass, sorted by time."""
    return f"{datetime.fromtimestamp(now, tz=UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:4]}"


def _lies_in_the_past(calendar: CanonicalCalendar, today: date) -> bool:
    spans = [
        entry.days for year in calendar.years.values() for entry in year.entries if entry.days is not None
    ]
    return bool(spans) and all(span.last < today for span in spans)


def _backing_off(note: ContextNote | None, now: float) -> bool:
    return note is not None and note.retry_at is not None and note.retry_at > now
