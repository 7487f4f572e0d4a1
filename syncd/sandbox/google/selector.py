"""The `fields` parameter: which parts of an answer a client wants. The rest is taken out."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from syncd.sandbox.google.errors import ApiError, invalid_parameter

if TYPE_CHECKING:
    from syncd.sandbox.google.schema import Names

Selection = dict[str, Any]
"""Field name (or `*`) to the selection below it; an empty selection takes everything below."""

TOKEN = re.compile(r"[A-Za-z0-9_.$@:~-]+|[*(),/]")


def _refusal(text: str) -> ApiError:
    return invalid_parameter(f"Invalid field selection {text}", "fields")


class _Parser:
    """Recursive descent over `list := path ['(' list ')'] {',' ...}`, `path := name {'/' name}`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = TOKEN.findall(text)
        if "".join(self.tokens) != text.replace(" ", ""):
            raise _refusal(text)
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str) -> bool:
        if self.peek() != wanted:
            return False
        self.at += 1
        return True

    def list(self, into: Selection) -> None:
        self.path(into)
        while self.take(","):
            self.path(into)

    def path(self, into: Selection) -> None:
        names = [self.name()]
        while self.take("/"):
            names.append(self.name())
        below: Selection = {}
        nested = self.take("(")
        if nested:
            self.list(below)
            if not self.take(")"):
                raise _refusal(self.text)
        for name in reversed(names):
            below = {name: below}
        merge(into, below)

    def name(self) -> str:
        name = self.peek()
        if not name or name in "(),/":
            raise _refusal(self.text)
        self.at += 1
        return name


def merge(into: Selection, other: Selection) -> None:
    """Add what `other` selects; everything stays everything."""
    for name, below in other.items():
        if name not in into:
            into[name] = below
        elif into[name] and below:
            merge(into[name], below)
        else:
            into[name] = {}


@lru_cache(maxsize=1024)
def parse(text: str) -> Selection:
    """The selection that a `fields` value means. Raises ApiError (400)."""
    parser = _Parser(text)
    selection: Selection = {}
    parser.list(selection)
    if parser.peek():
        raise _refusal(text)
    return selection


def check(selection: Selection, names: Names, text: str) -> None:
    """Raise ApiError (400) for a name that the resource does not have."""
    for name, below in selection.items():
        if name == "*":
            continue
        if name not in names:
            raise _refusal(name)
        known = names[name]
        if below and known == "*":
            continue
        if below and not isinstance(known, dict):
            raise _refusal(text)
        if below and isinstance(known, dict):
            check(below, known, text)


def select(selection: Selection, value: Any) -> Any:
    """The selected parts of a JSON value; an empty selection takes all of it."""
    if not selection:
        return value
    if isinstance(value, list):
        return [select(selection, one) for one in value]
    if not isinstance(value, dict):
        return value
    if "*" in selection:
        rest: Selection = selection["*"]
        return {name: select(selection.get(name, rest), one) for name, one in value.items()}
    return {name: select(selection[name], one) for name, one in value.items() if name in selection}
