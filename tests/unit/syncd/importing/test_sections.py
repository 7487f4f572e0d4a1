"""Calendars that have a table for each section: its title above it, its columns where they happen to stand."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mapping.importing.conclude import Conclusion, Options, conclude
from mapping.importing.questions import Answers
from mapping.importing.wording import is_roman, numbering
from syncd.importing.docx.document import read_docx
from tests.support.printed import (
    Printed,
    PrintedCell,
    PrintedTable,
    printed_calendar,
    shipped_site,
    write_docx,
)

SITE = shipped_site()


def _in_sections(printed: Printed, *, titled: bool = True) -> Printed:
    """A table a section; one with a note has the terms in another order, the others have no column for notes."""
    return replace(
        printed, tables=tuple(part for table in printed.tables for part in _parts(table, titled=titled))
    )


def _parts(table: PrintedTable, *, titled: bool) -> Iterator[PrintedTable]:
    notes = len(table.header) - 1
    sections: list[tuple[str, list[tuple[PrintedCell, ...]]]] = []
    for row in table.rows:
        if is_roman(numbering(row[0].text)):
            is_title = not any(cell.entry for cell in row)
            sections.append(
                (" ".join(cell.text for cell in row) if is_title else "", [] if is_title else [row])
            )
        else:
            sections[-1][1].append(row)
    for title, rows in sections:
        has_notes = any(cell.column == notes for row in rows for cell in row)
        number, name, *terms, note = table.header
        header = (number, name, *reversed(terms), note) if has_notes else (number, name, *terms)
        turned = tuple(tuple(_turned(cell, len(terms)) for cell in row) if has_notes else row for row in rows)
        yield replace(table, header=header, rows=turned, title=title if titled else "")


def _turned(cell: PrintedCell, terms: int) -> PrintedCell:
    """A cell of a term where the terms stand the other way round."""
    inside = 2 <= cell.column < 2 + terms
    return replace(cell, column=3 + terms - cell.column - cell.columns + 1) if inside else cell


def _days(made: Conclusion) -> dict[str, str]:
    return {
        one.entry.id: f"{one.start} {one.end} {one.terms} {one.asked}"
        for one in made.records
        if one.entry is not None
    }


def _read(path: Path, printed: Printed) -> Conclusion:
    document = read_docx(write_docx(path / "a.docx", printed))
    return conclude(document, SITE, Options(first_year=2025), Answers(by_name={}))


@pytest.fixture(scope="module")
def unparted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is read where each programme is one table."""
    return _days(_read(tmp_path_factory.mktemp("whole"), printed_calendar()))


def test_sections_with_a_table_each_are_one_calendar(tmp_path: Path, unparted: dict[str, str]) -> None:
    made = _read(tmp_path, _in_sections(printed_calendar()))
    assert not made.refused
    assert not made.unread
    assert _days(made) == unparted


def test_a_section_that_stands_there_twice_is_refused(tmp_path: Path) -> None:
    printed = _in_sections(printed_calendar())
    again = replace(printed.tables[1], title=printed.tables[0].title)
    made = _read(tmp_path, replace(printed, tables=(*printed.tables[:6], again, *printed.tables[6:])))
    assert any("a second table claims the programme semester" in one.text for one in made.refused)


def test_tables_that_say_no_section_are_refused(tmp_path: Path) -> None:
    made = _read(tmp_path, _in_sections(printed_calendar(), titled=False))
    assert any("a second table claims the programme" in one.text for one in made.refused)
