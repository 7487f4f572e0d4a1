"""`syncd init DIR`: a site's own copy of the calendar, with targets and settings to fill in.

The folder is laid out like the shipped calendar, so ``SYNCD_CALENDAR_DIR`` names it. Overwrites nothing.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from mapping.document.plain import unknown
from syncd.errors import RefusedError, UsageError
from syncd.source.empty_site import empty_site, is_zone, zone_of_country
from syncd.source.folder import load_calendar
from syncd.source.languages import LANGUAGES

TARGETS_FILE, TARGETS_EXAMPLE = "targets.yaml", "targets.example.yaml"
SETTINGS_FILE = ".env"
_SUFFIXES = (".yaml", ".json", ".txt")
"""What belongs to a calendar; the package's Python files do not."""


def run(arguments: argparse.Namespace) -> int:
    """Copy everything into the folder; nothing where one of the files is there."""
    folder = Path(arguments.dir).resolve()
    if not arguments.empty and (arguments.language or arguments.country or arguments.timezone):
        raise UsageError(
            "--language, --country and --timezone go with --empty; without it the shipped calendar is copied."
        )
    content = dict(_empty(arguments, folder) if arguments.empty else _content(folder))
    _refuse_to_overwrite(folder, content)
    for name, raw in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, raw, mode=0o600 if name == SETTINGS_FILE else 0o644)
    print(_what_next_empty(folder) if arguments.empty else _what_next(folder))
    return 0


def _content(folder: Path) -> Iterator[tuple[str, bytes]]:
    for name, file in _shipped(files("data")):
        yield (TARGETS_FILE if name == TARGETS_EXAMPLE else name), file.read_bytes()
    yield SETTINGS_FILE, _settings(folder).encode()


def _empty(arguments: argparse.Namespace, folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of `empty_site`, the schemas, and settings that name the calendar alone."""
    languages = list(dict.fromkeys(arguments.language)) or ["en"]
    for code in languages:
        if code not in LANGUAGES:
            raise UsageError(f"--language: {unknown('language', code, LANGUAGES)}")
    country = str(arguments.country or "").upper()
    if country and not re.fullmatch(r"[A-Z]{2}", country):
        raise UsageError(f"--country: {arguments.country!r} is no country code such as US")
    timezone = arguments.timezone or zone_of_country(country)
    if not is_zone(timezone):
        raise UsageError(f"--timezone: {timezone!r} is no zone such as Europe/Berlin")
    today = datetime.now(tz=UTC).date()
    yield from empty_site(languages, country=country, timezone=timezone, today=today).items()
    for name, file in _shipped(files("data")):
        if name.startswith("schema/"):
            yield name, file.read_bytes()
    settings = (files("syncd.site_files") / "settings.env").read_text(encoding="utf-8")
    yield (
        SETTINGS_FILE,
        settings.replace("SYNCD_CALENDAR_DIR=\n", f"SYNCD_CALENDAR_DIR={_quoted(str(folder))}\n").encode(),
    )


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


def _whose() -> str:
    """The shipped calendar by its university's name."""
    calendar, _ = load_calendar(None)
    university = calendar.university
    return f"A copy of the calendar of {university.say(university.name, 'en')}"


def _what_next_empty(folder: Path) -> str:
    return "\n".join(
        [
            f"The beginning of a calendar of your own is in {folder}.",
            f"1. Names of the university, its schools and terms: {folder / 'university.yaml'}.",
            (
                "2. Your rows in place of the two samples: calendar.yaml in the year's folder "
                "(docs/calendar-format.md has every field), or `syncd import` from a document."
            ),
            f"3. cd {folder} && syncd check --offline",
            (
                f"4. Where it goes: {folder / TARGETS_FILE}; then name that file as SYNCD_TARGETS_FILE in "
                f"{folder / SETTINGS_FILE}, with the Canvas address and the credentials."
            ),
        ]
    )


def _what_next(folder: Path) -> str:
    return "\n".join(
        [
            (
                f"{_whose()} with targets and settings is in {folder}. It is one university's: for another one take "
                "`syncd init DIR --empty` instead."
            ),
            f"1. Name your calendars in {folder / TARGETS_FILE}.",
            f"2. Put the Canvas address and the credentials' files into {folder / SETTINGS_FILE}.",
            f"3. cd {folder} && syncd check && syncd --dry-run",
        ]
    )
