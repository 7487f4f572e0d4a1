"""The plan as Markdown, for a ticket or a mail: the same lines as the text, in tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from syncd.reconcile.report import CycleReport
from syncd.reporting.english import days
from syncd.reporting.plan.words import (
    ACTION_WORDS,
    FINDING_WORDS,
    count_words,
    draft_words,
    field_lines,
    hit_word,
    loudest,
    places,
    reason,
    scale_words,
)
from syncd.state.plans import Edition, PlanGroup

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~&]|^[-+#=]")
SHOWN_LOUDEST = 10


def render(report: CycleReport, *, colour: bool) -> Iterator[str]:
    """Markdown in lines."""
    del colour
    yield f"# Plan {report.digest}\n\n{count_words(report)}; {scale_words(report)}.\n"
    messages = report.plans.messages(report.edition)
    if messages:
        yield f"\nCanvas may send up to **{messages:,} messages**.\n"
    if report.past:
        yield "\nThe whole calendar lies in the past.\n"
    if report.drafts:
        yield f"\n{draft_words(report)}\n"
    elif report.edition == Edition.WAITING:
        yield "\nThe calendar was edited and waits for a person; this is what the edit would do.\n"
    yield from _changes(report)
    yield from _section("Who may be told", [str(one) for one in loudest(report, SHOWN_LOUDEST)])
    yield from _section("Needs a person", _waiting(report))
    yield from _section("Seen and left alone", _findings(report))
    yield from _section("Not there yet", [str(one) for one in report.term_waits])
    yield from _section(
        "Could not be read, so nothing is planned there", [one.sentence for one in report.failures]
    )
    if report.refused:
        yield f"\nTo approve exactly this plan: `{report.decide_command}`\n"


def escaped(text: str) -> str:
    """Text that means nothing to Markdown, in one line: titles come from people, too."""
    return _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))


def _changes(report: CycleReport) -> Iterator[str]:
    target = ""
    for group in report.plans.groups(report.edition):
        if group.target != target:
            target = group.target
            yield f"\n## {escaped(target)}\n\n| | Date | Title | Change | Where |\n|---|---|---|---|---|\n"
        yield _row(group)


def _row(group: PlanGroup) -> str:
    change = "<br>".join(escaped(one) for one in [reason(group), *field_lines(group.fields)] if one)
    people = f"; about {group.students:,} students" if group.students else ""
    title, place = escaped(group.title), escaped(places(group)) + people
    return f"| {ACTION_WORDS[group.action]} | {days(group.days)} | {title} | {change} | {place} |\n"


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"\n## {title}\n\n"
    yield from (f"- {escaped(line)}\n" for line in lines)


def _waiting(report: CycleReport) -> list[str]:
    hits = [f"{hit_word(report, hit)}: {hit.sentence} ({hit.guard})" for hit in report.hits]
    return [*hits, *(f"refused: {clash}" for clash in report.clashes)]


def _findings(report: CycleReport) -> list[str]:
    seen = [
        f"{one.context}: {one.title}: {FINDING_WORDS[one.kind]}" + (f" ({one.detail})" if one.detail else "")
        for one in report.findings
    ]
    left = [
        f"{context}: no target claims it any more; {count} events of ours stay there"
        for context, count in sorted(report.left_behind.items())
    ]
    return [*seen, *left]
