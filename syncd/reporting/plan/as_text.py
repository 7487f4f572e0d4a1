"""The plan for a registrar's eyes, at most 80 columns wide: by change, or with all its places by target.

The summary stands first and last: a first fill is longer than a screen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from mapping.model import Action, Days
from mapping.text.printable import printable
from syncd.reconcile.report import CycleReport
from syncd.reporting.columns import COLUMNS, UNBROKEN, filled, padded, width
from syncd.reporting.cycle_log import failure_words
from syncd.reporting.plan import Wanted
from syncd.reporting.plan.changes import EntryChange
from syncd.reporting.plan.telling import Telling
from syncd.reporting.plan.voice import voice_of
from syncd.reporting.plan.words import SIGNS, guards_told, opening, summary
from syncd.state.plans import PlanGroup

_COLOURS = {Action.CREATE: "\x1b[32m", Action.UPDATE: "\x1b[33m", Action.DELETE: "\x1b[31m"}
_PLAIN = "\x1b[0m"
_MARGIN, _DEEPER = " " * 4, " " * 6
_LONGEST_DATE = 28
"""Columns of ``Mon 15 Dec - Tue 30 Dec 2025``; a longer date has its title below it."""
SHOWN_FINDINGS = 40


def render(report: CycleReport, wanted: Wanted) -> Iterator[str]:
    """Text in lines, each ending with a line end."""
    telling = Telling(report=report, voice=voice_of(report.calendar, wanted.language), only=wanted.entry)
    for line in opening(report, telling.voice):
        yield from _lines(line)
    body = list(_rest(telling))
    yield from _summary(telling)
    if wanted.entry:
        yield from _lines(telling.voice("only_entry", entry=wanted.entry))
    yield from (_by_place if wanted.detailed else _by_change)(telling, colour=wanted.colour)
    yield from body
    if telling.changes or body:
        yield "\n"
        yield from _summary(telling)


def _summary(telling: Telling) -> Iterator[str]:
    for line in (*telling.headlines(), summary(telling.report, telling.voice)):
        yield from _lines(line)


# --- by change ------------------------------------------------------------------------------------


def _by_change(telling: Telling, *, colour: bool) -> Iterator[str]:
    if not telling.changes:
        return
    yield "\n"
    column = _date_column(telling, (change.days for change in telling.changes))
    for change in telling.changes:
        yield from _change(telling, change, column, colour=colour)
    yield f"\n{telling.voice('where')}\n"
    for target, groups in groupby(telling.groups(), key=lambda group: group.target):
        of_target = tuple(groups)
        yield from _lines(f"{_heading(telling, target, of_target)}: {_signs(of_target)}", "  ", _MARGIN)


def _change(telling: Telling, change: EntryChange, column: int, *, colour: bool) -> Iterator[str]:
    details = list(telling.details(change))
    reason = telling.reason(change)
    reach = telling.reach(change.contexts, change.messages)
    title = telling.title(change) + (f" ({reason})" if reason else "")
    if not details:
        # A first fill has hundreds of these: one line each where it fits.
        places = telling.voice.counted("places", len(change.contexts))
        messages = [telling.voice.counted("messages", change.messages)] if change.messages else []
        title += f" [{', '.join([places, *messages])}]".replace(" ", UNBROKEN).replace(UNBROKEN, " ", 1)
    yield from _dated(change.action, telling.voice.days(change.days), title, column, colour=colour)
    for line in [*details, reach] if details else []:
        yield from _lines(line, _DEEPER, _DEEPER + "  ")


# --- by place -------------------------------------------------------------------------------------


def _by_place(telling: Telling, *, colour: bool) -> Iterator[str]:
    """Every event of the plan under its target; what all of them share stands in the heading."""
    for target, groups in groupby(telling.groups(), key=lambda group: group.target):
        of_target = tuple(groups)
        yield "\n"
        yield from _lines(_heading(telling, target, of_target))
        whole = _contexts(of_target)
        column = _date_column(telling, (group.days for group in of_target))
        for group in of_target:
            yield from _event(telling, group, whole, column, colour=colour)


def _event(
    telling: Telling, group: PlanGroup, whole: tuple[str, ...], column: int, *, colour: bool
) -> Iterator[str]:
    notes = [telling.group_reason(group)] if telling.group_reason(group) else []
    if group.contexts != whole:
        notes.append(telling.voice("of", part=telling.places(group.contexts), whole=len(whole)))
    title = group.title + (f" ({', '.join(notes)})" if notes else "")
    yield from _dated(group.action, telling.voice.days(group.days), title, column, colour=colour)
    for line in telling.field_lines(group):
        yield from _lines(line, _DEEPER, _DEEPER + "  ")


def _heading(telling: Telling, target: str, groups: tuple[PlanGroup, ...]) -> str:
    reach = telling.reach(_contexts(groups), sum(group.messages for group in groups))
    return f"{target}: {reach}"


def _contexts(groups: tuple[PlanGroup, ...]) -> tuple[str, ...]:
    return tuple(sorted({context for group in groups for context in group.contexts}))


def _signs(groups: tuple[PlanGroup, ...]) -> str:
    """``+10 ~2``: events, not places."""
    count = Counter(group.action for group in groups)
    return " ".join(f"{SIGNS[action]}{count[action]}" for action in Action if count[action])


# --- what both share --------------------------------------------------------------------------------


def _dated(action: Action, days: str, title: str, column: int, *, colour: bool) -> Iterator[str]:
    """One event or change: sign, date, and the title in the column beside it."""
    sign = SIGNS[action]
    shown = f"{_COLOURS[action]}{sign}{_PLAIN}" if colour else sign
    margin = " " * (column + 6)
    if width(days) > column:
        yield f"  {shown} {days}\n"
        yield from _lines(title, margin, margin)
        return
    first, *more = filled(_clean(title), first=f"  {sign} {padded(days, column)}  ", rest=margin)
    yield f"  {shown}{first[3:]}\n"
    yield from (f"{line}\n" for line in more)


def _date_column(telling: Telling, days: Iterable[Days | None]) -> int:
    """As wide as the longest date that the title can still stand beside."""
    widths = (width(telling.voice.days(one)) for one in days)
    return max((one for one in widths if one <= _LONGEST_DATE), default=0)


def _clean(text: str) -> str:
    """Whatever people typed steers no terminal; what is to stay in one line does."""
    return UNBROKEN.join(map(printable, text.split(UNBROKEN)))


def _lines(text: str, first: str = "", rest: str = "  ") -> Iterator[str]:
    return (f"{line}\n" for line in filled(_clean(text), first=first, rest=rest, columns=COLUMNS))


def _listed(heading: str, lines: Iterable[str]) -> Iterator[str]:
    begun = False
    for line in lines:
        if not begun:
            yield f"\n{heading}\n"
            begun = True
        yield from _lines(line, "  ", _MARGIN)


def _rest(telling: Telling) -> Iterator[str]:
    """What is no change: seen and left, waiting, not there yet, not readable."""
    say, report = telling.voice, telling.report
    yield from _listed(say("seen"), _findings(telling))
    yield from _listed(say("needs_person"), _waiting(telling))
    yield from _listed(say("not_yet"), say.quoted(f". {one}" for one in report.term_waits))
    yield from _listed(say("unread"), say.quoted(f"x {failure_words(one)}" for one in report.failures))


def _findings(telling: Telling) -> Iterator[str]:
    say, report = telling.voice, telling.report
    for finding in report.findings[:SHOWN_FINDINGS]:
        detail = f" ({finding.detail})" if finding.detail else ""
        yield f"* {finding.context}: {finding.title!r}: {say(f'finding_{finding.kind}')}{detail}"
    rest = Counter(finding.kind for finding in report.findings[SHOWN_FINDINGS:])
    for kind, count in sorted(rest.items()):
        yield f"* {say('and_more', count=count, what=say(f'finding_{kind}'))}"
    for context, count in sorted(report.left_behind.items()):
        yield f"* {say('left_behind', context=context, count=count)}"


def _waiting(telling: Telling) -> Iterator[str]:
    say, report = telling.voice, telling.report
    for became, why, guard in guards_told(report, say):
        yield f"! {became}: {why} ({guard})"
    if report.refused:
        # Somebody copies it: a command is never broken.
        yield say("to_approve", command=report.decide_command.replace(" ", UNBROKEN))
    yield from say.quoted(f"! {say('refused')}: {clash}" for clash in report.clashes)
