"""What Excel can do to a date: real dates are read, everything odd is asked, refused or said."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from mapping.importing.conclude import Conclusion, Options, conclude
from mapping.importing.pages import SourceDocument
from mapping.importing.questions import Answers
from syncd.importing.refusal import CannotReadError
from syncd.importing.xlsx import read_xlsx
from tests.support.printed import printed_calendar, shipped_site, write_xlsx

SITE = shipped_site()
CELL = "C4"
"""The first dated cell: 14.08. - 27.08.2025."""


def _read(tmp_path: Path, change: Callable[[Worksheet], None]) -> SourceDocument:
    path = write_xlsx(tmp_path / "a.xlsx", printed_calendar())
    book = openpyxl.load_workbook(path)
    change(book.worksheets[0])
    book.save(path)
    return read_xlsx(path)


def _concluded(document: SourceDocument) -> Conclusion:
    return conclude(document, SITE, Options(first_year=2025), Answers(by_name={}))


def _asked(made: Conclusion) -> str:
    return "; ".join(made.records[0].asked)


def test_the_cell_is_where_the_tests_think(tmp_path: Path) -> None:
    made = _concluded(_read(tmp_path, lambda sheet: None))
    assert (made.records[0].spot.row, made.records[0].spot.column) == (4, 3)
    assert not _asked(made)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (dt.datetime(2025, 8, 14, 23, 59, tzinfo=None), "a time belongs to the date"),  # noqa: DTZ001 - Excel has no zone
        (45883, "now it is words"),
        (
            CellRichText("14.08. - ", TextBlock(InlineFont(strike=True), "26.08."), "27.08.2025 ж."),
            "struck out",
        ),
        ("14.08.2025 ж. - 45883", "more than one date|letters|number"),
    ],
)
def test_odd_values_are_asked(tmp_path: Path, value: object, reason: str) -> None:
    def change(sheet: Worksheet) -> None:
        sheet[CELL].value = value

    asked = _asked(_concluded(_read(tmp_path, change)))
    assert any(part in asked for part in reason.split("|")), asked


def test_a_comment_and_struck_out_cells_are_asked(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet[CELL].comment = Comment("order № 12", "registrar")
        sheet["C5"].font = Font(strike=True)

    made = _concluded(_read(tmp_path, change))
    assert "order № 12" in _asked(made)
    assert "struck out" in "; ".join(made.records[1].asked)


def test_hidden_columns_and_rows_are_left_out_and_said(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["H4"].value = "13.08.2024"
        sheet.column_dimensions["H"].hidden = True
        sheet.row_dimensions[5].hidden = True

    document = _read(tmp_path, change)
    assert {"hidden columns were not read: H", "hidden rows were not read: 5"} <= {
        remark.text for remark in document.remarks
    }
    assert not document.unread


def test_a_formula_without_a_value_is_refused_with_its_cell(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet[CELL].value = "=A1+7"

    document = _read(tmp_path, change)
    assert "the formula in C4 holds no value" in document.refused[0].text


def test_days_counted_from_1904_are_refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", printed_calendar())
    book = openpyxl.load_workbook(path)
    book.epoch = CALENDAR_MAC_1904
    book.save(path)
    with pytest.raises(CannotReadError, match="1904"):
        read_xlsx(path)


def test_a_far_cell_is_refused_and_not_counted_to(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["A1000000"].value = "x"

    with pytest.raises(CannotReadError, match="reaches to row 1000000"):
        _read(tmp_path, change)


def test_numbers_are_read_as_their_format_shows_them(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["A4"].value, sheet["A4"].number_format = 3.1, "0.00"
        sheet["A5"].value = 2

    made = _concluded(_read(tmp_path, change))
    assert [record.found.row.number for record in made.records[:2]] == ["3.10", "2"]
