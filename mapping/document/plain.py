"""Plain documents, their line numbers, and the list of everything wrong in them.

A plain document is what a data file says before anybody asked what it means: mappings, lists and
text (every scalar is text, so that NO stays NO and 12:30 stays 12:30), with the line of every path.
This module reads no file and judges no content.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from mapping.errors import InvalidCalendarError, Problem
from mapping.model import Place

Path = tuple[str | int, ...]
"""Keys and list positions from the top of a document to a value in it."""

_LABELS = {"entries": "id", "targets": "name"}
"""Lists whose members carry a name of their own, and the field that holds it."""
_LONGEST_QUOTE = 60
_MOST_NAMES_TOLD = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainDocument:
    """One data file: ``name`` is relative to its folder, ``lines`` maps each path to its 1-based line."""

    name: str
    value: Any
    """Nested dict, list, str and None (nothing was written)."""
    lines: Mapping[Path, int] = field(default_factory=dict)
    ends_in_line: bool = False
    """True where the file's last line has no line end, as in a file that was cut."""
    ends_open: bool = False
    """True where moreover nothing closes its last value: no quote, bracket or brace."""

    def place(self, path: Path) -> Place:
        """Where the path stands, or the nearest thing around it that the file really has."""
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        return Place(file=self.name, line=self.lines.get(known, 1), entry=self._label(path))

    def _label(self, path: Path) -> str:
        if len(path) < 2 or path[0] not in _LABELS or not isinstance(self.value, dict):
            return ""
        members = self.value.get(path[0])
        if not isinstance(members, list) or not isinstance(path[1], int) or path[1] >= len(members):
            return ""
        member = members[path[1]]
        label = member.get(_LABELS[str(path[0])]) if isinstance(member, dict) else None
        return quoted(label)[1:-1] if isinstance(label, str) else ""


class Problems:
    """Collects problems while checking goes on, so that all of them are told at once."""

    def __init__(self, found: Iterable[Problem] = ()) -> None:
        self._found: dict[Problem, None] = dict.fromkeys(found)

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, document: PlainDocument, path: Path, message: str) -> None:
        """Record what is wrong at a path of a document."""
        self._found[Problem(place=document.place(path), message=message)] = None

    def add_file(self, file: str, message: str, line: int = 0) -> None:
        """Record what is wrong with a file as a whole, or with one of its lines."""
        self._found[Problem(place=Place(file=file, line=line), message=message)] = None

    def extend(self, found: Iterable[Problem]) -> None:
        """Take over problems found elsewhere."""
        self._found.update(dict.fromkeys(found))

    @property
    def files(self) -> frozenset[str]:
        """Names of the files that have a problem."""
        return frozenset(problem.place.file for problem in self._found)

    def raise_if_any(self) -> None:
        """Raise InvalidCalendarError with every problem, by file and line."""
        if self._found:
            raise InvalidCalendarError(self.sorted())

    def sorted(self) -> tuple[Problem, ...]:
        """Every problem once, by file and line."""
        return tuple(sorted(self._found, key=lambda problem: (problem.place.file, problem.place.line)))


def quoted(value: object) -> str:
    """The value between quotes for a message: one line, cut, control characters escaped."""
    text = str(value)
    shown = text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"
    return "'" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown) + "'"


def did_you_mean(name: str, known: Collection[str]) -> str:
    """``; did you mean 'law'?`` with the nearest known name, else the known names if they are few."""
    near = get_close_matches(name, sorted(known), n=1, cutoff=0.6) or [
        other for other in sorted(known) if other.casefold() == name.casefold()
    ]
    if near:
        return f"; did you mean {quoted(near[0])}?"
    return f"; known: {', '.join(sorted(known))}" if 0 < len(known) <= _MOST_NAMES_TOLD else ""


def unknown(what: str, name: str, known: Collection[str]) -> str:
    """The sentence for a name that the data does not declare."""
    return f"unknown {what} {quoted(name)}{did_you_mean(name, known)}"
