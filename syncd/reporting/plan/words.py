"""Words that all views of a plan share: signs, sums, what became of a guard, and fields as the journal has them."""

from __future__ import annotations

from collections.abc import Iterator

from mapping.drafts import unconfirmed_words
from mapping.identity import read_day_words
from mapping.model import Action, Field, Why
from mapping.planning.guards import GuardHit
from mapping.planning.told import told_together
from syncd.reconcile.report import CycleReport
from syncd.reporting.english import days
from syncd.reporting.plan.voice import ENGLISH, PlanVoice
from syncd.state.plans import Edition

SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-"}
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
"""Reasons as the journal tells them, where each write has one."""
_SILENT = frozenset({"marker", "owner"})
"""Fields that mean nothing to a reader."""


def field_line(name: str, old: str, new: str) -> str:
    """One managed field, old to new, as a registrar reads it; '' for what only syncd cares about."""
    if name in _SILENT:
        return ""
    if name == Field.TEXT:
        return "description: brought up to date"
    if name == Field.DAYS:
        return f"date: {_iso_words(old)} -> {_iso_words(new)}"
    return f"{name}: {old} -> {new}"


def _iso_words(text: str) -> str:
    """``2025-09-02..2025-09-13`` as words; anything else unchanged."""
    span = read_day_words(text)
    return days(span) if span is not None else (text or "none")


def opening(report: CycleReport, say: PlanVoice) -> Iterator[str]:
    """What a reader must know before anything else: that this is a draft, or waits; what nobody has confirmed."""
    if report.drafts:
        yield say("draft", years=", ".join(report.drafts))
        yield from _unconfirmed(report, say)
    elif report.edition == Edition.WAITING:
        yield say("edit_waits")


def _unconfirmed(report: CycleReport, say: PlanVoice) -> Iterator[str]:
    if report.calendar is None:
        return
    for name, year in report.calendar.with_drafts().years.items():
        count = sum(bool(entry.unconfirmed) for entry in year.entries)
        if name not in report.drafts or not (count or year.document.unconfirmed):
            continue
        if say.language == ENGLISH:
            yield f"{name}: {unconfirmed_words(year)}."
        else:
            yield say("unconfirmed", year=name, count=count)


def summary(report: CycleReport, say: PlanVoice) -> str:
    """The plan's name and what it counts, in one paragraph."""
    messages = report.plans.messages(report.edition)
    told = f"{say('plan', digest=report.digest)}: {count_words(report, say)}; {scale_words(report, say)}."
    if messages:
        told += f" {say('may_send', messages=say.counted('messages', messages))}"
    return f"{told} {say('past')}" if report.past else told


def count_words(report: CycleReport, say: PlanVoice) -> str:
    """``10 to create, 2 to update, 0 to delete, 431 unchanged``."""
    counts = report.pending()
    planned = {action.value: counts.get(action.value, 0) for action in Action}
    return say("counts", unchanged=report.unchanged, **planned)


def scale_words(report: CycleReport, say: PlanVoice) -> str:
    """``1,214 calendars of 12 targets``."""
    calendars, targets = len(report.contexts), len(report.targets)
    return say("of", part=say.counted("calendars", calendars), whole=say.counted("targets", targets))


def guards_told(
    report: CycleReport, say: PlanVoice, *, held: str = "refused"
) -> Iterator[tuple[str, str, str]]:
    """(what became of it, why, name) of each guard that struck. ``held``: the word for what waits."""

    def became(hit: GuardHit) -> str:
        if report.drafts:
            return say("will_wait")
        return say(held if hit in report.refused else "approved")

    for told in told_together(report.hits, became):
        yield became(told.hits[0]), say.guard(told), told.guard
