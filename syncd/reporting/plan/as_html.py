"""The plan as one self-contained page to mail: what happens, the months in which it does, and where.

In the reader's language, with the design of the calendar page. No script, no address of anything else, everything
escaped; the page forbids itself whatever it does not need.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby

from jinja2 import Template

from mapping.model import Action, Entry
from mapping.text.typography import NO_BREAK, unbroken
from syncd.reconcile.report import CycleReport
from syncd.reporting.cycle_log import failure_words
from syncd.reporting.design.names import direction, narrow_weekdays, weekdays
from syncd.reporting.design.sheets import shared_css, templates
from syncd.reporting.plan import Wanted
from syncd.reporting.plan.changes import EntryChange
from syncd.reporting.plan.months import (
    ADDED,
    CHANGED,
    FULL_MONTHS,
    MOVED,
    REMOVED,
    SAME,
    WAS,
    PlanMonth,
    plan_months,
)
from syncd.reporting.plan.telling import Telling
from syncd.reporting.plan.voice import ARROWS, PAGE, voice_of
from syncd.reporting.plan.words import count_words, guards_told, opening, scale_words

_SIGNS = {ADDED: "+", MOVED: ARROWS[0], WAS: ARROWS[1], CHANGED: "~", REMOVED: "-"}
_MIRRORED = _SIGNS | {MOVED: ARROWS[1], WAS: ARROWS[0]}
"""Where days go on from right to left."""
_MARK_WORDS = {
    ADDED: "action_create",
    MOVED: "mark_moved",
    WAS: "mark_was",
    CHANGED: "action_update",
    REMOVED: "action_delete",
    SAME: "mark_same",
}
_ACTION_MARKS = {Action.CREATE: ADDED, Action.UPDATE: CHANGED, Action.DELETE: REMOVED}
_ARROW = re.compile(rf"{NO_BREAK}(?=[{''.join(ARROWS)}]{NO_BREAK})")
_MOVE = re.compile(rf"([^ ]+{_ARROW.pattern}[^ ]+)")
_ADDRESS = re.compile(r"(\S+@[\w.-]+\w)")
FOLDED_QUESTIONS = 12
"""More questions than these are folded away: of a first fill there are hundreds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One target of a change: its name, what it is, how far it reaches."""

    target: str
    about: str
    language: str
    reach: str


def render(report: CycleReport, wanted: Wanted) -> Iterator[str]:
    """The page in pieces."""
    say = voice_of(report.calendar, wanted.language, typeset=PAGE)
    telling = Telling(report=report, voice=say, only=wanted.entry)
    months = plan_months(telling)
    style = f"{shared_css()}\n{_css()}"
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    messages = report.plans.messages(report.edition)
    notes = list(_review_notes(telling))
    yield from _template().generate(
        report=report,
        say=say,
        telling=telling,
        direction=direction(say.language),
        weekdays=weekdays(say.language),
        narrow=narrow_weekdays(say.language),
        style=style,
        style_hash=f"sha256-{digest}",
        headlines=telling.headlines(),
        counts=count_words(report, say),
        scale=scale_words(report, say),
        messages=say.counted("messages", messages) if messages else "",
        guards=list(guards_told(report, say, held="held")),
        opening=[*opening(report, say), *([say("only_entry", entry=wanted.entry)] if wanted.entry else [])],
        months=months,
        is_long=len(months) > FULL_MONTHS,
        undated=[change for change in telling.changes if change.days is None],
        legend=_legend(months, _signs(say.language)),
        signs=_signs(say.language),
        notes=notes,
        failure_words=failure_words,
        question_count=sum(len(entry.review) for _, entry in notes),
        folded=FOLDED_QUESTIONS,
        change_of=lambda change: _Shown(telling, change),
    )


class _Shown:
    """One change as the template shows it."""

    def __init__(self, telling: Telling, change: EntryChange) -> None:
        say = telling.voice
        title, self.language = telling.title_said(change)
        self.title = unbroken(title)
        self.mark = MOVED if change.moves else _ACTION_MARKS[change.action]
        self.sign = _signs(say.language)[self.mark]
        self.action = say(f"action_{change.action}")
        self.days = unbroken(say.days(change.days))
        self.moved = unbroken(telling.moved(change)) if change.moves else ""
        self.details = [unbroken(one) for one in telling.details(change)]
        self.reason = telling.reason(change)
        self.in_places = say.counted("in_places", len(change.contexts))
        self.reach = telling.reach(change.contexts, change.messages)
        self.places = list(_places(telling, change))


def _places(telling: Telling, change: EntryChange) -> Iterator[_Place]:
    report = telling.report
    for name, groups in groupby(
        sorted(change.groups, key=lambda one: one.target), key=lambda one: one.target
    ):
        of_target = tuple(groups)
        contexts = tuple(sorted({one for group in of_target for one in group.contexts}))
        target = report.target_values.get(name)
        school, language = "", ""
        if target is not None and target.school and report.calendar is not None:
            named = report.calendar.university.schools.get(target.school)
            school = telling.voice.name(named.name) if named is not None else target.school
            language = telling.voice.source(named.name) if named is not None else ""
        yield _Place(
            target=name,
            about=school,
            language=language,
            reach=telling.reach(contexts, sum(group.messages for group in of_target)),
        )


def _signs(language: str) -> Mapping[str, str]:
    return _MIRRORED if direction(language) == "rtl" else _SIGNS


def _legend(months: list[PlanMonth], signs: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(mark, sign, key of its words) of those that are drawn, in one order."""
    drawn = {piece.bar.mark for month in months for week in month.weeks for piece in week.pieces}
    return [(mark, signs.get(mark, ""), key) for mark, key in _MARK_WORDS.items() if mark in drawn]


def _review_notes(telling: Telling) -> Iterator[tuple[str, Entry]]:
    """Questions to the registrar about entries that the plan touches: title and entry."""
    seen: set[tuple[str, str]] = set()
    for change in telling.changes:
        entry = telling.entry(change.year, change.entry)
        if entry is not None and entry.review and (change.year, change.entry) not in seen:
            seen.add((change.year, change.entry))
            yield telling.voice.name(entry.title), entry


def _addresses(text: str) -> list[list[str]]:
    """A text in pieces, every second one an address, cut where it may go on in the next line: after a dot or an @."""
    return [
        re.split(r"(?<=[@.])(?=\w)", piece) if "@" in piece else [piece] for piece in _ADDRESS.split(text)
    ]


def _moves(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, True with each that is a move of dates: ``13 → 10 September``."""
    for number, piece in enumerate(_MOVE.split(text)):
        yield (_ARROW.sub(" ", piece), True) if number % 2 else (piece, False)


@cache
def _css() -> str:
    return (files("syncd.reporting.plan") / "plan.css").read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = templates("syncd.reporting.plan")
    environment.filters.update(unbroken=unbroken, addresses=_addresses, moves=_moves)
    return environment.get_template("plan/plan.html.jinja")
