"""Desired sets, computed once per view and shared by every context and target that has it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date

from mapping.desired import desired_events, drawing_for, view_key
from mapping.model import CanonicalCalendar, DesiredEvent, Target


class DesiredSets:
    """The desired sets of one calendar on one day."""

    def __init__(
        self, calendar: CanonicalCalendar, today: date, retired: AbstractSet[str] = frozenset()
    ) -> None:
        """``retired``: targets that should hold nothing."""
        self.calendar = calendar
        self._retired = retired
        self._today = today
        self._sets: dict[object, tuple[Mapping[str, DesiredEvent], str]] = {}

    def desired(self, target: Target) -> Mapping[str, DesiredEvent]:
        """What each context of the target should hold, by event key."""
        if target.name in self._retired:
            return {}
        return self._view(target)[0]

    def digest(self, target: Target) -> str:
        """Changes whenever anything of the target's desired set or policy does."""
        return self._view(target)[1]

    def _view(self, target: Target) -> tuple[Mapping[str, DesiredEvent], str]:
        drawing = drawing_for(target)
        key = (view_key(target), drawing, target.drift, target.respect_deletions, target.copies, target.past)
        found = self._sets.get(key)
        if found is None:
            desired = desired_events(self.calendar, target, drawing, self._today)
            found = self._sets[key] = (desired, _digest(desired, repr(key[2:])))
        return found


def _digest(desired: Mapping[str, DesiredEvent], policy: str) -> str:
    digest = hashlib.sha256(policy.encode())
    for key in sorted(desired):
        digest.update(f"{key}={desired[key].fingerprint}\n".encode())
    return digest.hexdigest()[:16]
