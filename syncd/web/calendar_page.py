"""The calendar for people: today and what comes next, a month, a year, the terms, or what a search finds."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from mapping.model import AcademicYear, Days, Entry
from mapping.text.typography import unbroken
from syncd.reporting.bars import entry_of
from syncd.reporting.design.grid import month_of, months_of
from syncd.reporting.design.month import Bar, by_day, drawn_weeks, within
from syncd.reporting.design.names import narrow_weekdays
from syncd.reporting.year_sheet import approved_words, year_sheet
from syncd.web.asked import MONTH, TERMS, VIEWS, YEAR
from syncd.web.frame import Frame
from syncd.web.subscribe import subscription

NEXT_SHOWN = 5
"""Events to come that stand above everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a list."""

    when: str
    bar: Bar
    link: str
    is_past: bool
    is_now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A term and its rows; ``rules`` are entries without a date of their own: title and address."""

    title: str
    days: str
    rows: list[Row]
    rules: list[tuple[str, str]]


class CalendarPage:
    """One answer."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._asked = frame.asked
        self._say = frame.say
        self._today = frame.today
        self._bars = frame.bars

    def values(self) -> dict[str, Any]:
        """For the template."""
        asked = self._asked
        searched = bool(asked.question or asked.category)
        view = "found" if searched else asked.view
        shown = {YEAR: self._year, TERMS: self._terms, MONTH: self._month, "found": self._found}[view]()
        return {
            **self._frame.values(),
            "view": view,
            "views": [(self._say(f"view_{name}"), asked.link(view=name), name == view) for name in VIEWS],
            "schools": [
                (asked.link(school=key), self._say.voice.say(one.name), key == asked.school)
                for key, one in self._frame.calendar.university.schools.items()
            ],
            "draft": asked.draft,
            "now": [self._row(bar) for bar in by_day(self._bars) if self._is_on(bar, self._today)],
            "next": [self._row(bar) for bar in self._next()],
            "today_words": self._say("today_is", day=self._say.day(self._today)),
            "categories": self._categories(),
            "approved": [
                approved_words(self._say, self._frame.calendar, year.name, draft=bool(self._asked.draft))
                for year in (
                    self._years() if view in {MONTH, "found"} else filter(None, [self._chosen_year()])
                )
            ],
            "subscribe": self._subscription(),
            **shown,
        }

    # --- what is on, what comes ---------------------------------------------------------------------

    def _next(self) -> list[Bar]:
        return by_day(bar for bar in self._bars if bar.days.start > self._today)[:NEXT_SHOWN]

    @staticmethod
    def _is_on(bar: Bar, day: date) -> bool:
        return bar.days.start <= day < bar.days.end

    def _row(self, bar: Bar) -> Row:
        entry = entry_of(self._frame.entries, bar)
        return Row(
            when=self._say.days(bar.days),
            bar=bar,
            link=self._asked.event(entry.year, entry.id),
            is_past=bar.days.last < self._today,
            is_now=self._is_on(bar, self._today),
        )

    def _rows(self, bars: Iterable[Bar]) -> list[Row]:
        return [self._row(bar) for bar in bars]

    # --- the views ----------------------------------------------------------------------------------

    def _month(self) -> dict[str, Any]:
        months = self._months()
        wanted = month_of(self._asked.month or self._today)
        if months and wanted not in months:
            wanted = months[0] if wanted.start < months[0].start else months[-1]
        listed = within(self._bars, wanted)
        place = months.index(wanted) if wanted in months else 0
        first = self._frame.first_weekday(wanted)
        linked = [replace(bar, link=self._row(bar).link) for bar in listed]
        weeks = list(
            drawn_weeks(
                wanted,
                linked,
                working_week=self._frame.working_week(wanted),
                today=self._today,
                first=first,
            )
        )
        return {
            "heading": self._say.month(wanted.start),
            "list_heading": self._say("month_list", month=self._say.month(wanted.start)),
            "weeks": weeks,
            "weekdays": self._say.weekdays(first),
            "narrow": narrow_weekdays(self._asked.language, first),
            "rows": self._rows(listed),
            "legend": _legend(listed),
            "earlier": self._to_month(months[place - 1]) if place > 0 else None,
            "later": self._to_month(months[place + 1]) if place + 1 < len(months) else None,
            "this_month": self._asked.link(month=None, view=MONTH),
        }

    def _months(self) -> list[Days]:
        """Every month from the first event to the last, without a gap."""
        if not self._bars:
            return []
        first = min(bar.days.start for bar in self._bars)
        return list(months_of(Days.inclusive(first, max(bar.days.last for bar in self._bars))))

    def _to_month(self, month: Days) -> tuple[str, str]:
        return self._asked.link(month=month.start, view=MONTH), self._say.month(month.start)

    def _year(self) -> dict[str, Any]:
        year = self._chosen_year()
        if year is None:
            return self._nothing()
        sheet = year_sheet(
            self._frame.calendar,
            year.name,
            school=self._asked.school,
            say=self._say,
            bars=self._bars,
            today=self._today,
            link=self._asked.event,
            draft=bool(self._asked.draft),
        )
        return {"heading": sheet.title, "sheet": sheet, "other_years": self._other_years(year)}

    def _terms(self) -> dict[str, Any]:
        year = self._chosen_year()
        if year is None:
            return self._nothing()
        return {
            "heading": self._say("year_of", year=year.name),
            "sections": list(self._sections(year)),
            "other_years": self._other_years(year),
        }

    def _found(self) -> dict[str, Any]:
        words = _folded(self._asked.question).split()
        found = [
            bar
            for bar in by_day(self._bars)
            if self._is_of_category(bar) and all(word in self._searched(bar) for word in words)
        ]
        return {
            "heading": self._say("found", count=len(found)),
            "rows": self._rows(found),
            "legend": [],
            "whole": self._asked.link(),
        }

    def _nothing(self) -> dict[str, Any]:
        return {"view": TERMS, "heading": self._say("title"), "sections": [], "other_years": []}

    # --- by term --------------------------------------------------------------------------------------

    def _sections(self, year: AcademicYear) -> Iterator[Section]:
        """The programmes' terms in the order of their days, and last what belongs to none."""
        bars = [bar for bar in by_day(self._bars) if entry_of(self._frame.entries, bar).year == year.name]
        shown: set[str] = set()
        university = self._frame.calendar.university
        rules = [one for one in year.entries if self._is_rule(one)]
        for (programme, term), days in sorted(year.terms.items(), key=lambda one: (one[1].start, one[0])):
            if university.programmes[programme].terms[term].whole_year:
                continue
            own = [bar for bar in bars if self._is_of_term(bar, programme, term)]
            own_rules = [one for one in rules if _is_of(one, programme, term)]
            shown.update(bar.key for bar in own)
            if own or own_rules:
                names = university.programmes[programme]
                title = f"{self._say.voice.say(names.terms[term].name)} \N{EN DASH} {self._say.voice.say(names.name)}"
                yield Section(
                    title=f"{title[:1].upper()}{title[1:]}",
                    days=self._say.days(days),
                    rows=self._rows(own),
                    rules=self._links(own_rules),
                )
        rest = [bar for bar in bars if bar.key not in shown]
        if rest:
            yield Section(title=self._say("all_programmes"), days="", rows=self._rows(rest), rules=[])

    def _is_of_term(self, bar: Bar, programme: str, term: str) -> bool:
        return _is_of(entry_of(self._frame.entries, bar), programme, term)

    def _is_rule(self, entry: Entry) -> bool:
        """A rule of the school's that is no event of its own."""
        ours = not entry.schools or self._asked.school in entry.schools
        return entry.rule is not None and entry.rule.publish != "date" and ours

    def _links(self, entries: Iterable[Entry]) -> list[tuple[str, str]]:
        return [
            (unbroken(self._say.voice.say(one.title)), self._asked.event(one.year, one.id)) for one in entries
        ]

    # --- choices --------------------------------------------------------------------------------------

    def _years(self) -> list[AcademicYear]:
        years = self._frame.calendar.years
        return [years[self._asked.draft]] if self._asked.draft else list(years.values())

    def _chosen_year(self) -> AcademicYear | None:
        """The one asked for, else the first that is not over, else the last."""
        years = self._frame.calendar.years
        if self._asked.year in years:
            return years[self._asked.year]
        open_years = [
            entry_of(self._frame.entries, bar).year
            for bar in by_day(self._bars)
            if bar.days.last >= self._today
        ]
        name = open_years[0] if open_years else list(years)[-1] if years else ""
        return years.get(name)

    def _other_years(self, shown: AcademicYear) -> list[tuple[str, str]]:
        return [
            (self._asked.link(year=year.name), year.name) for year in self._years() if year.name != shown.name
        ]

    def _categories(self) -> list[tuple[str, str]]:
        """(key, name) of those that occur, in order of weight."""
        found = {
            entry_of(self._frame.entries, bar).category: bar
            for bar in sorted(self._bars, key=lambda one: one.weight)
        }
        return [(key, bar.category) for key, bar in found.items()]

    def _is_of_category(self, bar: Bar) -> bool:
        wanted = self._asked.category
        return not wanted or entry_of(self._frame.entries, bar).category == wanted

    def _searched(self, bar: Bar) -> str:
        """The title as shown, and the entry's in every language: who knows it by another finds it too."""
        entry = entry_of(self._frame.entries, bar)
        return _folded(" ".join((bar.title, bar.category, *entry.title.values())))

    # --- around ---------------------------------------------------------------------------------------

    def _subscription(self) -> Any:
        if self._asked.draft or not self._asked.school:
            return None
        targets = self._frame.daemon.targets
        return subscription(
            root=self._asked.root,
            base=self._asked.base,
            school=self._asked.school,
            language=self._asked.language,
            targets=targets.targets if targets is not None else (),
        )


def _is_of(entry: Entry, programme: str, term: str) -> bool:
    own = entry.of_programmes
    return term in entry.terms and (not own or programme in own)


def _legend(bars: Iterable[Bar]) -> list[tuple[str, str]]:
    """(colour, category) of those that occur, the heaviest first; each name once."""
    return list(dict.fromkeys((bar.colour, bar.category) for bar in sorted(bars, key=lambda one: one.weight)))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
