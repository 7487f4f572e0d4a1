"""Tables as printed to the rows of the calendar: headers found, pages stitched, headings put over their rows.

Each cell gets a role, so that every word is accounted for; what has none is unread.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from mapping.importing.columns import (
    Columns,
    Term,
    columns_of,
    header_key,
    is_header,
    with_edges,
    with_number_column,
)
from mapping.importing.pages import Cell, Line, SourceDocument, Spot, Table, Trouble
from mapping.importing.rows import (
    GridCell,
    GridRow,
    RawRow,
    Sheet,
    first_number,
    has_section,
    in_columns_of,
    section_title,
    sections_of,
    split_number,
    with_headings,
)
from mapping.importing.wording import is_roman, join_lines, numbering

JOINED = "the row is broken over two pages and was joined; look whether it is one row"


class Role(StrEnum):
    """Where a piece of the source stands in the result."""

    CELL = "cell"
    NUMBER = "number"
    NAME = "name"
    NOTE = "note"
    HEADING = "heading"
    HEADER = "header"
    RUNNING = "running head"
    TITLE = "title"
    HOLIDAYS = "list of holidays"
    TEXT = "text outside the tables"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Everything the tables say."""

    rows: tuple[GridRow, ...]
    columns: Mapping[str, Columns]
    """Programme to its table's columns."""
    roles: Mapping[Spot, Role]
    refused: tuple[Trouble, ...]
    headings: tuple[tuple[Spot, str], ...] = ()
    """Rows without a date, as printed."""

    @property
    def is_counted(self) -> bool:
        """Whether the word processor counts most of the rows: that is the document's way, and one question."""
        return sum(row.automatic for row in self.rows) > len(self.rows) / 2


def grid_of(
    document: SourceDocument,
    terms: Sequence[Term],
    given: Mapping[int, str],
    vocabulary: Collection[str] = (),
) -> Grid:
    """The rows of every table in the document's order."""
    builder = _Builder(terms, given, vocabulary)
    between: list[Line] = []
    for block in document.blocks:
        if isinstance(block, Table):
            builder.take(block, between)
            between = []
        elif not block.running:
            between.append(block)
    headings: list[tuple[Spot, str]] = []
    rows = [row for sheet in builder.sheets for row in with_headings(sheet, headings)]
    return Grid(
        rows=tuple(rows),
        columns={sheet.columns.programme: sheet.columns for sheet in builder.sheets},
        roles=builder.roles,
        refused=tuple(builder.refused),
        headings=tuple(headings),
    )


class _Builder:
    def __init__(self, terms: Sequence[Term], given: Mapping[int, str], vocabulary: Collection[str]) -> None:
        self._terms, self._given, self._vocabulary = terms, given, vocabulary
        self.sheets: list[Sheet] = []
        self.roles: dict[Spot, Role] = {}
        self.refused: list[Trouble] = []

    def take(self, table: Table, lines: Sequence[Line]) -> None:
        """``lines``: what stands between it and the table before."""
        lines_between = bool(lines)
        sheet = self.sheets[-1] if self.sheets and not lines_between else None
        if sheet is not None and sheet.width != table.width:
            sheet = None
        title = section_title(lines)
        fresh = True
        pending: list[tuple[Cell, ...]] = []
        for row in table.rows:
            if is_header(row, known=sheet.current.header if sheet is not None else None):
                sheet = self._sheet_of(row, table, title, lines_between=lines_between) or sheet
                if sheet is not None and title is not None and not has_section(sheet, title):
                    sheet.rows.append(title)
                self._role(row, Role.HEADER)
                for earlier in pending:
                    self._role(earlier, Role.HEADER)
                pending = []
                continue
            if sheet is None:
                pending.append(row)
                continue
            if fresh and (edged := with_edges(sheet.current, row)) is not None:
                sheet.columns, sheet.layout = (
                    (edged, None) if sheet.layout is None else (sheet.columns, edged)
                )
                self._role(row, Role.HEADER)
                continue
            self._row(row, sheet, table, is_first=fresh)
            fresh = False
        if sheet is not None:
            sheet.last = table
        if pending:
            self._without_header(pending, table)

    def _without_header(self, rows: list[tuple[Cell, ...]], table: Table) -> None:
        """A table in which no column is known: with ``given`` it is read from its first row on."""
        if self._given and not self.sheets:
            columns = columns_of(rows[0], self._terms, self._given, self._claimed)
            if columns is not None:
                columns = with_number_column(columns, rows)
                sheet = Sheet(columns, table.width, last=table)
                self.sheets.append(sheet)
                if not any(char.isdigit() for cell in rows[0] for char in cell.text):
                    self._role(rows[0], Role.HEADER)
                    rows = rows[1:]
                for row in rows:
                    self._row(row, sheet, table, is_first=False)
                return
        if any(cell.text.strip() for row in rows for cell in row):
            self.refused.append(
                Trouble(
                    spot=table.spot,
                    text="no header row names the terms, so nobody knows which column is which; say it with "
                    "--columns, for example --columns 3=autumn,4=spring",
                )
            )

    @property
    def _programmes(self) -> frozenset[str]:
        return frozenset(term.programme for term in self._terms)

    @property
    def _claimed(self) -> frozenset[str]:
        return frozenset(sheet.columns.programme for sheet in self.sheets)

    def _sheet_of(
        self, row: Sequence[Cell], table: Table, title: RawRow | None, *, lines_between: bool
    ) -> Sheet | None:
        key = header_key(cell.text for cell in row)
        if (section := self._next_section(row, table, title)) is not None:
            return section
        for sheet in self.sheets:
            other = sheet.columns.by_dates and lines_between and len(self.sheets) < len(self._programmes)
            if key in {sheet.columns.header, sheet.current.header} and not other:
                if sheet is not self.sheets[-1] or (lines_between and not table.spot.page):
                    self._twice(sheet.columns.programme, table)
                if sheet.current.header != key:
                    sheet.layout, sheet.width = None, table.width
                return sheet
        columns = columns_of(row, self._terms, self._given, self._claimed)
        if columns is None:
            self.refused.append(
                Trouble(
                    spot=row[0].spot if row else table.spot,
                    text="the header names no term that university.yaml has; say which column is which with "
                    "--columns, for example --columns 3=autumn,4=spring",
                )
            )
            return None
        columns = with_number_column(columns, table.rows)
        if columns.programme in self._claimed:
            self._twice(columns.programme, table)
        sheet = Sheet(columns, table.width)
        self.sheets.append(sheet)
        return sheet

    def _next_section(self, row: Sequence[Cell], table: Table, title: RawRow | None) -> Sheet | None:
        """The sheet that the table goes on, where it is that of a further section: it begins with a number that is new.

        Its columns may stand elsewhere; they must be of terms that the sheet has.
        """
        sheet = self.sheets[-1] if self.sheets else None
        begins = title.number if title is not None else first_number(table, row)
        known = sections_of(sheet) if sheet is not None else set()
        if sheet is None or not known or not is_roman(numbering(begins)) or numbering(begins) in known:
            return None
        columns = columns_of(row, self._terms, self._given, self._claimed - {sheet.columns.programme})
        if columns is None or columns.programme != sheet.columns.programme or columns.by_dates:
            return None
        if not set(columns.terms.values()) <= set(sheet.columns.terms.values()):
            return None
        sheet.layout = with_number_column(columns, table.rows)
        sheet.width = table.width
        return sheet

    def _twice(self, programme: str, table: Table) -> None:
        self.refused.append(
            Trouble(
                spot=table.spot,
                text=f"a second table claims the programme {programme}; leave one of them in the document",
            )
        )

    # --- rows ---

    def _row(self, row: Sequence[Cell], sheet: Sheet, table: Table, *, is_first: bool) -> None:
        made = self._made(row, sheet.current)
        if made is None:
            return
        if sheet.layout is not None:
            made.cells = [in_columns_of(cell, sheet.layout, sheet.columns) for cell in made.cells]
        continues = is_first and sheet.rows and self._continues(made, sheet, table)
        if continues:
            _join(sheet.rows[-1], made, self._vocabulary)
            if continues == "perhaps":
                sheet.rows[-1].cells = [_remarked(cell, JOINED) for cell in sheet.rows[-1].cells]
            return
        sheet.rows.append(made)

    def _made(self, row: Sequence[Cell], columns: Columns) -> RawRow | None:
        number = name = ""
        notes: list[str] = []
        cells: list[GridCell] = []
        spread = automatic = False
        dated = {*columns.terms, *(last for _, last in columns.pairs)}
        for cell in row:
            first = cell.spot.column or 0
            covered = tuple(range(first, first + cell.columns))
            if cell.is_empty:
                continue
            text = join_lines(cell.text, self._vocabulary)
            under = tuple(column for column in covered if column in dated)
            if columns.number and first == columns.number and cell.columns == 1:
                number, automatic = text, cell.automatic
                self.roles[cell.spot] = Role.NUMBER
            elif columns.name in covered or (not under and first < min(dated, default=first)):
                name = f"{name} {text}".strip()
                spread = spread or bool(under)
                self.roles[cell.spot] = Role.NAME
                cells.extend(self._name_remarks(cell, text))
            elif under:
                remarks = cell.remarks
                if cell.rows > 1:
                    remarks = (*remarks, f"the cell is merged over {cell.rows} rows")
                cells.append(GridCell(spot=cell.spot, text=text, columns=under, source=cell, remarks=remarks))
                self.roles[cell.spot] = Role.CELL
            else:
                notes.append(text)
                self.roles[cell.spot] = Role.NOTE
        if not (number or name or cells or notes):
            return None
        if not columns.number and name:
            number, name = split_number(name)
        spot = next(cell.spot for cell in row if not cell.is_empty)
        return RawRow(number, name, _paired(cells, columns), " ".join(notes), spot, spread, automatic)

    def _name_remarks(self, cell: Cell, text: str) -> Iterator[GridCell]:
        """Remarks on a name concern the dates of its row; they are carried by an empty cell."""
        if cell.remarks:
            yield GridCell(
                spot=cell.spot, text="", columns=(), source=replace(cell, text=text), remarks=cell.remarks
            )

    def _continues(self, made: RawRow, sheet: Sheet, table: Table) -> str:
        """Whether it does: ``yes`` where the row before goes on at the top of this page, else ``perhaps`` or nothing."""
        before = sheet.last
        if before is None or table.spot.page is None or before.spot.page == table.spot.page or made.number:
            return ""
        numbered = sum(bool(row.number) for row in sheet.rows) > len(sheet.rows) / 2
        if numbered and not made.spread:
            return "yes" if not (made.name and made.name[:1].isupper() and made.cells) else "perhaps"
        if made.name and made.name[:1].islower():
            return "perhaps"
        return "" if made.name else "perhaps"

    def _role(self, row: Sequence[Cell], role: Role) -> None:
        for cell in row:
            if not cell.is_empty:
                self.roles[cell.spot] = role


def _paired(cells: list[GridCell], columns: Columns) -> list[GridCell]:
    """Two cells of a first and a last day as one window, for each pair of columns."""
    first_of = {last: first for first, last in columns.pairs}
    out: list[GridCell] = []
    for cell in cells:
        under = tuple(dict.fromkeys(first_of.get(column, column) for column in cell.columns))
        one = replace(cell, columns=under)
        is_last = len(cell.columns) == 1 and cell.columns[0] in first_of
        before = next((at for at, other in enumerate(out) if is_last and other.columns == under), None)
        if before is None:
            out.append(one)
            continue
        start = out[before]
        text = start.text if start.text == cell.text else f"{start.text} - {cell.text}"
        out[before] = replace(
            start, text=text, source=replace(start.source, day=None, text=text),
            remarks=(*start.remarks, *cell.remarks),
        )  # fmt: skip
    return out


def _join(row: RawRow, more: RawRow, vocabulary: Collection[str]) -> None:
    row.name = join_lines(f"{row.name}\n{more.name}", vocabulary)
    row.note = join_lines(f"{row.note}\n{more.note}", vocabulary)
    for cell in more.cells:
        at = next((i for i, one in enumerate(row.cells) if one.columns == cell.columns), None)
        if at is None:
            row.cells.append(cell)
        else:
            first = row.cells[at]
            row.cells[at] = replace(
                first,
                text=join_lines(f"{first.text}\n{cell.text}", vocabulary),
                remarks=(*first.remarks, *cell.remarks),
            )


def _remarked(cell: GridCell, remark: str) -> GridCell:
    return replace(cell, remarks=(*cell.remarks, remark))
