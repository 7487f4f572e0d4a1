"""The layout's number of a state file as it lies there, without opening it for work."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from syncd.state.files import FILE_NAME

SQLITE = sqlite3.sqlite_version
"""Release of the library that reads and writes a file."""


def layout_of(folder: Path) -> int | None:
    """The number, None where there is no state, or it cannot be read."""
    if not (folder / FILE_NAME).is_file():
        return None
    for options in ("mode=ro", "mode=ro&immutable=1"):
        try:
            reader = sqlite3.connect(f"file:{folder / FILE_NAME}?{options}", uri=True, timeout=10)
            with closing(reader):
                return int(reader.execute("PRAGMA user_version").fetchone()[0])
        except sqlite3.Error:
            continue
    return None
