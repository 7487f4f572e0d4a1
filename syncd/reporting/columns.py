"""Columns of a terminal: how wide a text is drawn, and lines that break between words and nowhere else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

COLUMNS = 80
"""Every report fits this many, whatever the terminal has: it is read in mails and tickets, too."""


_NOT_PROSE = re.compile(r"[\x1b\r\t]|^\s*[{}\[\]\"|<#]")
_LEAD = re.compile(r" *(?:[-+~*] |\w{1,10} {2,8}(?=\S))")
"""A bullet, or a word in a column of its own: the rest of the line is set under what follows it."""
_DEEP = 8
"""Columns from which on a line stands in a column already; before that its rest is set in a little."""
_PADDED = re.compile(r"(?<=\S) {3,}(?=\S)")
"""Between columns of a table: the rest of the line is set under the last one that leaves room for words."""
_ROOM = 28
_COMMAND = re.compile(r"\bsyncd (?:--)?[a-z][a-z-]*(?:(?: [\w.-]+)? --approve)?(?: [0-9a-f]{12,64}\b)?")
_COUNT = re.compile(r"(?:(?<=[:№])|(?<=\bNo\.)) (?=\d)")
"""Before a number that belongs to what stands in front of it: ``to create: 3``."""
UNBROKEN = "\N{NO-BREAK SPACE}"
"""Holds words together while lines are made; printed as a blank."""


def width(text: str) -> int:
    """Columns that a terminal draws the text in: none for a combining mark, two for an ideograph."""
    if text.isascii():
        return len(text)
    return sum(map(_cell, text))


def padded(text: str, columns: int) -> str:
    """The text with blanks up to that many columns; a longer one as it is."""
    return text + " " * max(0, columns - width(text))


def filled(text: str, *, first: str = "", rest: str = "", columns: int = COLUMNS) -> Iterator[str]:
    """The text in lines that fit, without line ends: the first begins with ``first``, all others with ``rest``.

    A line ends at a blank, or between two ideographs; a word that fits no line stands in one of its own, whole,
    and less far in where that gives it room.
    """
    line, used, is_empty = first, width(first), True
    for gap, word in _words(text):
        needed = width(gap) * (not is_empty) + width(word)
        if not is_empty and used + needed > columns:
            yield _plain(line)
            needed = width(word)
            line = rest if rest.strip() or needed > columns else rest[: max(0, columns - needed)]
            used, is_empty = width(line), True
        line, used, is_empty = line + ("" if is_empty else gap) + word, used + needed, False
    yield _plain(line)


def folded(line: str, columns: int) -> str:
    """A printed line in as many as it takes to break between words alone; what follows stands under its beginning.

    Lines for programs (JSON, tables, marks of a language) and what moves the cursor stay as they are.
    """
    if width(line) <= columns or _NOT_PROSE.search(line):
        return line
    indented = len(line) - len(line.lstrip())
    ends = [gap.end() for gap in _PADDED.finditer(line) if width(line[: gap.end()]) <= columns - _ROOM]
    lead = _LEAD.match(line)
    first = line[: ends[-1]] if ends else lead[0] if lead is not None else line[:indented]
    column = width(first) if ends or lead is not None or indented >= _DEEP else indented + 2
    whole = _COMMAND.sub(lambda found: found[0].replace(" ", UNBROKEN), line[len(first) :])
    return "\n".join(filled(whole, first=first, rest=" " * column, columns=columns))


def _plain(line: str) -> str:
    return line.rstrip().replace(UNBROKEN, " ")


def _words(text: str) -> Iterator[tuple[str, str]]:
    """What must not be broken, each with what stands before it in a line."""
    blanks, begun = "", False
    for word in _COUNT.sub(UNBROKEN, text).split(" "):
        if begun and not word:
            # More than one blank: none of them begins the next line.
            blanks += " "
            continue
        gap, piece, blanks, begun = f" {blanks}", "", "", begun or bool(word)
        for letter in word:
            if piece and _cell(letter) == 2 and unicodedata.category(letter).startswith("L"):
                yield gap, piece
                gap, piece = "", ""
            piece += letter
        yield gap, piece


def _cell(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1
