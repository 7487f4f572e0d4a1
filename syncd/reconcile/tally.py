"""Counts, while contexts are planned, what the guards want to know of each target."""

from __future__ import annotations

from collections import Counter

from mapping.identity import split_key
from mapping.model import CanonicalCalendar, Change, Context, ContextPlan, Delete, Target, Why
from mapping.planning.guards import Part, TargetTally
from syncd.state.events import ContextNote

_OF_THE_EDIT = frozenset({Why.FILL, Why.EDIT, Why.ORPHAN})
"""Reasons that only the calendar gives: what people do in a course in the meantime makes no edit larger."""


class Tally:
    """One target's counts, in one edition.

    ``edit_changes`` and ``edit_messages``: what the calendar itself changes in contexts that are filled.
    """

    def __init__(self, target: Target, year_size: int) -> None:
        self._target = target
        self._year_size = year_size
        self._kept = 0
        self._removed: dict[str, Part] = {}
        self._fills: dict[str, Part] = {}
        self._noisy: dict[str, Part] = {}
        self._noisy_edit: dict[str, Part] = {}
        self._emptied: dict[str, Part] = {}
        self._unknown: dict[str, Part] = {}
        self.edit_changes: Counter[str] = Counter()
        self.edit_messages = 0

    def count(self, context: Context, plan: ContextPlan, note: ContextNote | None, today: str) -> None:
        """Add one context's plan."""
        self._kept += plan.unchanged + sum(not isinstance(one, Delete) for one in plan.changes)
        deleted = {one.key for one in plan.changes if isinstance(one, Delete) and one.why is not Why.COPY}
        _put(self._removed, context, {_entry(key) for key in deleted - plan.unknown})
        _put(self._unknown, context, {_entry(key) for key in deleted & plan.unknown})
        loud = [one for one in plan.changes if one.notifies]
        messages = len(loud) * context.students
        if plan.emptied:
            keys = {one.key for one in plan.changes if not isinstance(one, Delete)}
            _put(self._emptied, context, keys, messages)
            return
        if note is None or note.in_step_at is None:
            keys = {one.key for one in plan.changes if not isinstance(one, Delete)}
            _put(self._fills, context, keys, messages)
            return
        self._count_edit(context, plan)
        if context.created[:10] != today:
            _put(self._noisy, context, {one.key for one in loud}, messages)
            of_edit = {one.key for one in loud if _is_of_edit(one, plan)}
            _put(self._noisy_edit, context, of_edit, len(of_edit) * context.students)

    def count_unchanged(self, events: int) -> None:
        """Add one context in which nothing is to be done."""
        self._kept += events

    def _count_edit(self, context: Context, plan: ContextPlan) -> None:
        of_edit = [one for one in plan.changes if _is_of_edit(one, plan)]
        self.edit_changes.update(one.action.value for one in of_edit)
        self.edit_messages += sum(one.notifies for one in of_edit) * context.students

    def result(self) -> TargetTally:
        """The finished tally."""
        return TargetTally(
            target=self._target.name,
            removed=self._removed,
            kept=self._kept,
            year_size=self._year_size,
            fills=self._fills,
            noisy=self._noisy,
            noisy_edit=self._noisy_edit,
            emptied=self._emptied,
            unknown=self._unknown,
        )


def year_size(calendar: CanonicalCalendar, target: Target) -> int:
    """Entries in the years a target shows."""
    names = target.years or tuple(calendar.years)
    return sum(len(calendar.years[name].entries) for name in names if name in calendar.years)


def _is_of_edit(change: Change, plan: ContextPlan) -> bool:
    return change.why in _OF_THE_EDIT and change.key not in plan.unknown


def _put(parts: dict[str, Part], context: Context, entries: set[str], messages: int = 0) -> None:
    if entries:
        parts[context.id] = Part(entries=frozenset(entries), messages=messages)


def _entry(key: str) -> str:
    year, entry, _ = split_key(key)
    return f"{year}:{entry}"
