"""Which revision of an entry is told to readers of feeds: a number that grows with every edit and never falls.

The number is a moment, so that one rule serves machines with and without a history. A new history begins with the
time at which the entry's files were written, and adds no more to it than an edit needs: whoever has lost the
history, or never had it, and has the files with their times, tells the same number or a larger one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time

from mapping.model import CanonicalCalendar, Entry

Moments = dict[tuple[str, str], int]
"""(year, entry) to when it got its present form, whole seconds since the epoch."""

FIRST_MOMENT = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
"""SEQUENCE 0."""
LAST_MOMENT = FIRST_MOMENT + 2**31 - 1
"""In January 2088: iCalendar's integers go no further."""


def sequence_of(moment: int) -> int:
    """SEQUENCE of what was revised at ``moment``: the seconds since 2020."""
    return max(moment, FIRST_MOMENT) - FIRST_MOMENT


def moment_by_files(calendar: CanonicalCalendar, entry: Entry, edited_at: Mapping[str, float]) -> int:
    """When an entry got its present form, by the calendar alone.

    ``edited_at``: year to the time of its youngest file, in seconds since the epoch. Where that is not known, or
    the files carry no real time (before 2020), the day counts on which what the entry cites was decided.
    """
    written = edited_at.get(entry.year, 0.0)
    if written >= FIRST_MOMENT:
        return int(min(written, LAST_MOMENT))
    approved = calendar.years[entry.year].document.approved_on
    decided = entry.amended.on if entry.amended is not None else approved
    return min(int(datetime.combine(decided, time(), tzinfo=UTC).timestamp()), LAST_MOMENT)


def moments_by_files(calendar: CanonicalCalendar, edited_at: Mapping[str, float]) -> Moments:
    """As `moment_by_files`, of every entry: what is told where there is no history."""
    return {(one.year, one.id): moment_by_files(calendar, one, edited_at) for one in _entries(calendar)}


def revise(
    calendar: CanonicalCalendar,
    before: CanonicalCalendar | None,
    known: Mapping[tuple[str, str], int],
    edited_at: Mapping[str, float],
) -> Moments:
    """The moments of ``calendar`` where ``before`` was in force, whose moments are ``known``.

    What reads as it did keeps its moment; what does not is at least a second younger than ever before. Entries
    that are gone are kept, since they may come back.
    """
    was = {} if before is None else {(one.year, one.id): one for one in _entries(before)}
    same_words = {year for year in calendar.years if _same_words(calendar, before, year)}
    found = dict(known)
    for one in _entries(calendar):
        name = (one.year, one.id)
        if name not in known or was.get(name) != one or one.year not in same_words:
            by_files = moment_by_files(calendar, one, edited_at)
            found[name] = min(max(by_files, known.get(name, -1) + 1), LAST_MOMENT)
    return found


def _same_words(calendar: CanonicalCalendar, before: CanonicalCalendar | None, year: str) -> bool:
    """Whether all that stands beside an entry's own fields in its title, text and times is as it was."""
    return (
        before is not None
        and year in before.years
        and before.university == calendar.university
        and before.phrases == calendar.phrases
        and before.years[year].document == calendar.years[year].document
    )


def _entries(calendar: CanonicalCalendar) -> Iterator[Entry]:
    for year in calendar.years.values():
        yield from year.entries
