"""Which columns of a plain list hold what: told by its header, or by a person; no column with dates is passed over."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from mapping.importing.columns import signatures
from mapping.importing.dates import is_weekday, names_a_day
from mapping.importing.pages import Cell, Table
from mapping.importing.plain_list.words import HEADS
from mapping.importing.wording import words

_HEADER_WITHIN = 20
"""Rows from the top among which a header is looked for."""
_MOSTLY = 0.5
"""Of a column's filled cells, for it to be one of dates."""


@dataclass(frozen=True, slots=True)
class DateColumn:
    """A column whose dates make entries; ``term`` is the one that its header names, "" for none."""

    column: int
    term: str = ""
    unsure: bool = False
    """One of several whose headers say neither a term nor what their dates are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListColumns:
    """Where a table's fields stand, by 1-based columns."""

    fields: Mapping[str, int]
    """Without ``date``."""
    dates: tuple[DateColumn, ...]
    """Empty where ``start`` is among the fields."""
    weekday: int
    """A column that holds nothing but weekdays, which must agree with the dates; 0 for none."""
    others: Mapping[int, str]
    """Columns that nothing is read from, with their headers."""
    header: int
    """Index of the header's row; -1 without one."""
    heads: Mapping[int, str]

    @property
    def unsure(self) -> frozenset[int]:
        """Columns of dates whose headers do not say what they are."""
        return frozenset(one.column for one in self.dates if one.unsure)

    def is_header(self, row: Sequence[Cell]) -> bool:
        """Whether a row repeats the header, as at the top of a page."""
        here = {cell.spot.column or 0: words(cell.text) for cell in row if not cell.is_empty}
        return bool(self.heads) and here == {at: words(text) for at, text in self.heads.items()}


def columns_of(
    table: Table,
    given: Mapping[str, str],
    named: Mapping[int, str],
    terms: Mapping[str, Sequence[str]],
    language: str,
) -> ListColumns | None:
    """Where the fields stand; None where it cannot be told.

    ``given`` maps a field to a column's letter or header, ``named`` a column to the term whose dates it holds;
    ``terms`` are the terms with their folded names.
    """
    look = _Look(table, language)
    for at, heads in _possible_heads(table, look):
        row = table.rows[at]
        found = _given(given, heads) if given else _by_words(heads, look, at)
        dates = [DateColumn(column, term) for column, term in named.items()]
        if not dates and "date" in found:
            dates = [DateColumn(found["date"])]
        if not dates and "start" not in found and not given:
            dates = list(_by_terms(heads, found, terms, look, at)) or list(
                _by_content(heads, found, look, at)
            )
        if "title" not in found and dates and not given:
            found |= _title_by_content(heads, {*found.values(), *(one.column for one in dates)}, look, at)
        is_known = "title" in found and (dates or "start" in found)
        is_header = (not given or _is_said(given, heads)) and not look.has_dates(row)
        if is_known and is_header:
            return _columns(found, dates, heads, at, look)
    found = _given(given, {})
    dates = [DateColumn(column, term) for column, term in named.items()]
    if not dates and "date" in found:
        dates = [DateColumn(found["date"])]
    if "title" not in found or not (dates or "start" in found):
        return None
    return _columns(found, dates, {}, -1, look)


def _possible_heads(table: Table, look: _Look) -> Iterator[tuple[int, dict[int, str]]]:
    """Row by row what stands in each column; a head over several columns is joined with those below it."""
    for at, row in enumerate(islice(table.rows, _HEADER_WITHIN)):
        heads = {cell.spot.column or 0: cell.text for cell in row if not cell.is_empty}
        below = table.rows[at + 1] if at + 1 < len(table.rows) else ()
        wide = [cell for cell in row if cell.columns > 1 and not cell.is_empty]
        if len(heads) > 1 and wide and below and not look.has_dates(below):
            over = {
                (cell.spot.column or 0) + offset: cell.text for cell in wide for offset in range(cell.columns)
            }
            joined = {column: text for column, text in heads.items() if column not in over}
            for cell in below:
                if not cell.is_empty:
                    column = cell.spot.column or 0
                    joined[column] = f"{over.get(column, '')} {cell.text}".strip()
            yield at + 1, joined
        yield at, heads


def _columns(
    found: Mapping[str, int], dates: Sequence[DateColumn], heads: Mapping[int, str], at: int, look: _Look
) -> ListColumns:
    of_days = {"date", "start", "end"} if dates else {"date"}
    fields = {field: column for field, column in found.items() if field not in of_days}
    used = {*fields.values(), *(one.column for one in dates)}
    weekday = next((one for one in look.columns(at) if one not in used and look.is_weekdays(one, at)), 0)
    others = {one: heads.get(one, "") for one in look.columns(at) if one not in used and one != weekday}
    return ListColumns(
        fields=fields, dates=tuple(dates), weekday=weekday, others=others, header=at, heads=heads
    )


def _by_words(heads: Mapping[int, str], look: _Look, at: int) -> dict[str, int]:
    """By the words of a header; a column of weekdays is no date, and one of dates is neither title nor term."""
    found: dict[str, int] = {}
    for field, stems in HEADS.items():
        of_days = field in {"date", "start", "end"}
        for column, text in heads.items():
            fits = not look.is_weekdays(column, at) if of_days else not look.is_dates(column, at)
            if fits and column not in found.values() and any(one.startswith(stems) for one in words(text)):
                found.setdefault(field, column)
    if "start" in found and "end" not in found:
        if "date" not in found:
            found["date"] = found.pop("start")
        else:
            del found["date"]  # its column holds dates that nobody understood, and is asked about
    return found


def _by_terms(
    heads: Mapping[int, str],
    found: Mapping[str, int],
    terms: Mapping[str, Sequence[str]],
    look: _Look,
    at: int,
) -> Iterator[DateColumn]:
    """Columns whose header names a term and that hold dates: ``Event | Autumn | Spring``."""
    for column, text in heads.items():
        term = _term_of(text, terms)
        if term and column not in found.values() and look.is_dates(column, at):
            yield DateColumn(column, term)


def _by_content(
    heads: Mapping[int, str], found: Mapping[str, int], look: _Look, at: int
) -> Iterator[DateColumn]:
    """Columns of dates under a header in words that nobody knows; of several it is not sure what they are."""
    columns = [one for one in heads if one not in found.values() and look.is_dates(one, at)]
    return (DateColumn(one, unsure=len(columns) > 1) for one in columns)


def _title_by_content(
    heads: Mapping[int, str], taken: Collection[int], look: _Look, at: int
) -> dict[str, int]:
    """The one other column of texts, where there is just one."""
    texts = [one for one in heads if one not in taken and look.is_texts(one, at)]
    return {"title": texts[0]} if len(texts) == 1 else {}


def _term_of(text: str, terms: Mapping[str, Sequence[str]]) -> str:
    """The term whose name stands in a header, or whose season or number does where no other term has it; "" for none."""
    said = f" {' '.join(words(text))} "
    by_name = next(
        (key for key, names in terms.items() if any(f" {one} " in said for one in names if one)), ""
    )
    signs = signatures(text)
    alike = [key for key, names in terms.items() if any(signs & signatures(one, alone=True) for one in names)]
    return by_name or (alike[0] if len(alike) == 1 else "")


def _given(given: Mapping[str, str], heads: Mapping[int, str]) -> dict[str, int]:
    found = {field: _column_of(column, heads) for field, column in given.items()}
    return {field: column for field, column in found.items() if column}


def _column_of(said: str, heads: Mapping[int, str]) -> int:
    by_name = next((column for column, text in heads.items() if words(text) == words(said)), 0)
    return by_name or (letter_number(said) if re.fullmatch(r"[A-Za-z]{1,2}", said) else 0)


def letter_number(letters: str) -> int:
    """B is 2."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letter(number: int) -> str:
    """2 is B."""
    out = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        out = chr(65 + rest) + out
    return out


def _is_said(given: Mapping[str, str], heads: Mapping[int, str]) -> bool:
    """Whether every column that a person named stands in the row, and the row looks like a header."""
    return all(column in heads for column in _given(given, heads).values())


class _Look:
    """What the rows below a header hold."""

    def __init__(self, table: Table, language: str) -> None:
        self._table, self._language = table, language

    def columns(self, at: int) -> list[int]:
        return sorted(
            {one.spot.column or 0 for row in self._table.rows[at + 1 :] for one in row if not one.is_empty}
        )

    def has_dates(self, row: Sequence[Cell]) -> bool:
        return any(self._is_date(cell) for cell in row)

    def is_dates(self, column: int, at: int) -> bool:
        cells = self._cells(column, at)
        return bool(cells) and sum(map(self._is_date, cells)) >= _MOSTLY * len(cells)

    def is_weekdays(self, column: int, at: int) -> bool:
        cells = self._cells(column, at)
        return bool(cells) and all(
            one.day is None and is_weekday(one.text, language=self._language) for one in cells
        )

    def is_texts(self, column: int, at: int) -> bool:
        """Mostly words of more than a letter or two, so neither numbers of rows nor weekdays."""
        cells = self._cells(column, at)
        worded = sum(len([char for char in one.text if char.isalpha()]) > 1 for one in cells)
        return worded > _MOSTLY * len(cells) and not self.is_weekdays(column, at)

    def _cells(self, column: int, at: int) -> list[Cell]:
        """The column's filled cells below a header, without what stands alone in its row."""
        rows = ([one for one in row if not one.is_empty] for row in self._table.rows[at + 1 :])
        return [one for row in rows if len(row) > 1 for one in row if one.spot.column == column]

    def _is_date(self, cell: Cell) -> bool:
        return cell.day is not None or names_a_day(cell.text, language=self._language)
