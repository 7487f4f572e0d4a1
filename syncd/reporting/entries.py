"""Entries of the canonical calendar chosen by school, term and day, and as the JSON that programs read.

Chooses and shapes; prints nothing and knows no target: what a target shows, `mapping.routing` decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from typing import Any

from mapping.document.plain import unknown
from mapping.document.schemas import WEEKDAYS
from mapping.model import AcademicYear, CanonicalCalendar, Entry, Milestone, OtherDay, University
from syncd.errors import UsageError


def choose(
    calendar: CanonicalCalendar,
    *,
    year: str | None = None,
    school: str | None = None,
    term: str | None = None,
    on: date | None = None,
) -> Iterator[Entry]:
    """Entries in file order that meet every given condition; those of drafts only where ``year`` names one.

    ``school``: entries of all schools and of that one. ``term``: also those of whole years and of no
    term. ``on``: entries whose days include it. Raises `UsageError` for a name the data does not have.
    """
    check_names(calendar.university, school=school, term=term)
    for chosen in years_of(calendar, year):
        for entry in chosen.entries:
            if (
                (school is None or not entry.schools or school in entry.schools)
                and (term is None or _in_term(calendar.university, entry, term))
                and (on is None or _lies_on(entry, on))
            ):
                yield entry


def years_of(calendar: CanonicalCalendar, year: str | None) -> tuple[AcademicYear, ...]:
    """The published years, or the one named, which may be a draft. Raises `UsageError` for one there is not."""
    if year is None:
        return tuple(calendar.years.values())
    known = calendar.with_drafts().years
    if year not in known:
        raise UsageError(f"--year: {unknown('academic year', year, known)}")
    return (known[year],)


def of_year(calendar: CanonicalCalendar, year: str | None) -> CanonicalCalendar:
    """The calendar with only that year in it. Raises `UsageError` for one there is not."""
    return replace(calendar, years={one.name: one for one in years_of(calendar, year)}, drafts={})


def check_names(university: University, *, school: str | None = None, term: str | None = None) -> None:
    """Raises `UsageError` for a school or a term that the data does not have."""
    if school is not None and school not in university.schools:
        raise UsageError(f"--school: {unknown('school', school, university.schools)}")
    terms = {name for programme in university.programmes.values() for name in programme.terms}
    if term is not None and term not in terms:
        raise UsageError(f"--term: {unknown('term', term, terms)}")


def as_json(entry: Entry) -> dict[str, Any]:
    """One entry; ``start`` and ``end`` are both included, null for a rule, whose dates are its milestones."""
    return {
        "id": entry.id,
        "year": entry.year,
        "calendar": entry.calendar,
        "ref": entry.ref,
        "programme": entry.programme,
        "programmes": list(entry.of_programmes),
        "terms": entry.terms,
        "schools": entry.schools,
        "years": entry.years,
        "category": entry.category,
        "audience": entry.audience,
        "audiences": entry.audiences or (entry.audience,),
        "kind": entry.kind.value,
        "shape": entry.shape.value,
        "start": entry.days.start.isoformat() if entry.days else None,
        "end": entry.days.last.isoformat() if entry.days else None,
        "from": _time(entry.hours.begins),
        "to": _time(entry.hours.ends) if not entry.hours.is_deadline else None,
        "by": _time(entry.hours.ends) if entry.hours.is_deadline else None,
        "days": [day.isoformat() for day in entry.dates],
        "follows": WEEKDAYS[entry.follows - 1] if entry.follows else None,
        "milestones": [_milestone(one) for one in entry.milestones],
        "derived": entry.derived.isoformat() if entry.derived else None,
        "publish": entry.rule.publish if entry.rule else None,
        "title": dict(entry.title),
        "unconfirmed": list(entry.unconfirmed),
    }


def _time(at: time | None) -> str | None:
    return f"{at:%H:%M}" if at is not None else None


def _milestone(milestone: Milestone) -> dict[str, Any]:
    return {
        "step": milestone.step,
        "date": milestone.day.isoformat(),
        "name": dict(milestone.name),
        "anchor": milestone.anchor,
        "counted_from": milestone.counted_from.isoformat(),
        "working_days": milestone.working_days,
        "schools": list(milestone.schools),
        "since": dict(milestone.since),
        "since_step": dict(milestone.since_step),
        "others": [_other(one) for one in milestone.others],
        "skipped": [{"date": hit.day.isoformat(), "entry": hit.entry} for hit in milestone.skipped],
    }


def _other(other: OtherDay) -> dict[str, Any]:
    return {
        "name": dict(other.name),
        "date": other.day.isoformat(),
        "counted_from": other.counted_from.isoformat(),
    }


def _in_term(university: University, entry: Entry, term: str) -> bool:
    if not entry.terms or term in entry.terms:
        return True
    names = entry.of_programmes or tuple(university.programmes)
    specs = (university.programmes[name].terms for name in names if name in university.programmes)
    return any(one.get(name) is not None and one[name].whole_year for one in specs for name in entry.terms)


def _lies_on(entry: Entry, day: date) -> bool:
    if entry.days is not None:
        return any(one.start <= day < one.end for one in entry.spans)
    return entry.rule is not None and entry.rule.publish == "date" and entry.derived == day
