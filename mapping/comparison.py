"""Two academic years side by side: what is missing, what was not moved on, what lies on an odd day.

Looks and judges nothing: a day that only looks odd may well be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from mapping.model import AcademicYear, Days, Entry, University
from mapping.working_days import days_off_of

_YEAR = re.compile(r"(?<![0-9])(?:19|20|21)[0-9]{2}(?![0-9])")
FEWEST = 3
"""Entries two years must share before equal days mean that one was copied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One entry of both years; ``was`` and ``now`` are its days."""

    id: str
    was: Days
    now: Days


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDayOff:
    """An entry whose first or last day is a day off, and the entry that makes it one."""

    id: str
    day: date
    day_off: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearComparison:
    """Entries in the order of their year; ``unconfirmed`` and ``year_numbers`` map an id to what it is."""

    old: str
    new: str
    missing: tuple[str, ...]
    """In the old year only."""
    added: tuple[str, ...]
    """In the new year only."""
    equal_days: tuple[Compared, ...]
    other_weekday: tuple[Compared, ...]
    """Begins on another weekday; days off follow the date and are left out."""
    other_length: tuple[Compared, ...]
    on_day_off: tuple[OnDayOff, ...]
    outside_term: tuple[str, ...]
    year_numbers: Mapping[str, tuple[int, ...]]
    unconfirmed: Mapping[str, tuple[str, ...]]


def compare_years(university: University, old: AcademicYear, new: AcademicYear) -> YearComparison:
    """The new year against the old one, by entry id."""
    before = {entry.id: entry for entry in old.entries}
    after = {entry.id: entry for entry in new.entries}
    pairs = [
        Compared(id=id_, was=was, now=now)
        for id_ in before
        if id_ in after and (was := before[id_].days) is not None and (now := after[id_].days) is not None
    ]
    off = _days_off(university, new)
    return YearComparison(
        old=old.name,
        new=new.name,
        missing=tuple(id_ for id_ in before if id_ not in after),
        added=tuple(id_ for id_ in after if id_ not in before),
        equal_days=tuple(one for one in pairs if one.was == one.now),
        other_weekday=tuple(
            one
            for one in pairs
            if one.was.start.weekday() != one.now.start.weekday()
            and not university.categories[after[one.id].category].day_off
        ),
        other_length=tuple(one for one in pairs if one.was.count != one.now.count),
        on_day_off=tuple(_on_days_off(university, new, off)),
        outside_term=tuple(
            entry.id
            for entry in new.entries
            if has_no_day_in_its_terms(university, new, entry)
            # What has always stood before its term, such as registration, stands there by intent.
            and not (entry.id in before and has_no_day_in_its_terms(university, old, before[entry.id]))
        ),
        year_numbers=foreign_years(new),
        unconfirmed={entry.id: entry.unconfirmed for entry in new.entries if entry.unconfirmed},
    )


def looks_copied(comparison: YearComparison, old: AcademicYear, new: AcademicYear) -> bool:
    """True where most entries of both years have the very same days."""
    ids = {entry.id for entry in old.entries if entry.days is not None}
    shared = sum(entry.days is not None and entry.id in ids for entry in new.entries)
    return shared >= FEWEST and len(comparison.equal_days) * 2 > shared


def own_years(year: AcademicYear) -> frozenset[int]:
    """The calendar years that the academic year's name says, else those its terms touch."""
    named = frozenset(int(found) for found in _YEAR.findall(year.name))
    if named:
        # "2026" alone means the year that begins then.
        return named if len(named) > 1 else frozenset({*named, *(one + 1 for one in named)})
    days = list(year.terms.values()) or [entry.days for entry in year.entries if entry.days]
    return frozenset(one for span in days for one in (span.start.year, span.last.year))


def foreign_years(year: AcademicYear) -> dict[str, tuple[int, ...]]:
    """Entry id to the year numbers in its title and texts that are none of the academic year's own."""
    own = own_years(year)
    found = {entry.id: tuple(sorted(year_numbers(entry) - own)) for entry in year.entries}
    return {id_: numbers for id_, numbers in found.items() if numbers}


def foreign_years_of_document(year: AcademicYear) -> tuple[int, ...]:
    """The year numbers in the cited document's title and short title that are none of the academic year's own."""
    said = (*year.document.title.values(), *year.document.short.values())
    return tuple(sorted({int(one) for text in said for one in _YEAR.findall(text)} - own_years(year)))


def year_numbers(entry: Entry) -> frozenset[int]:
    """Every number in title and texts that reads as a year."""
    texts = (entry.title, entry.text, entry.note, entry.reason)
    return frozenset(int(one) for text in texts for said in text.values() for one in _YEAR.findall(said))


def _days_off(university: University, year: AcademicYear) -> dict[date, str]:
    return days_off_of(
        (entry.id, span)
        for entry in year.entries
        for span in entry.spans
        if university.categories[entry.category].day_off
    )


def _on_days_off(university: University, year: AcademicYear, off: Mapping[date, str]) -> Iterator[OnDayOff]:
    for entry in year.entries:
        if entry.days is None or university.categories[entry.category].day_off:
            continue
        for day in sorted({entry.days.start, entry.days.last}):
            if day in off:
                yield OnDayOff(id=entry.id, day=day, day_off=off[day])


def has_no_day_in_its_terms(university: University, year: AcademicYear, entry: Entry) -> bool:
    """True where an entry of certain terms has no day in any of them."""
    if entry.days is None or not entry.terms or not entry.of_programmes:
        return False
    named = [(programme, term) for programme in entry.of_programmes for term in entry.terms]
    known = ((university.programmes[programme].terms.get(term)) for programme, term in named)
    if any(one is not None and one.whole_year for one in known):
        return False
    spans = [year.terms[one] for one in named if one in year.terms]
    return bool(spans) and not any(entry.days.overlaps(span) for span in spans)
