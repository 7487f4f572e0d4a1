"""Answers as long as a journal, printed as they are read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping


def json_array(items: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """A JSON array in pieces, one item at a time."""
    separator = "[\n"
    for item in items:
        yield separator + json.dumps(item, ensure_ascii=False, indent=1)
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"
