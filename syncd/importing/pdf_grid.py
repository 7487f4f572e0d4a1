"""The tables of a PDF page as cells: by their lines, or, where only the rows have lines, by gaps between words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pdfplumber.utils import extract_text

from mapping.importing.pages import Box

_X_TOLERANCE = 1.5
LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


@dataclass(frozen=True, slots=True)
class AreaCell:
    """A cell and the columns it covers, all 1-based."""

    row: int
    column: int
    columns: int
    rows: int
    text: str
    box: Box
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """A table on a page."""

    box: Box
    width: int
    cells: tuple[AreaCell, ...]
    guessed: bool = False


def areas_of(page: Any) -> Iterator[Area]:
    """Every table of the page, from top to bottom."""
    taken: list[Box] = []
    for table in sorted(page.find_tables(), key=lambda one: one.bbox[1]):
        area = _ruled(page, table)
        if area is not None:
            taken.append(area.box)
            yield area
    yield from _open(page, taken)


# --- lines in both directions ---------------------------------------------------------------------


def _ruled(page: Any, table: Any) -> Area | None:
    lefts = _grouped(cell[0] for cell in table.cells)
    tops = _grouped(cell[1] for cell in table.cells)
    if len(lefts) < 2:
        return None
    cells = []
    for x0, top, x1, bottom in sorted(table.cells, key=lambda one: (one[1], one[0])):
        column, row = _index(lefts, x0), _index(tops, top)
        covered = sum(x0 - 1 <= left < x1 - 2 for left in lefts)
        deep = sum(top - 1 <= upper < bottom - 2 for upper in tops)
        box = Box(x0=x0, top=top, x1=x1, bottom=bottom)
        cells.append(AreaCell(row + 1, column + 1, max(1, covered), max(1, deep), "", box))
    cells = _filled(page, cells)
    x0, top, x1, bottom = table.bbox
    return Area(Box(x0=x0, top=top, x1=x1, bottom=bottom), len(lefts), tuple(cells))


def _grouped(values: Iterator[float] | Any) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > 3:
            out.append(value)
    return out


def _index(values: Sequence[float], value: float) -> int:
    return min(range(len(values)), key=lambda i: abs(values[i] - value))


def _filled(page: Any, cells: Sequence[AreaCell]) -> list[AreaCell]:
    """The cells with the text of the letters whose centre lies in them."""
    letters: list[list[dict[str, Any]]] = [[] for _ in cells]
    for char in page.chars:
        x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
        for cell, inside in zip(cells, letters, strict=True):
            if cell.box.x0 <= x < cell.box.x1 and cell.box.top <= y < cell.box.bottom:
                inside.append(char)
                break
    return [replace(cell, text=_text(inside)) for cell, inside in zip(cells, letters, strict=True)]


def _text(letters: list[dict[str, Any]]) -> str:
    text = str(extract_text(letters, x_tolerance=_X_TOLERANCE) or "") if letters else ""
    return text.translate(LIGATURES).strip()


# --- lines between the rows only ------------------------------------------------------------------


def _open(page: Any, taken: Sequence[Box]) -> Iterator[Area]:
    """Tables whose rows are parted by lines and whose columns by nothing but blanks."""
    return
    yield
