"""What the history verbs need: the state for reading, the calendar in force, the targets, the zone.

Not a verb. Falls back where a piece is missing, since looking back must work while the data is being mended.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from mapping.document.plain import unknown
from mapping.errors import InvalidCalendarError
from mapping.model import CanonicalCalendar, Target
from syncd.commands.shared.arguments import settings_of
from syncd.commands.shared.state import refuse_unreadable
from syncd.config.settings import Settings
from syncd.errors import SettingsError, UsageError
from syncd.reconcile.binding import campus_zone
from syncd.reconcile.editions import last_in_force
from syncd.state.store import State
from syncd.wiring import load_candidate, load_site_targets, state_address


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """``state`` is a snapshot; nothing is written through it."""

    settings: Settings
    state: State

    def calendar(self) -> CanonicalCalendar:
        """What is in force, else the data files. Raises `SettingsError`, `InvalidCalendarError`."""
        return last_in_force(self.state.ledger) or load_candidate(self.settings).calendar

    def targets(self, calendar: CanonicalCalendar) -> Mapping[str, Target]:
        """By name; none where the targets file cannot be used now."""
        try:
            return {one.name: one for one in load_site_targets(self.settings, calendar).targets}
        except (SettingsError, InvalidCalendarError):
            return {}

    def zone(self) -> tzinfo:
        """The campus zone under which things were written, else UTC."""
        return campus_zone(self.state.ledger)

    def today(self) -> date:
        return self.settings.today or datetime.fromtimestamp(time.time(), tz=self.zone()).date()

    def day_begins(self, day: date) -> float:
        """Seconds since the epoch at which a campus day begins; for a day beyond any clock, the nearest that is not."""
        nearest = min(max(day, date(1970, 1, 2)), date(9999, 12, 30))
        return datetime(nearest.year, nearest.month, nearest.day, tzinfo=self.zone()).timestamp()

    def day_ends(self, day: date) -> float:
        return self.day_begins(min(day, date(9999, 12, 30)) + timedelta(days=1)) - 1e-3


@contextmanager
def knowledge(arguments: argparse.Namespace) -> Iterator[Knowledge]:
    """Open a snapshot of the state, without the daemon's lock."""
    settings = settings_of(arguments)
    address = state_address(settings)
    refuse_unreadable(address)
    state = State.open_for_reading(address)
    try:
        yield Knowledge(settings=settings, state=state)
    finally:
        state.close()


def check_entry(calendar: CanonicalCalendar, entry: str) -> None:
    """Raises `UsageError` for an id that the calendar does not have."""
    known = {one.id for year in calendar.years.values() for one in year.entries}
    if entry not in known:
        raise UsageError(unknown("entry", entry, known))
