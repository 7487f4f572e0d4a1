"""Words that all views share: days with weekday, changes, people, findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from connectors.registry import is_course
from mapping.identity import read_day_words
from mapping.model import Action, Days, Field, FieldChange, FindingKind, Why
from mapping.planning.guards import GuardHit
from syncd.reconcile.report import CycleReport
from syncd.reporting.english import clock, counted, days
from syncd.state.plans import PlanGroup

SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-"}
ACTION_WORDS = {Action.CREATE: "new", Action.UPDATE: "changed", Action.DELETE: "removed"}
WHY_WORDS = {
    Why.FILL: "was not there",
    Why.EDIT: "the calendar changed",
    Why.DRIFT: "a person changed it",
    Why.DIFFERS: "differs",
    Why.COPY: "a second event with our mark",
    Why.MARKER: "its mark is missing",
    Why.GONE: "it was deleted there",
    Why.ORPHAN: "no longer wanted there",
    Why.OWNER: "taken over from another owner name",
}
FINDING_WORDS = {
    FindingKind.DRIFT_REPORTED: "not as approved, left so",
    FindingKind.DELETION_RESPECTED: "deleted by a person, respected (syncd restore brings it back)",
    FindingKind.COPY_KEPT: "copy that a person changed, kept",
    FindingKind.PERSONAL_COPY: "a person's own copy, left alone",
    FindingKind.MARKER_LOST: "once ours, taken over by a person, left alone",
    FindingKind.PROBABLY_SAME: "typed by hand, probably the same",
    FindingKind.UNKNOWN_MARK: "bears our mark but nobody here wrote it, removed as not wanted",
    FindingKind.NOT_STORED: "not stored as sent",
    FindingKind.ODD_DATE: "with a date that cannot be read, left alone",
}
_SILENT = frozenset({"marker"})
"""Fields that mean nothing to a reader."""


def field_line(name: str, old: str, new: str) -> str:
    """One managed field, old to new, as a registrar reads it; '' for what only syncd cares about."""
    if name in _SILENT:
        return ""
    if name == Field.TEXT:
        return "description: brought up to date"
    if name == Field.DAYS:
        return f"date: {iso_words(old)} -> {iso_words(new)}"
    return f"{name}: {old} -> {new}"


def field_lines(fields: Iterable[FieldChange]) -> list[str]:
    """Every field a reader cares about, one line each."""
    return [line for one in fields if (line := field_line(one.name, one.old, one.new))]


def iso_words(text: str) -> str:
    """``2025-09-02..2025-09-13`` as words; anything else unchanged."""
    span = iso_days(text)
    return days(span) if span is not None else (text or "none")


def iso_days(text: str) -> Days | None:
    """The days of a field, None where it says no such thing."""
    return read_day_words(text)


def moved_by(fields: Iterable[FieldChange]) -> str:
    """``3 days earlier`` where the last day moved, ``begins 2 days later`` where only the first did, else ''."""
    for field in fields:
        if field.name is not Field.DAYS:
            continue
        old, new = iso_days(field.old), iso_days(field.new)
        if old is None or new is None:
            return ""
        if old.last != new.last:
            return _shift((new.last - old.last).days)
        if old.start != new.start:
            return f"begins {_shift((new.start - old.start).days)}"
        return f"{clock(new)} instead of {clock(old)}" if old.clock != new.clock else ""
    return ""


def _shift(count: int) -> str:
    return f"{abs(count)} {'days' if abs(count) != 1 else 'day'} {'later' if count > 0 else 'earlier'}"


def reason(group: PlanGroup) -> str:
    """Why a change is made, '' where it goes without saying."""
    return moved_by(group.fields) or (WHY_WORDS[group.why] if group.why is not Why.FILL else "")


def places(group: PlanGroup) -> str:
    """``course_101``, or ``41 courses``."""
    if group.context_count == 1:
        return group.contexts[0]
    courses = all(is_course(one) for one in group.contexts)
    return f"{group.context_count:,} {'courses' if courses else 'calendars'}"


def where(group: PlanGroup) -> str:
    """In how many calendars a change is made, and whom it may reach."""
    people = f", about {group.students:,} students" if group.students else ""
    messages = f", up to {group.messages:,} messages" if group.messages else ""
    return f"{places(group)}{people}{messages}"


def count_words(report: CycleReport) -> str:
    """``10 to create, 2 to update, 0 to delete, 431 unchanged``."""
    counts = report.pending()
    planned = ", ".join(
        f"{counts.get(action.value, 0):,} to {action.value}"
        for action in (Action.CREATE, Action.UPDATE, Action.DELETE)
    )
    return f"{planned}, {report.unchanged:,} unchanged"


def draft_words(report: CycleReport) -> str:
    """What a plan that shows drafts is worth, '' for any other."""
    if not report.drafts:
        return ""
    years = ", ".join(report.drafts)
    return (
        f"This shows {years} as if published. As long as year.yaml says draft: true nothing of it is written; "
        "without that line it waits for one approval."
    )


def hit_word(report: CycleReport, hit: GuardHit) -> str:
    """What became of a guard that struck."""
    if report.drafts:
        return "will wait"
    return "refused" if hit in report.refused else "approved"


def scale_words(report: CycleReport) -> str:
    """``1,214 calendars of 12 targets``."""
    return f"{counted(len(report.contexts), 'calendar')} of {counted(len(report.targets), 'target')}"


@dataclass(slots=True, kw_only=True)
class Reach:
    """One change as its readers meet it, whatever target it comes from. ``what``: ``3 days earlier``, ``new``."""

    title: str
    what: str
    contexts: int = 0
    students: int = 0
    messages: int = 0

    def __str__(self) -> str:
        """``drop deadline: 3 days earlier, 41 courses, about 1,930 students, up to 1,930 messages``."""
        people = f"about {counted(self.students, 'student')}, up to {counted(self.messages, 'message')}"
        return f"{self.title}: {self.what}, {counted(self.contexts, 'course')}, {people}"


def loudest(report: CycleReport, limit: int) -> list[Reach]:
    """The changes that may send the most messages, the most first; only those that may send any."""
    found: dict[tuple[str, Action, Days | None], Reach] = {}
    for group in report.plans.groups(report.edition):
        if not group.messages:
            continue
        what = moved_by(group.fields) or ACTION_WORDS[group.action]
        reach = found.setdefault((group.key, group.action, group.days), Reach(title=group.title, what=what))
        reach.contexts += group.context_count
        reach.students += group.students
        reach.messages += group.messages
    return sorted(found.values(), key=lambda one: (-one.messages, one.title))[:limit]
