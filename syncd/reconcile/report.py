"""What one cycle found, planned, decided and did: the value every report, status and exit code is read from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mapping.model import CanonicalCalendar, Context, Finding, Target
from mapping.planning.claims import Clash
from mapping.planning.edit_guards import publishing_decides
from mapping.planning.guards import GuardHit
from syncd.reconcile.decide import Verdict
from syncd.reconcile.desired import DesiredSets
from syncd.reconcile.discovery import TermWait
from syncd.reconcile.passes import Applied, Failure
from syncd.state.plans import Edition, PlanStore


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """Built once, when the cycle is over. ``plans`` is open until `close`."""

    run: str
    plans: PlanStore
    verdict: Verdict = field(default_factory=Verdict)
    done: Applied = field(default_factory=Applied)
    """What was written; nothing in a dry run."""
    owner: str = ""
    """The targets file's."""
    calendar: CanonicalCalendar | None = None
    """What is served or, in a dry run, shown."""
    desired: DesiredSets | None = None
    """The desired sets of ``calendar``."""
    target_values: Mapping[str, Target] = field(default_factory=dict)
    """Every target of the targets file by its name."""
    retires: str = ""
    """The target that `syncd retire` is to empty: no other verb lets that through."""
    contexts: Mapping[str, Context] = field(default_factory=dict)
    observed: frozenset[str] = frozenset()
    """Contexts that were read completely."""
    as_recorded: int = 0
    """Contexts among them that were as their last look left them, and were not planned anew."""
    drafts: tuple[str, ...] = ()
    """Draft years that this plan shows as if they were published."""
    targets: tuple[str, ...] = ()
    only_targets: tuple[str, ...] = ()
    """The targets that were asked for, where not all were."""
    unchanged_in: Mapping[Edition, int] = field(default_factory=Counter)
    """Events that are as they should be."""
    findings: tuple[Finding, ...] = ()
    failures: tuple[Failure, ...] = ()
    """Of every step, in their order."""
    term_waits: tuple[TermWait, ...] = ()
    """Targets whose term the service does not have yet."""
    clashes: tuple[Clash, ...] = ()
    left_behind: Mapping[str, int] = field(default_factory=dict)
    """Contexts no target claims, with the number of our events left there."""
    stopped: bool = False
    past: bool = False
    """Every event of the calendar lies before today."""

    @property
    def edition(self) -> Edition:
        """Which rows of ``plans`` this cycle applies or a dry run shows."""
        return self.verdict.edition

    @property
    def digest(self) -> str:
        """Names the whole plan that a dry run shows, whatever is approved of it."""
        return self.verdict.digest

    @property
    def decision(self) -> str:
        """Names what a person must still decide of it."""
        return self.verdict.decision

    @property
    def hits(self) -> tuple[GuardHit, ...]:
        """Guards that struck, approved or not."""
        return self.verdict.hits

    @property
    def refused(self) -> tuple[GuardHit, ...]:
        """Guards that struck and that nobody has approved."""
        return self.verdict.refused

    @property
    def held_changes(self) -> int:
        """Changes of a real run's plan that wait for a person."""
        return self.verdict.held_changes

    @property
    def applied(self) -> Mapping[str, int]:
        """Changes made, by action."""
        return self.done.changes

    def pending(self) -> Mapping[str, int]:
        """Planned changes by action."""
        return self.plans.counts(self.edition)

    @property
    def unchanged(self) -> int:
        """Events that are as they should be, in the edition shown or applied."""
        return self.unchanged_in.get(self.edition, 0)

    @property
    def decide_command(self) -> str:
        """What a person types to let exactly this plan through."""
        if self.retires:
            return f"syncd retire {self.retires} --approve {self.digest}"
        verb = "publish" if publishing_decides({hit.guard for hit in self.refused}) else "approve"
        return f"syncd {verb} {self.decision or self.digest}"

    @property
    def must_decide(self) -> bool:
        """A person must decide: a guard refused, or contexts are claimed twice."""
        return bool(self.refused or self.clashes)

    @property
    def failed(self) -> bool:
        return bool(self.failures)

    def with_writes_of(self, other: CycleReport) -> CycleReport:
        """This report with another pass's writes counted as its own."""
        done = replace(
            self.done,
            changes=Counter(self.done.changes) + Counter(other.done.changes),
            by_kind=Counter(self.done.by_kind) + Counter(other.done.by_kind),
            messages=self.done.messages + other.done.messages,
            deviations=(*self.done.deviations, *other.done.deviations),
        )
        return replace(self, done=done)

    def close(self) -> None:
        """Give back the plan's rows."""
        self.plans.close()
