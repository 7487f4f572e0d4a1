"""The plan for a registrar's eyes: by target, one line for the same change in many courses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mapping.model import Action
from mapping.text.printable import printable
from syncd.reconcile.report import CycleReport
from syncd.reporting.english import days
from syncd.reporting.plan.words import (
    FINDING_WORDS,
    SIGNS,
    count_words,
    draft_words,
    field_lines,
    hit_word,
    loudest,
    reason,
    scale_words,
    where,
)
from syncd.state.plans import Edition, PlanGroup

_COLOURS = {Action.CREATE: "\x1b[32m", Action.UPDATE: "\x1b[33m", Action.DELETE: "\x1b[31m"}
_PLAIN = "\x1b[0m"
SHOWN_FINDINGS = 40
SHOWN_LOUDEST = 10


def render(report: CycleReport, *, colour: bool) -> Iterator[str]:
    """Text in lines, each ending with a line end."""
    if report.drafts:
        yield f"{draft_words(report)}\n"
    elif report.edition == Edition.WAITING:
        yield "The calendar was edited and waits for a person; this is what the edit would do.\n"
    target = ""
    for group in report.plans.groups(report.edition):
        if group.target != target:
            target = group.target
            yield f"\n{target}\n"
        yield from _group(group, colour=colour)
    yield from _messages(report)
    yield from _findings(report)
    yield from _waiting(report)
    yield from _term_waits(report)
    yield from _failures(report)
    yield _summary(report)


def _group(group: PlanGroup, *, colour: bool) -> Iterator[str]:
    sign = SIGNS[group.action]
    if colour:
        sign = f"{_COLOURS[group.action]}{sign}{_PLAIN}"
    why = reason(group)
    tail = f"  ({why})" if why else ""
    yield f"  {sign} {days(group.days):<35}  {printable(group.title)}{tail}  [{where(group)}]\n"
    yield from (f"      {printable(line)}\n" for line in field_lines(group.fields))


def _messages(report: CycleReport) -> Iterator[str]:
    reaches = loudest(report, SHOWN_LOUDEST)
    if reaches:
        yield "\nWho may be told by Canvas, as far as their settings allow\n"
    yield from (f"  {printable(str(reach))}\n" for reach in reaches)


def _findings(report: CycleReport) -> Iterator[str]:
    if not report.findings and not report.left_behind:
        return
    yield "\nSeen and left alone\n"
    for finding in report.findings[:SHOWN_FINDINGS]:
        detail = f" ({printable(finding.detail)})" if finding.detail else ""
        title = printable(finding.title)
        yield f"  * {finding.context}: {title!r}: {FINDING_WORDS[finding.kind]}{detail}\n"
    rest = Counter(finding.kind for finding in report.findings[SHOWN_FINDINGS:])
    for kind, count in sorted(rest.items()):
        yield f"  * and {count} more: {FINDING_WORDS[kind]}\n"
    for context, count in sorted(report.left_behind.items()):
        yield f"  * {context}: no target claims it any more; {count} events of ours stay there\n"


def _waiting(report: CycleReport) -> Iterator[str]:
    if report.hits or report.clashes:
        yield "\nNeeds a person\n"
    for hit in report.hits:
        yield f"  ! {hit_word(report, hit)}: {hit.sentence} ({hit.guard})\n"
    if report.refused:
        yield f"  To let exactly this plan through: {report.decide_command}\n"
    for clash in report.clashes:
        yield f"  ! refused: {clash}\n"


def _term_waits(report: CycleReport) -> Iterator[str]:
    if report.term_waits:
        yield "\nNot there yet\n"
    yield from (f"  . {printable(str(one))}\n" for one in report.term_waits)


def _failures(report: CycleReport) -> Iterator[str]:
    if report.failures:
        yield "\nCould not be read, so nothing is planned there\n"
    for failure in report.failures:
        yield f"  x {printable(failure.sentence)}\n"


def _summary(report: CycleReport) -> str:
    messages = report.plans.messages(report.edition)
    note = f" Canvas may send up to {messages:,} messages." if messages else ""
    past = " The whole calendar lies in the past." if report.past else ""
    return f"\nPlan {report.digest}: {count_words(report)}; {scale_words(report)}.{note}{past}\n"
