"""The tables of docs/calendar-format.md, from the same words as the JSON Schemas.

``python -m syncd.source.format_guide docs/calendar-format.md`` writes them between their marks; a test keeps
them current.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from syncd.source.field_words import field_words

_TABLE = re.compile(r"(<!-- fields: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def with_tables(text: str) -> str:
    """The guide with every table written anew. Raises KeyError for a mark that names no shape."""
    return _TABLE.sub(lambda found: f"{found[1]}{''.join(_table(found[2]))}{found[3]}", text)


def _table(shape: str) -> Iterator[str]:
    yield "| Field | Means | Example | People see |\n|---|---|---|---|\n"
    for name, words in field_words()[shape].items():
        seen = "\N{EN DASH}" if words.seen == "-" else _cell(words.seen)
        yield f"| `{name}` | {_cell(words.means)} | `{_cell(words.example)}` | {seen} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    guide = Path(sys.argv[1])
    guide.write_text(with_tables(guide.read_text(encoding="utf-8")), encoding="utf-8")
