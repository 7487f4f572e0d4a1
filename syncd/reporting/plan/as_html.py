"""The plan as one self-contained page to mail: months with what is added, moved and removed, lists, notes.

No script, no link to anything else, everything escaped; the page forbids itself whatever it does not need.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby

from jinja2 import Environment, StrictUndefined, Template

from mapping.identity import read_day_words
from mapping.model import Action, Days, DesiredEvent, Entry
from mapping.text.typography import unbroken
from syncd.reconcile.report import CycleReport
from syncd.reporting.english import days
from syncd.reporting.plan import Wanted
from syncd.reporting.plan.months import ADDED, CHANGED, MOVED, REMOVED, SAME, WAS, Bar, Month, months
from syncd.reporting.plan.telling import Telling
from syncd.reporting.plan.voice import voice_of
from syncd.reporting.plan.words import SIGNS, count_words, hit_word, opening, scale_words
from syncd.state.plans import PlanGroup

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_LEGEND = {
    ADDED: "+ new",
    MOVED: "→ moved here",
    WAS: "← moved away",
    CHANGED: "~ changed",
    REMOVED: "- removed",
    SAME: "as before",
}
_MARKS = {ADDED: "+", MOVED: "→", WAS: "←", CHANGED: "~", REMOVED: "-", SAME: ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What the page tells of one target."""

    name: str
    about: str
    language: str
    groups: tuple[PlanGroup, ...]
    months: tuple[Month, ...]


def render(report: CycleReport, wanted: Wanted) -> Iterator[str]:
    """The page in pieces."""
    say = voice_of(report.calendar, wanted.language, arrow="→")
    telling = Telling(report=report, voice=say, entry=wanted.entry)
    style = (files("syncd.reporting.plan") / "plan.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    yield from _template().generate(
        report=report,
        style=style,
        style_hash=f"sha256-{digest}",
        parts=list(_parts(report)),
        counts=count_words(report, say),
        scale=scale_words(report, say),
        say=say,
        telling=telling,
        opening=list(opening(report, say)),
        messages=report.plans.messages(report.edition),
        notes=list(_review_notes(report)),
    )


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["unbroken"] = unbroken
    environment.globals.update(
        days=days,
        hit_word=hit_word,
        signs=SIGNS,
        marks=_MARKS,
        legend=_LEGEND,
        month_names=_MONTHS,
    )
    return environment.from_string(
        (files("syncd.reporting.plan") / "plan.html.jinja").read_text(encoding="utf-8")
    )


def _parts(report: CycleReport) -> Iterator[_Part]:
    groups = report.plans.groups(report.edition)
    for name, of_target in groupby(groups, key=lambda group: group.target):
        changes = tuple(of_target)
        target = report.target_values.get(name)
        school = target.school if target is not None and target.school else ""
        desired = report.desired.desired(target) if report.desired is not None and target is not None else {}
        yield _Part(
            name=name,
            about=_school_name(report, school, target.languages[0] if target is not None else ""),
            language=target.languages[0] if target is not None else "",
            groups=changes,
            months=tuple(months(_bars(changes, desired))),
        )


def _school_name(report: CycleReport, school: str, language: str) -> str:
    if not school or report.calendar is None:
        return ""
    university = report.calendar.university
    return (
        university.say(university.schools[school].name, language) if school in university.schools else school
    )


def _bars(groups: tuple[PlanGroup, ...], desired: Mapping[str, DesiredEvent]) -> Iterator[Bar]:
    """Everything the target shows once the plan is carried out, and what goes away with it."""
    marks: dict[str, str] = {}
    for group in groups:
        if group.action is Action.DELETE:
            if group.days is not None:
                yield Bar(title=group.title, days=group.days, mark=REMOVED)
            continue
        before = _days_before(group)
        if before is not None:
            yield Bar(title=group.title, days=before, mark=WAS)
        marks[group.key] = _mark(group)
        if group.key not in desired and group.days is not None:
            yield Bar(title=group.title, days=group.days, mark=marks[group.key])
    for key, event in desired.items():
        yield Bar(title=event.title, days=event.days, mark=marks.get(key, SAME))


def _mark(group: PlanGroup) -> str:
    if group.action is Action.CREATE:
        return ADDED
    return MOVED if any(one.name == "days" for one in group.fields) else CHANGED


def _days_before(group: PlanGroup) -> Days | None:
    moved = next((one for one in group.fields if one.name == "days"), None)
    return read_day_words(moved.old) if moved is not None else None


def _review_notes(report: CycleReport) -> Iterator[tuple[str, Entry]]:
    """Questions to the registrar about entries that the plan touches: title and entry."""
    if report.calendar is None:
        return
    touched = {group.entry for group in report.plans.groups(report.edition)}
    university = report.calendar.university
    language = next(iter(university.languages), "")
    for year in report.calendar.years.values():
        for entry in year.entries:
            if entry.review and entry.id in touched:
                yield university.say(entry.title, language), entry
