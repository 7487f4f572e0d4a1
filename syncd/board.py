"""What the daemon knows of itself, for whoever asks: a thread-safe snapshot, never the live values."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mapping.safety import GuardHit
from syncd.report import CycleReport, Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """State of the daemon after its last cycle. Times are seconds since the epoch, 0 where never."""

    started_at: float = 0.0
    attempted_at: float = 0.0
    succeeded_at: float = 0.0
    """Last cycle in which nothing failed and nothing was refused."""
    phase: str = "starting"
    run: str = ""
    digest: str = ""
    contexts: int = 0
    planned: Mapping[str, int] = field(default_factory=dict)
    applied: Mapping[str, int] = field(default_factory=dict)
    applied_ever: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(action, kind) to count since the start."""
    messages_ever: int = 0
    unchanged: int = 0
    failures: tuple[Failure, ...] = ()
    refused: tuple[GuardHit, ...] = ()
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


class Board:
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

    def cycle_done(self, report: CycleReport, *, now: float) -> Snapshot:
        """Take in a finished cycle."""
        before = self.read()
        ever = dict(before.applied_ever)
        for (action, kind), count in report.applied_by_kind.items():
            ever[action, kind] = ever.get((action, kind), 0) + count
        findings: dict[str, int] = {}
        for finding in report.findings:
            findings[finding.kind.value] = findings.get(finding.kind.value, 0) + 1
        good = not report.failures and not report.must_decide and not report.stopped
        out = before.edited_at > 0 and good and not report.held_removals
        return self.change(
            attempted_at=now,
            succeeded_at=now if good else before.succeeded_at,
            phase="waiting",
            run=report.run,
            digest=report.digest,
            contexts=len(report.contexts),
            planned=dict(report.pending()),
            applied=dict(report.applied),
            applied_ever=ever,
            messages_ever=before.messages_ever + report.messages,
            unchanged=report.unchanged,
            failures=tuple(report.failures),
            refused=report.refused,
            clashes=tuple(str(clash) for clash in report.clashes),
            findings=findings,
            edited_at=0.0 if out else before.edited_at,
            edit_to_applied_s=now - before.edited_at if out else before.edit_to_applied_s,
        )


def status_words(snapshot: Snapshot) -> str:
    """The last cycle in one line, for the supervisor and the status verb."""
    if not snapshot.attempted_at:
        return snapshot.phase
    done = (
        ", ".join(f"{count} {action}" for action, count in sorted(snapshot.applied.items()))
        or "nothing to change"
    )
    parts = [f"last cycle {snapshot.run}: {done}", f"{snapshot.contexts} calendars"]
    if snapshot.failures:
        parts.append(f"{len(snapshot.failures)} failing")
    if snapshot.refused:
        parts.append(f"a plan waits: syncd approve {snapshot.digest}")
    if snapshot.data_problem:
        parts.append("data files are invalid, the last good calendar is served")
    if snapshot.paused:
        parts.append("paused")
    return "; ".join(parts)
