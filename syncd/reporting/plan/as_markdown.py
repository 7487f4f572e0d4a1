"""The plan as Markdown, for a ticket or a mail: by change in one table, then what a person should know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from syncd.reconcile.report import CycleReport
from syncd.reporting.cycle_log import failure_words
from syncd.reporting.plan import Wanted
from syncd.reporting.plan.changes import EntryChange
from syncd.reporting.plan.telling import Telling
from syncd.reporting.plan.voice import DOCUMENT, voice_of
from syncd.reporting.plan.words import count_words, guards_told, opening, scale_words

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~&]|^[-+#=]")


def render(report: CycleReport, wanted: Wanted) -> Iterator[str]:
    """Markdown in lines."""
    say = voice_of(report.calendar, wanted.language, typeset=DOCUMENT)
    telling = Telling(report=report, voice=say, only=wanted.entry)
    yield f"# {say('plan', digest=report.digest)}\n\n"
    yield from (f"- **{escaped(line)}**\n" for line in telling.headlines())
    yield f"\n{count_words(report, say)}; {scale_words(report, say)}.\n"
    messages = report.plans.messages(report.edition)
    if messages:
        yield f"\n{say('may_send', messages=say.counted('messages', messages))}\n"
    if report.past:
        yield f"\n{say('past')}\n"
    if wanted.entry:
        yield f"\n{escaped(say('only_entry', entry=wanted.entry))}\n"
    yield from (f"\n{escaped(line)}\n" for line in opening(report, say))
    yield from _changes(telling)
    yield from _section(say("needs_person"), _waiting(telling))
    yield from _section(say("seen"), _findings(telling))
    yield from _section(say("not_yet"), say.quoted(map(str, report.term_waits)))
    yield from _section(say("unread"), say.quoted(map(failure_words, report.failures)))
    if report.refused:
        yield f"\n{say('to_approve', command=f'`{report.decide_command}`')}\n"


def escaped(text: str) -> str:
    """Text that means nothing to Markdown, in one line: titles come from people, too."""
    return _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))


def _changes(telling: Telling) -> Iterator[str]:
    say = telling.voice
    if telling.changes:
        heads = " | ".join(say(f"column_{one}") for one in ("date", "title", "change", "where"))
        yield f"\n## {say('changes')}\n\n| | {heads} |\n|---|---|---|---|---|\n"
    yield from (_row(telling, change) for change in telling.changes)


def _row(telling: Telling, change: EntryChange) -> str:
    say = telling.voice
    told = [telling.reason(change), *telling.details(change)]
    cells = (
        say(f"action_{change.action}"),
        say.days(change.days),
        escaped(telling.title(change)),
        "<br>".join(escaped(one) for one in told if one),
        escaped(telling.reach(change.contexts, change.messages)),
    )
    return f"| {' | '.join(cells)} |\n"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    begun = False
    for line in lines:
        if not begun:
            yield f"\n## {title}\n\n"
            begun = True
        yield f"- {escaped(line)}\n"


def _waiting(telling: Telling) -> Iterator[str]:
    report, say = telling.report, telling.voice
    for became, why, guard in guards_told(report, say):
        yield f"{became}: {why} ({guard})"
    yield from say.quoted(f"{say('refused')}: {clash}" for clash in report.clashes)


def _findings(telling: Telling) -> Iterator[str]:
    report, say = telling.report, telling.voice
    for one in report.findings:
        detail = f" ({one.detail})" if one.detail else ""
        yield f"{one.context}: {one.title}: {say(f'finding_{one.kind}')}{detail}"
    for context, count in sorted(report.left_behind.items()):
        yield say("left_behind", context=context, count=count)
