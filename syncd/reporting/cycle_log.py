"""One cycle's report as log lines and as the sentences that a real run ends with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mapping.model import FindingKind
from mapping.planning.told import told_together
from syncd.reconcile.passes import Failure
from syncd.reconcile.report import CycleReport
from syncd.reporting.english import counted


def log_report(log: Any, report: CycleReport, *, dry: bool) -> None:
    """One wide line per cycle, one per failure and refusal."""
    for one in report.failures:
        log.error("failed", where=one.where, target=one.target or None, error=one.sentence)
    for hit in report.refused:
        log.warning(
            "refused",
            guard=hit.guard,
            scope=hit.scope,
            found=hit.found,
            limit=hit.limit,
            why=hit.sentence,
            decide=report.decide_command,
        )
    for clash in report.clashes:
        log.error("clash", context=clash.context, targets=list(clash.targets))
    for deviation in report.done.deviations:
        log.warning("deviation", detail=deviation)
    log.info(
        "cycle",
        run=report.run,
        dry=dry or None,
        digest=report.digest,
        contexts=len(report.contexts),
        unchanged=report.unchanged,
        as_recorded=report.as_recorded,
        planned=dict(report.pending()),
        applied=dict(report.applied),
        messages=report.done.messages,
        failures=len(report.failures),
        refused=len(report.refused),
        findings=len(report.findings),
        held_removals=report.done.held_removals or None,
        left_behind=len(report.left_behind) or None,
    )


def summary_sentence(report: CycleReport) -> str:
    """What a real run did, in one line."""
    made = ", ".join(f"{count:,} {_DONE_WORDS[action]}" for action, count in sorted(report.applied.items()))
    parts = [
        made or ("nothing written" if report.held_changes else "nothing to change"),
        f"{report.unchanged:,} unchanged",
        counted(len(report.contexts), "calendar"),
    ]
    resting = sum(one.kind is FindingKind.NOT_STORED for one in report.findings)
    if resting:
        parts.append(f"in step but for {counted(resting, 'event')} not stored as sent")
    if report.left_behind:
        parts.append(f"{len(report.left_behind):,} left behind, since no target claims them any more")
    parts.extend(str(one) for one in report.term_waits)
    if report.failures:
        parts.append(f"{len(report.failures):,} failed")
    if report.refused:
        parts.append(f"{counted(report.held_changes, 'change')} refused until approved")
    if report.stopped:
        parts.append("stopped before it was through: the next run does the rest")
    if report.past:
        parts.append("the whole calendar lies in the past")
    return "; ".join(parts) + "."


def waiting_sentence(report: CycleReport) -> str:
    """How many changes wait for a person, and the command that lets them through; '' where none does."""
    if not report.refused:
        return ""
    wait = "waits" if report.held_changes == 1 else "wait"
    return f"{counted(report.held_changes, 'change')} {wait} for a person: {report.decide_command}"


def failure_words(failure: Failure) -> str:
    """What failed, with the service or calendar that it is about where the sentence does not say so itself."""
    where, sentence = failure.where, failure.sentence
    return sentence if not where or where in sentence else f"{where}: {sentence}"


def refusal_lines(report: CycleReport, look: str) -> Iterator[str]:
    """What a person must decide, and the command that does it."""
    for told in told_together(report.refused):
        yield f"refused ({told.guard}): {told.sentence}."
    if report.refused:
        yield f"{look} let exactly this plan through: {report.decide_command}"
    for clash in report.clashes:
        yield f"refused: {clash}"


_DONE_WORDS = {"create": "created", "update": "updated", "delete": "deleted"}
