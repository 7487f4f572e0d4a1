"""Who an event is: event key, fingerprint, ownership marker, and the id we choose at Google.

Pure arithmetic on strings. Nothing here depends on a title, a date, a language, a shape or a
target's name, so changing any of those never makes another event.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date, time

from mapping.model import Days, Fingerprint, Marker, Part

MARKER_VERSION = "v1"
_ALLOWED = re.compile(r"[A-Za-z0-9._:;@+-]*")
_SEPARATOR = "\x1f"
_DAY_WORDS = re.compile(
    r"(?P<first>\d{4}-\d\d-\d\d)(?: (?P<begins>\d\d:\d\d))?"
    r"(?:\.\.(?P<last>\d{4}-\d\d-\d\d)?(?: ?(?P<ends>\d\d:\d\d))?)?"
)
UNREADABLE_DATE = "a date that cannot be read"
"""What an observed event's ``when`` says where its dates are there and make no days."""


def event_key(year: str, entry: str, part: Part, number: int = 1) -> str:
    """``year:entry-id:part``, the lasting identity of one event of an entry; of the second of several, ``main-2``."""
    return f"{year}:{entry}:{part.value}" + (f"-{number}" if number > 1 else "")


def split_key(key: str) -> tuple[str, str, str]:
    """Year, entry id and part of a key; missing pieces are ''."""
    year, _, rest = key.partition(":")
    entry, _, part = rest.rpartition(":")
    return year, entry, part


def visible_words(text: str) -> str:
    """The text with every run of white space as one blank: what two renderings must agree on."""
    return " ".join(text.replace("\xa0", " ").split())


def same_words(one: str, other: str) -> bool:
    """Whether two texts show the same."""
    return one == other or visible_words(one) == visible_words(other)


def body_hash(visible_text: str) -> str:
    """Hash of the words people read above the fixed line, link targets included: 16 hex digits.

    Connectors pass the text content of what they read, mapping that of what it renders, both
    before white space is folded, so that entities, quotes and wrappers never make a difference.
    """
    return _hex(visible_words(visible_text), length=16)


def when_hash(days: Days | None) -> str:
    """Hash of an event's days and their clock: 8 hex digits; of no days: zeros."""
    if days is None:
        return "0" * 8
    return _hex(*days.as_texts(), length=8)


def text_hash(title: str, body: str) -> str:
    """Hash of a title and a `body_hash`: 16 hex digits."""
    return _hex(visible_words(title), body, length=16)


def fingerprint(title: str, body: str, days: Days | None) -> Fingerprint:
    """Fingerprint of title, `body_hash` and days."""
    return Fingerprint(text=text_hash(title, body), when=when_hash(days))


def format_marker(marker: Marker) -> str:
    """``v1;<owner>;<key>;<context>;<fingerprint>``. Raises ValueError on a character HTML would change."""
    value = f"{MARKER_VERSION};{marker.owner};{marker.key};{marker.context};{marker.fingerprint}"
    if value.count(";") != 4 or not _ALLOWED.fullmatch(value):
        raise ValueError(f"marker holds a character it must not: {value!r}")
    return value


def parse_marker(value: str) -> Marker | None:
    """The marker, or None for anything that is not one of ours in full."""
    pieces = value.strip().split(";")
    if len(pieces) != 5 or pieces[0] != MARKER_VERSION or not all(pieces):
        return None
    _, owner, key, context, mark = pieces
    return Marker(owner=owner, key=key, context=context, fingerprint=mark)


def google_event_id(owner: str, calendar_id: str, key: str, generation: int) -> str:
    """The id we choose at Google: 64 hex digits, legal in its 0-9a-v alphabet, unique per calendar."""
    return _hex(owner, calendar_id, key, str(generation), length=64)


def day_words(days: Days | None) -> str:
    """``2025-09-02`` or ``2025-09-02..2025-09-13``, both ends included; '' for None.

    Timed: ``2025-09-02 17:00`` for a moment, ``2025-09-02 10:00..12:00``, ``2025-09-02 10:00..2025-09-13 17:00``.
    """
    if days is None:
        return ""
    if days.clock:
        begins, ends = (f"{one:%H:%M}" for one in days.clock)
        first = f"{_iso(days.start)} {begins}"
        if days.count > 1:
            return f"{first}..{_iso(days.last)} {ends}"
        return first if begins == ends else f"{first}..{ends}"
    return _iso(days.start) if days.count == 1 else f"{_iso(days.start)}..{_iso(days.last)}"


def read_day_words(words: str) -> Days | None:
    """The days that `day_words` said; None for anything else."""
    found = _DAY_WORDS.fullmatch(words)
    if found is None:
        return None
    first, begins, last, ends = (
        found["first"],
        found["begins"],
        found["last"] or found["first"],
        found["ends"],
    )
    try:
        clock = (time.fromisoformat(begins), time.fromisoformat(ends or begins)) if begins else ()
        return Days.inclusive(date.fromisoformat(first), date.fromisoformat(last), clock)
    except ValueError:
        return None


def _iso(day: date) -> str:
    return day.isoformat()


def _hex(*pieces: str, length: int) -> str:
    return hashlib.sha256(_SEPARATOR.join(pieces).encode()).hexdigest()[:length]
