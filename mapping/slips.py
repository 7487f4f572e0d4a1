"""What is sound and still looks like a slip: two schools of one name, an entry far from its term, a worked day elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from mapping.comparison import has_no_day_in_its_terms, own_years
from mapping.model import AcademicYear, Days, Localised, University

_FAR = timedelta(days=60)
"""From its term, for an entry to look like one of another term: what stands before it by intent stands closer."""


def slips_of_names(university: University) -> Iterator[str]:
    """Schools, and terms of one programme, that readers cannot tell apart."""
    names = {key: school.name for key, school in university.schools.items()}
    tags = {key: school.tag for key, school in university.schools.items() if school.tag}
    yield from _alike("university.yaml: the schools", "name", names)
    yield from _alike("university.yaml: the schools", "tag", tags)
    for key, programme in university.programmes.items():
        terms = {term: one.name for term, one in programme.terms.items()}
        yield from _alike(f"university.yaml: the terms of {key}", "name", terms)


def _alike(what: str, field: str, texts: Mapping[str, Localised]) -> Iterator[str]:
    seen: dict[tuple[str, str], str] = {}
    told: set[tuple[str, str]] = set()
    for key, said in texts.items():
        for language, text in said.items():
            other = seen.setdefault((language, " ".join(text.split()).casefold()), key)
            if other != key and (other, key) not in told:
                told.add((other, key))
                yield f"{what} {other} and {key} have the same {field}, {text!r}; change one, or readers cannot tell them apart"


def slips_of_year(university: University, year: AcademicYear) -> Iterator[str]:
    """Days of a year that are likely to be meant otherwise."""
    if not year.terms:
        return
    begins = min(days.start for days in year.terms.values())
    ends = max(days.last for days in year.terms.values())
    if begins.year not in own_years(year):
        yield f"the first term begins on {begins}, and the year is called {year.name}; is year: right in year.yaml?"
    for entry in year.entries:
        if entry.days is None or not has_no_day_in_its_terms(university, year, entry):
            continue
        of_programmes = {key: span for key, span in year.terms.items() if key[0] in entry.of_programmes}
        own = [span for (_, term), span in of_programmes.items() if term in entry.terms]
        other = next((term for (_, term), span in of_programmes.items() if _lies_in(entry.days, span)), "")
        if other and min(_between(entry.days, span) for span in own) > _FAR:
            lasts = " and ".join(f"{span.start} to {span.last}" for span in own)
            yield (
                f"{entry.id} ({entry.calendar}) is of {', '.join(entry.terms)}, {lasts}, and its days {entry.days.start} to "
                f"{entry.days.last} lie in {other}; correct its dates or its terms if one of them is a slip"
            )
    worked = dict.fromkeys(year.worked, "worked")
    worked |= {day: f"worked of {entry.id}" for entry in year.entries for day in entry.worked}
    for day, where in sorted(worked.items()):
        if not begins - _FAR <= day <= ends + _FAR:
            yield f"{where} names {day}, which lies outside the year, {begins} to {ends}; correct the date or take it out"


def _between(one: Days, other: Days) -> timedelta:
    return max(other.start - one.last, one.start - other.last)


def _lies_in(days: Days, span: Days) -> bool:
    return span.start <= days.start and days.last <= span.last
