"""A second opinion on the days off: where the data and the `holidays` package differ.

Only told, never acted on: nothing that publishes imports this, or an upgrade of a package could move
a deadline.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import holidays

from mapping.document.files import UNIVERSITY_FILE
from mapping.errors import InvalidCalendarError, Problem
from mapping.model import AcademicYear, CanonicalCalendar, Place, University
from mapping.terms import whole_span
from mapping.working_days import days_off_of, each_day


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayDifference:
    """A day, or a run of them, that only one of the two calls a day off, or a worked weekend day."""

    year: str
    day: date
    last: date | None = None
    """The last day of a run; None for one day."""
    entry: str = ""
    """The entry that makes it a day off, '' if only the package does."""
    holiday: str = ""
    """What the package calls it, '' if only the data does."""
    partly: bool = False
    """A run of the data's with days in it that the package has too."""
    is_worked: bool = False
    """The package says that this weekend day is worked, and the data does not."""
    school: str = ""
    """Where it concerns the calendar of one school in another country or part of it."""

    def __str__(self) -> str:
        days = f"{self.day} is" if self.last is None else f"{self.day} to {self.last} are"
        where = f" ({self.school})" if self.school else ""
        it = "it" if self.last is None else "them"
        if self.is_worked:
            return f"{self.day} is worked by the holidays package{where}, and {self.year} does not say so (worked)"
        kind = "a day off" if self.last is None else "days off"
        if self.entry and self.partly:
            return f"{days} {kind} by entry {self.entry}{where}, and the holidays package does not know all of {it}"
        if self.entry:
            return f"{days} {kind} by entry {self.entry}{where}, and the holidays package does not know {it}"
        package = f"the holidays package ({self.holiday})"
        return f"{days} {kind} by {package}{where}, and {self.year} has no entry for {it}"


def compare_days_off(calendar: CanonicalCalendar) -> tuple[HolidayDifference, ...]:
    """Differences by year and day, from each year's first term or day off to its last.

    Days outside the working week cost nobody anything and are left out, and so is what year.yaml calls known.
    Nothing where university.yaml names no country. Raises InvalidCalendarError for one the package does not know. What differs
    for all is not told again of each school with a week of its own.
    """
    found: list[HolidayDifference] = []
    for year in calendar.with_drafts().years.values():
        for place in _places(calendar.university):
            here = (place.country, place.subdivision) == (
                calendar.university.country,
                calendar.university.subdivision,
            )
            found += [
                one
                for one in _differences(calendar, year, place)
                if not (here and place.school and replace(one, school="") in found)
            ]
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A country, or a part of it, and the schools there. ``school``: the name, '' where all are there."""

    country: str
    subdivision: str
    schools: frozenset[str]
    week: frozenset[int]
    school: str = ""


def _places(university: University) -> Iterator[_Place]:
    """The university's own country with the schools there, then each school of another one."""
    own = {
        name: one
        for name, one in university.schools.items()
        if one.country or one.subdivision or one.working_week
    }
    rest = frozenset(university.schools.keys() - own.keys())
    if university.country and (rest or not university.schools):
        yield _Place(
            country=university.country, subdivision=university.subdivision, schools=rest, week=frozenset()
        )
    for name, one in own.items():
        country = one.country or university.country
        if country:
            inherited = university.subdivision if not one.country else ""
            yield _Place(
                country=country,
                subdivision=one.subdivision or inherited,
                schools=frozenset({name}),
                week=one.working_week,
                school=name,
            )


def _differences(
    calendar: CanonicalCalendar, year: AcademicYear, place: _Place
) -> Iterator[HolidayDifference]:
    entries = [entry for entry in year.entries if not entry.schools or place.schools & set(entry.schools)]
    periods = [
        (entry.id, span)
        for entry in entries
        for span in entry.spans
        if calendar.university.categories[entry.category].day_off
    ]
    span = whole_span([*year.terms.values(), *(days for _, days in periods)])
    if span is None:
        return
    ours = days_off_of(periods)
    theirs = _package(place.country, range(span.start.year, span.last.year + 1), place.subdivision)
    week = place.week or year.working_week
    differing = [
        day
        for day in sorted(ours.keys() ^ theirs.keys())
        if span.start <= day <= span.last and day.isoweekday() in week and day not in year.known
    ]
    agreed = frozenset(ours.keys() & theirs.keys())
    rows = [(day, ours.get(day, ""), theirs.get(day, "")) for day in differing]
    yield from _runs(year, place, rows, week, agreed)
    worked = {*year.worked, *(day for entry in entries for day in entry.worked)}
    worked |= {day for entry in entries if entry.follows for one in entry.spans for day in each_day(one)}
    for day in sorted(getattr(theirs, "weekend_workdays", ())):
        if span.start <= day <= span.last and day not in worked and day not in year.known:
            yield HolidayDifference(year=year.name, day=day, is_worked=True, school=place.school)


def _runs(
    year: AcademicYear,
    place: _Place,
    days: Sequence[tuple[date, str, str]],
    week: frozenset[int],
    agreed: frozenset[date],
) -> Iterator[HolidayDifference]:
    """One line for a break: days of one entry, or of the package, with nothing between but weekends and what both know."""
    run: list[tuple[date, str, str]] = []
    for day, entry, holiday in days:
        same = bool(run) and run[-1][1:] == (entry, holiday)
        if run and not (
            same and all(one.isoweekday() not in week or one in agreed for one in _between(run, day))
        ):
            yield _of_run(year, place, run, agreed)
            run = []
        run.append((day, entry, holiday))
    if run:
        yield _of_run(year, place, run, agreed)


def _between(run: Sequence[tuple[date, str, str]], day: date) -> Iterator[date]:
    before = run[-1][0]
    return (before + timedelta(days=offset) for offset in range(1, (day - before).days))


def _of_run(
    year: AcademicYear, place: _Place, run: Sequence[tuple[date, str, str]], agreed: frozenset[date]
) -> HolidayDifference:
    (first, entry, holiday), last = run[0], run[-1][0]
    return HolidayDifference(
        year=year.name,
        day=first,
        last=last if last != first else None,
        entry=entry,
        holiday=holiday,
        partly=any(first < one < last for one in agreed),
        school=place.school,
    )


def public_holidays(country: str, years: range, subdivision: str = "") -> Mapping[date, str]:
    """Day to the name of its holiday, by the package. Raises `InvalidCalendarError` for an unknown country."""
    return _package(country, years, subdivision)


def working_week_of(country: str, day: date, subdivision: str = "") -> tuple[int, ...]:
    """ISO weekdays that are working days in a country in the week from ``day`` on, by the package.

    Monday to Friday for none or one that it does not know. A few states have a weekend of their own.
    """
    week = [day + timedelta(days=number) for number in range(7)]
    try:
        known = holidays.country_holidays(country, subdiv=subdivision or None) if country else None
    except NotImplementedError:
        known = None
    # Not by its attribute `weekend`, which stays that of the rest where a state or a year has another one.
    working = [
        one for one in week if not (known.is_weekend(one) if known is not None else one.isoweekday() > 5)
    ]
    return tuple(sorted(one.isoweekday() for one in working))


def _package(country: str, years: range, subdivision: str) -> Mapping[date, str]:
    try:
        # Without a language the names would be in that of the environment, and in a bare one, such as a service's, in the
        # country's own.
        return holidays.country_holidays(country, subdiv=subdivision or None, years=years, language="en_US")
    except NotImplementedError:
        part = f" with a part {subdivision}" if subdivision else ""
        message = f"the holidays package knows no country {country}{part}; mend country or leave it out"
        raise InvalidCalendarError([Problem(place=Place(file=UNIVERSITY_FILE), message=message)]) from None
