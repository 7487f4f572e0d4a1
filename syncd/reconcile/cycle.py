"""One cycle: find the contexts, observe and plan them all, ask the guards, apply what they admit.

The same path serves the daemon, `--once` and the dry run; a dry run stops before the last step and
works on a private copy of the state.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from connectors.port import Account
from mapping.errors import SyncdError
from mapping.model import CanonicalCalendar, Context, Past, Target
from mapping.planning.guards import GuardLevel
from syncd.errors import StaleApprovalError
from syncd.reconcile.apply import Applier
from syncd.reconcile.binding import bind, check_owner, guard_zones
from syncd.reconcile.decide import Approving, Decider
from syncd.reconcile.desired import DesiredSets
from syncd.reconcile.discovery import ContextDiscovery
from syncd.reconcile.editions import Candidate, Editions, compare_editions, put_in_force
from syncd.reconcile.health import recall, remember
from syncd.reconcile.observe import Observer
from syncd.reconcile.report import CycleReport
from syncd.reconcile.runtime import Runtime
from syncd.state.events import ContextNote
from syncd.state.ledger import NOTHING
from syncd.state.plans import Edition, PlanStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a cycle is asked to do. ``targets`` empty: all of them.

    ``look_at``: picks the contexts to read this time (the daemon's audit); None reads every one.
    ``only_digest``: apply the plan of that whole digest or none; '' for whatever comes out. ``approving``: an
    approval that comes with this cycle. ``adopt_from``: the owner whose
    events are taken over, '' for none. ``retire``: the targets are emptied of what is not past.
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


class ContextSelection:
    """Chooses the contexts of a cycle that must be read; the rest is taken as last seen, and not written."""

    def choose(
        self,
        contexts: Sequence[Context],
        notes: Mapping[str, ContextNote],
        views: DesiredSets,
        targets: Mapping[str, Target],
    ) -> Sequence[Context]:
        raise NotImplementedError


@dataclass(slots=True, kw_only=True)
class Cycle:
    """Lives for one pass."""

    runtime: Runtime
    scope: Scope
    candidate: Candidate
    _accounts: dict[str, Account] = field(default_factory=dict)

    def run(self) -> CycleReport:
        """Carry out the scope; what goes wrong in one place is in the report.

        Raises `RefusedError` where the state is another's, `StaleApprovalError` where another plan was asked for.
        """
        run = run_name(self.runtime.clock())
        shown = self.candidate.calendar
        if self.scope.drafts:
            self.candidate = replace(self.candidate, calendar=shown.with_drafts())
        # Every line that is logged below carries the cycle's name.
        self.runtime = replace(self.runtime, log=self.runtime.log.bind(cycle=run))
        runtime = self.runtime
        report = CycleReport(
            run=run,
            plans=PlanStore(),
            owner=runtime.targets.owner,
            only_targets=tuple(sorted(self.scope.targets)),
            drafts=tuple(shown.drafts) if self.scope.drafts else (),
        )
        check_owner(runtime.state.ledger, runtime.targets.owner, self.scope.adopt_from)
        survey = ContextDiscovery(runtime=runtime, report=report, only=self.scope.targets)
        survey.meet_accounts()
        self._accounts = survey.accounts
        editions = compare_editions(
            self.candidate,
            runtime.state.ledger,
            today=runtime.today(),
            limits=runtime.limits,
            publish=runtime.publish,
        )
        contexts = survey.find_contexts()
        sweep = self._sweep(report, editions, contexts)
        try:
            decider = self._decide(report, editions, sweep)
        except SyncdError:
            report.close()
            raise
        if not self.scope.dry:
            self._apply(report, editions, sweep, decider)
        # A dry run's ledger is a private copy; a paused daemon's is the real one and tells what fails.
        ledger = runtime.state.ledger
        remember(ledger, recall(ledger).after_pass(report, now=runtime.clock()))
        return report

    # --- reading and planning ---------------------------------------------------------------------

    def _sweep(self, report: CycleReport, editions: Editions, contexts: Sequence[Context]) -> Observer:
        today = self.runtime.today()
        retired = self.scope.targets if self.scope.retire else frozenset()
        views = {Edition.IN_FORCE: DesiredSets(editions.served, today, retired)}
        if editions.waiting is not None:
            views[Edition.WAITING] = DesiredSets(editions.waiting, today, retired)
        notes = self.runtime.state.events.notes()
        targets = {target.name: target for target in self.runtime.targets.targets}
        # What is over stays where it is, also where a target otherwise keeps its past in step.
        targets |= {name: replace(targets[name], past=Past.KEEP) for name in retired}
        sweep = Observer(
            runtime=self.runtime,
            report=report,
            views=views,
            notes=notes,
            targets=targets,
            adopt_from=self.scope.adopt_from,
        )
        sweep.run(self._due(contexts, notes, views, targets))
        return sweep

    def _due(
        self,
        contexts: Sequence[Context],
        notes: Mapping[str, ContextNote],
        views: Mapping[Edition, DesiredSets],
        targets: Mapping[str, Target],
    ) -> Sequence[Context]:
        due = list(contexts)
        if not self.scope.ignore_back_off:
            now = self.runtime.clock()
            due = [one for one in due if not _backing_off(notes.get(one.id), now)]
        if self.scope.look_at is None:
            return due
        newest = views.get(Edition.WAITING, views[Edition.IN_FORCE])
        return self.scope.look_at.choose(due, notes, newest, targets)

    # --- asking the guards ------------------------------------------------------------------------

    def _decide(self, report: CycleReport, editions: Editions, sweep: Observer) -> Decider:
        decider = Decider(
            runtime=self.runtime,
            report=report,
            editions=editions,
            sweep=sweep,
            zones=guard_zones(self.runtime.state.ledger, self.runtime.targets.timezone, self._accounts),
            approving=self.scope.approving,
        )
        decider.decide(dry=self.scope.dry)
        if self.scope.only_digest not in {"", report.digest}:
            raise StaleApprovalError(self.scope.only_digest, report.digest)
        report.views = sweep.views[report.edition]
        report.target_values = sweep.targets
        report.calendar = report.views.calendar
        report.past = _lies_in_the_past(report.calendar, self.runtime.today())
        decider.remember()
        return decider

    # --- writing ------------------------------------------------------------------------------------

    def _apply(self, report: CycleReport, editions: Editions, sweep: Observer, decider: Decider) -> None:
        ledger, now = self.runtime.state.ledger, self.runtime.clock()
        everything_held = any(hit.level is GuardLevel.ALL for hit in report.refused)
        if everything_held:
            return
        kinds_held = {hit.scope for hit in report.refused if hit.level is GuardLevel.KIND}
        bind(
            ledger,
            # The old owner's until all is taken over: an ordinary cycle in between would take the rest for foreign.
            self.scope.adopt_from or self.runtime.targets.owner,
            self.runtime.targets.timezone,
            {kind: account for kind, account in self._accounts.items() if kind not in kinds_held},
        )
        if decider.promoted:
            put_in_force(editions.candidate, ledger, now=now)
        calendar = report.calendar.digest if report.calendar is not None else ""
        if report.pending():
            ledger.begin_run(report.run, calendar=calendar, why=self.scope.why, now=now)
        application = Applier(
            sweep=sweep,
            edition=report.edition,
            held=decider.held(),
            fills=decider.fills(),
            hold_removals=self.scope.hold_removals,
        )
        application.run(report.contexts)
        if report.pending():
            ledger.end_run(report.run, _summary(report))
        decider.settle()


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


def _summary(report: CycleReport) -> str:
    made = ", ".join(f"{count} {action}" for action, count in sorted(report.applied.items()))
    return made or NOTHING
