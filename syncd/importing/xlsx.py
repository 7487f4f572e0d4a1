"""An Excel workbook to tables and lines: values as shown, real dates as dates; hidden parts are left out and said."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from mapping.importing.pages import Cell, Line, SourceDocument, Spot, Table, Trouble
from mapping.importing.sheet import EXPORTED, KIND, SHOWN
from syncd.importing.archive import member, open_archive
from syncd.importing.refusal import CannotReadError

_MOST_ROWS, _MOST_COLUMNS, _MOST_CELLS = 5_000, 200, 20_000
_FEWEST_CELLS = 2
"""A row with fewer filled cells is a line of text, unless a table stands around it."""
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DECIMALS = re.compile(r"0\.(0+)")


def read_xlsx(path: Path) -> SourceDocument:
    """Every visible sheet. Raises `CannotReadError`."""
    with open_archive(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise CannotReadError("this is not an Excel workbook; save it as .xlsx and try again")
    values, formulas = _workbook(path, values=True), _workbook(path, values=False)
    if values.epoch == CALENDAR_MAC_1904:
        raise CannotReadError(
            "the workbook counts its days from 1904, so other programs show other dates; in Excel's options "
            "switch the 1904 date system off, check the dates and save it again"
        )
    if is_export(values):
        return _read_export(values, formulas)
    reader = _Reader(values, formulas)
    reader.read()
    with open_archive(path) as archive:
        unread = tuple(_second_reading(archive, reader))
    return SourceDocument(
        kind="xlsx",
        engine=f"openpyxl {openpyxl.__version__}, xml.etree",
        blocks=tuple(reader.blocks),
        refused=tuple(reader.refused),
        unread=unread,
        remarks=tuple(reader.remarks),
    )


def is_export(book: Any) -> bool:
    """Whether `syncd export` made the workbook."""
    if "about" not in book.sheetnames or SHOWN not in book.sheetnames:
        return False
    return any(
        row[:2] == ("form", "syncd export 1") for row in book["about"].iter_rows(values_only=True, max_row=9)
    )


def _read_export(values: Any, formulas: Any) -> SourceDocument:
    """The sheet that people edit, what was exported, and about which state of the files."""
    reader = _Reader(values, formulas)
    tables = []
    for name in (SHOWN, EXPORTED):
        if name in values.sheetnames:
            rows = reader.rows_of(values[name], formulas[name])
            if rows:
                width = max(cell.spot.column or 0 for row in rows for cell in row)
                tables.append(Table(spot=Spot(sheet=name, table=1), width=width, rows=rows))
    about = [
        Line(spot=Spot(sheet="about"), text=f"{row[0]}={row[1]}", running=True)
        for row in values["about"].iter_rows(values_only=True, max_row=9)
        if row[0]
    ]
    return SourceDocument(
        kind=KIND,
        engine=f"openpyxl {openpyxl.__version__}",
        blocks=(*about, *tables),
        refused=tuple(reader.refused),
        remarks=tuple(reader.remarks),
    )


def _workbook(path: Path, *, values: bool) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(path, data_only=values, rich_text=True)
    except (
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        zipfile.BadZipFile,
    ) as error:
        raise CannotReadError(f"the workbook cannot be read: {error}; save it anew as .xlsx") from None


class _Reader:
    def __init__(self, values: Any, formulas: Any) -> None:
        self._values, self._formulas = values, formulas
        self.blocks: list[Table | Line] = []
        self.refused: list[Trouble] = []
        self.remarks: list[Trouble] = []
        self.hidden: dict[str, set[str]] = {}
        """Sheet to its cells that are not shown."""
        self.seen: dict[str, set[str]] = {}
        self._cells = 0

    def read(self) -> None:
        for sheet in self._values.worksheets:
            name = sheet.title
            if sheet.sheet_state != "visible":
                self.remarks.append(
                    Trouble(spot=Spot(sheet=name), text="the sheet is hidden and was not read")
                )
                continue
            self._sheet(sheet, self._formulas[name])

    def _sheet(self, sheet: Worksheet, formulas: Worksheet) -> None:
        name = sheet.title
        if sheet.max_row > _MOST_ROWS or sheet.max_column > _MOST_COLUMNS:
            raise CannotReadError(
                f"the sheet reaches to row {sheet.max_row}, column {sheet.max_column}; is it the right file?",
                Spot(sheet=name),
            )
        hidden_columns = self._hidden_columns(sheet)
        merged = {(area.min_row, area.min_col): area for area in sheet.merged_cells.ranges}
        hidden_rows: list[int] = []
        rows: list[tuple[int, tuple[Cell, ...]]] = []
        for row in sheet.iter_rows():
            number = row[0].row or 0
            if sheet.row_dimensions[number].hidden:
                self._hide(name, row)
                if any(one.value is not None for one in row):
                    hidden_rows.append(number)
                continue
            self._hide(name, (one for one in row if one.column in hidden_columns))
            shown = (
                one for one in row if one.column not in hidden_columns and not isinstance(one, MergedCell)
            )
            cells = tuple(self._cells_of(name, shown, formulas, merged, hidden_columns))
            if cells:
                rows.append((number, cells))
        if hidden_rows:
            listed = ", ".join(map(str, hidden_rows[:10]))
            self.remarks.append(Trouble(spot=Spot(sheet=name), text=f"hidden rows were not read: {listed}"))
        self._blocks_of(name, rows)

    def _cells_of(
        self,
        name: str,
        row: Iterable[Any],
        formulas: Worksheet,
        merged: Mapping[tuple[int, int], Any],
        hidden: set[int],
    ) -> Iterator[Cell]:
        for one in row:
            if one.value is None:
                self._formula_without_value(name, formulas.cell(one.row, one.column))
            else:
                area = merged.get((one.row, one.column))
                yield self._cell(name, one, formulas.cell(one.row, one.column), area, hidden)

    def rows_of(self, sheet: Worksheet, formulas: Worksheet) -> tuple[tuple[Cell, ...], ...]:
        """Every row with something in it, hidden or not."""
        if sheet.max_row > _MOST_ROWS or sheet.max_column > _MOST_COLUMNS:
            raise CannotReadError(f"the sheet reaches to row {sheet.max_row}", Spot(sheet=sheet.title))
        shown = (row for row in sheet.iter_rows())
        found = (tuple(self._cells_of(sheet.title, row, formulas, {}, set())) for row in shown)
        return tuple(row for row in found if row)

    def _hidden_columns(self, sheet: Worksheet) -> set[int]:
        hidden: set[int] = set()
        for dimension in sheet.column_dimensions.values():
            if dimension.hidden and dimension.min and dimension.max:
                hidden.update(range(dimension.min, min(dimension.max, _MOST_COLUMNS) + 1))
        filled = {
            one.column
            for row in sheet.iter_rows()
            for one in row
            if one.value is not None and one.column in hidden
        }
        if filled:
            letters = ", ".join(get_column_letter(column) for column in sorted(filled))
            self.remarks.append(
                Trouble(spot=Spot(sheet=sheet.title), text=f"hidden columns were not read: {letters}")
            )
        return hidden

    def _hide(self, sheet: str, cells: Iterable[Any]) -> None:
        self.hidden.setdefault(sheet, set()).update(cell.coordinate for cell in cells)

    def _formula_without_value(self, sheet: str, cell: Any) -> None:
        if cell.data_type == "f":
            self.refused.append(
                Trouble(
                    spot=Spot(sheet=sheet, row=cell.row, column=cell.column),
                    text=f"the formula in {cell.coordinate} holds no value; open the workbook in Excel or "
                    "LibreOffice and save it, so that its result is stored",
                )
            )

    def _cell(self, sheet: str, cell: Any, formula: Any, area: Any, hidden: set[int]) -> Cell:
        self._cells += 1
        if self._cells > _MOST_CELLS:
            raise CannotReadError(f"the workbook has more than {_MOST_CELLS} cells; is it the right one?")
        self.seen.setdefault(sheet, set()).add(cell.coordinate)
        spot = Spot(sheet=sheet, row=cell.row, column=cell.column)
        remarks: list[str] = []
        text, day = _shown(cell, remarks)
        if formula.data_type == "f" and day is not None:
            remarks.append("the date is the result of a formula")
        if cell.comment is not None and cell.comment.text:
            self.remarks.append(
                Trouble(spot=spot, text=f"a comment in the sheet: {cell.comment.text.strip()}")
            )
            remarks.append(f"a comment stands here: {' '.join(cell.comment.text.split())}")
        if cell.font is not None and cell.font.strike and text.strip():
            remarks.append("the cell is struck out")
        columns = 1 if area is None else sum(c not in hidden for c in range(area.min_col, area.max_col + 1))
        rows = 1 if area is None else area.max_row - area.min_row + 1
        return Cell(spot=spot, text=text, day=day, columns=max(1, columns), rows=rows, remarks=tuple(remarks))

    def _blocks_of(self, sheet: str, rows: list[tuple[int, tuple[Cell, ...]]]) -> None:
        """Rows between the first and the last with several cells are the table; others are lines."""
        wide = [index for index, (_, cells) in enumerate(rows) if len(cells) >= _FEWEST_CELLS]
        runs = _runs(rows, wide)
        at = 0
        for number, (first, last) in enumerate(runs, start=1):
            self._lines(rows[at:first])
            inside = [cells for _, cells in rows[first : last + 1]]
            spot = Spot(sheet=sheet, table=number)
            placed = tuple(tuple(_in_table(cell, number) for cell in cells) for cells in inside)
            width = max(
                cell.spot.column + cell.columns - 1 for cells in inside for cell in cells if cell.spot.column
            )
            self.blocks.append(Table(spot=spot, width=width, rows=placed))
            at = last + 1
        self._lines(rows[at:])

    def _lines(self, rows: list[tuple[int, tuple[Cell, ...]]]) -> None:
        for _, cells in rows:
            for cell in cells:
                text = cell.text if cell.day is None else cell.day.isoformat()
                if text.strip():
                    self.blocks.append(Line(spot=cell.spot, text=text.strip()))


def _runs(rows: list[tuple[int, tuple[Cell, ...]]], wide: list[int]) -> list[tuple[int, int]]:
    """First and last index of each table: a table ends where two rows of the sheet are empty."""
    runs: list[tuple[int, int]] = []
    for index in wide:
        if runs and not any(rows[at + 1][0] - rows[at][0] > 2 for at in range(runs[-1][1], index)):
            runs[-1] = (runs[-1][0], index)
        else:
            runs.append((index, index))
    return runs


def _in_table(cell: Cell, number: int) -> Cell:
    spot = Spot(sheet=cell.spot.sheet, table=number, row=cell.spot.row, column=cell.spot.column)
    return Cell(
        spot=spot, text=cell.text, columns=cell.columns, rows=cell.rows, day=cell.day, remarks=cell.remarks
    )


def _shown(cell: Any, remarks: list[str]) -> tuple[str, date | None]:
    """A cell's text as it is shown, and its day if it is a real date."""
    value = cell.value
    if isinstance(value, datetime):
        if value.time() != time(0):
            remarks.append(f"a time belongs to the date: {value.time().isoformat('minutes')}")
        return value.date().isoformat(), value.date()
    if isinstance(value, date):
        return value.isoformat(), value
    if isinstance(value, CellRichText):
        return _unescaped("".join(_rich(value, remarks))), None
    if isinstance(value, bool):
        return str(value).upper(), None
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "General"), None
    return _unescaped(value.isoformat("minutes") if isinstance(value, time) else str(value)), None


def _rich(value: CellRichText, remarks: list[str]) -> Iterator[str]:
    """Pieces of text with their formatting, where that changes what they mean."""
    for part in value:
        if not isinstance(part, TextBlock):
            yield part
        elif part.font.strike:
            remarks.append(f"struck out text was left out: {part.text}")
        elif part.font.vertAlign == "superscript":
            remarks.append(f"a raised mark was left out: {part.text}")
            yield " "
        else:
            yield part.text


def _number(value: float, number_format: str) -> str:
    decimals = _DECIMALS.search(number_format)
    if decimals is not None:
        return f"{value:.{len(decimals[1])}f}"
    return str(int(value)) if float(value).is_integer() else repr(value)


def _unescaped(text: str) -> str:
    """Excel writes some control characters as _x000D_."""
    shown = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in shown if char in "\n\t" or char.isprintable() or char.isspace())


# --- the second reading ---------------------------------------------------------------------------

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def _second_reading(archive: zipfile.ZipFile, reader: _Reader) -> Iterator[Trouble]:
    """Cells that the file holds, by another parser, and that the reader neither read nor left out by name."""
    for name, part in _sheet_parts(archive):
        if name not in reader.seen and name not in reader.hidden:
            continue
        known = reader.seen.get(name, set()) | reader.hidden.get(name, set())
        lost: Counter[str] = Counter()
        for cell in _xml(archive, part).iter(f"{_S}c"):
            filled = any((one.text or "").strip() for one in cell.iter() if one.tag in {f"{_S}v", f"{_S}t"})
            if filled and cell.get("r", "") not in known:
                lost[cell.get("r", "")] += 1
        for coordinate in lost:
            yield Trouble(spot=Spot(sheet=name), text=f"the cell {coordinate}")
    for part in archive.namelist():
        if part.startswith("xl/drawings/") and part.endswith(".xml"):
            words = [
                one.text.strip() for one in _xml(archive, part).iter() if one.tag.endswith("}t") and one.text
            ]
            if any(words):
                yield Trouble(spot=Spot(), text="a text box: " + " ".join(words))


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    relations = {
        one.get("Id", ""): one.get("Target", "") for one in _xml(archive, "xl/_rels/workbook.xml.rels")
    }
    for sheet in _xml(archive, "xl/workbook.xml").iter(f"{_S}sheet"):
        target = relations.get(sheet.get(f"{_R}id", ""), "")
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        if part in archive.namelist():
            yield sheet.get("name", ""), part


def _xml(archive: zipfile.ZipFile, name: str) -> Any:
    content = member(archive, name)
    if content is None or b"<!DOCTYPE" in content[:2000] or b"<!ENTITY" in content:
        raise CannotReadError(
            f"the part {name} of the workbook is missing or declares entities; save it anew"
        )
    try:
        return ET.fromstring(content)  # noqa: S314 - no document type, so no entities
    except ET.ParseError as error:
        raise CannotReadError(f"the part {name} of the workbook is not well-formed: {error}") from None
