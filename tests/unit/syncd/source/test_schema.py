"""The committed schemas are what the shapes say today."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from syncd.reporting.schemas import output_schemas
from syncd.source.schema import schemas, write_schemas

CURRENT = schemas()


@pytest.mark.parametrize("name", CURRENT)
def test_the_committed_schema_is_current(name: str) -> None:
    """If this fails: python -m syncd.source.schema data/schema."""
    assert (files("data") / "schema" / name).read_text(encoding="utf-8") == CURRENT[name]


def test_no_schema_is_left_behind() -> None:
    assert {one.name for one in (files("data") / "schema").iterdir()} == {*CURRENT, *output_schemas()}


def test_unknown_fields_are_marked_while_typing() -> None:
    entry = json.loads(CURRENT["calendar.schema.json"])["$defs"]["EntryShape"]

    assert entry["additionalProperties"] is False
    assert {"id", "category", "audience", "kind", "title"} == set(entry["required"])


def test_editors_are_told_yamls_own_types() -> None:
    category = json.loads(CURRENT["university.schema.json"])["$defs"]["CategoryShape"]["properties"]
    target = json.loads(CURRENT["targets.schema.json"])["$defs"]["TargetShape"]["properties"]

    assert category["day_off"]["type"] == "boolean"
    assert [one["type"] for one in target["terms"]["anyOf"]] == ["string", "array"]
    assert "except" in target


def test_schemas_can_be_written_anywhere(tmp_path: Path) -> None:
    write_schemas(tmp_path / "new")

    assert {path.name for path in (tmp_path / "new").iterdir()} == set(CURRENT)
