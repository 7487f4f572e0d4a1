"""import.json: one form for every run, also for a corrected edition and for a document that was refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from mapping.importing.pages import SourceDocument, Trouble


class _HasJson(Protocol):
    def as_json(self) -> dict[str, Any]: ...


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


class Concluded(Protocol):
    """What every kind of import comes to."""

    @property
    def records(self) -> Sequence[_HasJson]: ...
    @property
    def gone(self) -> Sequence[_HasId]: ...
    @property
    def refused(self) -> tuple[Trouble, ...]: ...
    @property
    def unread(self) -> tuple[Trouble, ...]: ...
    @property
    def summary(self) -> dict[str, int]: ...


def record_of(
    *, file: str, sha256: str, year: str, document: SourceDocument, made: Concluded | None
) -> dict[str, Any]:
    """The value of import.json; ``made`` None where nothing could be concluded."""
    refused = made.refused if made is not None else document.refused
    unread = made.unread if made is not None else document.unread
    value: dict[str, Any] = {
        "source": {"file": file, "sha256": sha256, "engine": document.engine},
        "year": year,
        "cells": [record.as_json() for record in made.records] if made is not None else [],
        "gone": [entry.id for entry in made.gone] if made is not None else [],
        "unread": [{"place": one.spot.as_json(), "text": one.text} for one in unread],
        "summary": made.summary
        if made is not None
        else dict.fromkeys(("cells", "carried", "changed", "new", "gone", "asked"), 0),
    }
    reasons = [{"reason": one.text, "place": one.spot.as_json()} for one in refused]
    if unread:
        reasons.append({"reason": _UNREAD, "place": unread[0].spot.as_json()})
    if reasons:
        value["refused"] = reasons
    return value


_UNREAD = "words of the document stand in no entry; see unread"


def write_record(folder: Path, value: dict[str, Any]) -> None:
    """Into the import's folder."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    (folder / "import.json").write_text(text + "\n", encoding="utf-8")
