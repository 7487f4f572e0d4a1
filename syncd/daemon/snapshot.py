"""What the daemon knows of itself, for whoever asks: a thread-safe snapshot, never the live values."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mapping.model import Why
from mapping.planning.guards import GuardHit
from syncd.reconcile.passes import Failure
from syncd.reconcile.report import CycleReport
from syncd.reporting.english import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """State of the daemon after its last cycle. Times are seconds since the epoch, 0 where never."""

    started_at: float = 0.0
    cycle_began_at: float = 0.0
    attempted_at: float = 0.0
    """When the last cycle ended, well or not."""
    succeeded_at: float = 0.0
    """Last cycle in which nothing failed and nothing was refused."""
    problem: str = ""
    """Sentence of what kept the last cycle from being made at all."""
    problem_since: float = 0.0
    phase: str = "starting"
    run: str = ""
    digest: str = ""
    decide: str = ""
    """The command that lets the waiting plan through; '' where none waits."""
    contexts: int = 0
    context_targets: Mapping[str, str] = field(default_factory=dict)
    """Every context that a target claimed in the last cycle, with that target."""
    targets: tuple[str, ...] = ()
    drift: Mapping[str, int] = field(default_factory=dict)
    """Events the last cycle found other than it left them, by reason (drift, gone, marker, copy)."""
    planned: Mapping[str, int] = field(default_factory=dict)
    held_removals: int = 0
    """Deletes that the last cycle left for the end of the removal delay."""
    applied: Mapping[str, int] = field(default_factory=dict)
    applied_ever: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(action, kind) to count since the start."""
    messages_ever: int = 0
    unchanged: int = 0
    failures: tuple[Failure, ...] = ()
    failing_since: Mapping[str, float] = field(default_factory=dict)
    """Where something outside any context fails (a service, a target), to when it began to."""
    refused: tuple[GuardHit, ...] = ()
    waiting_since: float = 0.0
    """Since when a plan waits for a person; 0 where none does."""
    clashes: tuple[str, ...] = ()
    findings: Mapping[str, int] = field(default_factory=dict)
    data_problem: str = ""
    """Sentence of a bad edit; the last good calendar is served."""
    paused: bool = False
    edited_at: float = 0.0
    """When the edit that is being brought out was noticed; 0 once it is out."""
    edit_to_applied_s: float = 0.0
    """Seconds the last edit took from noticed to applied."""
    notes: tuple[str, ...] = ()
    unexpected: Mapping[str, int] = field(default_factory=dict)
    """Worker to the exceptions nobody foresaw that it went on after, since the start."""


class SnapshotBoard:
    """One writer (the daemon), many readers."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._snapshot = Snapshot()

    def read(self) -> Snapshot:
        with self._mutex:
            return self._snapshot

    def change(self, **changes: object) -> Snapshot:
        """Replace fields of the snapshot."""
        with self._mutex:
            self._snapshot = replace(self._snapshot, **changes)  # type: ignore[arg-type]
            return self._snapshot

    def count_unexpected(self, worker: str) -> Snapshot:
        """A worker met an exception that nobody foresaw, and went on."""
        with self._mutex:
            counts = {**self._snapshot.unexpected, worker: self._snapshot.unexpected.get(worker, 0) + 1}
            self._snapshot = replace(self._snapshot, unexpected=counts)
            return self._snapshot

    def cycle_failed(self, problem: str, *, now: float) -> Snapshot:
        """Take in that a cycle could not be made."""
        before = self.read()
        return self.change(
            attempted_at=now,
            phase="waiting",
            problem=problem,
            problem_since=before.problem_since if before.problem else now,
        )

    def cycle_done(self, report: CycleReport, *, now: float) -> Snapshot:
        """Take in a finished cycle."""
        before = self.read()
        ever = dict(before.applied_ever)
        for (action, kind), count in report.done.by_kind.items():
            ever[action, kind] = ever.get((action, kind), 0) + count
        findings: dict[str, int] = {}
        for finding in report.findings:
            findings[finding.kind.value] = findings.get(finding.kind.value, 0) + 1
        good = not report.failures and not report.must_decide and not report.stopped
        out = before.edited_at > 0 and good and not report.done.held_removals
        return self.change(
            attempted_at=now,
            succeeded_at=now if good else before.succeeded_at,
            phase="waiting",
            problem="",
            problem_since=0.0,
            run=report.run,
            digest=report.digest,
            decide=report.decide_command if report.refused else "",
            contexts=len(report.contexts),
            context_targets={name: context.target for name, context in report.contexts.items()},
            targets=report.targets,
            drift=_drift(report),
            planned=dict(report.pending()),
            held_removals=report.done.held_removals,
            applied=dict(report.applied),
            applied_ever=ever,
            messages_ever=before.messages_ever + report.done.messages,
            unchanged=report.unchanged,
            failures=report.failures,
            failing_since={
                one.where: before.failing_since.get(one.where, now)
                for one in report.failures
                if one.where not in report.contexts
            },
            refused=report.refused,
            waiting_since=(before.waiting_since or now) if report.refused else 0.0,
            clashes=tuple(str(clash) for clash in report.clashes),
            findings=findings,
            edited_at=0.0 if out else before.edited_at,
            edit_to_applied_s=now - before.edited_at if out else before.edit_to_applied_s,
        )


def _drift(report: CycleReport) -> dict[str, int]:
    """Events that somebody else changed, by reason; what the calendar or a first fill asks for is none."""
    found: dict[str, int] = {}
    for group in report.plans.groups(report.edition):
        if group.why in _DRIFT:
            found[group.why.value] = found.get(group.why.value, 0) + group.context_count
    return found


_DRIFT = frozenset({Why.DRIFT, Why.DIFFERS, Why.GONE, Why.MARKER, Why.COPY})


def status_words(snapshot: Snapshot) -> str:
    """The last cycle in one line, for the supervisor and the status verb."""
    if not snapshot.attempted_at:
        bad = "; data files are invalid, the last good calendar is served" if snapshot.data_problem else ""
        return snapshot.phase + bad
    done = (
        ", ".join(f"{count:,} {action}d" for action, count in sorted(snapshot.applied.items()))
        or "nothing to change"
    )
    parts = [f"last cycle {snapshot.run}: {done}", counted(snapshot.contexts, "calendar")]
    if snapshot.problem:
        parts.append(f"the last cycle could not be made: {snapshot.problem}")
    if snapshot.failures:
        parts.append(f"{len(snapshot.failures):,} failing")
    if snapshot.refused:
        parts.append(f"a plan waits: {snapshot.decide}")
    if snapshot.data_problem:
        parts.append("data files are invalid, the last good calendar is served")
    if snapshot.paused:
        parts.append("paused")
    return "; ".join(parts)
