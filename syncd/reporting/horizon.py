"""When the calendar ends, said early enough that somebody can prepare the next year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from mapping.model import AcademicYear, CanonicalCalendar
from syncd.reporting.english import day

NOTICE = timedelta(days=60)
"""How long before the last day of the last year it is said that no later one is prepared."""


def horizon(calendar: CanonicalCalendar, today: date) -> Iterator[str]:
    """Sentences about a calendar that is over or soon will be, with what to do; none in the middle of a year."""
    ends = {name: last for name, year in calendar.years.items() if (last := _last_day(year)) is not None}
    if not ends:
        return
    name, last = max(ends.items(), key=lambda one: (one[1], one[0]))
    drafts = sorted(other for other in calendar.drafts.keys() | calendar.unread_drafts if other > name)
    if drafts:
        ahead = f"{', '.join(drafts)} is a draft still: publish it"
    else:
        ahead = "no later year is prepared: syncd new-year makes a draft of it"
    if last < today:
        yield f"The calendar {name} is over since {day(last)}, nothing new is published, and {ahead}."
    elif last - today <= NOTICE:
        yield f"The calendar {name} ends on {day(last)}, in {(last - today).days} days, and {ahead}."


def _last_day(year: AcademicYear) -> date | None:
    return max((entry.days.last for entry in year.entries if entry.days is not None), default=None)
