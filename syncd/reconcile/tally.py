"""Counts, while contexts are planned, what the guards want to know of each target."""

from __future__ import annotations

from collections import defaultdict

from mapping.identity import split_key
from mapping.model import CanonicalCalendar, Context, ContextPlan, Delete, Target, Why
from mapping.planning.guards import TargetTally
from syncd.state.events import ContextNote


class Tally:
    """One target's counts, in one edition."""

    def __init__(self, target: Target, year_size: int) -> None:
        self._target = target
        self._year_size = year_size
        self._removed: set[str] = set()
        self._kept = 0
        self._filled_before = False
        self._new_courses = 0
        self._fill_messages = 0
        self._fill_entries: set[str] = set()
        self._each: dict[str, int] = {}
        self._noisy: dict[str, set[str]] = defaultdict(set)
        self._emptied: dict[str, tuple[str, ...]] = {}

    def count(self, context: Context, plan: ContextPlan, note: ContextNote | None, today: str) -> None:
        """Add one context's plan."""
        filled = bool(plan.records) or (note is not None and note.filled_at is not None)
        self._filled_before = self._filled_before or filled
        self._kept += plan.unchanged
        noisy: list[str] = []
        for change in plan.changes:
            entry = _entry(change.key)
            if isinstance(change, Delete):
                if change.why is not Why.COPY:
                    self._removed.add(entry)
                continue
            self._kept += 1
            if change.notifies:
                noisy.append(entry)
        if plan.emptied:
            self._emptied[context.id] = tuple(sorted(change.key for change in plan.changes))
            return
        if not filled:
            self._new_courses += 1
            self._fill_messages += len(noisy) * context.students
            self._fill_entries.update(_entry(change.key) for change in plan.changes)
        elif note is not None and note.in_step_at is not None and context.created[:10] != today:
            self._each[context.id] = len(noisy)
            self._noisy[context.id].update(noisy)

    def result(self, messages_each: int) -> TargetTally:
        """The finished tally; ``noisy_entries`` only of contexts above ``messages_each``."""
        noisy = {
            entry
            for name, count in self._each.items()
            if count > messages_each
            for entry in self._noisy[name]
        }
        return TargetTally(
            target=self._target.name,
            removed=frozenset(self._removed),
            kept=self._kept,
            year_size=self._year_size,
            filled_before=self._filled_before,
            new_courses=self._new_courses,
            fill_messages=self._fill_messages,
            fill_entries=frozenset(self._fill_entries),
            worst_each={name: count for name, count in self._each.items() if count},
            noisy_entries=frozenset(noisy),
            emptied=self._emptied,
        )


def year_size(calendar: CanonicalCalendar, target: Target) -> int:
    """Entries in the years a target shows."""
    names = target.years or tuple(calendar.years)
    return sum(len(calendar.years[name].entries) for name in names if name in calendar.years)


def _entry(key: str) -> str:
    year, entry, _ = split_key(key)
    return f"{year}:{entry}"
