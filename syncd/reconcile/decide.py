"""Ask the guards, hold what they found against what people approved, and settle what was carried out.

What may be written is decided here, once for a pass, from the plan as it stands; nothing is written remotely.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mapping.model import Context
from mapping.planning.approval import Decision, Terms, decide, plan_digest
from mapping.planning.guards import GuardHit, GuardLevel, guard_fills, guard_older_state, guard_target
from mapping.planning.told import told_together
from syncd.errors import StaleApprovalError
from syncd.reconcile.editions import Editions
from syncd.reconcile.observe import Planned
from syncd.reconcile.passes import Applied, Failure, Pass
from syncd.state.plans import Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Approving:
    """An approval given with the command that carries it out. ``digest``: whole, or its beginning.

    ``alone``: the plan must be that one, or nothing is done.
    """

    digest: str
    who: str
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What may be applied, or what a dry run shows."""

    edition: Edition = Edition.IN_FORCE
    digest: str = ""
    """Of the whole plan that a dry run shows, whatever is approved of it."""
    decision: str = ""
    """Of what a person must still decide; `digest` where nothing of the plan is approved yet."""
    offers: Mapping[str, Terms] = field(default_factory=dict)
    """What an approval of `digest` and of `decision` would bind."""
    hits: tuple[GuardHit, ...] = ()
    """Guards that struck, approved or not."""
    refused: tuple[GuardHit, ...] = ()
    """Guards that struck and that nobody has approved, as an approval of `decision` binds them."""
    holding: tuple[GuardHit, ...] = ()
    """Those that hold back what this pass writes: while an edit waits, they are counted without it."""
    fills: Mapping[str, int] = field(default_factory=dict)
    """Contexts that are filled or refilled now, with the messages that an approval allows there."""
    held_changes: int = 0
    """Changes of a real run's plan that wait for a person."""
    promoted: bool = True
    """The calendar of the data files comes in force with this pass."""

    @property
    def holds_all(self) -> bool:
        """Nothing may be applied at all."""
        return any(hit.level is GuardLevel.ALL for hit in self.holding)

    def scopes_held(self, level: GuardLevel) -> frozenset[str]:
        """What a refusing guard of this level holds back."""
        return frozenset(hit.scope for hit in self.holding if hit.level is level)

    def contexts_held(self, contexts: Mapping[str, Context]) -> frozenset[str]:
        """Contexts that a refusing guard keeps from being written."""
        targets, kinds = self.scopes_held(GuardLevel.TARGET), self.scopes_held(GuardLevel.KIND)
        named = {name for hit in self.holding if hit.level is GuardLevel.CONTEXTS for name in hit.parts}
        below = {name for name, one in contexts.items() if one.target in targets or one.kind in kinds}
        return frozenset(named | below)


@dataclass(slots=True, kw_only=True)
class Decider:
    """Lives for one pass. ``zones``: hits of the guards on time zones. ``drafts``: years shown as if published."""

    one_pass: Pass
    editions: Editions
    contexts: Mapping[str, Context]
    planned: Planned
    zones: Sequence[GuardHit]
    drafts: Sequence[str] = ()
    approving: Approving | None = None
    _digest: str = field(init=False, default="")

    def decide(self, *, dry: bool) -> Verdict:
        """Ask every guard about the plan. Raises `StaleApprovalError`."""
        editions = self.editions
        shown = Edition.WAITING if editions.waiting is not None else Edition.IN_FORCE
        hits = (*editions.hits, *self.zones, *self._hits(shown))
        terms = self._terms(shown, hits)
        self._digest = plan_digest(self._lines(shown), terms)
        decision = self._decision(hits, terms)
        waiting, offers = self._waiting(shown, decision, terms)
        if self.approving is not None and not dry:
            self._approve(self.approving, decision, offers)
            decision = self._decision(hits, terms)
            waiting, offers = self._waiting(shown, decision, terms)
        edition = shown if decision.edit_admitted or dry else Edition.IN_FORCE
        refused, holding, applied = decision.refused, decision.refused, decision
        if edition is not shown:
            held = (*self.zones, *self._hits(Edition.IN_FORCE), *self._older_state())
            applied = self._decision(held, self._terms(Edition.IN_FORCE, held))
            edit = tuple(hit for hit in decision.refused if hit.level is GuardLevel.EDIT)
            holding = (*edit, *applied.refused)
            # Told is what an approval binds, which is the plan with the edit in it; held is what is done without it.
            hits, refused = _joined(hits, held), _joined(decision.refused, applied.refused)
        verdict = Verdict(
            edition=edition,
            digest=self._digest,
            decision=waiting,
            offers=offers,
            hits=hits,
            # With drafts the guards are told of, but there is nothing that a person could let through.
            refused=() if self.drafts else refused,
            holding=() if self.drafts else holding,
            fills=self._fills(edition, applied),
            promoted=edition is Edition.WAITING or not editions.hits,
        )
        return replace(verdict, held_changes=self._held_changes(shown, verdict))

    # --- pieces of the decision -------------------------------------------------------------------

    def _held_changes(self, shown: Edition, verdict: Verdict) -> int:
        """A waiting edit's own plan waits whole; else what is planned where a guard holds."""
        plans = self.one_pass.plans
        if verdict.edition is not shown:
            return sum(plans.counts(shown).values())
        held = self.contexts.keys() if verdict.holds_all else verdict.contexts_held(self.contexts)
        return sum(count for name, count in plans.changes_in(verdict.edition).items() if name in held)

    def _lines(self, edition: Edition) -> Iterator[str]:
        yield from self.one_pass.plans.digest_lines(edition)
        # A plan with drafts in it is another than the same plan once they are published.
        yield from (f"draft {name}" for name in self.drafts)

    def _hits(self, edition: Edition) -> Iterator[GuardHit]:
        limits = self.one_pass.runtime.limits
        tallies = [one.result() for _, one in sorted(self.planned.tallies.get(edition, {}).items())]
        for tally in tallies:
            yield from guard_target(tally, limits)
        yield from guard_fills(tallies, limits, recent=self._recent())

    def _older_state(self) -> Iterator[GuardHit]:
        """Contexts whose events are ahead of this state: it was restored from before an edit was published."""
        for target, showing in sorted(self.planned.ahead.items()):
            ahead = {context: count for context, count in showing.items() if count}
            if ahead:
                yield guard_older_state(target, ahead, self.editions.candidate.calendar.digest)

    def _terms(self, edition: Edition, hits: Sequence[GuardHit]) -> Terms:
        tallies = self.planned.tallies.get(edition, {}).values()
        changes: dict[str, int] = {}
        for one in tallies:
            for action, count in one.edit_changes.items():
                changes[action] = changes.get(action, 0) + count
        messages = sum(one.edit_messages for one in tallies)
        return Terms.of(self.one_pass.desired[edition].calendar.digest, hits, changes, messages)

    def _decision(self, hits: Sequence[GuardHit], terms: Terms) -> Decision:
        runtime = self.one_pass.runtime
        approved = [
            terms if one.terms is None else one.terms
            for one in runtime.state.ledger.approvals(now=runtime.clock())
            if one.terms is not None or one.digest == self._digest
        ]
        return decide(hits, terms, approved, spare=runtime.limits.fill_messages - self._recent())

    def _recent(self) -> int:
        """Messages of fills that nobody approved, counted by what they took up of the limit that they met."""
        runtime = self.one_pass.runtime
        share = runtime.state.ledger.unapproved_share(now=runtime.clock())
        return round(share * runtime.limits.fill_messages)

    def _fills(self, edition: Edition, applied: Decision) -> Mapping[str, int]:
        tallies = self.planned.tallies.get(edition, {})
        results = [one.result() for one in tallies.values()]
        return {name: applied.allowed.get(name, 0) for one in results for name in (*one.fills, *one.emptied)}

    def _approve(self, approving: Approving, decision: Decision, offers: Mapping[str, Terms]) -> None:
        ledger, now = self.one_pass.runtime.state.ledger, self.one_pass.runtime.clock()
        digest = ledger.whole_digest(approving.digest, *offers)
        if approving.alone and digest not in offers:
            raise StaleApprovalError(approving.digest, self._digest)
        if digest in offers:
            if not offers[digest].hits:
                return
            sentences = [one.sentence for one in told_together(decision.refused)]
            ledger.remember_waiting(digest, offers[digest], sentences, now=now)
        if digest:
            ledger.approve(digest, who=approving.who, now=now)

    def _waiting(self, shown: Edition, decision: Decision, terms: Terms) -> tuple[str, Mapping[str, Terms]]:
        """The digest of what a person must still decide, and what it binds, beside that of the whole plan."""
        left = self._terms(shown, decision.open) if decision.open else terms
        waiting = plan_digest(self._lines(shown), left)
        return waiting, {self._digest: terms, waiting: left}


def _joined(told: Sequence[GuardHit], further: Sequence[GuardHit]) -> tuple[GuardHit, ...]:
    """What is told, and of the further hits those of which nothing is told yet."""
    known = {(hit.guard, hit.scope) for hit in told}
    return (*told, *(hit for hit in further if (hit.guard, hit.scope) not in known))


def settle_approvals(
    one_pass: Pass,
    verdict: Verdict,
    planned: Planned,
    done: Applied,
    failures: Iterable[Failure],
    held: frozenset[str],
) -> None:
    """End approvals as far as they are carried out: a course that failed keeps its own share open alone."""
    ledger, calendar = one_pass.runtime.state.ledger, one_pass.desired[verdict.edition].calendar.digest
    pending = one_pass.plans.changes_in(verdict.edition)
    failed = {one.where for one in failures}
    settled = ({name for name in planned.observed if name not in pending} | done.settled) - failed - held
    for approval in ledger.approvals(now=one_pass.runtime.clock()):
        terms = approval.terms
        if terms is None or terms.calendar != calendar:
            continue
        left = terms.left(settled, edit_done=verdict.promoted)
        if not left.hits:
            ledger.spend(approval.digest)
        elif left != terms:
            ledger.leave_open(approval.digest, left)
