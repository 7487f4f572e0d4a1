"""Years that wait to be published: what of them nobody has confirmed, and the calendar without them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date

from mapping.identity import day_words
from mapping.model import AcademicYear, CanonicalCalendar, Entry, Target

DATES, TEXTS = "dates", "texts"
"""What an entry may call unconfirmed."""


def unconfirmed(year: AcademicYear) -> Iterator[Entry]:
    """Entries with something that nobody has confirmed, in file order."""
    return (entry for entry in year.entries if entry.unconfirmed)


def unconfirmed_names(year: AcademicYear) -> frozenset[str]:
    """A name for each doubt of the year: another proposal is another doubt."""
    names = {f"{entry.id}@{day_words(entry.days)}" for entry in unconfirmed(year)}
    return frozenset({*names, "document"} if year.document.unconfirmed else names)


def unconfirmed_words(year: AcademicYear) -> str:
    """``12 dates and 3 texts are not confirmed``, '' where nothing is in doubt."""
    dates = sum(DATES in entry.unconfirmed for entry in year.entries)
    texts = sum(TEXTS in entry.unconfirmed for entry in year.entries)
    parts = [_counted(dates, "date"), _counted(texts, "text")]
    found = [*filter(None, parts), *(["the document"] if year.document.unconfirmed else [])]
    if not found:
        return ""
    said = " and ".join(filter(None, (", ".join(found[:-1]), found[-1])))
    one = len(found) == 1 and (dates == 1 or texts == 1 or not dates + texts)
    return f"{said} {'is' if one else 'are'} not confirmed"


def first_term_day(calendar: CanonicalCalendar, target: Target) -> date | None:
    """The first day of the terms that a target shows, drafts included; None where no year of its has such a term."""
    days = [
        span.start
        for name, year in calendar.with_drafts().years.items()
        if not target.years or name in target.years
        for (programme, term), span in year.terms.items()
        if (not target.programmes or programme in target.programmes)
        and (not target.terms or term in target.terms)
    ]
    return min(days, default=None)


def without_years(calendar: CanonicalCalendar, names: Collection[str]) -> CanonicalCalendar:
    """The calendar without these years. Its digest is its own, so that no state takes the two for one."""
    kept = {name: year for name, year in calendar.years.items() if name not in names}
    digest = f"{calendar.digest}-without-{','.join(sorted(names))}"
    return replace(calendar, years=kept, digest=digest)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""
