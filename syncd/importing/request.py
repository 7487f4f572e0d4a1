"""What a person asks of an import, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mapping.importing.date_tokens import DayOrder

DRAFTED, ASKED, REFUSED = 0, 2, 3
"""Exit codes: no question is open, some are, no draft was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asked for."""

    file: Path
    year: str
    from_year: str | None = None
    out: str | None = None
    language: str = ""
    order: DayOrder | None = None
    columns: Mapping[int, str] = field(default_factory=dict)
    answers: Path | None = None
    programme: str = ""
    """That a plain list is about; "" for the first."""
    begins: int | None = None
    """Month in which the academic year begins, where a person said it."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Field of a plain list to its column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of it; ``code`` is the command's exit code."""

    code: int
    folder: Path
    lines: tuple[str, ...]
