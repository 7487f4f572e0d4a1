"""Rows of the calendar as tables give them: sheets of one programme, sections, headings put over their rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from mapping.importing.columns import Columns
from mapping.importing.pages import Cell, Line, Spot, Table
from mapping.importing.wording import is_roman, numbering, words


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """A filled cell under one or several columns of dates."""

    spot: Spot
    text: str
    columns: tuple[int, ...]
    source: Cell
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """A row of the calendar with what stands above it."""

    programme: str
    number: str
    """As printed, "" where nothing is."""
    name: str
    headings: tuple[str, ...]
    """Section, then group, as printed with their numbers."""
    cells: tuple[GridCell, ...]
    note: str
    spot: Spot
    section: str = ""
    """The section's number, Roman as a rule."""
    automatic: bool = False
    """Its number is counted by the word processor."""
    guessed: bool = False
    """Its table has no lines between the columns."""


@dataclass
class RawRow:
    """A row while pages are stitched."""

    number: str
    name: str
    cells: list[GridCell]
    note: str
    spot: Spot
    spread: bool
    """Its name covers columns of dates: a heading."""
    automatic: bool = False


@dataclass
class Sheet:
    """The rows of one programme, and how its table looks."""

    columns: Columns
    width: int
    rows: list[RawRow] = field(default_factory=list)
    last: Table | None = None
    layout: Columns | None = None
    """Of the table that is being read, where it is another section's and has its columns elsewhere."""

    @property
    def current(self) -> Columns:
        """The columns of the table that is being read."""
        return self.layout or self.columns


def section_title(lines: Sequence[Line]) -> RawRow | None:
    """The line right above a table, where it is a section's title: IV. Exams."""
    if not lines:
        return None
    number, name = split_number(" ".join(lines[-1].text.split()))
    return RawRow(number, name, [], "", lines[-1].spot, spread=True) if is_roman(numbering(number)) else None


def first_number(table: Table, header: Sequence[Cell]) -> str:
    """What stands first in the row below a header."""
    below = table.rows[table.rows.index(tuple(header)) + 1 :]
    return next((cell.text for row in below[:1] for cell in row if not cell.is_empty), "")


def sections_of(sheet: Sheet) -> set[str]:
    """The numbers of the sections that it has so far."""
    return {number for row in sheet.rows if is_roman(number := numbering(row.number))}


def has_section(sheet: Sheet, title: RawRow) -> bool:
    """Whether the title's number is one of them."""
    return numbering(title.number) in sections_of(sheet)


def in_columns_of(cell: GridCell, layout: Columns, columns: Columns) -> GridCell:
    """The cell under the columns that have the same terms in the sheet's first table."""
    first: dict[tuple[str, ...], int] = {}
    for column, names in columns.terms.items():
        first.setdefault(names, column)
    under = dict.fromkeys(first[layout.terms[column]] for column in cell.columns if column in layout.terms)
    return replace(cell, columns=tuple(under))


def split_number(name: str) -> tuple[str, str]:
    """A number that stands before a name in one cell, and the name; "" where there is none."""
    first, _, rest = name.partition(" ")
    return (first, rest) if rest and numbering(first) and not first.isdigit() else ("", name)


def with_headings(sheet: Sheet, headings: list[tuple[Spot, str]]) -> Iterator[GridRow]:
    """The rows with dates, each with what stands above it; ``headings`` gets the others."""
    section: RawRow | None = None
    groups: list[RawRow] = []
    for row in sheet.rows:
        filled = [cell for cell in row.cells if cell.text]
        if not filled:
            headings.append((row.spot, f"{row.number} {row.name} {row.note}".strip()))
        number = numbering(row.number)
        if not filled and (row.spread or is_roman(number) or section is None):
            section, groups = row, []
            continue
        if is_roman(number):
            section, groups = None, []
        groups = [group for group in groups if _is_under(row, numbering(group.number), group)]
        if not filled:
            groups.append(row)
            continue
        above = [one for one in (section, *groups) if one is not None]
        section_number = (
            numbering(section.number) if section is not None else number if is_roman(number) else ""
        )
        extra = tuple(remark for cell in row.cells if not cell.text for remark in cell.remarks)
        cells = [cell if not extra else replace(cell, remarks=(*cell.remarks, *extra)) for cell in filled]
        yield GridRow(
            programme=sheet.columns.programme,
            number=row.number,
            name=row.name,
            headings=tuple(f"{one.number} {one.name}".strip() for one in above),
            cells=tuple(cells),
            note=row.note,
            spot=row.spot,
            section=section_number,
            automatic=row.automatic,
            guessed=sheet.last is not None and sheet.last.guessed,
        )
        if number and not is_roman(number):
            groups.append(row)


def _is_under(row: RawRow, group: str, parent: RawRow) -> bool:
    own = numbering(row.number)
    if own and group:
        return own.startswith(group + ".") and own != group
    if own and not group:
        return False
    return not any(cell.text for cell in parent.cells) and len(words(row.name)) <= 8
