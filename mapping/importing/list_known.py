"""Rows of a plain list against a year that has entries already: what is there is not made twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mapping.importing.dates import Form
from mapping.importing.list_row import ListRow
from mapping.importing.wording import words
from mapping.model import Days, Entry


@dataclass(frozen=True, slots=True)
class AgainstYear:
    """The rows that are left, those of a title that is there with a doubt, and how many were there already."""

    rows: tuple[ListRow, ...]
    there: tuple[str, ...]
    """Ids of the entries that say the same as a row that was left out."""


def against_year(rows: Sequence[ListRow], entries: Iterable[Entry], language: str) -> AgainstYear:
    """What a list adds to a year; ``language`` is the one that its titles are in."""
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
    return AgainstYear(rows=tuple(left), there=tuple(there))


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
