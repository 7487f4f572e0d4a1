"""Calendars with a column for the first and one for the last day under each term, and under which header."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from mapping.importing.conclude import Conclusion, Options, conclude
from mapping.importing.pages import SourceDocument
from mapping.importing.questions import Answers
from syncd.importing.docx.document import read_docx
from syncd.importing.xlsx import read_xlsx
from tests.support.printed import (
    Printed,
    PrintedCell,
    PrintedTable,
    printed_calendar,
    shipped_site,
    write_docx,
    write_xlsx,
)

SITE = shipped_site()
FIRST, LAST = "Басталуы", "Аяқталуы"


def _split(printed: Printed, header: str) -> Printed:
    """Each column of a term as two; ``header`` in one row ("one") or with the days in a row of their own ("two")."""
    return replace(printed, tables=tuple(_split_table(table, header) for table in printed.tables))


def _split_table(table: PrintedTable, header: str) -> PrintedTable:
    number, name, *terms, notes = table.header
    rows = [tuple(part for cell in row for part in _parts(cell, len(terms))) for row in table.rows]
    below: tuple[PrintedCell, ...] = tuple(
        PrintedCell(2 + at, FIRST if at % 2 == 0 else LAST) for at in range(2 * len(terms))
    )
    if header == "two":
        wide = tuple(text for term in terms for text in (term, ""))
        return replace(table, header=(number, name, *wide, notes), rows=(below, *rows))
    wide = tuple(f"{term} {edge}" for term in terms for edge in (FIRST, LAST))
    return replace(table, header=(number, name, *wide, notes), rows=tuple(rows))


def _parts(cell: PrintedCell, terms: int) -> tuple[PrintedCell, ...]:
    if cell.column < 2:
        return (replace(cell, columns=2 * cell.columns - 1 if cell.columns > 1 else 1),)
    if cell.column >= 2 + terms:
        return (replace(cell, column=cell.column + terms),)
    column = 2 * cell.column - 2
    first, dash, last = cell.text.partition(" - ")
    if cell.columns > 1 or not dash or not first[:1].isdigit():
        return (replace(cell, column=column, columns=2 * cell.columns),)
    return replace(cell, column=column, text=first), replace(cell, column=column + 1, text=last, entry="")


def _days(made: Conclusion) -> dict[str, str]:
    """Entry to what was read for it."""
    return {
        one.entry.id: f"{one.start} {one.end} {one.terms} {one.asked}"
        for one in made.records
        if one.entry is not None
    }


def _concluded(document: SourceDocument) -> Conclusion:
    return conclude(document, SITE, Options(first_year=2025), Answers(by_name={}))


@pytest.fixture(scope="module")
def unsplit(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is read where each term has one column."""
    path = write_xlsx(tmp_path_factory.mktemp("whole") / "a.xlsx", printed_calendar())
    return _days(_concluded(read_xlsx(path)))


@pytest.mark.parametrize(("header", "merged"), [("two", False), ("two", True), ("one", False)])
def test_a_workbook_with_a_column_for_each_is_read_whole(
    tmp_path: Path, unsplit: dict[str, str], header: str, merged: bool
) -> None:
    printed = _split(printed_calendar(), header)
    path = write_xlsx(tmp_path / "a.xlsx", printed)
    if merged:
        book = openpyxl.load_workbook(path)
        for sheet, table in zip(book.worksheets, printed.tables, strict=True):
            row = 3 if sheet is book.worksheets[0] else 1
            row = next(one.row for one in sheet["A"] if one.value == table.header[0]) or row
            for column in range(3, len(table.header), 2):
                sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=column + 1)
            for column in (1, 2, len(table.header)):
                sheet.merge_cells(start_row=row, end_row=row + 1, start_column=column, end_column=column)
        book.save(path)
    made = _concluded(read_xlsx(path))
    assert not made.refused
    assert not made.unread
    assert _days(made) == unsplit
    assert len(made.records) == len(unsplit)


def test_a_word_file_too(tmp_path: Path, unsplit: dict[str, str]) -> None:
    made = _concluded(read_docx(write_docx(tmp_path / "a.docx", _split(printed_calendar(), "two"))))
    assert _days(made) == unsplit


def test_real_dates_are_one_window_and_a_last_day_before_its_first_is_asked(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", _split(printed_calendar(), "two"))
    book = openpyxl.load_workbook(path)
    column = book.worksheets[0]["C"]
    real = next(one for one in column if str(one.value).startswith("14.08"))
    real.value, real.offset(column=1).value = dt.date(2025, 8, 14), dt.date(2025, 8, 27)
    turned = next(one for one in column if str(one.value).startswith("15.12"))
    turned.value, turned.offset(column=1).value = "30.12.2025 ж.", "15.12.2025 ж."
    book.save(path)
    records = {one.entry.id: one for one in _concluded(read_xlsx(path)).records if one.entry is not None}
    found = records["registration-autumn"]
    assert (str(found.start), str(found.end), found.asked) == ("2025-08-14", "2025-08-27", ())
    assert records["exams-autumn"].asked
