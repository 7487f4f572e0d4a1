"""The letters of a PDF page by the second reader, PDFium, and as both readers give them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from ctypes import c_double
from typing import Any

from pypdfium2 import raw


def letters_of(document: Any, index: int) -> Iterator[tuple[str, float, float]]:
    """Letters with their centres, in points from the upper left corner of the page."""
    page = document[index]
    text_page = page.get_textpage()
    left, _, _, top = page.get_mediabox()
    seen: set[tuple[str, int, int]] = set()
    before: tuple[float, ...] = ()
    x0, x1, y0, y1 = c_double(), c_double(), c_double(), c_double()
    for at in range(text_page.count_chars()):
        letters = plain(chr(raw.FPDFText_GetUnicode(text_page.raw, at)))
        if not letters or not raw.FPDFText_GetCharBox(text_page.raw, at, x0, x1, y0, y1):
            continue
        box = (x0.value, x1.value, y0.value, y1.value)
        x, y = (x0.value + x1.value) / 2 - left, top - (y0.value + y1.value) / 2
        key = (letters, round(x), round(y))
        # The letters of a ligature share one box; a letter printed twice to look bold stands a little beside it.
        if key in seen and box != before:
            continue
        before = box
        seen.add(key)
        for letter in letters:
            yield letter, x, y


def plain(text: str) -> str:
    """Letters, digits and marks as both readers give them: no blanks, one kind of dash, no ligatures."""
    out = []
    for char in unicodedata.normalize("NFKC", text):
        if char in "\x02\ufffe\u00ad\u2010\u2011\u2012\u2013\u2014\u2212":
            out.append("-")
        elif not char.isspace() and char.isprintable():
            out.append(char)
    return "".join(out)
