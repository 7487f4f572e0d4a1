"""The tables of a PDF page as cells: by their lines, or, where only the rows have lines, by gaps between words."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pdfplumber.utils.text import extract_text

from mapping.importing.columns import is_header
from mapping.importing.pages import Box, Cell, Spot

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


@dataclass(slots=True)
class Memory:
    """Edges of the columns of the last table that had no lines between them."""

    bounds: list[float] = field(default_factory=list)

    def fits(self, x0: float, x1: float) -> bool:
        """Whether a table of this width may be the same one."""
        return bool(self.bounds) and abs(self.bounds[0] - x0) < 5 and abs(self.bounds[-1] - x1) < 5


def areas_of(page: Any, memory: Memory) -> Iterator[Area]:
    """Every table of the page, from top to bottom."""
    taken: list[Box] = []
    for table in sorted(page.find_tables(), key=lambda one: one.bbox[1]):
        area = _ruled(page, table)
        if area is not None:
            taken.append(area.box)
            yield area
    yield from _open(page, taken, memory)


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

_FEWEST_RULES = 3
_SAME_LINE = 3.0
_PHRASE_GAP = 5.0
"""Points between two words that still are one phrase; columns lie farther apart."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words of one line that stand close together."""

    x0: float
    x1: float
    top: float
    text: str


def _open(page: Any, taken: Sequence[Box], memory: Memory) -> Iterator[Area]:
    """Tables whose rows are parted by lines and whose columns by nothing but blanks."""
    rules = [
        rule for rule in _rules(page) if not any(box.top - 2 <= rule[0] <= box.bottom + 2 for box in taken)
    ]
    for group in _tables_of(rules):
        x0, x1 = min(rule[1] for rule in group), max(rule[2] for rule in group)
        tops = [rule[0] for rule in group]
        bands = list(itertools.pairwise(tops))
        words = [
            w for w in page.extract_words(x_tolerance=_X_TOLERANCE) if x0 - 2 <= w["x0"] and w["x1"] <= x1 + 2
        ]
        phrases = [_phrases([w for w in words if top <= _middle(w) < bottom]) for top, bottom in bands]
        for first, last in _between_headers(phrases):
            inside = phrases[first:last]
            header = _is_header_row(inside[0])
            if header or not memory.fits(x0, x1):
                memory.bounds = _boundaries(inside, x0, x1)
            bounds = memory.bounds
            if len(bounds) < 4:
                continue
            cells: list[AreaCell] = []
            for row, ((top, bottom), one) in enumerate(zip(bands[first:last], inside, strict=True), start=1):
                cells.extend(_cells_of(row, top, bottom, one, bounds))
            box = Box(x0=x0, top=tops[first], x1=x1, bottom=tops[last])
            yield Area(box, len(bounds) - 1, tuple(_filled(page, cells)), guessed=True)


def _between_headers(rows: Sequence[Sequence[_Phrase]]) -> Iterator[tuple[int, int]]:
    """First and last row of each table: one begins with each row that looks like a header."""
    starts = [index for index, row in enumerate(rows) if _is_header_row(row)]
    edges = sorted({0, *starts, len(rows)})
    return itertools.pairwise(edges) if rows else iter(())


def _is_header_row(row: Sequence[_Phrase]) -> bool:
    texts = [" ".join(one.text for one in row if a <= (one.x0 + one.x1) / 2 <= b) for a, b in _clusters(row)]
    cells = [Cell(spot=Spot(column=index), text=text) for index, text in enumerate(texts, start=1)]
    return len(cells) > 2 and is_header(cells)


def _middle(word: dict[str, Any]) -> float:
    return float(word["top"] + word["bottom"]) / 2


def _rules(page: Any) -> list[tuple[float, float, float]]:
    """Horizontal lines as (y, x0, x1), pieces of one line joined."""
    found: list[list[float]] = []
    for edge in sorted((e for e in page.edges if e["orientation"] == "h"), key=lambda one: one["top"]):
        if found and abs(found[-1][0] - edge["top"]) < _SAME_LINE:
            found[-1][1] = min(found[-1][1], edge["x0"])
            found[-1][2] = max(found[-1][2], edge["x1"])
        else:
            found.append([edge["top"], edge["x0"], edge["x1"]])
    widest = max((x1 - x0 for _, x0, x1 in found), default=0)
    return [(y, x0, x1) for y, x0, x1 in found if x1 - x0 > 0.8 * widest and widest > page.width / 3]


def _tables_of(rules: Sequence[tuple[float, float, float]]) -> Iterator[list[tuple[float, float, float]]]:
    group: list[tuple[float, float, float]] = []
    for rule in rules:
        if group and (abs(rule[1] - group[-1][1]) > 5 or abs(rule[2] - group[-1][2]) > 5):
            if len(group) >= _FEWEST_RULES:
                yield group
            group = []
        group.append(rule)
    if len(group) >= _FEWEST_RULES:
        yield group


def _phrases(words: Sequence[dict[str, Any]]) -> list[_Phrase]:
    out: list[_Phrase] = []
    for word in sorted(words, key=lambda one: (round(one["top"] / _SAME_LINE), one["x0"])):
        last = out[-1] if out else None
        if (
            last is not None
            and abs(last.top - word["top"]) < _SAME_LINE
            and word["x0"] - last.x1 < _PHRASE_GAP
        ):
            out[-1] = _Phrase(last.x0, max(last.x1, word["x1"]), last.top, f"{last.text} {word['text']}")
        else:
            out.append(_Phrase(word["x0"], word["x1"], word["top"], word["text"]))
    return out


def _boundaries(rows: Sequence[Sequence[_Phrase]], x0: float, x1: float) -> list[float]:
    """Edges of the columns: between two columns of the first row that has several, where the fewest phrases cross."""
    header = next((row for row in rows if len(_clusters(row)) > 2), None)
    if header is None:
        return []
    every = [phrase for row in rows for phrase in row]
    clusters = _clusters(header)
    bounds = [x0]
    for (_, left_end), (right_start, _) in itertools.pairwise(clusters):
        low, high = min(left_end, right_start) - 2, max(left_end, right_start)
        steps = [low + (high - low) * step / 60 for step in range(61)]
        crossing = [sum(one.x0 < x < one.x1 for one in every) for x in steps]
        fewest = min(crossing)
        best = [x for x, count in zip(steps, crossing, strict=True) if count == fewest]
        # Text is set from the left: the edge lies close before where the next column begins.
        bounds.append(best[-1] - min(1.0, (best[-1] - best[0]) / 2))
    return [*bounds, x1]


def _clusters(row: Sequence[_Phrase]) -> list[tuple[float, float]]:
    """Extents of what stands above each other."""
    out: list[list[float]] = []
    for one in sorted(row, key=lambda phrase: phrase.x0):
        if out and one.x0 < out[-1][1] + 1:
            out[-1][1] = max(out[-1][1], one.x1)
        else:
            out.append([one.x0, one.x1])
    return [(a, b) for a, b in out]


def _cells_of(
    row: int, top: float, bottom: float, phrases: Sequence[_Phrase], bounds: Sequence[float]
) -> Iterator[AreaCell]:
    """A row's cells; a phrase that crosses an edge makes one cell of the columns it covers."""
    spans: list[tuple[int, int]] = []
    for phrase in phrases:
        covered = [
            i for i in range(len(bounds) - 1) if phrase.x0 < bounds[i + 1] - 1 and phrase.x1 > bounds[i] + 1
        ]
        if covered:
            spans.append((covered[0], covered[-1]))
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        else:
            merged.append((first, last))
    for first, last in merged:
        box = Box(x0=bounds[first], top=top, x1=bounds[last + 1], bottom=bottom)
        yield AreaCell(row, first + 1, last - first + 1, 1, "", box, unsure=last > first)
