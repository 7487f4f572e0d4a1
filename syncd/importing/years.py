"""The years of a calendar folder as an import compares and writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mapping.document.files import YEAR_FILE
from mapping.errors import InvalidCalendarError
from syncd.importing.workbook import year_folder
from syncd.source.folder import SourceFolder


def source_years(source: SourceFolder) -> list[tuple[str, str]]:
    """Names of the years there are, with their folders."""
    return [
        (str(one.value.get("year")), one.name.partition("/")[0])
        for one in source.documents
        if one.name.endswith(f"/{YEAR_FILE}") and isinstance(one.value, dict)
    ]


def year_documents(source: SourceFolder, year: str) -> dict[str, Any]:
    """Plain values of a year's files by name within its folder."""
    folder = year_folder(source, year)
    return {
        one.name.partition("/")[2]: one.value for one in source.documents if one.name.startswith(f"{folder}/")
    }


def problems_with(source: SourceFolder, year: str, files: Mapping[str, bytes]) -> Sequence[str]:
    """What `syncd check` would refuse of the draft."""
    whole = SourceFolder.from_files(
        {**source.files, **{f"{year}/{name}": raw for name, raw in files.items()}}, source.problems
    )
    try:
        whole.calendar()
    except InvalidCalendarError as error:
        return [str(one) for one in error.problems]
    return []
