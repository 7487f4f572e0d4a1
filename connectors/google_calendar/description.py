"""A description as Google stores it: our words, the fixed line, and below it people's own words.

We write plain text. The web interface turns text into HTML as soon as a person edits it, and nothing says
which of the two a stored text is; so words are compared, never text, and people's part is cut out and put
back byte for byte. Pure: no network, no decision.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from html import escape

from connectors.html_reader import parse_html
from mapping.identity import visible_words
from mapping.text.phrases import LINE_EDGE, is_fixed_line

LIMIT = 8_192
"""Characters; third parties saw longer descriptions cut or refused."""

_DASH = rf"(?:{LINE_EDGE[0]}|&mdash;|&#8212;|&#x2014;)"
_DASHES_RUN = re.compile(f"{_DASH}+", re.IGNORECASE)
_LONGEST_LINE = 400
"""Characters between the edges of the fixed line, markup included."""
_ENDS_LINE = re.compile(r"\n|</?(?:br|p|div|li|ul|ol|table|tr|td|h[1-6])\b", re.IGNORECASE)
_AFTER_LINE = re.compile(
    r"(?:[ \t\xa0]|&nbsp;)*(?:</[a-z][a-z0-9-]*\s*>)*(?:\r?\n|<br\s*/?>)?", re.IGNORECASE
)
_MARKUP = re.compile(r"</?[a-z][^<>]*>|<!--|&(?:#\d+|#x[0-9a-f]+|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)[^<>]*>", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|hr|/?(?:p|div|li|ul|ol|table|tr|h[1-6]|blockquote|pre))\b[^<>]*>", re.IGNORECASE)
_LINE_END = re.compile(r"\r?\n|<br\s*/?>|</(?:p|div|li|tr|h[1-6])\s*>", re.IGNORECASE)
_VOID = frozenset({"br", "hr", "img", "input", "wbr"})
_SEEN_WITHOUT_WORDS = re.compile(r"<(?:img|hr|iframe|video|audio|object)\b", re.IGNORECASE)
_DASHES = "—―─━-═"


@dataclass(frozen=True, slots=True, kw_only=True)
class Divided:
    """``head`` ends with the fixed line where there is one, else it is all; ``tail`` is as stored."""

    head: str
    tail: str
    has_line: bool


def divide(stored: str) -> Divided:
    """Cut at the first fixed line, in whatever language and markup it stands."""
    end = _end_of_line(stored)
    if not end:
        return Divided(head=stored, tail="", has_line=False)
    rest = stored[end:]
    start = _AFTER_LINE.match(rest)
    return Divided(
        head=stored[:end],
        tail=_kept(rest[start.end() if start is not None else 0 :]),
        has_line=True,
    )


def _end_of_line(stored: str) -> int:
    """Where the first fixed line ends, 0 where there is none: words between two runs of dashes on one line."""
    before: re.Match[str] | None = None
    for run in _DASHES_RUN.finditer(stored):
        if before is not None and _is_edge(before) and _is_edge(run):
            between = stored[before.end() : min(run.start(), before.end() + _LONGEST_LINE + 1)]
            if len(between) <= _LONGEST_LINE and not _ENDS_LINE.search(between):
                return run.end()
        before = run
    return 0


def _is_edge(run: re.Match[str]) -> bool:
    # A dash is one character, or an entity, which begins with the one ampersand in it.
    return run[0].count(LINE_EDGE[0]) + run[0].count("&") >= len(LINE_EDGE)


def readable(stored: str) -> str:
    """The text people read, line by line; addresses of links are added where the text hides them."""
    if not is_html(stored):
        return stored
    body = parse_html(_BREAK.sub(r"\n\g<0>", stored)).body
    if body is None:
        return ""
    for unseen in body.css("script, style"):
        unseen.decompose()
    text = body.text(deep=True)
    addresses = [(link.attributes.get("href") or "").removeprefix("mailto:") for link in body.css("a[href]")]
    return " ".join([text, *(address for address in addresses if address not in text)])


def is_html(stored: str) -> bool:
    """Whether the web interface would read the text as HTML."""
    return _MARKUP.search(stored) is not None


def compose(body: str, tail: str) -> str:
    """The description to store: our plain text, then people's part as it was.

    Ours becomes HTML only where it must: beside HTML of people's, or where it would be taken for HTML.
    """
    plain = f"{body}\n{tail}" if tail else body
    if not is_html(body) and not is_html(tail):
        return plain
    written = escape(body, quote=False).replace("\n", "<br>")
    marked_up = f"{written}<br>{tail}" if tail else written
    return marked_up if is_html(body) or len(marked_up) <= LIMIT else plain


def tail_to_keep(stored: str, body: str) -> str:
    """What of a stored description goes below the fixed line when ``body`` is written over the rest.

    With the line there, all below it. Where a person took the line away: whatever stands after the last line
    that ``body`` has too, remnants of the line itself left out; and where no line is ours, everything,
    since then all of it is a person's. Words that a person put between our lines are not kept, as the
    description itself says.
    """
    divided = divide(stored)
    own = [visible_words(line) for line in body.splitlines()]
    if divided.has_line or not own or not is_fixed_line(own[-1]):
        return divided.tail
    pieces = _lines(stored)
    words = [visible_words(readable(piece)) for piece in pieces]
    known = {line for line in own if line}
    last = max((place for place, line in enumerate(words) if line in known), default=-1)
    rest = [
        piece
        for piece, line in zip(pieces[last + 1 :], words[last + 1 :], strict=True)
        if not _remnant(line, own[-1])
    ]
    return _kept("".join(rest))


def _lines(stored: str) -> list[str]:
    """The text cut after each line end, nothing lost."""
    pieces, start = [], 0
    for end in _LINE_END.finditer(stored):
        pieces.append(stored[start : end.end()])
        start = end.end()
    return [*pieces, stored[start:]]


def _remnant(line: str, fixed_line: str) -> bool:
    """Whether a line is nothing but what an unlucky edit left of the fixed line."""
    if not line.startswith(_DASHES[0] * 3) and not line.endswith(_DASHES[0] * 3):
        return False
    return line.strip(_DASHES + " ") in fixed_line


def _kept(tail: str) -> str:
    """People's part; '' where there is nothing to see in it. Tags that the cut left without a start go."""
    if not visible_words(readable(tail)) and not _SEEN_WITHOUT_WORDS.search(tail):
        return ""
    return _without_stray_ends(tail)


def _without_stray_ends(html: str) -> str:
    kept, start, opened, count = [], 0, list[str](), Counter[str]()
    for tag in _TAG.finditer(html):
        name = tag[2].casefold()
        if not tag[1]:
            if name not in _VOID:
                opened.append(name)
                count[name] += 1
        elif count[name]:
            closed = ""
            while closed != name:
                closed = opened.pop()
                count[closed] -= 1
        else:
            kept.append(html[start : tag.start()])
            start = tag.end()
    return "".join([*kept, html[start:]])
