"""An academic year on one sheet: small months, and beside each a line for every entry that begins in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from mapping.identity import split_key
from mapping.model import CanonicalCalendar, Days, Entry
from mapping.text.dates import day_of
from mapping.text.titles import without_school
from mapping.text.typography import unbroken
from syncd.reporting.bars import entries_of, entry_of
from syncd.reporting.design.grid import first_weekday, month_of, months_of
from syncd.reporting.design.month import Bar, Week, by_day, drawn_weeks
from syncd.reporting.design.names import narrow_weekdays, short_month
from syncd.reporting.page_words import PageWords

_TO = "\N{EN DASH}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """``when``: day numbers, with the month's name where it ends in another one."""

    when: str
    title: str
    colour: str
    category: str
    link: str
    is_past: bool
    is_off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetMonth:
    name: str
    weeks: tuple[Week, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearSheet:
    """``legend``: (colour, category); ``approved``: by what document the year is in force."""

    title: str
    university: str
    school: str
    language: str
    direction: str
    approved: str
    weekdays: tuple[str, ...]
    months: tuple[SheetMonth, ...]
    legend: tuple[tuple[str, str], ...]

    @property
    def density(self) -> int:
        """How much stands on it, from 1 (little) to 6: a printed page chooses its type by it."""
        lines = sum(
            1 + len(f"{line.when} {line.title}") // 34 for month in self.months for line in month.lines
        )
        return next((step for step, most in enumerate(_DENSITIES, start=1) if lines <= most), 6)


_DENSITIES = (70, 95, 120, 150, 190)


def year_sheet(
    calendar: CanonicalCalendar,
    year: str,
    *,
    school: str,
    say: PageWords,
    bars: Iterable[Bar],
    today: date | None = None,
    link: Callable[[str, str], str] = lambda _year, _entry: "",
    draft: bool = False,
) -> YearSheet:
    """The sheet of a year. ``bars``: the school's, see `bars_of`; ``today`` None where nothing is past, as on paper."""
    entries = entries_of(calendar)
    own = [bar for bar in by_day(bars) if split_key(bar.key)[0] == year]
    found = calendar.years[year]
    named = calendar.university.schools.get(school)
    week = named.working_week if named is not None and named.working_week else found.working_week
    first = first_weekday(week)
    lines: dict[date, list[Line]] = {}
    for days, bar, title in _merged(own, entries, calendar, school, say):
        is_past = today is not None and days.last < today
        line = Line(
            when=_when(say, days),
            title=title,
            colour=bar.colour,
            category=bar.category,
            link=link(*split_key(bar.key)[:2]),
            is_past=is_past,
            is_off=bar.day_off,
        )
        lines.setdefault(month_of(days.start).start, []).append(line)
    months = list(months_of(_whole(own))) if own else []
    return YearSheet(
        title=say("year_of", year=year),
        university=say.voice.say(calendar.university.name),
        school=say.voice.say(named.name) if named is not None else "",
        language=say.language,
        direction=say.direction,
        approved=approved_words(say, calendar, year, draft=draft),
        weekdays=tuple(narrow_weekdays(say.language, first)),
        months=tuple(
            SheetMonth(
                name=say.month(month.start),
                weeks=tuple(drawn_weeks(month, own, working_week=week, today=today, first=first)),
                lines=tuple(lines.get(month.start, ())),
            )
            for month in months
        ),
        legend=tuple(
            dict.fromkeys((bar.colour, bar.category) for bar in sorted(own, key=lambda one: one.weight))
        ),
    )


def approved_words(say: PageWords, calendar: CanonicalCalendar, year: str, *, draft: bool = False) -> str:
    """By what document a year is in force; of a draft, that it is none."""
    if draft:
        return say("draft_of", year=year)
    voice, document = say.voice, calendar.years[year].document
    day = day_of(voice, document.approved_on)
    approval = (
        voice.phrase("source_approved_number", number=document.number, date=day)
        if document.number
        else voice.phrase("source_approved_on", date=day)
    )
    name = voice.say(document.short) or voice.say(document.title)
    return unbroken(say("approved", document=name, approval=approval))


def _merged(
    bars: list[Bar],
    entries: dict[tuple[str, str], Entry],
    calendar: CanonicalCalendar,
    school: str,
    say: PageWords,
) -> Iterator[tuple[Days, Bar, str]]:
    """Opening and last day of one entry as one line with its whole span; everything else as it is drawn."""
    together: dict[str, list[Bar]] = {}
    for bar in bars:
        together.setdefault(bar.key.rpartition(":")[0], []).append(bar)
    found = []
    for parts in together.values():
        entry = entry_of(entries, parts[0])
        if len(parts) > 1 and len(entry.spans) == 1 and entry.days is not None:
            title = " ".join(say.voice.say(entry.title).split())
            if school:
                title = without_school(calendar.university, entry, title)
            found.append((entry.days, parts[0], unbroken(title)))
        else:
            found += [(bar.days, bar, bar.title) for bar in parts]
    yield from sorted(found, key=lambda one: (one[0].start, -one[0].count, one[1].weight, one[1].key))


def _when(say: PageWords, days: Days) -> str:
    """``15``, ``15-30``, ``19 - 24 May``, with the dash of a span."""
    if days.count == 1:
        return str(days.start.day)
    if (days.start.year, days.start.month) == (days.last.year, days.last.month):
        return f"{days.start.day}{_TO}{days.last.day}"
    return unbroken(f"{days.start.day} {_TO} {days.last.day} {short_month(say.language, days.last.month)}")


def _whole(bars: list[Bar]) -> Days:
    return Days.inclusive(min(bar.days.start for bar in bars), max(bar.days.last for bar in bars))
