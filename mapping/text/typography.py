"""Blanks that do not break: a phone must not end a line between a number and what it counts.

For what people read in events, feeds and on pages; terminals and JSON keep plain blanks. Words are compared
without regard to the difference (`mapping.identity.visible_words`).
"""

from __future__ import annotations

import re

NO_BREAK = "\u00a0"

# Each begins with the blank itself, which is found at once; a look-behind in front would be tried at every letter.
_BREAKS = re.compile(
    r" (?:"
    r"(?<=\d )(?=[^\W\d_]{3}|[^\W\d_]{1,2}\.)"  # 5 August, 10 working days, and abbreviations
    r"|(?<=[^\W\d_] )(?=(?:19|20|21)\d\d\b)"  # August 2025
    r"|(?<=[№§] )(?=[\w])"  # № 205-1
    r"|(?<=\b[Nn]o\. )(?=\d)"
    r"|(?<=\b[^\W\d_]\. )(?=[\dIVXLC])"  # p. 4, and its like in other alphabets
    r"|(?<=\b[IVX] )(?=[^\W\d_])|(?<=\b[IVX]{2} )(?=[^\W\d_])|(?<=\b[IVX]{3} )(?=[^\W\d_])"  # II trimester
    r"|(?<=[^\W\d_] )(?=[IVX]{1,4}\b(?!\.))"  # trimester II
    r")"
)


def unbroken(text: str) -> str:
    """The text with its dates and numbers held together."""
    return _BREAKS.sub(NO_BREAK, text)


def plain(text: str) -> str:
    """The text with plain blanks alone."""
    return text.replace(NO_BREAK, " ")
