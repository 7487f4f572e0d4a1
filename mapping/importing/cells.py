"""Cells under columns of dates, read: one window that is printed in several columns is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from mapping.importing.columns import Columns, signatures
from mapping.importing.date_tokens import DayOrder
from mapping.importing.dates import DateReading, Form, read_dates
from mapping.importing.grid import Grid
from mapping.importing.match import Found
from mapping.importing.rows import GridCell, GridRow

DISAGREE = "the columns of one entry disagree"


def cells_of(grid: Grid, first_year: int, order: DayOrder | None, language: str) -> list[Found]:
    """Every dated or rule cell in the document's order."""
    return [
        found
        for row in grid.rows
        for found in _of_row(row, grid.columns[row.programme], first_year, order, language)
    ]


def _of_row(
    row: GridRow, columns: Columns, first_year: int, order: DayOrder | None, language: str
) -> Iterator[Found]:
    read = [(cell, reading_of(cell, first_year, order, language)) for cell in row.cells]
    done: set[int] = set()
    for index, (_, reading) in enumerate(read):
        if index in done:
            continue
        same = [index]
        if reading.form is not Form.NONE:
            same += [
                other
                for other in range(index + 1, len(read))
                if _days(read[other][1]) == _days(reading) and other not in done
            ]
        done.update(same)
        cells = tuple(read[one][0] for one in same)
        asked = tuple(dict.fromkeys(reason for one in same for reason in read[one][1].asked))
        covered = [column for one in cells for column in one.columns]
        names = dict.fromkeys(term for column in covered for term in columns.terms.get(column, ()))
        yield Found(row=row, cells=cells, reading=replace(reading, asked=asked), terms=tuple(names))


def _days(reading: DateReading) -> tuple[Form, date | None, date | None]:
    return reading.form, reading.start, reading.end


def reading_of(cell: GridCell, first_year: int, order: DayOrder | None, language: str) -> DateReading:
    """The date of a cell, with the cell's own remarks among the questions."""
    day = cell.source.day
    if day is None:
        reading = read_dates(cell.text, first_year, order=order, language=language)
    else:
        reading = read_dates(day.isoformat(), first_year)
    if not cell.remarks:
        return reading
    return replace(reading, asked=(*reading.asked, *cell.remarks))


def terms_of_found(found: Found, columns: Columns, whole_year: Mapping[str, str]) -> tuple[str, ...]:
    """The terms a cell is for: its entry's, else what its headings and columns say."""
    if found.entry is not None:
        return found.entry.terms
    covered = [column for cell in found.cells for column in cell.columns]
    if len(covered) > 1 and set(covered) == set(columns.terms) and found.row.programme in whole_year:
        return (whole_year[found.row.programme],)
    return tuple(dict.fromkeys(_one_term(found.row, columns.terms.get(column, ())) for column in covered))


def _one_term(row: GridRow, names: Sequence[str]) -> str:
    said = frozenset(signature for heading in (*row.headings, row.name) for signature in signatures(heading))
    return next((name for name in names if name in said), names[0] if names else "")


def with_partners(found: Sequence[Found]) -> list[Found]:
    """An entry of several terms is given to all cells of its row that stand for them; they must agree."""
    out = list(found)
    for index, one in enumerate(found):
        if one.entry is not None:
            continue
        partner = next(
            (
                other
                for other in range(len(found))
                if found[other].row is one.row
                and (entry := found[other].entry) is not None
                and len(entry.terms) > 1
                and set(entry.terms) & set(one.terms)
            ),
            None,
        )
        if partner is None:
            continue
        entry = found[partner].entry
        out[index] = replace(one, entry=entry, doubts=(*one.doubts, DISAGREE))
        out[partner] = replace(out[partner], doubts=(*out[partner].doubts, DISAGREE))
    return out
