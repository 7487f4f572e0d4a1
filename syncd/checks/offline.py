"""What `syncd check` finds out without network: settings, data, days off, targets, credentials.

What is found wrong in one place never hides what is wrong in another.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from connectors.port import Connector
from mapping.errors import InvalidCalendarError
from mapping.model import CanonicalCalendar, Targets
from syncd.checks.lines import Line, invalid, note, ok
from syncd.checks.years import missing_file, year_lines
from syncd.config.credentials import open_to_the_group
from syncd.config.env_file import early_calendar_folder, early_setting
from syncd.config.settings import UNIX, Settings, load_settings
from syncd.config.strays import strays
from syncd.config.zone_data import in_use
from syncd.errors import SettingsError
from syncd.reporting.english import counted
from syncd.reporting.horizon import horizon
from syncd.reporting.odd_hours import odd_hours
from syncd.reporting.preview import read_aloud, sample
from syncd.source.folder import load_calendar, load_served
from syncd.source.holidays_check import compare_days_off
from syncd.web.listener import folder_problem
from syncd.wiring import build_connectors, calendar_folder, load_site_targets


@dataclass(slots=True)
class Offline:
    """Goes as far as what is sound allows; every step yields lines and keeps what the next one needs."""

    day: date | None = None
    """The day to pretend, in place of what the settings say."""
    settings: Settings | None = None
    calendar: CanonicalCalendar | None = None
    targets: Targets | None = None
    connectors: dict[str, Connector] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)
    """What the connectors wait by: once it is set, no thread of theirs waits for a service's quota."""

    def lines(self) -> Iterator[Line]:
        """Everything in the order in which one needs the other."""
        yield from self._settings()
        yield from self._data()
        yield from self._targets()
        yield from self._hours()
        yield from self._connectors()

    @property
    def questions(self) -> int:
        """Questions to the registrar in the years that were read, drafts included."""
        if self.calendar is None:
            return 0
        years = self.calendar.with_drafts().years.values()
        return sum(len(entry.review) for year in years for entry in year.entries)

    def _settings(self) -> Iterator[Line]:
        yield ok("zones", f"the zone rules are those of {in_use()}.")
        try:
            settings = load_settings()
            self.settings = settings.model_copy(update={"today": self.day or settings.today})
        except SettingsError as error:
            yield from (invalid("settings", problem) for problem in error.problems)
            return
        if self.settings.http_listen and not self.settings.page_hosts:
            yield note(
                "settings",
                "SYNCD_HTTP_LISTEN is on and SYNCD_HTTP_HOSTS is not set, so the page is answered under any name. Name "
                "the hosts that people ask for it, such as calendar.example.edu: others then get 421.",
            )
        if self.settings.http_listen.startswith(UNIX):
            path = Path(self.settings.http_listen.removeprefix(UNIX))
            if problem := folder_problem(path):
                yield invalid("settings", f"SYNCD_HTTP_LISTEN: {path} cannot be used ({problem}).")
        yield from (note("settings", stray) for stray in strays())
        for path in open_to_the_group(self.settings):
            yield note("settings", f"{path} can be read by its group; chmod 600 it unless that is meant.")

    def _data(self) -> Iterator[Line]:
        folder = early_calendar_folder()
        if not early_setting("CALENDAR_DIR"):
            yield note(
                "calendar", "SYNCD_CALENDAR_DIR is not set, so this is about the calendar inside the package."
            )
        try:
            self.calendar, source = load_calendar(folder)
        except InvalidCalendarError as error:
            yield from (invalid("calendar", str(problem)) for problem in error.problems)
            yield from missing_file(tuple(map(str, error.problems)), folder)
            yield from self._without_unread_drafts(folder)
            return
        yield from year_lines(self.calendar)
        yield ok(
            "calendar",
            f"{counted(len(source.files), 'file')} {'was' if len(source.files) == 1 else 'were'} read.",
        )
        yield from (note("calendar", line) for line in horizon(self.calendar, self._today()))
        yield from (note("calendar", f"{sentence}.") for sentence in self.calendar.taken)
        yield from self._days_off(self.calendar)
        yield from self._reading(self.calendar)

    def _reading(self, calendar: CanonicalCalendar) -> Iterator[Line]:
        """One entry as people will read it, in every place and language."""
        entry = sample(calendar)
        if entry is None:
            return
        for where, text in read_aloud(calendar, entry, self._today()):
            gap = "\n" if "\n" in text else " "
            yield ok("how it reads", f"{where}:{gap}{text}")
        yield ok("how it reads", f"Others: syncd preview ENTRY; this was {entry.id}.")

    def _without_unread_drafts(self, folder: Path | None) -> Iterator[Line]:
        """Where only drafts are at fault, the rest is looked at all the same: it is what is served."""
        try:
            self.calendar, _ = load_served(folder)
        except InvalidCalendarError:
            return
        names = ", ".join(sorted(self.calendar.unread_drafts))
        yield note("calendar", f"Only the draft {names} is concerned; the other years go on being served.")
        yield from year_lines(self.calendar)

    def _today(self) -> date:
        """The day asked for, else the clock's: a zone matters little to the end of a year."""
        given = self.settings.today if self.settings is not None else None
        return given or self.day or datetime.now(tz=UTC).date()

    def _days_off(self, calendar: CanonicalCalendar) -> Iterator[Line]:
        try:
            found = compare_days_off(calendar)
        except InvalidCalendarError as error:
            yield from (invalid("days off", str(problem)) for problem in error.problems)
            return
        yield from (note("days off", f"{difference}.") for difference in found)
        if not found and calendar.university.country:
            yield ok("days off", "they agree with the holidays package.")

    def _targets(self) -> Iterator[Line]:
        if self.settings is None or self.calendar is None:
            return
        try:
            calendar_folder(self.settings)
        except SettingsError as error:
            yield from (invalid("settings", problem) for problem in error.problems)
        if self.settings.targets_file is None and early_calendar_folder() is not None:
            yield note(
                "targets",
                "SYNCD_TARGETS_FILE names no file, so nothing is published yet; targets.yaml beside the calendar "
                "shows what to say there.",
            )
            return
        try:
            self.targets = load_site_targets(self.settings, self.calendar)
        except SettingsError as error:
            yield from (invalid("settings", problem) for problem in error.problems)
        except InvalidCalendarError as error:
            yield from (invalid("targets", str(problem)) for problem in error.problems)
        else:
            owner, zone = self.targets.owner, self.targets.timezone
            count = counted(len(self.targets.targets), "target")
            yield ok("targets", f"{count}, owner {owner}, zone {zone}.")

    def _hours(self) -> Iterator[Line]:
        """Times that a day does not have or has twice, in the zones of those who show them."""
        if self.calendar is None:
            return
        targets = self.targets.targets if self.targets is not None else ()
        for name, year in self.calendar.with_drafts().years.items():
            for said in odd_hours(self.calendar, year.entries, targets):
                yield note("calendar", f"{name}: {said}")

    def _connectors(self) -> Iterator[Line]:
        """One kind after the other, so that every missing credential is told at once."""
        if self.settings is None or self.targets is None:
            return
        for kind in sorted({target.kind for target in self.targets.targets}):
            of_kind = tuple(target for target in self.targets.targets if target.kind == kind)
            only = replace(self.targets, targets=of_kind)
            try:
                self.connectors.update(build_connectors(self.settings, only, stop=self.stop))
            except SettingsError as error:
                yield from (invalid("settings", problem) for problem in error.problems)
