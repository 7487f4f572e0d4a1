"""Letters that are written from right to left: a PDF holds where they are drawn, not in which order they are read."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

BACKWARDS = (
    "Arabic or Hebrew letters stand in a PDF in the order in which they are drawn, so its words would be taken backwards; "
    "ask for the file that it was printed from (Word, Excel)"
)
MOST_BACKWARDS = 0.5
"""Of a document's letters; below it the cells with such letters are asked about."""


def backwards_share(texts: Iterable[str]) -> float:
    """Which part of the letters is written from right to left; 0 without letters."""
    letters = [char for text in texts for char in text if char.isalpha()]
    backwards = sum(unicodedata.bidirectional(char) in {"R", "AL"} for char in letters)
    return backwards / len(letters) if letters else 0.0
