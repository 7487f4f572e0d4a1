"""The shipped calendar as the tests of the data read it: plain YAML from the package and nothing of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import pytest
import yaml

Entry = Mapping[str, Any]

YEAR = "2025-2026"
SOURCE = f"{YEAR}/source/academic-calendar-2025-2026.kk.txt"


@pytest.fixture(scope="session")
def source() -> str:
    """The approved document's text."""
    return (files("data") / SOURCE).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def source_lines(source: str) -> Sequence[str]:
    """Its lines; index 0 is empty so that an index is a 1-based line number."""
    return ["", *source.split("\n")]


@pytest.fixture(scope="session")
def university() -> Mapping[str, Any]:
    return _read("university.yaml")


@pytest.fixture(scope="session")
def year() -> Mapping[str, Any]:
    return _read(f"{YEAR}/year.yaml")


@pytest.fixture(scope="session")
def calendars() -> Mapping[str, Mapping[str, Any]]:
    """Calendar files of the year by the name of their calendar."""
    folder = files("data") / YEAR
    names = sorted(child.name for child in folder.iterdir() if child.name.endswith(".yaml"))
    documents = [_read(f"{YEAR}/{name}") for name in names if name != "year.yaml"]
    return {document["calendar"]: document for document in documents}


@pytest.fixture(scope="session")
def entries(calendars: Mapping[str, Mapping[str, Any]]) -> Sequence[Entry]:
    return [entry for document in calendars.values() for entry in document["entries"]]


def _read(name: str) -> Mapping[str, Any]:
    document: Mapping[str, Any] = yaml.safe_load((files("data") / name).read_text(encoding="utf-8"))
    return document
