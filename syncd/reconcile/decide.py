"""Ask the guards, hold what they found against what people approved, and settle what was carried out.

What may be written is decided here, once for a cycle, from the plan as it stands; nothing is written remotely.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mapping.planning.approval import Decision, Terms, decide, plan_digest
from mapping.planning.guards import GuardHit, GuardLevel, guard_fills, guard_older_state, guard_target
from syncd.errors import StaleApprovalError
from syncd.reconcile.editions import Editions
from syncd.reconcile.observe import Observer
from syncd.reconcile.report import CycleReport
from syncd.reconcile.runtime import Runtime
from syncd.reconcile.waiting import remember_waiting
from syncd.state.ledger import WAITING_FACT
from syncd.state.plans import Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Approving:
    """An approval given with the command that carries it out. ``digest``: whole, or its beginning.

    ``alone``: the plan must be that one, or nothing is done.
    """

    digest: str
    who: str
    alone: bool = False


@dataclass(slots=True, kw_only=True)
class Decider:
    """Lives for one cycle. ``zones``: hits of the guards on time zones."""

    runtime: Runtime
    report: CycleReport
    editions: Editions
    sweep: Observer
    zones: Sequence[GuardHit]
    approving: Approving | None = None
    _applied: Decision = field(init=False)

    def decide(self, *, dry: bool) -> None:
        """Fill in hits, refusals, digests, and which edition is shown or applied. Raises `StaleApprovalError`."""
        report, editions = self.report, self.editions
        shown = Edition.WAITING if editions.waiting is not None else Edition.IN_FORCE
        hits = (*editions.hits, *self.zones, *self._hits(shown))
        terms = self._terms(shown, hits)
        report.digest = plan_digest(self._lines(shown), terms)
        decision = self._decision(hits, terms)
        if self.approving is not None and not dry:
            self._note_what_waits(shown, decision, terms)
            self._approve(self.approving, decision)
            decision = self._decision(hits, terms)
        self._note_what_waits(shown, decision, terms)
        report.edition = shown if decision.edit_admitted or dry else Edition.IN_FORCE
        self._applied = decision
        report.hits, report.refused = hits, decision.refused
        if report.edition != shown:
            held = (*self.zones, *self._hits(Edition.IN_FORCE), *self._older_state())
            self._applied = self._decision(held, self._terms(Edition.IN_FORCE, held))
            edit = tuple(hit for hit in decision.refused if hit.level is GuardLevel.EDIT)
            report.hits = (*editions.hits, *held)
            report.refused = (*edit, *self._applied.refused)
        if report.drafts:
            # The guards are told of, but there is nothing that a person could let through.
            report.refused = ()
        report.held_changes = self._held_changes(shown)

    def _held_changes(self, shown: Edition) -> int:
        """A waiting edit's own plan waits whole; else what is planned where a guard holds."""
        report = self.report
        if report.edition is not shown:
            return sum(report.plans.counts(shown).values())
        everything = any(hit.level is GuardLevel.ALL for hit in report.refused)
        held = report.contexts.keys() if everything else self.held()
        return sum(count for name, count in report.plans.changes_in(report.edition).items() if name in held)

    def fills(self) -> Mapping[str, int]:
        """Contexts that are filled now, with the messages an approval allows there."""
        tallies = self.sweep.tallies.get(self.report.edition, {})
        allowed = self._applied.allowed
        return {name: allowed.get(name, 0) for one in tallies.values() for name in one.result().fills}

    def held(self) -> frozenset[str]:
        """Contexts that a refusing guard keeps from being written."""
        report = self.report
        targets = {hit.scope for hit in report.refused if hit.level is GuardLevel.TARGET}
        kinds = {hit.scope for hit in report.refused if hit.level is GuardLevel.KIND}
        held = {name for hit in report.refused if hit.level is GuardLevel.CONTEXTS for name in hit.parts}
        held.update(
            name for name, one in report.contexts.items() if one.target in targets or one.kind in kinds
        )
        return frozenset(held)

    def remember(self) -> None:
        """Keep what waits, so that a person can approve it by its digest."""
        report, ledger = self.report, self.runtime.state.ledger
        # A dry run's ledger is a private copy; a paused daemon's is the real one and tells what waits.
        if not report.only_targets:
            ledger.set_fact(WAITING_FACT, report.decision if report.refused else "")
        remember_waiting(ledger, report, now=self.runtime.clock())

    def settle(self) -> None:
        """End approvals as far as they are carried out: a course that failed keeps its own share open alone."""
        report, ledger = self.report, self.runtime.state.ledger
        calendar = self._calendar(report.edition)
        pending = report.plans.changes_in(report.edition)
        failed = {one.where for one in report.failures}
        settled = ({name for name in report.observed if name not in pending} | report.settled) - failed
        settled -= self.held()
        for approval in ledger.approvals(now=self.runtime.clock()):
            terms = approval.terms
            if terms is None or terms.calendar != calendar:
                continue
            left = terms.left(settled, edit_done=self.promoted)
            if not left.hits:
                ledger.spend(approval.digest)
            elif left != terms:
                ledger.leave_open(approval.digest, left)

    @property
    def promoted(self) -> bool:
        """The calendar of the data files comes in force with this cycle."""
        return self.report.edition == Edition.WAITING or not self.editions.hits

    def _lines(self, edition: Edition) -> Iterator[str]:
        yield from self.report.plans.digest_lines(edition)
        # A plan with drafts in it is another than the same plan once they are published.
        yield from (f"draft {name}" for name in self.report.drafts)

    # --- pieces of the decision -------------------------------------------------------------------

    def _hits(self, edition: Edition) -> Iterator[GuardHit]:
        limits = self.runtime.limits
        tallies = [one.result() for _, one in sorted(self.sweep.tallies.get(edition, {}).items())]
        for tally in tallies:
            yield from guard_target(tally, limits)
        yield from guard_fills(tallies, limits, recent=self._recent())

    def _older_state(self) -> Iterator[GuardHit]:
        """Contexts whose events are ahead of this state: it was restored from before an edit was published."""
        for target, showing in sorted(self.sweep.ahead.items()):
            ahead = {context: count for context, count in showing.items() if count}
            if ahead:
                yield guard_older_state(target, ahead, self.editions.candidate.calendar.digest)

    def _terms(self, edition: Edition, hits: Sequence[GuardHit]) -> Terms:
        tallies = self.sweep.tallies.get(edition, {}).values()
        changes: dict[str, int] = {}
        for one in tallies:
            for action, count in one.edit_changes.items():
                changes[action] = changes.get(action, 0) + count
        messages = sum(one.edit_messages for one in tallies)
        return Terms.of(self._calendar(edition), hits, changes, messages)

    def _calendar(self, edition: Edition) -> str:
        return self.sweep.views[edition].calendar.digest

    def _decision(self, hits: Sequence[GuardHit], terms: Terms) -> Decision:
        approved = [
            terms if one.terms is None else one.terms
            for one in self.runtime.state.ledger.approvals(now=self.runtime.clock())
            if one.terms is not None or one.digest == self.report.digest
        ]
        spare = self.runtime.limits.fill_messages - self._recent()
        return decide(hits, terms, approved, spare=spare)

    def _recent(self) -> int:
        """Messages of fills that nobody approved, counted by what they took up of the limit that they met."""
        share = self.runtime.state.ledger.unapproved_share(now=self.runtime.clock())
        return round(share * self.runtime.limits.fill_messages)

    def _approve(self, approving: Approving, decision: Decision) -> None:
        ledger, now, offers = self.runtime.state.ledger, self.runtime.clock(), self.report.offers
        digest = ledger.whole_digest(approving.digest, *offers)
        if approving.alone and digest not in offers:
            raise StaleApprovalError(approving.digest, self.report.digest)
        if digest in offers:
            if not offers[digest].hits:
                return
            sentences = [hit.sentence for hit in decision.refused]
            ledger.remember_waiting(digest, offers[digest], sentences, now=now)
        if digest:
            ledger.approve(digest, who=approving.who, now=now)

    def _note_what_waits(self, shown: Edition, decision: Decision, terms: Terms) -> None:
        """The digest and terms of what a person must still decide, beside those of the whole plan."""
        report = self.report
        left = self._terms(shown, decision.open) if decision.open else terms
        report.decision = plan_digest(self._lines(shown), left)
        report.offers = {report.digest: terms, report.decision: left}
