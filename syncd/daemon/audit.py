"""Which contexts a daemon's cycle reads: what an edit concerns, and the ones not looked at for longest.

A full read of thousands of courses every few minutes would cost quota and show nothing new, so the
audit is spread: each cycle reads its share of the oldest looks. Small universities are read whole.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mapping.model import Context, Target
from syncd.reconcile.desired import DesiredSets
from syncd.state.context_notes import ContextNote

QUOTA_UNITS_A_SECOND = 10.0
"""What a Canvas token may spend lastingly (outflow of its bucket)."""
QUOTA_SHARE = 0.01
"""Share of it that looking at a quiet university may take."""
UNITS_A_CONTEXT = 0.12 * 0.4
"""Cost of reading one course of forty events: a page of a hundred serves two and a half courses."""
AT_LEAST = 30
"""Contexts read each cycle whatever the interval."""


@dataclass(slots=True, kw_only=True)
class AuditSelection:
    """``interval_s``: between cycles. ``audit_s``: within which every context is read."""

    interval_s: float
    audit_s: float
    clock: Callable[[], float] = time.time
    only_concerned: bool = False
    """After an edit: nothing but what the edit concerns."""
    seen: set[str] = field(default_factory=set)
    """Contexts this process has read completely once; nothing is taken from memory before that."""

    def choose(
        self,
        contexts: Sequence[Context],
        notes: Mapping[str, ContextNote],
        desired: DesiredSets,
        targets: Mapping[str, Target],
    ) -> Sequence[Context]:
        """The contexts to read, in the order given."""
        due = {one.id for one in contexts if self._concerned(one, notes.get(one.id), desired, targets)}
        if not self.only_concerned:
            rest = sorted(
                (one for one in contexts if one.id not in due), key=lambda one: _age(notes.get(one.id))
            )
            due |= {one.id for one in rest[: self.share(len(contexts))]}
        return [one for one in contexts if one.id in due]

    def read(self, contexts: Iterable[str]) -> None:
        """Take in which contexts were read completely: a choice that nobody carried out is none."""
        self.seen.update(contexts)

    def share(self, contexts: int) -> int:
        """How many quiet contexts one cycle reads."""
        affordable = int(QUOTA_UNITS_A_SECOND * QUOTA_SHARE * self.interval_s / UNITS_A_CONTEXT)
        needed = math.ceil(contexts * self.interval_s / self.audit_s)
        return max(AT_LEAST, affordable, needed)

    def _concerned(
        self, context: Context, note: ContextNote | None, desired: DesiredSets, targets: Mapping[str, Target]
    ) -> bool:
        if note is None or context.id not in self.seen or note.is_failing:
            return True
        if note.look_at is not None and note.look_at <= self.clock():
            return True
        return note.view != desired.digest(targets[context.target])


def _age(note: ContextNote | None) -> float:
    return note.observed_at or 0.0 if note is not None else 0.0
