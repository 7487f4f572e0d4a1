"""HTML of people's read in time that grows with its length alone.

A parser as browsers have it looks through all open elements at most tags, and through all attributes at
each: thousands in each other, or in one tag, take it minutes a day. Nobody writes such a text by hand, so
what is deeper or longer than anybody can see is taken out before; the words stay.
"""

from __future__ import annotations

import re
from collections import Counter

from selectolax.lexbor import LexborHTMLParser

DEEPEST = 200
"""Elements in each other that are kept."""
_FEW_TAGS = 2 * DEEPEST
_LONG_TAG = re.compile(r"<[a-z][^<>]{2000,}", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-z][^\s<>/]{0,60})([^<>]*)>?", re.IGNORECASE)
_MOST_ATTRIBUTES = 100
_ENDED_BY_NEXT = frozenset(["p", "li", "dd", "dt", "tr", "td", "th", "option", "tbody", "thead", "tfoot"])
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)


def parse_html(html: str) -> LexborHTMLParser:
    """The tree of a text, within bounds."""
    if html.count("<") > _FEW_TAGS or _LONG_TAG.search(html):
        html = within_bounds(html)
    return LexborHTMLParser(html)


def within_bounds(html: str) -> str:
    """The text without tags deeper than `DEEPEST`, and without the attributes of a tag that has too many."""
    pieces: list[str] = []
    opened: list[str] = []
    count: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    start = 0
    for tag in _TAG.finditer(html):
        pieces.append(html[start : tag.start()])
        start = tag.end()
        name = tag[2].casefold()
        if tag[1]:
            if dropped[name]:
                dropped[name] -= 1
            elif count[name]:
                while opened:
                    closed = opened.pop()
                    count[closed] -= 1
                    if closed == name:
                        break
                pieces.append(tag[0])
            continue
        if name in _ENDED_BY_NEXT and opened and opened[-1] == name:
            # Left open, as it may be: the next one ends it.
            pass
        elif name not in _VOID:
            if len(opened) >= DEEPEST:
                dropped[name] += 1
                # A blank, since the tag may have been what kept two words apart.
                pieces.append(" ")
                continue
            opened.append(name)
            count[name] += 1
        pieces.append(tag[0] if len(tag[3].split()) <= _MOST_ATTRIBUTES else f"<{tag[2]}>")
    pieces.append(html[start:])
    return "".join(pieces)
