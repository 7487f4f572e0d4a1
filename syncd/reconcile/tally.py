"""Counts, while contexts are planned, what the guards want to know of each target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mapping.identity import split_key
from mapping.model import CanonicalCalendar, Change, Context, ContextPlan, Delete, Target, Why
from mapping.planning.guards import Part, TargetTally
from syncd.state.context_notes import ContextNote

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
        self.count_alike((context,), plan, {context.id: note} if note is not None else {}, today)

    def count_alike(
        self, contexts: Collection[Context], plan: ContextPlan, notes: Mapping[str, ContextNote], today: str
    ) -> None:
        """Add contexts in each of which the plan comes to the same. ``notes``: how they stand, by context."""
        self._kept += plan.unchanged * len(contexts)
        if not plan.changes:
            return
        shares = _Shares.of(plan)
        for context in contexts:
            self._count(context, shares, notes.get(context.id), today)

    def count_unchanged(self, events: int) -> None:
        """Add one context in which nothing is to be done."""
        self._kept += events

    def _count(self, context: Context, shares: _Shares, note: ContextNote | None, today: str) -> None:
        self._kept += shares.kept
        _put(self._removed, context, shares.removed)
        _put(self._unknown, context, shares.unknown)
        messages = shares.loud_changes * context.students
        if shares.emptied:
            _put(self._emptied, context, shares.stay, messages)
            return
        if note is None or note.in_step_at is None:
            _put(self._fills, context, shares.stay, messages)
            return
        self.edit_changes.update(shares.edit_changes)
        self.edit_messages += shares.edit_messages * context.students
        if context.created[:10] != today:
            _put(self._noisy, context, shares.loud, messages)
            _put(self._noisy_edit, context, shares.loud_edit, len(shares.loud_edit) * context.students)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shares:
    """What of a plan counts, whichever context it is for."""

    kept: int
    emptied: bool
    removed: frozenset[str]
    """Entries with a delete; ``unknown``: those whose mark is on no record."""
    unknown: frozenset[str]
    stay: frozenset[str]
    """Keys that are created or updated."""
    loud: frozenset[str]
    """Keys whose change may send messages; ``loud_edit``: as far as the calendar itself asks for it."""
    loud_edit: frozenset[str]
    loud_changes: int
    edit_changes: Mapping[str, int]
    """By action; ``edit_messages``: changes among them that may send messages."""
    edit_messages: int

    @classmethod
    def of(cls, plan: ContextPlan) -> _Shares:
        stay = [one for one in plan.changes if not isinstance(one, Delete)]
        deleted = {one.key for one in plan.changes if isinstance(one, Delete) and one.why is not Why.COPY}
        loud = [one for one in plan.changes if one.notifies]
        of_edit = [one for one in plan.changes if _is_of_edit(one, plan)]
        return cls(
            kept=len(stay),
            emptied=plan.emptied,
            removed=frozenset(map(_entry, deleted - plan.unknown)),
            unknown=frozenset(map(_entry, deleted & plan.unknown)),
            stay=frozenset(one.key for one in stay),
            loud=frozenset(one.key for one in loud),
            loud_edit=frozenset(one.key for one in of_edit if one.notifies),
            loud_changes=len(loud),
            edit_changes=Counter(one.action.value for one in of_edit),
            edit_messages=sum(one.notifies for one in of_edit),
        )


def year_size(calendar: CanonicalCalendar, target: Target) -> int:
    """Entries in the years a target shows."""
    names = target.years or tuple(calendar.years)
    return sum(len(calendar.years[name].entries) for name in names if name in calendar.years)


def _is_of_edit(change: Change, plan: ContextPlan) -> bool:
    return change.why in _OF_THE_EDIT and change.key not in plan.unknown


def _put(parts: dict[str, Part], context: Context, entries: frozenset[str], messages: int = 0) -> None:
    if entries:
        parts[context.id] = Part(entries=entries, messages=messages)


def _entry(key: str) -> str:
    year, entry, _ = split_key(key)
    return f"{year}:{entry}"
