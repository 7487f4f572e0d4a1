"""An invented college's calendar as bytes, and ways to spoil it: what loading tests work on.

Its phrases are made here from the keys, so that a new phrase asks for no change of a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from mapping.errors import InvalidCalendarError
from mapping.model import CanonicalCalendar
from mapping.text.phrases import LINE_EDGE, PLACEHOLDERS
from syncd.source.folder import SourceFolder

FOLDER = Path(__file__).parents[1] / "fixtures" / "college"
TEACHING = "2031-2032/teaching.yaml"
CLOSED = "2031-2032/closed.yaml"
YEAR = "2031-2032/year.yaml"

Files = dict[str, bytes]


def college() -> Files:
    """Every data file of the college by its relative name."""
    found = {
        path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in sorted(FOLDER.rglob("*.yaml"))
    }
    return {**found, "phrases.yaml": _phrases().encode()}


def spoilt(file: str, *edits: tuple[str, str]) -> Files:
    """The college with pieces of one file replaced; each piece must be there."""
    files = college()
    text = files[file].decode()
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return {**files, file: text.encode()}


def calendar_of(files: Mapping[str, bytes]) -> CanonicalCalendar:
    return SourceFolder.from_files(files).calendar()


def problems_of(files: Mapping[str, bytes]) -> list[str]:
    """Every problem that loading tells, as one sentence each."""
    with pytest.raises(InvalidCalendarError) as caught:
        calendar_of(files)
    return [str(problem) for problem in caught.value.problems]


def write(files: Mapping[str, bytes], folder: Path) -> Path:
    """Lay the files out in a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def _phrases() -> str:
    lines = []
    for key, names in PLACEHOLDERS.items():
        words = " ".join([key, *(f"{{{name}}}" for name in sorted(names))])
        words = f"{LINE_EDGE} {words} {LINE_EDGE}" if key == "fixed_line" else words
        lines.append(f'{key}: {{cy: "{words}"}}\n')
    return "".join(lines)
