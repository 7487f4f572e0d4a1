"""What each field of the data files means, with an example and what people see of it.

One place for the words (``fields.yaml`` beside this module): the JSON Schemas carry them as descriptions, and
docs/calendar-format.md as tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from syncd.source.yaml_text import parse


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldWords:
    """``seen`` is '-' for what nobody sees in a calendar."""

    means: str
    example: str
    seen: str

    @property
    def description(self) -> str:
        """One paragraph, as an editor shows it."""
        seen = f" People see: {self.seen}" if self.seen != "-" else ""
        return f"{self.means} Example: {self.example}.{seen}"


@cache
def field_words() -> Mapping[str, Mapping[str, FieldWords]]:
    """Shape to field to its words."""
    document, problems = parse("fields.yaml", (files("syncd.source") / "fields.yaml").read_bytes())
    if document is None or problems:
        raise ValueError(f"the words about the fields cannot be read: {problems}")
    return {
        shape: {field: FieldWords(**words) for field, words in fields.items()}
        for shape, fields in document.value.items()
    }
