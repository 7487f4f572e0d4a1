"""A year as a workbook that people edit in Excel or LibreOffice, and that `syncd import` takes back."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Font, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from mapping.document.files import UNIVERSITY_FILE, YEAR_FILE
from mapping.importing.sheet import EXPORTED, SHOWN, columns, rows
from syncd.source.folder import SourceFolder

ABOUT = "about"
_WIDE = 40
_SPARE_ROWS = 200
"""Empty rows below the last that may be typed into: new entries."""


def year_folder(source: SourceFolder, year: str) -> str:
    """The folder whose year.yaml says that it is the year."""
    return next(
        document.name.partition("/")[0]
        for document in source.documents
        if document.name.endswith(f"/{YEAR_FILE}")
        and isinstance(document.value, dict)
        and document.value.get("year") == year
    )


def year_files(source: SourceFolder, folder: str) -> dict[str, Any]:
    """Plain values of the year's calendar files by name."""
    return {
        document.name.partition("/")[2]: document.value
        for document in source.documents
        if document.name.startswith(f"{folder}/") and not document.name.endswith("/year.yaml")
    }


def languages_of(source: SourceFolder) -> tuple[str, ...]:
    """The site's languages in their order."""
    value = next(document.value for document in source.documents if document.name == UNIVERSITY_FILE)
    return tuple(value["languages"])


def digest_of(files: Mapping[str, Any], languages: tuple[str, ...]) -> str:
    """Of everything that the sheet shows."""
    text = json.dumps([list(row) for row in rows(files, languages)], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def year_workbook(source: SourceFolder, year: str) -> tuple[int, bytes]:
    """How many entries, and the workbook."""
    files, languages = year_files(source, year_folder(source, year)), languages_of(source)
    lines = list(rows(files, languages))
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has one
    sheet.title = SHOWN
    header = columns(languages)
    _fill(sheet, header, lines, real_dates=True)
    _dress(sheet, header, len(lines))
    hidden = book.create_sheet(EXPORTED)
    _fill(hidden, header, lines, real_dates=False)
    hidden.sheet_state = "hidden"
    about = book.create_sheet(ABOUT)
    for name, value in (("year", year), ("digest", digest_of(files, languages)), ("form", "syncd export 1")):
        about.append([name, value])
    about.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return len(lines), out.getvalue()


def _fill(
    sheet: Worksheet, header: tuple[str, ...], lines: list[tuple[str, ...]], *, real_dates: bool
) -> None:
    sheet.append(header)
    for number, line in enumerate(lines, start=2):
        for index, (name, text) in enumerate(zip(header, line, strict=True), start=1):
            if not text:
                continue
            cell = sheet.cell(number, index)
            if real_dates and name in {"start", "end"}:
                cell.value = date.fromisoformat(text)
                cell.number_format = "yyyy-mm-dd"
            else:
                cell.value = text
                cell.data_type = "s"
                cell.number_format = "@"


def _dress(sheet: Worksheet, header: tuple[str, ...], count: int) -> None:
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for index, name in enumerate(header, start=1):
        wide = name.partition("_")[0] in {"title", "text", "note"}
        sheet.column_dimensions[get_column_letter(index)].width = _WIDE if wide else 14
        for number in range(2, count + 2 + _SPARE_ROWS):
            cell = sheet.cell(number, index)
            cell.protection = Protection(locked=name == "id")
            if name in {"start", "end"}:
                cell.number_format = "yyyy-mm-dd"
            else:
                cell.number_format = "@"
            if wide and number < count + 2:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "B2"
    sheet.protection.sheet = True
    sheet.protection.insertRows = False
    sheet.protection.deleteRows = False
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    sheet.protection.sort = False
    sheet.protection.autoFilter = False
