"""The months in which a plan changes something, all targets in one grid: what comes, goes, moves, and what stays.

Arithmetic only; how a month is drawn is the design's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mapping.identity import split_key
from mapping.model import AcademicYear, Action, Days, DesiredEvent
from mapping.text.typography import unbroken
from syncd.reporting.design.grid import month_of
from syncd.reporting.design.month import Bar, Week, category_fills, drawn_weeks, weights
from syncd.reporting.plan.changes import EntryChange
from syncd.reporting.plan.telling import Telling

ADDED, MOVED, REMOVED, WAS, CHANGED, SAME = "added", "moved", "removed", "was", "changed", "same"
"""What a plan does to a bar. ``was``: where a moved one stood before; ``changed``: other fields only."""
FULL_MONTHS = 3
"""Up to so many months are drawn with every bar named; beyond, small, and the list beside them tells the rest."""
_WORKED = frozenset(range(1, 6))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMonth:
    """``first``: its first day. ``changes``: those that are listed under it, by day."""

    first: date
    weeks: tuple[Week, ...]
    changes: tuple[EntryChange, ...]


def plan_months(telling: Telling) -> list[PlanMonth]:
    """Months with a change that begins, ends, goes or comes there, in order."""
    listed: dict[date, list[EntryChange]] = {}
    for change in telling.changes:
        if change.days is not None:
            listed.setdefault(month_of(change.days.start).start, []).append(change)
    changed = list(_changed(telling))
    touched = sorted({*listed, *(day for bar in changed for day in _ends(bar.days))})
    few = len(touched) <= FULL_MONTHS
    bars = [*changed, *(_staying(telling, touched) if few else ())]
    return [
        PlanMonth(
            first=first,
            weeks=tuple(drawn_weeks(month_of(first), bars, working_week=_working_week(telling, first))),
            changes=tuple(listed.get(first, ())),
        )
        for first in touched
    ]


def _ends(days: Days) -> Iterator[date]:
    """The months of its first and of its last day: those between show nothing that changes."""
    yield month_of(days.start).start
    yield month_of(days.last).start


def _changed(telling: Telling) -> Iterator[Bar]:
    for change in telling.changes:
        for days, mark in _drawn(change):
            yield _bar(telling, change.year, change.entry, telling.title(change), days, mark)


def _drawn(change: EntryChange) -> Iterator[tuple[Days, str]]:
    match change.action:
        case Action.CREATE if change.after is not None:
            yield change.after, ADDED
        case Action.DELETE if change.before is not None:
            yield change.before, REMOVED
        case Action.UPDATE if change.moves:
            if change.before is not None:
                yield change.before, WAS
            if change.after is not None:
                yield change.after, MOVED
        case Action.UPDATE if change.days is not None:
            yield change.days, CHANGED


def _staying(telling: Telling, touched: Sequence[date]) -> Iterator[Bar]:
    """What the targets of the plan show in those months and the plan leaves as it is, each event once."""
    changing = {(change.year, change.entry) for change in telling.changes}
    months = [month_of(first) for first in touched]
    shown: dict[tuple[str, str, Days], DesiredEvent] = {}
    for event in _desired(telling).values():
        year, entry, _ = split_key(event.key)
        if (year, entry) not in changing and any(event.days.overlaps(month) for month in months):
            shown.setdefault((year, entry, event.days.whole), event)
    for (year, entry, days), event in shown.items():
        yield _bar(telling, year, entry, telling.entry_title(year, entry) or event.title, days, SAME)


def _desired(telling: Telling) -> Mapping[tuple[str, str], DesiredEvent]:
    report = telling.report
    names = {group.target for change in telling.changes for group in change.groups}
    found: dict[tuple[str, str], DesiredEvent] = {}
    for name in sorted(names):
        target = report.target_values.get(name)
        if target is not None and report.desired is not None:
            found |= {(name, key): event for key, event in report.desired.desired(target).items()}
    return found


def _bar(telling: Telling, year: str, entry_id: str, title: str, days: Days, mark: str) -> Bar:
    entry, calendar = telling.entry(year, entry_id), telling.report.calendar
    if entry is None or calendar is None:
        return Bar(title=unbroken(title), days=days.whole, key=entry_id, mark=mark)
    category = calendar.university.categories[entry.category]
    return Bar(
        title=unbroken(title),
        days=days.whole,
        key=entry_id,
        mark=mark,
        colour=category_fills(calendar.university)[entry.category],
        category=telling.voice.name(category.name),
        weight=weights(calendar.university)[entry.category],
        day_off=category.day_off and mark not in {REMOVED, WAS},
    )


def _working_week(telling: Telling, first: date) -> frozenset[int]:
    """Of the year that the month lies in, as the plan's entries have it."""
    calendar = telling.report.calendar
    years: Mapping[str, AcademicYear] = calendar.with_drafts().years if calendar is not None else {}
    month = month_of(first)
    for year in years.values():
        if any(span.overlaps(month) for span in year.terms.values()):
            return year.working_week
    return next((year.working_week for year in years.values()), _WORKED)
