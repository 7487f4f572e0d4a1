"""What a plain list is read with, and a row of it: the site's names, and what is proposed for an entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mapping.importing.dates import DateReading, Form
from mapping.importing.pages import Spot

LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSite:
    """What the site's files say that a list needs."""

    languages: tuple[str, ...]
    official: str
    categories: Mapping[str, tuple[str, ...]]
    """Category to its names and its own key, folded words."""
    audience: str
    terms: Mapping[str, tuple[str, ...]]
    """Term to its names, folded words; of the first programme."""
    programme: str
    whole_year: str
    """Its term that stands for all of them, "" without one."""
    schools: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """School to its names, folded words."""
    days_off: frozenset[str] = frozenset()
    """Categories whose days are off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A row, or a line, with what is proposed for it."""

    name: str
    spot: Spot
    text: str
    title: str
    note: str
    reading: DateReading
    category: str
    term: str
    asked: tuple[str, ...]
    guess: str = ""
    """The doubt about a category that no column said; among ``asked`` where there is one."""
    has_category: bool = False
    """A column said it."""
    left_out: bool = False
    schools: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """One of ``cells`` in import.json."""
        start = self.reading.start if self.reading.form is not Form.UNTIL else None
        return {
            "place": self.spot.as_json(),
            "text": self.text,
            "start": start.isoformat() if start is not None else None,
            "end": self.reading.end.isoformat() if self.reading.end is not None else None,
            "terms": [self.term] if self.term else [],
            "entry": None,
            "was": None,
            "status": "new",
            "asked": "; ".join(self.asked) or None,
        }
