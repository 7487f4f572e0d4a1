"""Who sees what: the entries a target shows, and which parts of each.

In this order: academic year, what the target excludes and includes by name, school, programme and
terms, the routing table's row, and last the rows that stand in for others. Nothing is drawn or said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mapping.model import AcademicYear, CanonicalCalendar, Days, Entry, Part, RoutingRule, Target, University

COURSE = "course"
"""The place whose readers are one class, so that what stands in for an entry replaces it for all of them."""

ALL_PARTS = frozenset(Part)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedEntry:
    """An entry that a target shows; ``parts`` may name parts that the entry is not drawn with."""

    entry: Entry
    parts: frozenset[Part]


def years_of(calendar: CanonicalCalendar, target: Target) -> tuple[AcademicYear, ...]:
    """The academic years a target shows, in the data's order."""
    return tuple(year for name, year in calendar.years.items() if not target.years or name in target.years)


def routed(calendar: CanonicalCalendar, target: Target) -> tuple[RoutedEntry, ...]:
    """The entries a target shows, in file order, year by year."""
    return tuple(shown for year in years_of(calendar, target) for shown in routed_in(calendar, year, target))


def fits(university: University, entry: Entry, target: Target) -> bool:
    """True if the entry concerns the target's school, programme and terms."""
    return of_school(entry, target) and _of_terms(university, entry, target)


def of_school(entry: Entry, target: Target) -> bool:
    """True if the entry concerns the target's school and one of its programmes."""
    school = target.school is None or not entry.schools or target.school in entry.schools
    own = entry.of_programmes
    programme = not own or not target.programmes or not set(own).isdisjoint(target.programmes)
    return school and programme


def excluded(entry: Entry, target: Target) -> bool:
    """True if the target leaves the entry out by name: its own id before its category."""
    if entry.id in target.exclude:
        return True
    return entry.category in target.exclude and entry.id not in target.include


def routed_in(calendar: CanonicalCalendar, year: AcademicYear, target: Target) -> Iterator[RoutedEntry]:
    """Of one academic year."""
    shown = [
        RoutedEntry(entry=entry, parts=parts)
        for entry in year.entries
        if (parts := _parts(calendar, year, entry, target))
    ]
    hidden = _stood_in_for(year, [one.entry for one in shown], target)
    return (one for one in shown if one.entry.id not in hidden)


def _parts(calendar: CanonicalCalendar, year: AcademicYear, entry: Entry, target: Target) -> frozenset[Part]:
    """The parts of an entry that a target shows; empty: none."""
    if excluded(entry, target) or not _is_event(entry):
        return frozenset()
    if entry.id in target.include:
        return ALL_PARTS
    if not fits(calendar.university, entry, target):
        return frozenset()
    if entry.category in target.include:
        return ALL_PARTS
    rules = calendar.routing.get(target.place, ())
    matching = (rule.parts for rule in rules if _matches(rule, year, entry, target))
    return frozenset[Part]().union(*matching)


def _is_event(entry: Entry) -> bool:
    """False for a rule told in the description of its anchors."""
    return entry.days is not None or (entry.rule is not None and entry.rule.publish == "date")


def _matches(rule: RoutingRule, year: AcademicYear, entry: Entry, target: Target) -> bool:
    return (
        (not rule.categories or entry.category in rule.categories)
        and (not rule.audiences or not rule.audiences.isdisjoint(entry.audiences or (entry.audience,)))
        and (not rule.sections or entry.section in rule.sections)
        and rule.not_years.isdisjoint(entry.years)
        and (not rule.within_term or _within_terms(year, entry, target))
    )


def _of_terms(university: University, entry: Entry, target: Target) -> bool:
    if not target.terms or not entry.terms:
        return True
    return any(term in target.terms or _whole_year(university, entry, term) for term in entry.terms)


def _whole_year(university: University, entry: Entry, term: str) -> bool:
    """True for a term that spans the others; an entry of all programmes may use any programme's."""
    names = entry.of_programmes or tuple(university.programmes)
    found = (university.programmes[name].terms.get(term) for name in names if name in university.programmes)
    return any(term_name is not None and term_name.whole_year for term_name in found)


def _within_terms(year: AcademicYear, entry: Entry, target: Target) -> bool:
    """True if some of the entry's days lie inside one of the target's terms."""
    days = entry.days
    if days is None or not target.terms:
        return True
    return any(days.overlaps(term) for term in _term_days(year.terms, target))


def _term_days(terms: Mapping[tuple[str, str], Days], target: Target) -> Iterator[Days]:
    for (programme, term), days in terms.items():
        if term in target.terms and (not target.programmes or programme in target.programmes):
            yield days


def _stood_in_for(year: AcademicYear, shown: Iterable[Entry], target: Target) -> frozenset[str]:
    """Ids of entries that a shown one makes superfluous: its umbrella row, and what it replaces."""
    by_id = {entry.id: entry for entry in year.entries}
    hidden: set[str] = set()
    for entry in shown:
        if entry.under is not None:
            hidden.add(entry.under)
        replaced = by_id.get(entry.replaces or "")
        if replaced is not None and _replaces(entry, replaced, target):
            hidden.add(replaced.id)
    return frozenset(hidden)


def _replaces(entry: Entry, replaced: Entry, target: Target) -> bool:
    """True if everybody who would follow ``replaced`` here follows ``entry`` instead."""
    if target.place == COURSE and entry.id in target.include:
        return True
    same_school = target.school is not None or _covers(entry.schools, replaced.schools)
    same_years = target.place == COURSE or _covers(entry.years, replaced.years)
    return same_school and same_years


def _covers(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    """True if ``wide`` holds all of ``narrow``; empty means everybody."""
    return not wide or bool(narrow and set(narrow) <= set(wide))
