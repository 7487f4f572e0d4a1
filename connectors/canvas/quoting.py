"""Paths, queries and forms as they go over the wire: what requests and urllib.parse make of them, in less time. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from requests.utils import requote_uri

Params = Sequence[tuple[str, str]]

_FINE = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*")
"""What may stand in an address as it is."""
_BARE = re.compile(r"%(?![0-9A-Fa-f]{2})")
"""A percent sign that quotes nothing."""
_UNSAFE = re.compile(rb"[^A-Za-z0-9_.~ -]+")
_LONGEST_REMEMBERED = 2_048
"""Characters of a line that is kept as it is quoted."""


def quoted(target: str) -> str:
    """A path, with or without a query: as it is where it is quoted, so that a page is asked for as it was named."""
    if _FINE.fullmatch(target) and not _BARE.search(target):
        return target
    return requote_uri(_BARE.sub("%25", target)).replace("[", "%5B").replace("]", "%5D")


def encoded(params: Params) -> str:
    """As `urllib.parse.urlencode`, which takes a quarter of the time of a write: it quotes byte by byte."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in params)


def _quoted(text: str) -> str:
    """Line by line: of an event's description all but the line with the marker is the same in many courses."""
    return "%0A".join(
        [
            _remembered(line) if len(line) <= _LONGEST_REMEMBERED else _quoted_line(line)
            for line in text.split("\n")
        ]
    )


def _quoted_line(text: str) -> str:
    return _UNSAFE.sub(_as_hex, text.encode()).decode("ascii").replace(" ", "+")


_remembered = lru_cache(maxsize=4096)(_quoted_line)


def _as_hex(run: re.Match[bytes]) -> bytes:
    return b"%" + run[0].hex("%").upper().encode()
