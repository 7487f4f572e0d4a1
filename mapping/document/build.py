"""Plain documents to the canonical calendar: all of it or nothing.

Collects every problem of every file, each with file, line and entry id, before it refuses; nothing is
corrected and nothing left out. Reads no file: `syncd.source.folder` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mapping.document.dates import check_dates
from mapping.document.files import ROOT_FILES, YEAR_FILE, YearPart, read_files
from mapping.document.names import Names, check_names, check_words
from mapping.document.plain import PlainDocument, Problems
from mapping.document.references import check_references
from mapping.document.shipped import Shipped, complete
from mapping.document.values import calendar_of
from mapping.errors import Problem
from mapping.model import CanonicalCalendar

__all__ = ["ROOT_FILES", "YEAR_FILE", "build_calendar"]


def build_calendar(
    documents: Iterable[PlainDocument],
    problems: Iterable[Problem] = (),
    shipped: Shipped | None = None,
    *,
    needs_year: bool = True,
) -> CanonicalCalendar:
    """The calendar that the documents say.

    ``problems`` were met when the files were read; they are told with the rest. ``shipped`` gives what the
    documents lack, which the calendar then names. Without ``needs_year`` there may be no academic year yet.

    Raises:
        InvalidCalendarError: with every problem found.
    """
    found = Problems(problems)
    documents = tuple(documents)
    if not documents:
        found.raise_if_any()
    files = read_files(documents, found, needs_year=needs_year)
    _check_years(files.years, found)
    own, taken = files, tuple[str, ...]()
    if shipped is not None:
        files, taken = complete(files, shipped)
    if files.university is not None:
        names = Names.of(files.university)
        check_names(files, names, found)
        if shipped is not None and files.words is not None:
            check_words(files, names, shipped.words(), found)
        whole_year = {
            name: frozenset(term for term, spec in programme.terms.items() if spec.whole_year)
            for name, programme in files.university.programmes.items()
        }
        for year in files.years:
            check_references(year, names.days_off, found)
            check_dates(year, whole_year, found)
    found.raise_if_any()
    return replace(calendar_of(files, own.phrases), taken=taken)


def _check_years(years: Iterable[YearPart], problems: Problems) -> None:
    seen: dict[str, str] = {}
    for year in years:
        if year.shape is None:
            continue
        name = year.shape.year
        if name in seen:
            message = f"the year {name} already stands in {seen[name]}; each folder is a year of its own"
            problems.add(year.document, ("year",), message)
        seen.setdefault(name, year.document.name)
