"""A description as Canvas gives it back, and as we write it: marker, our words, people's own part.

Canvas never returns what was sent: entities change, addresses become absolute, attributes and theme assets
are added. So nothing here compares HTML; words are compared, and people's part is cleaned of what Canvas
itself adds on the way out, or it would grow with every update. Pure: no network, no decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from selectolax.lexbor import LexborNode

from connectors.html_reader import parse_html
from mapping.identity import body_hash, format_marker, parse_marker, visible_words
from mapping.model import Marker
from mapping.model.quick import quickly_made
from mapping.text.markup import LINE_CLASS
from mapping.text.phrases import LINE_EDGE, is_fixed_line

WRAPPER_CLASS = "syncd"
MARKER_ATTRIBUTE = "data-syncd"

_ASSETS = "script, link, style"
_BLOCKS = "p, div, span, strong, h1, h2, h3, h4, h5, h6"
_ADDRESSES = {"a": "href", "img": "src", "iframe": "src"}
_ADDRESSED = "a[href], img[src], iframe[src]"
_SEEN_WITHOUT_WORDS = "img, iframe, video, audio, object, embed, hr"
_OUTBOUND = ("data-api-", "data-uc_", "x-canvaslms-")
"""How names of attributes begin that Canvas adds on the way out."""

_MARKED = f'{MARKER_ATTRIBUTE}="'
_STAND_IN = "v1;owner;key;context;fingerprint"
"""Stands for any marker while a description is read, so that one reading serves all contexts of a view."""
_LONGEST_REMEMBERED, _MOST_REMEMBERED = 16_384, 1024
_LONGEST_LINE = 2_000
"""Characters that an element with the fixed line may hold, white space included."""


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a stored description says."""

    marker: Marker | None
    body_hash: str
    """`mapping.identity.body_hash` of what stands above the end of our part; of all if no part is ours."""
    tail: str
    """People's HTML below our part; the whole description if no part is ours."""


def write_description(marker: Marker, body: str, tail: str) -> str:
    """The description to store: our part in a wrapper that carries the marker, then people's part."""
    return f'<div class="{WRAPPER_CLASS}" {_MARKED}{format_marker(marker)}">{body}</div>{tail}'


def read_description(html: str | None, origin: str) -> Description:
    """Divide a description at the fixed line, or where that is gone, at the end of the wrapper.

    ``origin`` is scheme and host of this Canvas, which its answers put before addresses.
    """
    html = html or ""
    start = html.find(_MARKED) + len(_MARKED)
    if start < len(_MARKED):
        return _read("", html, origin)
    end = html.find('"', start)
    marker = parse_marker(html[start:end])
    if marker is None:
        return _read("", html, origin)
    wish = (origin, marker.key, marker.fingerprint)
    last = _last.get(wish)
    if last is None or not last.is_around(html, start, end):
        if html.find(_MARKED, start) >= 0:
            return _read("", html, origin)
        last = _Around(html[:start], html[end:], _read(html[:start], html[end:], origin))
        if len(html) <= _LONGEST_REMEMBERED:
            if len(_last) >= _MOST_REMEMBERED:
                _last.clear()
            _last[wish] = last
    read = last.read
    if read.marker is None:
        return read
    return Description(marker=marker, body_hash=read.body_hash, tail=read.tail)


@dataclass(frozen=True, slots=True)
class _Around:
    """What stood around a marker when it was last read, and what that said."""

    head: str
    rest: str
    read: Description

    def is_around(self, html: str, start: int, end: int) -> bool:
        """Whether the same stands around the marker that lies there, which is compared without a copy of it."""
        return (
            len(self.head) == start
            and len(self.rest) == len(html) - end
            and html.endswith(self.rest)
            and html.startswith(self.head)
        )


_last: dict[tuple[str, str, str], _Around] = {}
"""By origin, key and fingerprint: in courses of one view the same stands around all markers of an event."""


def _read(head: str, rest: str, origin: str) -> Description:
    """The same of a description in two pieces, between which its marker stood; ``head`` '' where there is none."""
    if len(head) + len(rest) <= _LONGEST_REMEMBERED:
        return _remembered(head, rest, origin)
    return _joined(head, rest, origin)


def _joined(head: str, rest: str, origin: str) -> Description:
    return _divide(f"{head}{_STAND_IN}{rest}" if head else rest, origin)


_remembered = lru_cache(maxsize=_MOST_REMEMBERED)(_joined)


def _divide(html: str, origin: str) -> Description:
    tree = parse_html(html)
    body = tree.body
    if body is None:
        return Description(marker=None, body_hash=body_hash(""), tail="")
    for asset in tree.css(_ASSETS):
        asset.decompose()
    _clean(body, origin)
    wrapper, marker = _wrapper(body)
    line = _line(body)
    edge = line if line is not None else wrapper
    if edge is None:
        return Description(marker=None, body_hash=body_hash(_words(body)), tail=_kept(_inner(body)))
    tail = _cut_after(edge)
    if line is not None:
        tail = _typed_into(line) + tail
    return Description(marker=marker, body_hash=body_hash(_words(body)), tail=_kept(tail))


def shown_words(html: str) -> str:
    """The words people read in a piece of HTML, white space folded."""
    body = parse_html(html).body
    return _shown(body) if body is not None else ""


def _wrapper(body: LexborNode) -> tuple[LexborNode | None, Marker | None]:
    for node in body.css(f"[{MARKER_ATTRIBUTE}]"):
        marker = parse_marker(node.attributes.get(MARKER_ATTRIBUTE) or "")
        if marker is not None:
            return node, marker
    return None, None


def _line(body: LexborNode) -> LexborNode | None:
    """The fixed line: by its words, else by its class, which editors copy to the lines after it."""
    words = _ShownWords(body)
    marked = body.css(f".{LINE_CLASS}")
    for node in marked:
        if is_fixed_line(words.whole(node)):
            return node
    for node in marked:
        if words.beginning(node).startswith(LINE_EDGE):
            return node
    # An editor may drop the class; the outermost element that holds nothing but the line is as good.
    return next((node for node in body.css(_BLOCKS) if is_fixed_line(words.whole(node))), None)


class _ShownWords:
    """The words of every element of a tree, read in one walk: elements may stand in each other thousands deep."""

    def __init__(self, body: LexborNode) -> None:
        self._pieces: list[str] = []
        self._lengths = [0]
        """Characters of the pieces before each, and of all."""
        self._spans: dict[int, tuple[int, int]] = {}
        """An element's address to its first piece and the one after its last."""
        self._known: dict[tuple[int, int], str] = {}
        self._walk(body)

    def whole(self, node: LexborNode) -> str:
        """Its words, white space folded; '' for more than any line of ours has."""
        first, last = self._spans.get(node.mem_id, (0, 0))
        if self._lengths[last] - self._lengths[first] > _LONGEST_LINE:
            return ""
        return self._joined(first, last)

    def beginning(self, node: LexborNode) -> str:
        """The first of its words."""
        first, last = self._spans.get(node.mem_id, (0, 0))
        return self._joined(first, min(last, first + 1))

    def _joined(self, first: int, last: int) -> str:
        span = (first, last)
        if span not in self._known:
            self._known[span] = visible_words(" ".join(self._pieces[first:last]))
        return self._known[span]

    def _walk(self, body: LexborNode) -> None:
        node: LexborNode | None = body
        begun: list[tuple[LexborNode, int]] = []
        while node is not None:
            if node.is_text_node:
                self._take(node.text_content or "")
            child = node.child
            if child is not None:
                begun.append((node, len(self._pieces)))
                node = child
                continue
            self._spans[node.mem_id] = (len(self._pieces), len(self._pieces))
            node = node.next if begun else None
            while node is None and begun:
                parent, first = begun.pop()
                self._spans[parent.mem_id] = (first, len(self._pieces))
                node = parent.next if begun else None

    def _take(self, text: str) -> None:
        if visible_words(text):
            self._pieces.append(text)
            self._lengths.append(self._lengths[-1] + len(text))


def _cut_after(edge: LexborNode) -> str:
    """Take everything after the node, in document order, out of the tree; the answer is its HTML."""
    after: list[LexborNode] = []
    level: LexborNode | None = edge
    while level is not None and level.tag != "body":
        beside = level.next
        while beside is not None:
            after.append(beside)
            beside = beside.next
        level = level.parent
    html = "".join(node.html or "" for node in after if not node.is_comment_node)
    for node in after:
        node.decompose()
    return html


def _typed_into(line: LexborNode) -> str:
    """Take out what people typed at the end of the line itself; '' if nothing."""
    _, _, rest = _inner(line).partition(LINE_EDGE)
    words, closing, typed = rest.partition(LINE_EDGE)
    if not closing or not shown_words(typed):
        return ""
    line.replace_with(f"{LINE_EDGE}{shown_words(words).join('  ')}{LINE_EDGE}")
    return f"<p>{_inner(parse_html(typed.removeprefix('<br>')).body)}</p>"


def _words(body: LexborNode) -> str:
    addresses = [node.attributes.get(_ADDRESSES[node.tag or ""]) or "" for node in body.css(_ADDRESSED)]
    return visible_words(" ".join([_shown(body), *addresses]))


def _shown(node: LexborNode) -> str:
    return visible_words(node.text(deep=True, separator=" "))


def _kept(html: str) -> str:
    """People's part; '' where there is nothing in it to see, as editors leave empty paragraphs behind."""
    html = html.strip()
    if not html:
        return ""
    body = parse_html(html).body
    if body is None or not (_shown(body) or body.css_first(_SEEN_WITHOUT_WORDS)):
        return ""
    # What an editor copied of our wrapper must not be taken for a second one.
    for node in body.css(f"[{MARKER_ATTRIBUTE}]"):
        del node.attrs[MARKER_ATTRIBUTE]
    return _inner(body).strip()


def _inner(node: LexborNode | None) -> str:
    return (node.inner_html or "") if node is not None else ""


def _clean(body: LexborNode, origin: str) -> None:
    """Undo what Canvas does on the way out: attributes of its own, absolute addresses, file verifiers."""
    for node in body.css("[href], [src], object, embed"):
        for name, given in dict(node.attributes).items():
            value = given or ""
            if name.startswith(_OUTBOUND) or name == "loading":
                del node.attrs[name]
            elif name in ("href", "src") and value != (stored := as_stored(value, origin)):
                node.attrs[name] = stored


def as_stored(address: str, origin: str) -> str:
    """An address as Canvas keeps it: relative on its own host, without a file's verifier."""
    local = address.startswith(f"{origin}/")
    if not local and not address.startswith("/"):
        return address
    path = address.removeprefix(origin)
    if "verifier=" not in path:
        return path
    parts = urlsplit(path)
    query = [pair for pair in parts.query.split("&") if not pair.startswith("verifier=")]
    return urlunsplit(parts._replace(query="&".join(query)))
