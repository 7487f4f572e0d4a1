"""Strict YAML to a plain document: text in, mappings, lists, text and line numbers out.

A subset on purpose: no anchors and aliases (a few lines of them grow to gigabytes), no tags, no
duplicate keys, one document. Every scalar stays text, so NO is not false and 12:30 is not 750; what a
text means, the typed shapes decide. Built from the parser's event stream rather than its composer,
which recurses and can be driven through the stack by nesting.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from mapping.document.plain import Path, PlainDocument, quoted
from mapping.errors import Problem
from mapping.model import Place

LARGEST_FILE = 2 * 1024 * 1024
"""Bytes; a year of the calendar takes about 0.2 MB."""
DEEPEST = 20
"""Levels of nesting; the calendar needs 7."""
_MOST_PROBLEMS = 50
_BOM = b"\xef\xbb\xbf"
_QUOTES = frozenset({"'", '"'})
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


def parse(name: str, content: bytes) -> tuple[PlainDocument | None, tuple[Problem, ...]]:
    """The document, or None and what is wrong with it; never both."""
    builder = _Builder(name)
    try:
        # Windows editors put a byte order mark in front of UTF-8 unasked; it says nothing, so it is dropped.
        text = content.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        builder.refuse(line, f"byte {error.start + 1} is not UTF-8; save the file as UTF-8 and try again")
        return None, tuple(builder.problems)
    _build(builder, text)
    if builder.problems:
        return None, tuple(builder.problems)
    if not builder.has_root:
        builder.refuse(1, "the file is empty; put its content back or remove the file")
        return None, tuple(builder.problems)
    in_line = not text.endswith(("\n", "\r"))
    in_comment = text.rpartition("\n")[2].lstrip().startswith("#")
    document = PlainDocument(
        name=name,
        value=builder.root,
        lines=builder.lines,
        ends_in_line=in_line,
        ends_open=in_line and builder.open_end and not in_comment,
    )
    return document, ()


def _build(builder: _Builder, text: str) -> None:
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
            if builder.stopped:
                return
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        context = f" {error.context}" if error.context else ""
        builder.refuse(
            mark.line + 1 if mark else 1,
            f"this is not YAML: {error.problem or 'it cannot be read'}{context}; "
            "mend the line or the one above, or check that the file was not cut",
        )
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else 1
        builder.refuse(line, "this is not YAML: a character stands here that no text has; type the line anew")
    except yaml.YAMLError as error:
        builder.refuse(1, f"this is not YAML: {quoted(error)}; put back the file as it was, and edit it anew")


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not been met."""

    value: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None
    """The key that waits for its value."""
    refused: bool = False
    """That key is a duplicate: its value is read and dropped."""
    in_brackets: bool = False
    """Written as ``[…]`` or ``{…}``, so that its end can be seen."""


@dataclass(slots=True)
class _Builder:
    name: str
    problems: list[Problem] = field(default_factory=list)
    lines: dict[Path, int] = field(default_factory=dict)
    root: Any = None
    has_root: bool = False
    stopped: bool = False
    open_end: bool = False
    """Nothing closes the value met last: it may go on in the part of a file that was cut off."""
    _documents: int = 0
    _stack: list[_Open] = field(default_factory=list)

    def refuse(self, line: int, message: str) -> None:
        self.problems.append(Problem(place=Place(file=self.name, line=line), message=message))
        self.stopped = self.stopped or len(self.problems) >= _MOST_PROBLEMS

    def take(self, event: yaml.Event) -> None:
        mark = event.start_mark
        line = mark.line + 1 if mark is not None else 1
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._marks(event, line)
            value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
            self._open(value, line, in_brackets=bool(event.flow_style))
        elif isinstance(event, yaml.CollectionEndEvent):
            closed = self._stack.pop()
            self.open_end = self.open_end and not closed.in_brackets
        elif isinstance(event, yaml.AliasEvent):
            self.refuse(line, f"the alias *{event.anchor} is not allowed; write the value out")
            self._value(None, line)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._document(line)

    def _document(self, line: int) -> None:
        self._documents += 1
        if self._documents > 1:
            self.refuse(line, "a second document begins here; keep one document in a file")
            self.stopped = True

    def _marks(self, event: yaml.CollectionStartEvent | yaml.ScalarEvent, line: int) -> None:
        if event.anchor:
            self.refuse(
                line, f"the anchor &{event.anchor} is not allowed; write the value out where it is needed"
            )
        if event.tag:
            self.refuse(line, f"the tag {event.tag} is not allowed; take it out")

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        self._marks(event, line)
        text: str = event.value
        self.open_end = event.style not in _QUOTES
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._key(top, text, line)
        else:
            self._value(None if not event.style and text in _NOTHING else text, line)

    def _key(self, top: _Open, key: str, line: int) -> None:
        path = (*top.path, key)
        top.key, top.refused = key, key in top.value
        if top.refused:
            self.refuse(line, f"{quoted(key)} stands here and in line {self.lines[path]}; keep one")
        elif key == "<<":
            self.refuse(line, "merge keys (<<) are not allowed; write the fields out")
        else:
            self.lines[path] = line

    def _open(self, value: dict[str, Any] | list[Any], line: int, *, in_brackets: bool) -> None:
        path = self._value(value, line)
        self._stack.append(_Open(value, path, in_brackets=in_brackets))
        if len(self._stack) > DEEPEST:
            self.refuse(line, f"nested more than {DEEPEST} levels deep; the data files never are")
            self.stopped = True

    def _value(self, value: Any, line: int) -> Path:
        """Put a value where the next one belongs; its path."""
        if not self._stack:
            self.root, self.has_root = value, True
            self.lines[()] = line
            return ()
        top = self._stack[-1]
        if isinstance(top.value, list):
            path = (*top.path, len(top.value))
            top.value.append(value)
            self.lines[path] = line
            return path
        if top.key is None:
            self.refuse(line, "a key must be a single word, not a list or fields")
            top.key, top.refused = "", True
            return (*top.path, "?")
        path = (*top.path, top.key)
        if not top.refused:
            top.value[top.key] = value
        top.key, top.refused = None, False
        return path
