"""What one cycle found, planned and did: the value every report, status and exit code is read from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from mapping.model import CanonicalCalendar, Context, Finding, Target
from mapping.planning.approval import Terms
from mapping.planning.claims import Clash
from mapping.planning.guards import GuardHit
from syncd.reconcile.desired import DesiredSets
from syncd.state.plans import Edition, PlanStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something that failed: where (context, target or connector), what, and whether a retry may help."""

    where: str
    target: str
    sentence: str
    transient: bool
    credential: bool = False


@dataclass(slots=True, kw_only=True)
class CycleReport:
    """Filled while a cycle runs; read only once it is over.

    ``edition``: which rows of ``plans`` this cycle applies or a dry run shows. ``hits``: guards that
    struck, approved or not; ``refused``: those not approved. ``applied``: changes made, by action.
    """

    run: str
    plans: PlanStore
    owner: str = ""
    """The targets file's."""
    edition: Edition = Edition.IN_FORCE
    calendar: CanonicalCalendar | None = None
    views: DesiredSets | None = None
    """The desired sets of ``calendar``."""
    target_values: Mapping[str, Target] = field(default_factory=dict)
    """Every target of the targets file by its name."""
    digest: str = ""
    """Of the whole plan, whatever is approved of it."""
    decision: str = ""
    """Of what a person must still decide; `digest` where nothing of the plan is approved yet."""
    offers: Mapping[str, Terms] = field(default_factory=dict)
    """What an approval of `digest` and of `decision` would bind."""
    retires: str = ""
    """The target that `syncd retire` is to empty: no other verb lets that through."""
    contexts: dict[str, Context] = field(default_factory=dict)
    observed: set[str] = field(default_factory=set)
    """Contexts that were read completely."""
    drafts: tuple[str, ...] = ()
    """Draft years that this plan shows as if they were published."""
    settled: set[str] = field(default_factory=set)
    """Contexts whose plan was carried out wholly."""
    targets: tuple[str, ...] = ()
    only_targets: tuple[str, ...] = ()
    """The targets that were asked for, where not all were."""
    unchanged_in: Counter[str] = field(default_factory=Counter)
    """Edition to events that are as they should be."""
    findings: list[Finding] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    clashes: tuple[Clash, ...] = ()
    left_behind: dict[str, int] = field(default_factory=dict)
    """Contexts no target claims, with the number of our events left there."""
    candidate: str = ""
    """Digest of the calendar that the plan shown would put in force."""
    shown_hits: tuple[GuardHit, ...] = ()
    """Guards that the plan shown by a dry run strikes; ``digest`` names that plan."""
    hits: tuple[GuardHit, ...] = ()
    refused: tuple[GuardHit, ...] = ()
    held_changes: int = 0
    """Changes of a real run's plan that wait for a person."""
    held_removals: int = 0
    """Deletes that wait for the removal delay."""
    applied: Counter[str] = field(default_factory=Counter)
    applied_by_kind: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(action, kind of target) to changes made."""
    messages: int = 0
    """The most messages the service may have sent for what was applied."""
    deviations: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Sentences for people that are neither failures nor findings."""
    stopped: bool = False
    past: bool = False
    """Every event of the calendar lies before today."""

    def pending(self) -> Mapping[str, int]:
        """Planned changes by action."""
        return self.plans.counts(self.edition)

    @property
    def unchanged(self) -> int:
        """Events that are as they should be, in the edition shown or applied."""
        return self.unchanged_in[self.edition]

    @property
    def decide_command(self) -> str:
        """What a person types to let exactly this plan through."""
        if self.retires:
            return f"syncd retire {self.retires} --approve {self.digest}"
        verb = "publish" if all(hit.guard == "publish" for hit in self.refused) else "approve"
        return f"syncd {verb} {self.decision or self.digest}"

    @property
    def must_decide(self) -> bool:
        """A person must decide: a guard refused, or contexts are claimed twice."""
        return bool(self.refused or self.clashes)

    @property
    def failed(self) -> bool:
        return bool(self.failures)

    def add_what_was_done(self, other: CycleReport) -> None:
        """Count another pass's writes as this one's."""
        self.applied.update(other.applied)
        self.applied_by_kind.update(other.applied_by_kind)
        self.messages += other.messages
        self.deviations.extend(other.deviations)

    def close(self) -> None:
        self.plans.close()
