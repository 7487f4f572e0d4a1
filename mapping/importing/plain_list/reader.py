"""A document of plain dates, gone through once: its rows and lines as proposals, and what stands in none of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mapping.importing.dates import Form, names_a_day
from mapping.importing.pages import Cell, Line, Spot, Table, Trouble
from mapping.importing.plain_list.columns import DateColumn, ListColumns, column_letter, columns_of
from mapping.importing.plain_list.reading import Ways, category_of, days_of_row, read_line, schools_of
from mapping.importing.plain_list.row import LONGEST_TITLE, ListRow, ListSite
from mapping.importing.questions import Kind
from mapping.importing.wording import words


@dataclass(kw_only=True)
class ListReader:
    """Goes through a document once."""

    site: ListSite
    ways: Ways
    given: Mapping[str, str]
    named: Mapping[int, str]
    rows: list[ListRow] = field(default_factory=list)
    unread: list[Trouble] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _term: str = ""
    """Of the heading above."""

    def table(self, table: Table, number: int) -> Iterator[Trouble]:
        columns = columns_of(table, self.given, self.named, self.site.terms, self.ways.language)
        if columns is not None:
            self._rows(table, columns, number)
        elif any(self._names_a_day(cell.text) or cell.day for row in table.rows for cell in row):
            yield Trouble(spot=table.spot, text=_UNKNOWN_COLUMNS)
        else:
            self._note(table.spot, " ".join(cell.text for row in table.rows for cell in row))

    def _rows(self, table: Table, columns: ListColumns, number: int) -> None:
        if columns.heads:
            heads = ", ".join(" ".join(text.split()) for text in columns.heads.values())
            self.notes.append(f"Taken for the header of {table.spot}: {heads}")
        for column, text in columns.others.items():
            if text.strip():
                named = f"column {column_letter(column)} ({' '.join(text.split())})"
                self.notes.append(f"Not taken from {table.spot}: {named}.")
        for row in table.rows[: max(0, columns.header)]:
            for cell in row:
                self._outside(cell.spot, cell.text if cell.day is None else cell.day.isoformat())
        spread: dict[int, tuple[Cell, int]] = {}
        for row in table.rows[columns.header + 1 :]:
            filled = [cell for cell in row if not cell.is_empty]
            if not filled or columns.is_header(row):
                continue
            if len(filled) == 1 and not spread:
                self._alone(filled[0], columns, number)
            else:
                self._row(_whole(row, spread), columns, number)

    def _names_a_day(self, text: str) -> bool:
        return names_a_day(text, language=self.ways.language)

    def line(self, line: Line, number: int) -> None:
        """A line outside every table."""
        read = read_line(line.text, self.ways)
        if read is None:
            self._outside(line.spot, line.text)
            return
        said = _Said(spot=line.spot, title=read.title, first=Cell(spot=line.spot, text=read.date))
        self.rows.append(self._record(f"{Kind.CELL}-l{number}", said, read.asked))

    def _alone(self, cell: Cell, columns: ListColumns, number: int) -> None:
        """A cell with nothing beside it: a heading, a remark, or a row that lacks the rest."""
        text = cell.text if cell.day is None else cell.day.isoformat()
        if cell.day is not None or self._names_a_day(text):
            read = read_line(text, self.ways)
            is_date = cell.spot.column in {one.column for one in columns.dates} | {
                columns.fields.get("start")
            }
            name = _name(number, cell.spot.row or 0)
            if read is not None and not is_date:
                said = _Said(spot=cell.spot, title=read.title, first=Cell(spot=cell.spot, text=read.date))
                asked = [*read.asked, "date and title stand in one cell"]
                self.rows.append(self._record(name, said, asked))
            elif is_date and not self.ways.read(text).asked:
                self.rows.append(self._record(name, _Said(spot=cell.spot, first=cell), []))
            else:
                self.unread.append(Trouble(spot=cell.spot, text=text))
        else:
            self._outside(cell.spot, text)

    def _outside(self, spot: Spot, text: str) -> None:
        """What stands in no row: unread with a day in it, else a heading, which may name the term below it."""
        if not text.strip():
            return
        if self._names_a_day(text):
            self.unread.append(Trouble(spot=spot, text=text))
            return
        term = _term_in(text, self.site)
        if term:
            self._term = term
        self._note(spot, text, term)

    def _note(self, spot: Spot, text: str, term: str = "") -> None:
        line = " ".join(text.split())
        shown = line if len(line) <= 80 else line[:79] + "…"
        said = f", for the term {term}" if term else ""
        if shown:
            self.notes.append(f"Taken for a heading or a remark{said}: {spot}: {shown}")

    def _row(self, row: Sequence[Cell], columns: ListColumns, number: int) -> None:
        cells = {cell.spot.column or 0: cell for cell in row}
        spot, at = row[0].spot, row[0].spot.row or 0
        of = {name: cells[column] for name, column in columns.fields.items() if column in cells}
        texts = {name: " ".join(cell.text.split()) for name, cell in of.items()}
        said = _Said(
            spot=spot, title=texts.get("title", ""), texts=texts, first=of.get("start"), last=of.get("end"),
            weekday=cells[columns.weekday].text if columns.weekday in cells else "",
        )  # fmt: skip
        asked = [
            *(remark for cell in of.values() for remark in cell.remarks),
            *self._not_taken(cells, columns),
        ]
        dated = list(_of_terms(cells, columns.dates))
        if not dated:
            self.rows.append(self._record(_name(number, at), said, asked))
        for index, (column, cell, term) in enumerate(dated):
            title, head = said.title, " ".join(columns.heads.get(column, "").split())
            if len(columns.dates) > 1 and title and head and cell.columns == 1:
                title = f"{title} ({head})"
            one = replace(said, title=title, first=cell, term=term)
            name = _name(number, at, column if index else 0)
            unsure = [_unsure(head)] if column in columns.unsure else []
            self.rows.append(self._record(name, one, [*cell.remarks, *unsure, *asked]))

    def _term_above(self, title: str, category: str) -> str:
        """The heading's; else the title's of classes and exams: what is to be done for a term is often due before it."""
        if self._term:
            return self._term
        named = category in {name for name in self.site.categories if name.startswith(_OF_A_TERM)}
        return _term_in(title, self.site) if named else ""

    def _not_taken(self, cells: Mapping[int, Cell], columns: ListColumns) -> Iterator[str]:
        for column, head in columns.others.items():
            cell = cells.get(column)
            if cell is not None and (cell.day is not None or self._names_a_day(cell.text)):
                called = f"column {column_letter(column)}" + (f" ({' '.join(head.split())})" if head else "")
                shown = cell.day.isoformat() if cell.day is not None else " ".join(cell.text.split())
                yield (
                    f"{called} holds a date too, {shown!r}, which is not taken; import it again with that column "
                    "in --map (start=B,end=C) or, where it is a term's, in --columns (2=autumn,3=spring)"
                )

    def _record(self, name: str, said: _Said, asked: Sequence[str]) -> ListRow:
        title, first, last, texts = said.title, said.first, said.last, said.texts
        reading, text = days_of_row(first, last, said.weekday, self.ways)
        doubts = [*reading.asked, *asked]
        if reading.form is Form.NONE and not reading.asked:
            doubts.append("there is no date in this row")
        if reading.form is Form.FROM:
            doubts.append("a last day is missing")
        if reading.year_taken:
            doubts.append(
                f"the year is not printed, and two would fit; {reading.start or reading.end} is proposed"
            )
        if not title:
            doubts.append("there is no title in this row")
        if len(title) > LONGEST_TITLE:
            doubts.append(
                f"the title has {len(title)} letters, at most {LONGEST_TITLE} are taken; shorten it"
            )
        category, doubt = category_of(texts.get("category", ""), title, self.site.categories)
        doubts.extend([doubt] if doubt else [])
        in_row = texts.get("term", "")
        of_row = _term_in(in_row, self.site)
        if in_row and not of_row:
            doubts.append(f"university.yaml has no term {in_row!r}")
        term = of_row or said.term or self._term_above(title, category)
        if not term and not self.site.whole_year:
            doubts.append(f"its term is not known; type one of {', '.join(self.site.terms)}")
        schools, unknown = schools_of(texts.get("school", ""), self.site.schools)
        if unknown:
            doubts.append(f"university.yaml has no school {unknown!r}")
        place = first.spot if first is not None else last.spot if last is not None else said.spot
        return ListRow(
            name=name, spot=place, text=text, title=title, note=texts.get("note", ""), reading=reading,
            category=category, term=term, asked=tuple(dict.fromkeys(doubts)),
            schools=schools, guess=doubt, has_category=bool(texts.get("category")),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a row or a line says, by its fields."""

    spot: Spot
    title: str = ""
    first: Cell | None = None
    last: Cell | None = None
    weekday: str = ""
    term: str = ""
    """That the column's header names."""
    texts: Mapping[str, str] = field(default_factory=dict)


_OF_A_TERM = ("teach", "class", "exam")


_UNKNOWN_COLUMNS = (
    "the columns of the title and of the date are not known; say them with --map, for example "
    "--map date=B,title=C (or start=B,end=C,title=D)"
)


def _unsure(head: str) -> str:
    return (
        f"the header {head!r} says neither a term nor what its dates are; is it a date of its own? First and last days are said "
        "with --map (start=B,end=C,title=D)"
    )


def _name(table: int, row: int, column: int = 0) -> str:
    """Of the question about a row: one of its own in every table."""
    of_table = f"t{table}" if table > 1 else ""
    return f"{Kind.CELL}-{of_table}r{row}" + (f"c{column}" if column else "")


def _whole(row: Sequence[Cell], spread: dict[int, tuple[Cell, int]]) -> list[Cell]:
    """The row with the cells above that reach down into it; ``spread`` keeps them, with the rows that are left."""
    own = {cell.spot.column or 0 for cell in row if not cell.is_empty}
    at = next((cell.spot.row for cell in row), None)
    above = [
        replace(cell, spot=replace(cell.spot, row=at))
        for column, (cell, _) in spread.items()
        if column not in own
    ]
    for column, (cell, left) in list(spread.items()):
        if left > 1 and column not in own:
            spread[column] = (cell, left - 1)
        else:
            del spread[column]
    spread.update(
        {cell.spot.column or 0: (cell, cell.rows - 1) for cell in row if cell.rows > 1 and not cell.is_empty}
    )
    return sorted(
        [*(cell for cell in row if not cell.is_empty), *above], key=lambda cell: cell.spot.column or 0
    )


def _of_terms(cells: Mapping[int, Cell], dates: Sequence[DateColumn]) -> Iterator[tuple[int, Cell, str]]:
    """Each date of a row with its column and term; one that covers several columns is of no single term."""
    for one in dates:
        cell = cells.get(one.column)
        if cell is not None and any(char.isalnum() for char in cell.text):
            covered = sum(one.column <= other.column < one.column + cell.columns for other in dates)
            yield one.column, cell, one.term if covered == 1 else ""


def _term_in(text: str, site: ListSite) -> str:
    said = f" {' '.join(words(text))} "
    return next(
        (key for key, names in site.terms.items() if any(f" {name} " in said for name in names if name)), ""
    )
