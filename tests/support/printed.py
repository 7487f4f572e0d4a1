"""Registrars' documents for tests of `syncd import`: the shipped calendar set as tables again, as Word or Excel files."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from html import escape
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from mapping.importing.known import KnownEntry, KnownSite, known_site
from syncd.source.folder import read_calendar

YEAR = "2025-2026"
COLUMNS: Mapping[str, Sequence[tuple[str, ...]]] = {
    "semester": (("autumn", "winter"), ("spring", "summer")),
    "trimester": (("I",), ("II",), ("III",)),
}
HEADERS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "kk": {
        "semester": (
            "№",
            "Іс-шара атауы",
            "Күзгі семестр\nҚысқы мектеп",
            "Көктемгі семестр\nЖазғы семестр",
            "Ескертпе",
        ),
        "trimester": ("№", "Іс-шара атауы", "I триместр", "II триместр", "III триместр", "Ескертпе"),
    },
    "ru": {
        "semester": (
            "№",
            "Мероприятие",
            "Осенний семестр\nЗимняя школа",
            "Весенний семестр\nЛетний семестр",
            "Примечание",
        ),
        "trimester": ("№", "Мероприятие", "I триместр", "II триместр", "III триместр", "Примечание"),
    },
    "en": {
        "semester": (
            "No.",
            "Event",
            "Autumn semester\nWinter school",
            "Spring semester\nSummer semester",
            "Notes",
        ),
        "trimester": ("No.", "Event", "Trimester I", "Trimester II", "Trimester III", "Notes"),
    },
}
YEAR_WORD = {"kk": " ж.", "ru": " г.", "en": ""}


@dataclass(frozen=True)
class PrintedCell:
    """A cell from its first column on; ``entry`` is whose date it is."""

    column: int
    text: str
    columns: int = 1
    entry: str = ""


@dataclass(frozen=True)
class PrintedTable:
    """A table with its header; columns are 0-based."""

    programme: str
    header: tuple[str, ...]
    rows: tuple[tuple[PrintedCell, ...], ...]
    title: str = ""


@dataclass(frozen=True)
class Printed:
    """A document: lines above the tables, the tables, lines below."""

    head: tuple[str, ...]
    tables: tuple[PrintedTable, ...]
    foot: tuple[str, ...] = field(default=())

    def cells(self) -> Iterator[tuple[int, int, PrintedCell]]:
        """Cells that hold an entry's date, with their table and row."""
        for t, table in enumerate(self.tables):
            for r, row in enumerate(table.rows):
                yield from ((t, r, cell) for cell in row if cell.entry)

    def with_cell(self, table: int, row: int, column: int, text: str | None) -> Printed:
        """The same with another text in a cell; None takes the cell away."""
        old = self.tables[table]
        cells = tuple(
            replace(cell, text=text) if cell.column == column and text is not None else cell
            for cell in old.rows[row]
            if cell.column != column or text is not None
        )
        return self.with_rows(table, (*old.rows[:row], cells, *old.rows[row + 1 :]))

    def with_rows(self, table: int, rows: Sequence[tuple[PrintedCell, ...]]) -> Printed:
        """The same with other rows in a table."""
        made = replace(self.tables[table], rows=tuple(rows))
        return replace(self, tables=(*self.tables[:table], made, *self.tables[table + 1 :]))


def shipped_site(year: str = YEAR) -> KnownSite:
    """What the shipped calendar knows."""
    documents = {one.name: one.value for one in read_calendar(None).documents}
    files = {
        name.partition("/")[2]: value
        for name, value in documents.items()
        if name.startswith(f"{year}/") and not name.endswith("/year.yaml")
    }
    return known_site(documents["university.yaml"], documents[f"{year}/year.yaml"], files)


def printed_calendar(language: str = "kk", *, years: int = 0) -> Printed:
    """The shipped calendar as its document prints it, ``years`` later on the same weekdays."""
    site = shipped_site()
    shift = timedelta(days=364 * years)
    tables = tuple(
        PrintedTable(
            programme=programme,
            header=tuple(HEADERS[language][programme]),
            rows=tuple(_rows(site, programme, language, shift, years)),
            title="" if programme == "semester" else "1",
        )
        for programme in COLUMNS
    )
    first = site.first_year + years
    names = {"kk": "АКАДЕМИЯЛЫҚ КҮНТІЗБЕ", "ru": "АКАДЕМИЧЕСКИЙ КАЛЕНДАРЬ", "en": "ACADEMIC CALENDAR"}
    return Printed(head=(f"{first} - {first + 1} {names[language]}",), tables=tables)


def _rows(
    site: KnownSite, programme: str, language: str, shift: timedelta, years: int
) -> Iterator[tuple[PrintedCell, ...]]:
    said: list[str] = []
    row: list[PrintedCell] = []
    key: tuple[str, ...] = ()
    notes = len(COLUMNS[programme]) + 2
    for entry in (one for one in site.entries if one.programme == programme):
        headings = entry.headings.get(language, ())
        name = _moved(entry.names[language], years)
        number = str(entry.value.get("printed") or entry.number)
        own = (*headings, number, name)
        cells = list(_cells(entry, programme, language, shift, years))
        taken = {column for cell in row for column in range(cell.column, cell.column + cell.columns)}
        if own == key and not taken & {cell.column for cell in cells}:
            row += cells
            continue
        if row:
            yield tuple(row)
        for level, heading in enumerate(headings):
            if heading not in said[: len(headings)]:
                said = [*said[:level], heading]
                first, _, rest = heading.partition(" ")
                numbered = first.rstrip(".").isalnum() and (first[:1].isdigit() or first.isupper())
                text = _moved(rest if numbered else heading, years)
                yield (
                    PrintedCell(0, first if numbered else ""),
                    PrintedCell(1, text, columns=len(COLUMNS[programme]) + 1 if level == 0 else 1),
                )
        if not headings:
            said = []
        key = own
        row = [PrintedCell(0, number), PrintedCell(1, name), *cells]
        note = entry.notes.get(language)
        if note:
            row.append(PrintedCell(notes, _moved(note, years)))
    if row:
        yield tuple(row)


def _cells(
    entry: KnownEntry, programme: str, language: str, shift: timedelta, years: int
) -> Iterator[PrintedCell]:
    columns = COLUMNS[programme]
    under = [index for index, terms in enumerate(columns) if set(terms) & set(entry.terms)]
    text = (
        _moved(entry.rules.get(language, ""), years)
        if entry.kind == "rule"
        else printed_days(entry, shift, language)
    )
    if not under:
        yield PrintedCell(2, text, columns=len(columns), entry=entry.id)
    else:
        yield from (PrintedCell(2 + index, text, entry=entry.id) for index in under)


def printed_days(entry: KnownEntry, shift: timedelta, language: str) -> str:
    """The entry's days as such documents print them."""
    assert entry.start is not None
    assert entry.end is not None
    start, end, word = entry.start + shift, entry.end + shift, YEAR_WORD[language]
    if start == end:
        return f"{_dotted(end)}{word}"
    if start.year != end.year:
        return f"{_dotted(start)}{word} - {_dotted(end)}{word}"
    return f"{start:%d.%m.} - {_dotted(end)}{word}"


def _dotted(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _moved(text: str, years: int) -> str:
    out = text
    for year in (2027, 2026, 2025, 2024):
        out = out.replace(str(year), f"\x00{year + years}")
    return out.replace("\x00", "")


# --- as files -------------------------------------------------------------------------------------

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns='
    '"http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    "</Relationships>"
)
_WIDTHS = (3500, 2000, 2000, 2000, 1300)


def _widths(header: Sequence[str]) -> tuple[int, ...]:
    widths = _WIDTHS if len(header[0]) > 5 else (700, *_WIDTHS)
    return (*widths, *(900,) * (len(header) - len(widths)))


def paragraph(inner: str) -> str:
    """A Word paragraph around runs."""
    return f"<w:p>{inner}</w:p>"


def run(text: str, properties: str = "") -> str:
    """A Word run; line ends become breaks."""
    parts = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(one)}</w:t>' for one in text.split("\n"))
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{parts}</w:r>"


def word_cell(inner: str, columns: int = 1, width: int = 2000) -> str:
    """A Word table cell around paragraphs."""
    span = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width * columns}" w:type="dxa"/>{span}</w:tcPr>{inner}</w:tc>'


def write_docx(
    path: Path, printed: Printed, *, cells: Mapping[tuple[int, int, int], str] | None = None
) -> Path:
    """A Word file; ``cells`` puts raw paragraphs into a cell, by table, row and column."""
    body = [paragraph(run(line)) for line in printed.head]
    for number, table in enumerate(printed.tables):
        if table.title:
            body.append(paragraph(run(table.title)))
        body.append(_word_table(number, table, cells or {}))
        body.append(paragraph(""))
    body += [paragraph(run(line)) for line in printed.foot]
    return write_word_body(path, "".join(body))


def write_word_body(path: Path, body: str, parts: Mapping[str, str] | None = None) -> Path:
    """A Word file with a raw body."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("word/document.xml", f"<w:document {_W}><w:body>{body}</w:body></w:document>")
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return path


def _word_table(number: int, table: PrintedTable, raw: Mapping[tuple[int, int, int], str]) -> str:
    width = len(table.header)
    border = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    widths = _widths(table.header)
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths[:width])
    rows = [
        _word_row([PrintedCell(index, text) for index, text in enumerate(table.header)], width, {}, widths)
    ]
    for index, row in enumerate(table.rows):
        own = {column: inner for (t, r, column), inner in raw.items() if (t, r) == (number, index)}
        rows.append(_word_row(row, width, own, widths))
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="9000" w:type="dxa"/><w:tblBorders>{border}</w:tblBorders></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _word_row(row: Iterable[PrintedCell], width: int, raw: Mapping[int, str], widths: Sequence[int]) -> str:
    by_column = {cell.column: cell for cell in row}
    out, column = [], 0
    while column < width:
        cell = by_column.get(column, PrintedCell(column, ""))
        inner = raw.get(column, paragraph(run(cell.text)) if cell.text else paragraph(""))
        out.append(word_cell(inner, cell.columns, widths[column]))
        column += cell.columns
    return f"<w:tr>{''.join(out)}</w:tr>"


def write_xlsx(path: Path, printed: Printed, *, real_dates: bool = False, one_sheet: bool = False) -> Path:
    """An Excel file, a sheet a table or all on one; single days as real dates where asked for."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for number, table in enumerate(printed.tables):
        if number and not one_sheet:
            sheet = book.create_sheet(table.programme)
        elif not number:
            sheet.title = table.programme
            for line in printed.head:
                sheet.append([line])
        if number and one_sheet:
            for _ in range(2):
                sheet.append([])
        _append(sheet, table, real_dates=real_dates)
    for line in printed.foot:
        sheet.append([])
        sheet.append([])
        sheet.append([line])
    book.save(path)
    return path


def _append(sheet: Worksheet, table: PrintedTable, *, real_dates: bool) -> None:
    at = sheet.max_row + 1 if any(cell.value is not None for row in sheet.iter_rows() for cell in row) else 1
    if at > 1 and table.title:
        at += 2
    for index, text in enumerate(table.header):
        sheet.cell(at, index + 1, text)
    for offset, row in enumerate(table.rows, start=1):
        for cell in row:
            value: Any = cell.text
            if (
                real_dates
                and cell.entry
                and cell.text[:2].isdigit()
                and cell.text[2:3] == "."
                and " - " not in cell.text
            ):
                day, month, year = map(int, cell.text[:10].split("."))
                value = date(year, month, day)
            sheet.cell(at + offset, cell.column + 1, value)
            if cell.columns > 1:
                sheet.merge_cells(
                    start_row=at + offset,
                    end_row=at + offset,
                    start_column=cell.column + 1,
                    end_column=cell.column + cell.columns,
                )
