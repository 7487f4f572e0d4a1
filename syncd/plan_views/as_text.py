"""The plan for a registrar's eyes: by target, one line for the same change in many courses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mapping.model import Action, Why
from syncd.plan_views.words import FINDING_WORDS, SIGNS, WHY_WORDS, days, field_line, moved_by, where
from syncd.report import CycleReport
from syncd.state.plans import PlanGroup

_COLOURS = {Action.CREATE: "\x1b[32m", Action.UPDATE: "\x1b[33m", Action.DELETE: "\x1b[31m"}
_PLAIN = "\x1b[0m"
SHOWN_FINDINGS = 40


def render(report: CycleReport, *, colour: bool) -> Iterator[str]:
    """Text in lines, each ending with a line end."""
    target = ""
    for group in report.plans.groups(report.edition):
        if group.target != target:
            target = group.target
            yield f"\n{target}\n"
        yield from _group(group, colour=colour)
    yield from _findings(report)
    yield from _waiting(report)
    yield from _failures(report)
    yield _summary(report)


def _group(group: PlanGroup, *, colour: bool) -> Iterator[str]:
    sign = SIGNS[group.action]
    if colour:
        sign = f"{_COLOURS[group.action]}{sign}{_PLAIN}"
    shift = moved_by(group.fields)
    reason = shift or (WHY_WORDS[group.why] if group.why is not Why.FILL else "")
    tail = f"  ({reason})" if reason else ""
    yield f"  {sign} {days(group.days):<35}  {group.title}{tail}  [{where(group)}]\n"
    for field in group.fields:
        line = field_line(field)
        if line:
            yield f"      {line}\n"


def _findings(report: CycleReport) -> Iterator[str]:
    if not report.findings and not report.left_behind:
        return
    yield "\nSeen and left alone\n"
    for finding in report.findings[:SHOWN_FINDINGS]:
        detail = f" ({finding.detail})" if finding.detail else ""
        yield f"  * {finding.context}: {finding.title!r}: {FINDING_WORDS[finding.kind]}{detail}\n"
    rest = Counter(finding.kind for finding in report.findings[SHOWN_FINDINGS:])
    for kind, count in sorted(rest.items()):
        yield f"  * and {count} more: {FINDING_WORDS[kind]}\n"
    for context, count in sorted(report.left_behind.items()):
        yield f"  * {context}: no target claims it any more; {count} events of ours stay there\n"


def _waiting(report: CycleReport) -> Iterator[str]:
    if report.hits:
        yield "\nNeeds a person\n"
    for hit in report.hits:
        word = "refused" if hit in report.refused else "approved"
        yield f"  ! {word}: {hit.sentence} ({hit.guard})\n"
    if report.refused:
        yield f"  To approve exactly this plan: syncd approve {report.digest}\n"
    for clash in report.clashes:
        yield f"  ! refused: {clash}\n"


def _failures(report: CycleReport) -> Iterator[str]:
    if report.failures:
        yield "\nCould not be read, so nothing is planned there\n"
    for failure in report.failures:
        yield f"  x {failure.sentence}\n"


def _summary(report: CycleReport) -> str:
    counts = report.pending()
    planned = ", ".join(
        f"{counts.get(action.value, 0):,} to {action.value}" for action in (Action.CREATE, Action.UPDATE, Action.DELETE)
    )
    messages = report.plans.messages(report.edition)
    note = f" Canvas may send up to {messages:,} messages." if messages else ""
    past = " The whole calendar lies in the past." if report.past else ""
    return (
        f"\nPlan {report.digest}: {planned}, {report.unchanged:,} unchanged; "
        f"{len(report.contexts):,} calendars of {len(report.targets)} targets.{note}{past}\n"
    )
