"""A second opinion on the days off: where the data and the `holidays` package differ.

Only told, never acted on: nothing that publishes imports this, or an upgrade of a package could move
a deadline.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import holidays

from mapping.document.files import UNIVERSITY_FILE
from mapping.errors import InvalidCalendarError, Problem
from mapping.model import AcademicYear, CanonicalCalendar, Place
from mapping.terms import whole_span
from mapping.working_days import days_off_of


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayDifference:
    """A day that only one of the two calls a day off."""

    year: str
    day: date
    entry: str = ""
    """The entry that makes it a day off, '' if only the package does."""
    holiday: str = ""
    """What the package calls it, '' if only the data does."""

    def __str__(self) -> str:
        if self.entry:
            return f"{self.day} is a day off by entry {self.entry}, and the holidays package does not know it"
        package = f"the holidays package ({self.holiday})"
        return f"{self.day} is a day off by {package}, and {self.year} has no entry for it"


def compare_days_off(calendar: CanonicalCalendar) -> tuple[HolidayDifference, ...]:
    """Differences by year and day, from each year's first term or day off to its last.

    Nothing where university.yaml names no country. Raises InvalidCalendarError for one the package
    does not know.
    """
    country = calendar.university.country
    if not country:
        return ()
    return tuple(
        difference
        for year in calendar.with_drafts().years.values()
        for difference in _differences(calendar, year, country)
    )


def _differences(calendar: CanonicalCalendar, year: AcademicYear, country: str) -> list[HolidayDifference]:
    periods = [
        (entry.id, span)
        for entry in year.entries
        for span in entry.spans
        if calendar.university.categories[entry.category].day_off
    ]
    span = whole_span([*year.terms.values(), *(days for _, days in periods)])
    if span is None:
        return []
    ours = days_off_of(periods)
    theirs = public_holidays(country, range(span.start.year, span.last.year + 1))
    return [
        HolidayDifference(year=year.name, day=day, entry=ours.get(day, ""), holiday=theirs.get(day, ""))
        for day in sorted(ours.keys() ^ theirs.keys())
        if span.start <= day <= span.last
    ]


def public_holidays(country: str, years: range) -> Mapping[date, str]:
    """Day to the name of its holiday, by the package. Raises `InvalidCalendarError` for an unknown country."""
    try:
        return holidays.country_holidays(country, years=years)
    except NotImplementedError:
        message = f"the holidays package knows no country {country}; mend country or leave it out"
        raise InvalidCalendarError([Problem(place=Place(file=UNIVERSITY_FILE), message=message)]) from None
