"""A foreign file, read in a process of its own: whatever happens there, this one gets an answer in time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from mapping.importing.pages import SourceDocument, Spot, Trouble, from_plain

WALL_SECONDS = 300
_LARGEST_ANSWER = 80 * 1024 * 1024
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


def read_file(path: Path, *, wall_seconds: float = WALL_SECONDS) -> ReadFile:
    """Read a file; what cannot be read is among the document's refusals."""
    with tempfile.TemporaryDirectory(prefix="syncd-import-") as folder, _running(path, Path(folder)) as child:
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
def _running(path: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
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
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=folder,
        )
        try:
            yield child
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
