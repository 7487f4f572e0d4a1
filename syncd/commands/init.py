"""`syncd init DIR`: a site's own copy of the calendar, with targets and settings to fill in.

The folder is laid out like the shipped calendar, so ``SYNCD_CALENDAR_DIR`` names it. Overwrites nothing.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from syncd.errors import RefusedError

TARGETS_FILE, TARGETS_EXAMPLE = "targets.yaml", "targets.example.yaml"
SETTINGS_FILE = ".env"
_SUFFIXES = (".yaml", ".json", ".txt")
"""What belongs to a calendar; the package's Python files do not."""


def run(arguments: argparse.Namespace) -> int:
    """Copy everything into the folder; nothing where one of the files is there."""
    folder = Path(arguments.dir).resolve()
    content = dict(_content(folder))
    _refuse_to_overwrite(folder, content)
    for name, raw in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, raw, mode=0o600 if name == SETTINGS_FILE else 0o644)
    print(_what_next(folder))
    return 0


def _content(folder: Path) -> Iterator[tuple[str, bytes]]:
    for name, file in _shipped(files("data")):
        yield (TARGETS_FILE if name == TARGETS_EXAMPLE else name), file.read_bytes()
    yield SETTINGS_FILE, _settings(folder).encode()


def _shipped(folder: Traversable, under: str = "") -> Iterator[tuple[str, Traversable]]:
    for child in sorted(folder.iterdir(), key=lambda one: one.name):
        if child.is_dir():
            yield from _shipped(child, f"{under}{child.name}/")
        elif child.name.endswith(_SUFFIXES):
            yield under + child.name, child


def _settings(folder: Path) -> str:
    """The example with the two paths filled in."""
    text = (files("syncd.site_files") / "settings.env").read_text(encoding="utf-8")
    for name, path in (("TARGETS_FILE", folder / TARGETS_FILE), ("CALENDAR_DIR", folder)):
        text = text.replace(f"SYNCD_{name}=\n", f"SYNCD_{name}={_quoted(str(path))}\n")
    return text


def _quoted(value: str) -> str:
    """As a ``.env`` takes it literally."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _refuse_to_overwrite(folder: Path, content: dict[str, bytes]) -> None:
    there = sorted(name for name in content if (folder / name).exists())
    if there:
        more = f" and {len(there) - 3} more" if len(there) > 3 else ""
        raise RefusedError(
            f"{folder} already holds {', '.join(there[:3])}{more}, so nothing was copied. Name an empty folder, "
            "and compare the two by hand to take over what a new version brings."
        )


def _write(path: Path, raw: bytes, *, mode: int) -> None:
    """Never over a file that came into being meanwhile."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)


def _what_next(folder: Path) -> str:
    return "\n".join(
        [
            f"Your calendar, targets and settings are in {folder}.",
            f"1. Name your calendars in {folder / TARGETS_FILE}.",
            f"2. Put the Canvas address and the credentials' files into {folder / SETTINGS_FILE}.",
            f"3. cd {folder} && syncd check && syncd --dry-run",
        ]
    )
