"""A foreign file, read in a process of its own: whatever happens there, this one gets an answer in time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from mapping.importing.pages import SourceDocument, Spot, Trouble, from_plain
from syncd.importing.child import PAGE

WALL_SECONDS = 300
_LARGEST_ANSWER = 80 * 1024 * 1024
_LONGEST_LINE = 200
_LIBRARIES = ("lxml", "openpyxl", "pdfplumber", "pypdfium2")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """What the child made of a file; ``pictures`` by page, PNG."""

    document: SourceDocument
    pictures: Mapping[int, bytes]


def look_for_libraries() -> None:
    """Raises ModuleNotFoundError where the extra ``import`` is not installed."""
    for name in _LIBRARIES:
        if find_spec(name) is None:
            raise ModuleNotFoundError(name=name)


def read_file(
    path: Path,
    *,
    wall_seconds: float = WALL_SECONDS,
    on_page: Callable[[int, int], None] = lambda _done, _all: None,
) -> ReadFile:
    """Read a file; what cannot be read is among the document's refusals.

    ``on_page`` is called from another thread after each page of a PDF, with the number done and that of all.
    """
    with (
        tempfile.TemporaryDirectory(prefix="syncd-import-") as folder,
        _running(path, Path(folder), on_page) as child,
    ):
        try:
            code = child.wait(timeout=wall_seconds)
        except subprocess.TimeoutExpired:
            return _refused(
                f"reading took longer than {wall_seconds:.0f} seconds; print the document anew as a PDF"
            )
        answer = Path(folder) / "answer.json"
        if code == 0 and answer.stat().st_size <= _LARGEST_ANSWER:
            try:
                document = from_plain(json.loads(answer.read_bytes()))
            except (ValueError, KeyError, TypeError):
                return _refused("the reader gave no answer that can be used; save the document anew")
            pictures = {
                int(one.stem): one.read_bytes()
                for one in (Path(folder) / "pages").glob("*.png")
                if one.stem.isdigit()
            }
            return ReadFile(document=document, pictures=pictures)
    return _refused(
        "the file cannot be read: it breaks the reader or takes too much memory; save it anew, or print it as a PDF"
    )


def _refused(text: str) -> ReadFile:
    return ReadFile(
        document=SourceDocument(kind="", engine="", refused=(Trouble(spot=Spot(), text=text),)), pictures={}
    )


@contextmanager
def _running(
    path: Path, folder: Path, on_page: Callable[[int, int], None]
) -> Iterator[subprocess.Popen[bytes]]:
    (folder / "pages").mkdir()
    environment = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ
    }
    command = [sys.executable, "-m", "syncd.importing.child", str(path.resolve()), str(folder / "pages")]
    with (folder / "answer.json").open("wb") as out:
        child = subprocess.Popen(  # noqa: S603 - this interpreter, on a module of ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=folder,
        )
        assert child.stderr is not None  # noqa: S101 - a pipe was asked for
        listener = threading.Thread(target=_listen, args=(child.stderr, on_page), daemon=True)
        listener.start()
        try:
            yield child
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
            listener.join()
            child.stderr.close()


def _listen(lines: IO[bytes], on_page: Callable[[int, int], None]) -> None:
    """Hand on each page that is done; whatever else the reader's libraries say is nobody's concern."""
    while line := lines.readline(_LONGEST_LINE):
        match line.decode(errors="replace").split():
            case [word, done, count] if word == PAGE and done.isdecimal() and count.isdecimal():
                on_page(int(done), int(count))
