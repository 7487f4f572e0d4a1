"""Letters of a PDF page with a line drawn through them: a PDF keeps struck out words as text, and the line as a drawing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

_THICKEST = 2.0
"""Points; what is thicker is a box behind the text."""
_LOWEST, _HIGHEST = 0.2, 0.65
"""Where a line strikes a letter, in heights of the letter from its foot: an underline runs lower, a table's line outside."""
_TALLEST = 200
"""Points; a letter of a poster, or of a damaged file."""
_COVERED = 0.7
"""How much of a line is over letters: a line of a table that touches a few is longer."""


def struck_letters(page: Any) -> list[dict[str, Any]]:
    """The letters, in the order of their lines, as pdfplumber gives them."""
    by_height: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for char in page.chars:
        if char["text"].strip() and 0 < char["bottom"] - char["top"] <= _TALLEST:
            for point in range(int(char["top"]), int(char["bottom"]) + 1):
                by_height[point].append(char)
    found: dict[int, dict[str, Any]] = {}
    for x0, x1, y in _strokes(page):
        under = [char for char in by_height.get(int(y), ()) if _strikes(char, x0, x1, y)]
        if under and _extent(under) >= _COVERED * (x1 - x0):
            found.update({id(char): char for char in under})
    return sorted(found.values(), key=lambda char: (round(char["bottom"]), char["x0"]))


def written(letters: Sequence[dict[str, Any]]) -> str:
    """The letters as words: a gap wider than a third of a letter's height is a blank."""
    out = ""
    before: dict[str, Any] | None = None
    for char in letters:
        if before is not None and not -1 < char["x0"] - before["x1"] < (char["bottom"] - char["top"]) / 3:
            out += " "
        out += char["text"]
        before = char
    return out


def _strokes(page: Any) -> Iterator[tuple[float, float, float]]:
    """Thin level lines, drawn as a line or as a flat box, as (x0, x1, y)."""
    for one in (*page.lines, *page.rects):
        if one["bottom"] - one["top"] <= _THICKEST and one["x1"] - one["x0"] >= 1:
            yield one["x0"], one["x1"], (one["top"] + one["bottom"]) / 2


def _strikes(char: dict[str, Any], x0: float, x1: float, y: float) -> bool:
    above_foot = (char["bottom"] - y) / (char["bottom"] - char["top"])
    return bool(_LOWEST < above_foot < _HIGHEST and x0 <= (char["x0"] + char["x1"]) / 2 <= x1)


def _extent(letters: Sequence[dict[str, Any]]) -> float:
    return float(max(char["x1"] for char in letters) - min(char["x0"] for char in letters))
