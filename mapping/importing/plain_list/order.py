"""Years that a list does not print, against its order: a list that runs from April to March is read as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from mapping.importing.plain_list.row import ListRow

_BACK = 60
"""Days by which a list may go back, from a long window to what lies in it, and still be one in order."""
_YEAR, _OFF, _NEIGHBOURS = timedelta(days=365), timedelta(days=200), timedelta(days=90)
"""Rows around one are near each other, and it is near them only a year earlier or later."""


def with_doubts_of_order(rows: Sequence[ListRow]) -> list[ListRow]:
    """The rows, those whose year is not printed with a doubt where their order says that they have other years.

    Only a list that goes through the year once says so, row by row or, with a column for each term, column by column: one
    that begins anew with every section says nothing.
    """
    rows = _with_years_off(rows)
    by_column = sorted(rows, key=lambda row: row.spot.column or 0)
    first = next((day for order in (rows, by_column) if (day := _begun_elsewhere(order))), None)
    if first is None:
        return list(rows)
    reason = (
        f"the year is not printed, and the list goes through one year from {_MONTHS[first.month - 1]} on, so some of its "
        f"days may lie a year later or earlier; if the academic year begins then, import it with --begins {first.month}"
    )
    return [replace(row, asked=(*row.asked, reason)) if _is_taken(row) else row for row in rows]


def _with_years_off(rows: Sequence[ListRow]) -> list[ListRow]:
    """Rows that lie a year off those around them get a doubt: the commonest misprint of all."""
    dated = [(at, day) for at, row in enumerate(rows) if (day := row.reading.start or row.reading.end)]
    out = list(rows)
    for number, (at, day) in enumerate(dated):
        first = min(max(0, number - 1), max(0, len(dated) - 3))
        around = [other for place, other in dated[first : first + 3] if place != at]
        near = len(around) == 2 and abs(around[0] - around[1]) <= _NEIGHBOURS
        moved = day - _YEAR if near and day > around[0] else day + _YEAR
        if near and all(abs(day - other) > _OFF and abs(moved - other) <= _NEIGHBOURS for other in around):
            reason = (
                f"it lies a year off the rows around it ({around[0]} and {around[1]}); is its year right?"
            )
            out[at] = replace(rows[at], asked=(*rows[at].asked, reason))
    return out


def _begun_elsewhere(rows: Sequence[ListRow]) -> date | None:
    """The first day of rows that go through the year once and have days that go back all the same; None for others."""
    days = [day for row in rows if (day := row.reading.start or row.reading.end)]
    turns = sum(_goes_back(one, other) for one, other in pairwise(days))
    back = any((one - other).days > _BACK for one, other in pairwise(days))
    return days[0] if back and turns <= 1 else None


def _goes_back(one: date, other: date) -> bool:
    """Whether the day of the year goes back, the year set aside."""
    return (date(2000, one.month, one.day) - date(2000, other.month, other.day)).days > _BACK


def _is_taken(row: ListRow) -> bool:
    return any("not printed" in said for said in row.reading.said)


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
