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
        (str(document.value.get("year")), document.name.partition("/")[0])
        for document in source.documents
        if document.name.endswith(f"/{YEAR_FILE}") and isinstance(document.value, dict)
    ]


def year_documents(source: SourceFolder, year: str) -> dict[str, Any]:
    """Plain values of a year's files by name within its folder."""
    folder = year_folder(source, year)
    return {
        document.name.partition("/")[2]: document.value
        for document in source.documents
        if document.name.startswith(f"{folder}/")
    }


def problems_with(source: SourceFolder, year: str, files: Mapping[str, bytes]) -> Sequence[str]:
    """What `syncd check` would refuse of the draft."""
    whole = SourceFolder.from_files(
        {**source.files, **{f"{year}/{name}": raw for name, raw in files.items()}}, source.problems
    )
    try:
        whole.calendar()
    except InvalidCalendarError as error:
        return [str(problem) for problem in error.problems]
    return []
