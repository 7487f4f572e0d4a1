"""JSON Schemas of the data files, generated from their shapes: an editor completes and warns while typing.

``python -m syncd.source.schema data/schema`` writes them; a test keeps the committed ones current. They say
less than loading checks: names and references across files only loading can see.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from mapping.document.schemas import (
    CalendarFile,
    PhrasesFile,
    RoutingFile,
    UniversityFile,
    WordsFile,
    YearFile,
)
from mapping.document.targets_schemas import TargetsFile
from mapping.text.phrases import KEYS
from syncd.source.field_words import FieldWords, field_words
from syncd.source.languages import page_words

SHAPES: Mapping[str, type[BaseModel]] = {
    "calendar": CalendarFile,
    "phrases": PhrasesFile,
    "routing": RoutingFile,
    "targets": TargetsFile,
    "university": UniversityFile,
    "words": WordsFile,
    "year": YearFile,
}


_INHERITED: Mapping[str, Mapping[str, FieldWords]] = {"SchoolShape": field_words()["NamedShape"]}
"""Words of the fields that a shape has from another one."""


def schemas() -> dict[str, str]:
    """File name to the text of each schema."""
    return {f"{name}.schema.json": _text(name, shape) for name, shape in SHAPES.items()}


def write_schemas(folder: Path) -> None:
    """Write every schema into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


def _text(name: str, shape: type[BaseModel]) -> str:
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **shape.model_json_schema(),
    }
    for shape_name, part in (*schema.get("$defs", {}).items(), (shape.__name__, schema)):
        _describe(shape_name, part)
    schema["title"] = f"syncd {name}.yaml" if name != "calendar" else "syncd calendar file"
    if name == "phrases":
        schema["propertyNames"] = {"enum": sorted(KEYS)}
    if name == "words":
        schema["propertyNames"] = {"enum": sorted(page_words("en"))}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _describe(shape: str, schema: dict[str, Any]) -> None:
    """Give every field the words that the guide has of it."""
    words = {**_INHERITED.get(shape, {}), **field_words().get(shape, {})}
    for name, one in schema.get("properties", {}).items():
        if name in words:
            one["description"] = words[name].description


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
