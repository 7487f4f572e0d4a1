"""A corrected edition in a folder of its own: the changed files, and the differences in three forms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from mapping.importing.edition import Difference, FileChange, as_json, as_text
from syncd.importing.outputs import write_plan, write_year
from syncd.importing.request import Request
from syncd.importing.splice import spliced
from syncd.importing.workbook import year_folder
from syncd.importing.years import problems_with
from syncd.source.folder import SourceFolder


def write_changes(
    request: Request,
    source: SourceFolder,
    year: str,
    folder: Path,
    changes: Mapping[str, FileChange],
    found: list[Difference],
    unanswered: int,
) -> tuple[list[str], int]:
    """The changed files and the differences, in three forms."""
    inner = year_folder(source, year)
    documents = {document.name: document for document in source.documents}
    files: dict[str, bytes] = {}
    for name, change in changes.items():
        if change:
            full = f"{inner}/{name}"
            files[name] = spliced(documents[full], source.files[full], change)
    write_year(folder, inner, files, request.file)
    problems = problems_with(source, inner, files)
    text = [*as_text(found)] or ["no difference"]
    (folder / "difference.txt").write_text("\n".join(text) + "\n", encoding="utf-8")
    value = json.dumps(as_json(found, request.year), ensure_ascii=False, indent=1)
    (folder / "difference.json").write_text(value + "\n", encoding="utf-8")
    (folder / "difference.html").write_text(difference_page(request, text), encoding="utf-8")
    base = {name: hashlib.sha256(source.files[f"{inner}/{name}"]).hexdigest() for name in files}
    count = unanswered + len(problems)
    write_plan(folder, {"year": inner, "edition": True, "open": count, "base": base, "files": sorted(files)})
    said = ["", f"Differences from {request.year}: {len(found)}", *(f"  {one}" for one in text)]
    return [*said, *(f"to mend: {problem}" for problem in problems[:10] if not unanswered)], count


def difference_page(request: Request, lines: Iterable[str]) -> str:
    """The lines as a page of HTML."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    title = escape(f"{request.file.name} against {request.year}")
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title>"
        "<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem;max-width:60rem}li{margin:.3rem 0}</style></head>"
        f"<body><h1>{title}</h1><ul>{items}</ul></body></html>\n"
    )
