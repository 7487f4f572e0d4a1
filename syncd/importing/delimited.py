"""A CSV file to one table; its encoding is never guessed at."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from mapping.importing.pages import Cell, SourceDocument, Spot, Table
from syncd.importing.refusal import CannotReadError

_MOST_ROWS, _MOST_COLUMNS = 5_000, 200
_MARKS = ",;\t|"


def read_csv(path: Path) -> SourceDocument:
    """Every row with something in it. Raises `CannotReadError`."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise CannotReadError(
            f'byte {error.start + 1} is not UTF-8; save the list as .xlsx, or in Excel as "CSV UTF-8"'
        ) from None
    first = text.split("\n", 1)[0]
    mark = max(_MARKS, key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error as error:
        raise CannotReadError(
            f"this is no CSV file: {error}; look for a quotation mark that is not closed, or save the list as .xlsx"
        ) from None
    if len(lines) > _MOST_ROWS or any(len(line) > _MOST_COLUMNS for line in lines):
        raise CannotReadError(f"the list has {len(lines)} rows; is it the right file?")
    rows = []
    for number, line in enumerate(lines, start=1):
        cells = tuple(
            Cell(spot=Spot(sheet=path.stem, table=1, row=number, column=column), text=value.strip())
            for column, value in enumerate(line, start=1)
            if value.strip()
        )
        if cells:
            rows.append(cells)
    if not rows:
        raise CannotReadError("the file is empty; save the list anew")
    width = max(len(line) for line in lines)
    table = Table(spot=Spot(sheet=path.stem, table=1), width=width, rows=tuple(rows))
    return SourceDocument(kind="csv", engine="csv", blocks=(table,))
