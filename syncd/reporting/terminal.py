"""Standard output and error as everything is printed: nothing steers a terminal, no letter ends a command.

Whoever words a text cleans what comes from outside in it (`mapping.text.printable`), since only he knows
where a line may end. This is the net under all of them, and where encodings are dealt with.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from syncd.reporting.columns import COLUMNS, folded

_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]|\r(?!\n|\Z)"
_ANYWHERE = re.compile(_CONTROL)
_ON_A_TERMINAL = re.compile(r"(\x1b\[[0-9;]*m)|" + _CONTROL)
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class SafeOutput:
    """A text stream whose writes are cleaned; everything else is the stream's own.

    Colours stay where the stream is a terminal: nobody but us knows that it is one. There long lines are folded too,
    so that none breaks inside a word.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._colours = stream.isatty() or has_colours(stream)
        self._folds = stream.isatty()
        self._begun = ""
        """What was written of a line that has no end yet, where lines are folded."""

    def write(self, text: str) -> int:
        """As the stream's."""
        pattern = _ON_A_TERMINAL if self._colours else _ANYWHERE
        cleaned = pattern.sub(self._cleaned, text)
        if self._folds:
            *lines, self._begun = (self._begun + cleaned).split("\n")
            cleaned = "".join(f"{folded(line, _columns())}\n" for line in lines)
        self._stream.write(cleaned)
        return len(text)

    def flush(self) -> None:
        """As the stream's; what has no line end yet is written as it is."""
        begun, self._begun = self._begun, ""
        self._stream.write(begun)
        self._stream.flush()

    def writelines(self, lines: Iterable[str]) -> None:
        """As the stream's."""
        for line in lines:
            self.write(line)

    def _cleaned(self, found: re.Match[str]) -> str:
        return found.group(1) if self._colours and found.group(1) else _REPLACEMENT

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def to_stderr(text: str) -> None:
    """Write for people on standard error, on a terminal in lines that break between words."""
    if sys.stderr.isatty():
        text = "\n".join(folded(line, _columns()) for line in text.split("\n"))
    sys.stderr.write(f"{text}\n")


def _columns() -> int:
    return shutil.get_terminal_size((COLUMNS, 24)).columns


def has_colours(stream: TextIO) -> bool:
    """True for a terminal that shows colours and whose user wants them (NO_COLOR, TERM=dumb), or forces them."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (os.environ.get("TERM") != "dumb" and stream.isatty())


def spoken_here() -> str:
    """The terminal's language as its locale names it, such as ``kk_KZ.UTF-8``; '' where none is set."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    return next((os.environ[name] for name in names if os.environ.get(name)), "")


@contextmanager
def safe_output() -> Iterator[None]:
    """Print through `SafeOutput`; letters that the terminal's encoding lacks are replaced instead of failing."""
    before = sys.stdout, sys.stderr
    for stream in before:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace" if stream is before[0] else "backslashreplace")
    # A bar on standard error moves the cursor by itself, and the log cleans its own values.
    sys.stdout = safe = SafeOutput(before[0])
    try:
        yield
        safe.flush()
    finally:
        sys.stdout, sys.stderr = before
