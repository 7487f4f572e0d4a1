"""Rows of a plain list against entries that are there: of the year itself, and of the year before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from mapping.importing.dates import Form
from mapping.importing.plain_list.row import ListRow
from mapping.importing.wording import plain, words
from mapping.model import Days, Entry

FARTHEST_OFF = timedelta(days=21)
"""From last year's days on the same weekday, before a person is asked."""


@dataclass(frozen=True, slots=True)
class AgainstYear:
    """The rows that are left, those of a title that is there with a doubt, and how many were there already."""

    rows: tuple[ListRow, ...]
    there: tuple[str, ...]
    """Ids of the entries that say the same as a row that was left out."""
    twice: tuple[str, ...] = ()
    """Rows that say what one above them says, and were left out."""


def against_year(rows: Sequence[ListRow], entries: Iterable[Entry], language: str) -> AgainstYear:
    """What a list adds to a year; ``language`` is the one that its titles are in."""
    rows, twice = _once(rows)
    known: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        known.setdefault(words(entry.title.get(language, "")), []).append(entry)
    left: list[ListRow] = []
    there: list[str] = []
    for row in rows:
        same = [entry for entry in known.get(words(row.title), ()) if row.title and entry.days is not None]
        equal = next((entry for entry in same if entry.days == _days(row)), None)
        if equal is not None:
            there.append(equal.id)
            continue
        left.append(replace(row, asked=(*row.asked, _doubt(same))) if same else row)
    return AgainstYear(rows=tuple(left), there=tuple(there), twice=twice)


def _once(rows: Sequence[ListRow]) -> tuple[list[ListRow], tuple[str, ...]]:
    """The rows, each once, and where one stands again with the same title, days, term, category and schools."""
    seen: set[tuple[object, ...]] = set()
    kept: list[ListRow] = []
    twice: list[str] = []
    for row in rows:
        key = (words(row.title), _days(row), row.term, row.category, row.schools)
        if row.title and key[1] is not None and key in seen:
            twice.append(f"{row.title} ({row.spot})")
        else:
            kept.append(row)
        seen.add(key)
    return kept, tuple(twice)


@dataclass(frozen=True, slots=True)
class BesideLastYear:
    """The rows with what last year says of them, and the titles that they do not have."""

    rows: tuple[ListRow, ...]
    gone: tuple[str, ...]


def beside_last_year(
    rows: Sequence[ListRow], entries: Iterable[Entry], language: str, first_years: tuple[int, int]
) -> BesideLastYear:
    """Rows that last year had too keep its category and term, and are asked about where their days lie far off its days.

    ``first_years``: the calendar years in which last year and this one begin.
    """
    old, new = first_years
    shift = timedelta(weeks=52 * (new - old))
    known: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.days is not None and entry.title.get(language):
            known.setdefault(plain(entry.title[language], old), []).append(entry)
    out: list[ListRow] = []
    met: set[str] = set()
    for row in rows:
        name = plain(row.title, new)
        met.add(name)
        days = _days(row)
        same = [
            (abs(days.start - one.days.start - shift), one)
            for one in known.get(name, ())
            if days is not None and one.days is not None
        ]
        nearest = min(same, key=lambda pair: pair[0], default=None)
        out.append(_as_last_year(row, nearest[1], nearest[0]) if nearest is not None else row)
    gone = [one.title[language] for name, group in known.items() if name not in met for one in group]
    return BesideLastYear(rows=tuple(out), gone=tuple(gone) if met & known.keys() else ())


def _as_last_year(row: ListRow, entry: Entry, off: timedelta) -> ListRow:
    asked = [one for one in row.asked if row.has_category or one != row.guess]
    if off > FARTHEST_OFF and entry.days is not None:
        was = f"{entry.days.start} to {entry.days.last}"
        asked.append(
            f"it lies {off.days} days off the weekday of {entry.id} in {entry.year} ({was}); is it right?"
        )
    term = row.term or (entry.terms[0] if len(entry.terms) == 1 else "")
    category = row.category if row.has_category else entry.category
    return replace(row, asked=tuple(asked), term=term, category=category)


def _days(row: ListRow) -> Days | None:
    reading = row.reading
    start, end = reading.start or reading.end, reading.end or reading.start
    if reading.form is Form.NONE or start is None or end is None:
        return None
    return Days.inclusive(start, end)


def _doubt(same: Sequence[Entry]) -> str:
    named = ", ".join(
        f"{entry.id} ({entry.days.start} to {entry.days.last})" for entry in same if entry.days is not None
    )
    return (
        f"the year has an entry of this title with other days, {named}; to move it, say out and change it there, and yes makes a "
        "second one"
    )
