"""What every page for people has around it: language, school, today, words, and the bars of the school's calendar."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Any

from mapping.identity import split_key
from mapping.model import CanonicalCalendar, Days
from syncd.daemon.view import DaemonView
from syncd.reconcile.desired import DesiredSets
from syncd.reporting.bars import bars_of, entries_of
from syncd.reporting.design.grid import first_weekday
from syncd.reporting.design.month import Bar
from syncd.reporting.page_words import PageWords
from syncd.web.asked import Asked
from syncd.web.standing import Census, CensusTaker

_KEPT = 64
"""Calendars of schools in a language that are kept as they were drawn."""


class Drawn:
    """Bars of calendars, kept as long as nothing changes that they are made from."""

    def __init__(self) -> None:
        self._bars = lru_cache(maxsize=_KEPT)(_bars)
        self._views = lru_cache(maxsize=2)(_views)
        self._counts = CensusTaker()

    def census(self, daemon: DaemonView) -> Census:
        """In how many calendars each event stands."""
        return self._counts.census(daemon.state.events)

    def views(self, calendar: CanonicalCalendar, today: date) -> DesiredSets:
        """What each target should hold."""
        return self._views(_Key(calendar), today)

    def bars(
        self, calendar: CanonicalCalendar, school: str, language: str, today: date, zone: str
    ) -> tuple[Bar, ...]:
        """The bars, without links: these depend on the page."""
        return self._bars(_Key(calendar), school, language, today, zone)


class Frame:
    """One answer's surroundings."""

    def __init__(self, daemon: DaemonView, drawn: Drawn, calendar: CanonicalCalendar, asked: Asked) -> None:
        self.daemon = daemon
        self.drawn = drawn
        self.calendar = calendar
        self.asked = asked
        self.today = daemon.today()
        self.zone = daemon.targets.timezone if daemon.targets is not None else ""
        candidate = daemon.candidate
        # Words are as the files have them now: no approval is about them.
        words = candidate.calendar.words if candidate is not None else calendar.words
        self.say = PageWords(calendar, asked.language, self.zone, words)
        self.entries = entries_of(calendar)
        if asked.draft:
            # No digest tells one state of a draft from the next.
            key = _Key(calendar)
            whole = _bars(key, asked.school, asked.language, self.today, self.zone)
            self.bars = tuple(bar for bar in whole if split_key(bar.key)[0] == asked.draft)
        else:
            self.bars = drawn.bars(calendar, asked.school, asked.language, self.today, self.zone)

    @property
    def school_name(self) -> str:
        """The school's full name, '' where the university has none."""
        school = self.calendar.university.schools.get(self.asked.school)
        return self.say.voice.say(school.name) if school is not None else ""

    def working_week(self, days: Days) -> Collection[int]:
        """ISO weekdays that are worked: the school's own, else those of the year that reaches into the days."""
        school = self.calendar.university.schools.get(self.asked.school)
        if school is not None and school.working_week:
            return school.working_week
        years = list(self.calendar.years.values())
        for year in years:
            if any(entry.days is not None and entry.days.overlaps(days) for entry in year.entries):
                return year.working_week
        return years[-1].working_week if years else frozenset(range(1, 8))

    def first_weekday(self, days: Days) -> int:
        """With which weekday a week begins there."""
        return first_weekday(self.working_week(days))

    def values(self) -> dict[str, Any]:
        """For the template that all pages begin with."""
        university, say = self.calendar.university, self.say
        return {
            "say": say,
            "asked": self.asked,
            "lang": self.asked.language,
            "languages": [(code, spec.name) for code, spec in university.languages.items()],
            "university": say.voice.say(university.name),
            "school_name": self.school_name,
            "today": self.today,
        }


def _views(key: _Key, today: date) -> DesiredSets:
    return DesiredSets(key.calendar, today)


class _Key:
    """A calendar as a key: two of one digest draw the same."""

    def __init__(self, calendar: CanonicalCalendar) -> None:
        self.calendar = calendar

    def __hash__(self) -> int:
        return hash(self.calendar.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.calendar.digest == self.calendar.digest


def _bars(key: _Key, school: str, language: str, today: date, zone: str) -> tuple[Bar, ...]:
    return bars_of(key.calendar, school=school or None, language=language, today=today, timezone=zone)
