"""Words that all views share: days with weekday, changes, people, findings."""

from __future__ import annotations

from datetime import date

from mapping.model import Action, Days, FieldChange, FindingKind, Why
from syncd.state.plans import PlanGroup

SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-"}
WHY_WORDS = {
    Why.FILL: "not there yet",
    Why.EDIT: "the calendar changed",
    Why.DRIFT: "a person changed it",
    Why.COPY: "copied by a course import",
    Why.MARKER: "its mark was removed",
    Why.GONE: "a person deleted it",
    Why.ORPHAN: "no longer in the calendar",
    Why.OWNER: "taken over from another owner name",
}
FINDING_WORDS = {
    FindingKind.DRIFT_REPORTED: "changed by a person, left so",
    FindingKind.DELETION_RESPECTED: "deleted by a person, respected (syncd restore brings it back)",
    FindingKind.COPY_KEPT: "copy that a person changed, kept",
    FindingKind.PERSONAL_COPY: "a person's own copy, left alone",
    FindingKind.MARKER_LOST: "once ours, taken over by a person, left alone",
    FindingKind.PROBABLY_SAME: "typed by hand, probably the same",
    FindingKind.CONFLICT: "held by somebody else's event",
    FindingKind.LEFT_BEHIND: "left behind",
}


def day(one: date) -> str:
    """``Sat 13 Sep 2025``."""
    return f"{one:%a} {one.day} {one:%b %Y}"


def days(span: Days | None) -> str:
    """One day, or first to last."""
    if span is None:
        return "no date"
    return day(span.start) if span.count == 1 else f"{day(span.start)} - {day(span.last)}"


def field_line(field: FieldChange) -> str:
    """One managed field, old to new, as a registrar reads it; '' for what only syncd cares about."""
    if field.name == "marker":
        return ""
    if field.name == "text":
        return "description: brought up to date"
    if field.name == "days":
        return f"date: {iso_words(field.old)} -> {iso_words(field.new)}"
    return f"{field.name}: {field.old} -> {field.new}"


def iso_words(text: str) -> str:
    """``2025-09-02..2025-09-13`` as words; anything else unchanged."""
    pieces = text.split("..")
    try:
        return " - ".join(day(date.fromisoformat(piece)) for piece in pieces)
    except ValueError:
        return text or "none"


def moved_by(fields: tuple[FieldChange, ...]) -> str:
    """``3 days earlier`` where a date moved as a whole, else ''."""
    for field in fields:
        if field.name != "days":
            continue
        try:
            old, new = (date.fromisoformat(text.split("..")[-1]) for text in (field.old, field.new))
        except ValueError:
            return ""
        shift = (new - old).days
        if shift:
            return f"{abs(shift)} day{'s' if abs(shift) != 1 else ''} {'later' if shift > 0 else 'earlier'}"
    return ""


def where(group: PlanGroup) -> str:
    """In how many calendars a change is made, and whom it may reach."""
    place = group.contexts[0] if group.context_count == 1 else f"{group.context_count} calendars"
    people = f", about {group.students:,} students" if group.students else ""
    messages = f", up to {group.messages:,} messages" if group.messages else ""
    return f"{place}{people}{messages}"
