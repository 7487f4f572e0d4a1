"""`syncd import`: a registrar's document to a reviewed draft of a year, or to the differences of an edition.

The only part of the product that imports `syncd.importing`; without the extra ``import`` it says how to get it.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from pathlib import Path

from mapping.importing.plain_list.conclude import FIELDS
from syncd.config.env_file import early_calendar_folder
from syncd.config.extras import needs_extra
from syncd.errors import SettingsError, UsageError
from syncd.source.folder import read_calendar

_YEAR = re.compile(r"20[0-9]{2}[A-Za-z0-9._-]{0,16}")


def run(arguments: argparse.Namespace) -> int:
    """Read, write the folder, print what was found; with ``--accept`` move it into the calendar."""
    with needs_extra("import", "syncd import"):
        from syncd.importing.reading import look_for_libraries

        look_for_libraries()
    given = Path(arguments.file)
    if given.is_dir():
        return _accept(given, arguments)
    if not given.is_file():
        raise UsageError(f"there is no file {given}")
    if not arguments.year or not _YEAR.fullmatch(arguments.year):
        raise UsageError("say which academic year the document is for, such as --year 2026-2027")
    from syncd.importing.outputs import accept
    from syncd.importing.request import Request
    from syncd.importing.run import run_import

    request = Request(
        file=given.resolve(),
        year=arguments.year,
        from_year=arguments.from_year,
        out=arguments.import_out,
        language=arguments.language or "",
        order=arguments.dates,
        begins=arguments.begins,
        programme=arguments.programme or "",
        columns=_columns(arguments.columns),
        fields=_fields(arguments.map_columns),
        answers=Path(arguments.answers) if arguments.answers else None,
    )
    folder = early_calendar_folder()
    if arguments.accept:
        _calendar_folder(folder)
    result = run_import(request, read_calendar(folder), folder)
    print("\n".join(result.lines))
    if arguments.accept and result.code == 0:
        print(accept(result.folder, _calendar_folder(folder)))
    elif arguments.accept:
        print("Nothing was taken over into the calendar folder.")
    return result.code


def _accept(folder: Path, arguments: argparse.Namespace) -> int:
    from syncd.importing.outputs import accept

    if not arguments.accept:
        raise UsageError(
            f"{folder} is a folder; with --accept the draft in it is taken over, else name a document"
        )
    print(accept(folder, _calendar_folder(early_calendar_folder())))
    return 0


def _calendar_folder(folder: Path | None) -> Path:
    if folder is None:
        raise SettingsError(
            [
                "SYNCD_CALENDAR_DIR names no folder, so there is nowhere to put a year; `syncd init DIR` makes one."
            ]
        )
    return folder


def _fields(given: str | None) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for part in filter(None, (given or "").split(",")):
        field, mark, column = (one.strip() for one in part.partition("="))
        if not mark or not column or field not in FIELDS:
            raise UsageError(f"--map: {part!r} is not like date=B; fields are {', '.join(FIELDS)}")
        found[field] = column
    return found


def _columns(given: str | None) -> Mapping[int, str]:
    found: dict[int, str] = {}
    for part in filter(None, (given or "").split(",")):
        column, mark, term = part.partition("=")
        if not mark or not column.strip().isdigit() or not term.strip():
            raise UsageError(f"--columns: {part!r} is not like 3=autumn")
        found[int(column)] = term.strip()
    return found
