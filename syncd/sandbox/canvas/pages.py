"""Pages of a list: per_page, page numbers or bookmarks, and the Link header exactly as Canvas writes it."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import quote

import orjson

from syncd.sandbox.canvas import errors
from syncd.sandbox.canvas.params import text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from syncd.sandbox.canvas.calls import Call

Row = TypeVar("Row")

PER_PAGE = 10
MOST_PER_PAGE = 100
LINK_LIMIT = 6 * 1024
"""Characters of a Link header; beyond it links fall out, `next` last."""

LEFT_OUT = frozenset({"page", "per_page", "access_token"})
BOOKMARK = "bookmark:"


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page and its Link header (empty if no rel applies)."""

    rows: Sequence[Row]
    link: str

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the answer."""
        return {"Link": self.link} if self.link else {}


def per_page_of(call: Call) -> int:
    """Rows per page, clamped to 1..100; ten if not told or not a number."""
    raw = text(call.params.get("per_page")) or ""
    try:
        return max(1, min(MOST_PER_PAGE, int(raw)))
    except ValueError:
        return PER_PAGE


def numbered_page(call: Call, rows: Sequence[Row], *, counted: bool = True) -> Page[Row]:
    """A page by offset. `counted`: the total is known, so rel="last" is told."""
    size = per_page_of(call)
    raw = text(call.params.get("page")) or "1"
    number = max(1, int(raw)) if raw.isdecimal() else 1
    last = max(1, -(-len(rows) // size))
    rels: list[tuple[str, str]] = [("current", str(number))]
    if number < last:
        rels.append(("next", str(number + 1)))
    if number > 1:
        rels.append(("prev", str(number - 1)))
    rels.append(("first", "1"))
    if counted:
        rels.append(("last", str(last)))
    begin = (number - 1) * size
    return Page(rows[begin : begin + size], link_header(call, rels, size))


def bookmarked_page(call: Call, rows: Sequence[Row], key: Callable[[Row], list[Any]]) -> Page[Row]:
    """A page that begins after the row a bookmark remembers; `rows` are sorted by `key`.

    Raises CanvasRefusal for a bookmark that is stale or not one.
    """
    size = per_page_of(call)
    raw = text(call.params.get("page")) or "first"
    begin = 0
    if raw.startswith(BOOKMARK):
        after = _read_bookmark(call, raw)
        begin = sum(key(row) <= after for row in rows)
    elif raw not in ("first", "1"):
        raise errors.stale_page()
    chosen = rows[begin : begin + size]
    rels = [("current", raw)]
    if begin + size < len(rows):
        told = orjson.dumps([call.world.bookmarks, key(chosen[-1])])
        rels.append(("next", BOOKMARK + base64.urlsafe_b64encode(told).decode().rstrip("=")))
    rels.append(("first", "first"))
    return Page(chosen, link_header(call, rels, size))


def _read_bookmark(call: Call, raw: str) -> list[Any]:
    packed = raw.removeprefix(BOOKMARK)
    try:
        generation, after = orjson.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    except (ValueError, TypeError, binascii.Error) as wrong:
        raise errors.stale_page() from wrong
    if generation != call.world.bookmarks or not isinstance(after, list):
        raise errors.stale_page()
    return after


def link_header(call: Call, rels: list[tuple[str, str]], size: int) -> str:
    """`<url>; rel="name"` joined by commas without a space; absolute, the original query kept."""
    kept = "&".join(pair for pair in call.query.split("&") if pair and quote_free_key(pair) not in LEFT_OUT)
    begin = f"{call.base}{call.path}?{kept}{'&' if kept else ''}"
    links = {rel: f'<{begin}page={quote(page, safe=":")}&per_page={size}>; rel="{rel}"' for rel, page in rels}
    room = LINK_LIMIT
    fitting = set()
    for rel in sorted(links, key=lambda name: name != "next"):
        room -= len(links[rel]) + 1
        if room >= 0 or rel == "next":
            fitting.add(rel)
    return ",".join(link for rel, link in links.items() if rel in fitting)


def quote_free_key(pair: str) -> str:
    """The key of one raw pair of a query."""
    return pair.partition("=")[0]
