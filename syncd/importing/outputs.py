"""Writes what an import made into a folder of its own: never into the calendar, never over a file."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from syncd.errors import RefusedError, UsageError

PLAN_FILE = "accept.json"
"""What ``--accept`` needs to know: which year, which files, what they replace."""
SOURCE = "source"


def fresh_folder(given: str | None, year: str, calendar: Path | None, *, again: bool) -> Path:
    """The folder for an import, not yet made. Raises `UsageError` where it may not be used.

    Without a name given it lies in the current folder, or beside the calendar where that is the calendar's own.
    ``again``: answers were given, so a folder of an earlier run is expected and the next free number is taken.
    """
    if given:
        folder = Path(given).resolve()
    else:
        around = calendar.resolve().parent if calendar and _within(Path.cwd(), calendar) else Path.cwd()
        folder = around / f"import-{year}"
        number = 1
        while again and folder.exists():
            number += 1
            folder = around / f"import-{year}-{number}"
    if calendar is not None and _within(folder, calendar):
        raise UsageError(
            f"--out: {folder} lies in the calendar folder, which an import never writes; name another"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"{folder} is there already and nothing is ever written over; name a new folder with --out, or move it away"
        )
    return folder


def _within(folder: Path, calendar: Path) -> bool:
    """Whether it is the calendar folder or lies in it."""
    inner, outer = folder.resolve(), calendar.resolve()
    return inner == outer or outer in inner.parents


def sha256_of(path: Path) -> str:
    """Of the file as it lies there."""
    whole = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            whole.update(block)
    return whole.hexdigest()


def write_year(folder: Path, year: str, files: Mapping[str, bytes], source: Path) -> None:
    """The year's files, and under ``source`` the document that they were made from."""
    inner = folder / year
    (inner / SOURCE).mkdir(parents=True)
    for name, raw in files.items():
        (inner / name).write_bytes(raw)
    shutil.copyfile(source, inner / SOURCE / source.name)
    (inner / SOURCE / f"{source.name}.sha256").write_text(
        f"{sha256_of(source)}  {source.name}\n", encoding="utf-8"
    )


def write_plan(folder: Path, value: Mapping[str, Any]) -> None:
    """What ``--accept`` reads."""
    (folder / PLAN_FILE).write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def accept(folder: Path, calendar: Path) -> str:
    """Move what an import made into the calendar folder; one sentence says what was done. Raises `RefusedError`."""
    plan = _plan(folder)
    year = str(plan["year"])
    inner, target = folder / year, calendar / year
    if plan["open"]:
        raise RefusedError(
            f"{plan['open']} questions of {folder} are open or faults to mend, so nothing was moved; answer the questions "
            "in review.xlsx, mend what the import named, and import again with --answers"
        )
    if not plan["edition"]:
        if target.exists():
            raise RefusedError(f"{target} is there already, so nothing was moved")
        _move_whole(inner, target)
        return (
            f"{target} is a draft year now: written to no calendar until its line draft: true is taken out."
        )
    for name, digest in plan["base"].items():
        there = target / name
        if not there.is_file() or hashlib.sha256(there.read_bytes()).hexdigest() != digest:
            raise RefusedError(
                f"{there} is not as it was when the edition was compared with it, so nothing was changed; import the "
                "document again"
            )
    for name in plan["files"]:
        _replace(inner / name, target / name)
    (target / SOURCE).mkdir(exist_ok=True)
    for one in sorted((inner / SOURCE).iterdir()):
        if not (target / SOURCE / one.name).exists():
            _replace(one, target / SOURCE / one.name)
    return f"{target} holds the corrected edition: {', '.join(plan['files']) or 'no file'} changed."


def _plan(folder: Path) -> dict[str, Any]:
    try:
        value = json.loads((folder / PLAN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise RefusedError(
            f"{folder} holds no draft of an import that could be accepted; look at its import.json for the reason"
        ) from None
    if not isinstance(value, dict) or not {"year", "open", "edition", "base", "files"} <= value.keys():
        raise RefusedError(f"{folder / PLAN_FILE} is damaged; import the document again")
    return value


def _move_whole(inner: Path, target: Path) -> None:
    """The whole folder or none of it: a daemon may be looking. Hidden names are read by nobody."""
    try:
        with tempfile.TemporaryDirectory(prefix=".import-", dir=target.parent) as made:
            copy = Path(made) / target.name
            shutil.copytree(inner, copy)
            copy.rename(target)
    except OSError as error:
        raise RefusedError(f"{target} cannot be written: {error.strerror}; nothing was moved") from None


def _replace(made: Path, target: Path) -> None:
    temporary = target.with_name(f".{target.name}.import")
    try:
        shutil.copyfile(made, temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise RefusedError(f"{target} cannot be written: {error.strerror}") from None
