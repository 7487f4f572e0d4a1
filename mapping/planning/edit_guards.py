"""The guards over an edit: the data files against the calendar last in force, before anything is read remotely."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from mapping.drafts import unconfirmed_names, unconfirmed_words
from mapping.identity import day_words
from mapping.model import AcademicYear, CanonicalCalendar, Days, Entry
from mapping.planning.guards import GuardHit, Limits, counted, strike

PUBLISH = "publish"
"""The guard on publishing by hand."""
FURTHER_YEAR = "further-year"
"""The guard on a year that comes into force beside or after another one."""


def guard_edit(
    before: CanonicalCalendar,
    after: CanonicalCalendar,
    *,
    today: date,
    limits: Limits,
    served: Collection[str] = (),
) -> tuple[GuardHit, ...]:
    """The data files against the calendar last in force, one academic year at a time.

    ``served``: years that were in force at any time before.
    """
    hits: list[GuardHit] = []
    for name, year in before.years.items():
        hits.extend(_guard_year(name, year, after.years.get(name), today, limits))
    hits.extend(_guard_further_years(before, after, served))
    return tuple(hits)


def years_in_force(calendar: CanonicalCalendar) -> frozenset[str]:
    """The years that have anything to publish."""
    return frozenset(name for name, year in calendar.years.items() if year.entries)


def _guard_further_years(
    before: CanonicalCalendar, after: CanonicalCalendar, served: Collection[str]
) -> Iterator[GuardHit]:
    """A year that comes into force beside or after another one, whatever it would write where.

    Also the first of a calendar that was served with drafts alone: what was a draft never goes out unasked.
    """
    earlier = years_in_force(before)
    for name in sorted(years_in_force(after) - earlier):
        if name not in served or {*earlier, *served} - {name}:
            found = len(after.years[name].entries)
            sentence = f"the year {name} comes into force with {found:,} entries"
            yield strike(FURTHER_YEAR, name, found, 0, sentence, [name])


def _guard_year(
    name: str, old: AcademicYear, new: AcademicYear | None, today: date, limits: Limits
) -> Iterator[GuardHit]:
    entries = {entry.id: entry for entry in old.entries}
    now = {entry.id: entry for entry in new.entries} if new is not None else {}
    if entries and not now:
        yield strike("year-emptied", name, len(entries), 0, f"the year {name} lost all its entries", [name])
        return
    yield from _guard_files(name, old, now)
    removed = sorted(entries.keys() - now.keys())
    allowed = limits.removed.of(len(entries))
    if len(removed) > allowed:
        sentence = counted(len(removed), f"entries removed from {name}", allowed)
        yield strike("removed", name, len(removed), allowed, sentence, removed)
    moved = [
        (entries[key], now[key])
        for key in sorted(entries.keys() & now.keys())
        if _moved(entries[key], now[key])
    ]
    allowed = limits.moved.of(len(entries))
    if len(moved) > allowed:
        subjects = [f"{new.id}@{day_words(new.days)}" for _, new in moved]
        sentence = counted(len(moved), f"entries moved in {name}", allowed)
        yield strike("moved", name, len(moved), allowed, sentence, subjects)
    into_past = [
        f"{new.id}@{day_words(new.days)}" for was, new in moved if _into_past(was.days, new.days, today)
    ]
    if into_past:
        what = "entry" if len(into_past) == 1 else "entries"
        sentence = counted(len(into_past), f"{what} of {name} moved into the past", 0)
        yield strike("into-past", name, len(into_past), 0, sentence, into_past)


def _guard_files(name: str, old: AcademicYear, now: Mapping[str, Entry]) -> Iterator[GuardHit]:
    """A calendar (file) of the year that has no entry left."""
    left = {entry.calendar for entry in now.values()}
    for calendar in sorted({entry.calendar for entry in old.entries} - left):
        lost = [entry.id for entry in old.entries if entry.calendar == calendar]
        sentence = f"calendar {calendar} of {name} lost all its entries"
        yield strike("file-emptied", name, len(lost), 0, sentence, lost, calendar=calendar)


def _moved(old: Entry, new: Entry) -> bool:
    return (old.days, old.hours) != (new.days, new.hours) and old.days is not None


def _into_past(old: Days | None, new: Days | None, today: date) -> bool:
    return old is not None and new is not None and old.last >= today > new.last


def guard_unconfirmed(before: CanonicalCalendar, after: CanonicalCalendar) -> Iterator[GuardHit]:
    """Years that would be published with proposals nobody has confirmed, other than those in force already."""
    for name, year in after.years.items():
        known = unconfirmed_names(before.years[name]) if name in before.years else frozenset()
        doubts = unconfirmed_names(year) - known
        if doubts:
            sentence = (
                f"{unconfirmed_words(year)} in {name}; confirm them, or write draft: true in its year.yaml"
            )
            yield strike("unconfirmed", name, len(doubts), 0, sentence, doubts)


def publishing_decides(guards: Collection[str]) -> bool:
    """True where `syncd publish` is the one word that a plan with these guards waits for.

    A new year is published whole: whoever publishes it has seen it, and is not asked again by the other guards.
    """
    return PUBLISH in guards and (set(guards) == {PUBLISH} or FURTHER_YEAR in guards)


def guard_publishing(digest: str) -> GuardHit:
    """With manual publishing every edit waits, however small. ``digest``: the edited calendar's."""
    sentence = "the calendar was edited and is published only by hand"
    return strike("publish", "calendar", 1, 0, sentence, [digest])
