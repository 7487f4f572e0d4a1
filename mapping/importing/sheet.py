"""A year as a sheet that people edit, and what they changed in it: each field against what was exported.

A field that was not touched keeps what the files say now, so that an old export takes nothing back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mapping.importing.dates import Form, read_dates
from mapping.importing.pages import Cell, SourceDocument, Spot, Table, Trouble
from mapping.importing.questions import OUT, Answers, Kind, is_yes

_HOW = "write it in the sheet like 2026-09-01"
KIND = "sheet"
"""`SourceDocument.kind` of a workbook that was exported."""
SHOWN, EXPORTED = "calendar", "exported"
"""The sheet that people edit, and the hidden one with what was exported."""
_PLAIN = (
    "id",
    "file",
    "kind",
    "start",
    "end",
    "terms",
    "schools",
    "years",
    "category",
    "audience",
    "ref",
    "section",
)
LISTS = frozenset({"terms", "schools", "years", "audience"})
TEXTS = ("title", "text", "note")
FIXED = frozenset({"id", "file"})


def columns(languages: Sequence[str]) -> tuple[str, ...]:
    """The sheet's header."""
    return (*_PLAIN, *(f"{part}_{language}" for part in TEXTS for language in languages))


def rows(files: Mapping[str, Any], languages: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every entry of the year as text, in file order; dates as YYYY-MM-DD."""
    for name, document in sorted(files.items()):
        for entry in document["entries"]:
            yield tuple(_said(entry, name, column) for column in columns(languages))


def _said(entry: Mapping[str, Any], file: str, column: str) -> str:
    if column == "file":
        return file
    part, _, language = column.partition("_")
    if part in TEXTS:
        return str((entry.get(part) or {}).get(language, "") or "")
    value = entry.get(column)
    if column == "end" and value is None:
        value = entry.get("start")
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value) if value is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A row as it came back: what was exported, what the files say now, what the sheet says."""

    spot: Spot
    id: str
    values: Mapping[str, str]
    days: Mapping[str, date | None]
    """``start`` and ``end`` where they can be read."""
    asked: tuple[str, ...]
    now: Mapping[str, Any] | None
    """The entry as its file has it; None for a new row."""
    changes: Mapping[str, tuple[str, str]]
    """Field to what the files say and what the sheet says."""
    place: tuple[str, int] | None
    left_out: bool = False

    def as_json(self) -> dict[str, Any]:
        """One of ``cells`` in import.json."""
        start, end = self.days.get("start"), self.days.get("end")
        is_until = self.values.get("kind") == "until"
        was = None
        if self.now is not None:
            first, last = self.now.get("start"), self.now.get("end") or self.now.get("start")
            was = {"start": None if self.now.get("kind") == "until" else first, "end": last}
        moved = bool({"start", "end"} & self.changes.keys())
        return {
            "place": self.spot.as_json(),
            "text": " - ".join(filter(None, (self.values.get("start"), self.values.get("end")))),
            "start": None if is_until or start is None else start.isoformat(),
            "end": end.isoformat() if end is not None else None,
            "terms": listed(self.values.get("terms", "")),
            "entry": self.id if self.now is not None else None,
            "was": was,
            "status": "new" if self.now is None else "changed" if moved else "carried",
            "asked": "; ".join(self.asked) or None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetConclusion:
    """What came back, in the form that `syncd.importing.record` writes."""

    records: tuple[SheetRow, ...]
    gone: tuple[GoneRow, ...]
    refused: tuple[Trouble, ...]
    unread: tuple[Trouble, ...]
    faults: Mapping[str, str]
    is_old: bool
    """The files changed since the export."""

    @property
    def summary(self) -> dict[str, int]:
        """The counts of import.json."""
        status = [record.as_json()["status"] for record in self.records]
        return {
            "cells": len(status),
            "carried": status.count("carried"),
            "changed": status.count("changed"),
            "new": status.count("new"),
            "gone": len(self.gone),
            "asked": sum(bool(record.asked) for record in self.records),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneRow:
    """A row that was exported and did not come back."""

    id: str
    place: tuple[str, int]


@dataclass(slots=True)
class _Reading:
    languages: Sequence[str]
    first_year: int
    files: Mapping[str, Any]
    answers: Answers
    refused: list[Trouble] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)


def conclude_sheet(
    document: SourceDocument,
    files: Mapping[str, Any],
    languages: Sequence[str],
    first_year: int,
    answers: Answers,
    digest: str,
) -> SheetConclusion:
    """Compare a sheet that came back with the year's files.

    ``digest`` is that of the year's entries now, see `syncd.importing.workbook`.
    """
    reading = _Reading(languages, first_year, files, answers)
    shown, exported = _table(document, SHOWN), _table(document, EXPORTED)
    base = {
        row["id"].text: {k: v.text for k, v in row.items()}
        for row in _dicts(exported, reading)
        if "id" in row
    }
    there = {
        str(entry["id"]): (name, index, entry)
        for name, value in files.items()
        for index, entry in enumerate(value["entries"])
    }
    made: list[SheetRow] = []
    seen: set[str] = set()
    for row in _dicts(shown, reading):
        id_ = row["id"].text.strip() if "id" in row else ""
        spot = next(iter(row.values())).spot
        if id_ and id_ in seen:
            reading.refused.append(
                Trouble(spot=spot, text=f"the id {id_} stands twice; take one of the rows out")
            )
            continue
        if id_ and id_ not in there:
            reading.refused.append(
                Trouble(
                    spot=spot, text=f"there is no entry {id_}; a new row has no id, it gets one by itself"
                )
            )
            continue
        seen.add(id_)
        made.append(_row(row, spot, id_, base.get(id_), there.get(id_), reading))
    gone = [
        GoneRow(id=id_, place=(there[id_][0], there[id_][1]))
        for id_ in base
        if id_ not in seen and id_ in there
    ]
    return SheetConclusion(
        records=tuple(made),
        gone=tuple(gone),
        refused=tuple(reading.refused),
        unread=(),
        faults=reading.faults,
        is_old=digest != _meta(document),
    )


def _table(document: SourceDocument, name: str) -> Table | None:
    return next((table for table in document.tables if table.spot.sheet == name), None)


def _meta(document: SourceDocument) -> str:
    return next(
        (line.text.partition("=")[2] for line in document.lines if line.text.startswith("digest=")), ""
    )


def _dicts(table: Table | None, reading: _Reading) -> Iterator[dict[str, Cell]]:
    """Rows by the names of their columns; rows without any text are left out."""
    if table is None:
        return
    header = {cell.spot.column: cell.text.strip() for cell in table.rows[0]}
    known = set(columns(reading.languages))
    for cell in table.rows[0]:
        if cell.text.strip() not in known and table.spot.sheet == SHOWN:
            reading.refused.append(
                Trouble(
                    spot=cell.spot, text=f"the column {cell.text!r} is not one of the export; take it out"
                )
            )
    for row in table.rows[1:]:
        found = {
            header[cell.spot.column]: cell for cell in row if cell.spot.column in header and not cell.is_empty
        }
        if found:
            yield found


def _row(
    row: Mapping[str, Cell],
    spot: Spot,
    id_: str,
    base: Mapping[str, str] | None,
    there: tuple[str, int, Mapping[str, Any]] | None,
    reading: _Reading,
) -> SheetRow:
    name = f"{Kind.CELL}-r{spot.row}"
    answer = reading.answers.of(name)
    values, days, asked = _values(row, reading)
    now = there[2] if there is not None else None
    changes = {}
    for column, value in values.items():
        said = _flat(_said(now, there[0], column)) if now is not None and there is not None else ""
        before = _flat(base.get(column, "")) if base is not None else said
        if value in {before, said}:
            continue
        if column in FIXED and now is not None:
            asked.append(f"{column} may not be changed: {before!r} became {value!r}")
            continue
        if before != said:
            asked.append(
                f"{column} was changed in the files too since the export: {said!r} there, {value!r} here"
            )
        changes[column] = (said, value)
    if now is None:
        asked.append("a row without an id: a new entry")
    has_date = days.get("start") is not None or values.get("kind") == "rule" or not values.get("start")
    settled = answer.casefold() == OUT or (is_yes(answer) and has_date)
    if answer and not settled:
        reading.faults[name] = (
            "the answer is none of yes and out, or the date cannot be read: type it in the sheet"
        )
    return SheetRow(
        spot=spot, id=id_, values=values, days=days, asked=() if settled else tuple(asked), now=now,
        changes={} if answer.casefold() == OUT else changes,
        place=(there[0], there[1]) if there is not None else None, left_out=answer.casefold() == OUT,
    )  # fmt: skip


def _values(
    row: Mapping[str, Cell], reading: _Reading
) -> tuple[dict[str, str], dict[str, date | None], list[str]]:
    """The row's fields as text, its days, and what is odd about them."""
    asked: list[str] = []
    days: dict[str, date | None] = {}
    values: dict[str, str] = {}
    for column in columns(reading.languages):
        cell = row.get(column)
        values[column] = _flat(cell.text) if cell is not None else ""
        if column in {"start", "end"}:
            day, doubt = _day(cell, reading.first_year)
            remarks = cell.remarks if cell is not None else ()
            asked.extend(f"{column}: {one}" for one in (*remarks, doubt) if one)
            days[column] = day
            values[column] = day.isoformat() if day is not None else values[column]
    start, end = days["start"], days["end"]
    if start is not None and end is not None and end < start:
        asked.append("the end lies before the start")
        days = {"start": None, "end": None}
    return values, days, asked


def _flat(text: str) -> str:
    """Line ends and blanks at the ends are no difference."""
    return "\n".join(line.strip() for line in text.replace("\r", "").strip().split("\n"))


def _day(cell: Cell | None, first_year: int) -> tuple[date | None, str]:
    """A real date, YYYY-MM-DD or DD.MM.YYYY; everything else is a question."""
    if cell is None or cell.is_empty:
        return None, ""
    if cell.day is not None:
        return cell.day, ""
    read = read_dates(cell.text, first_year)
    if read.form is Form.DAY and not read.asked and not read.said:
        return read.start, ""
    # The order of day and month is no option here: the sheet was exported with real dates.
    why = [one for one in read.asked if "--dates" not in one]
    return None, f"{cell.text!r} is no date that can be taken: {'; '.join([*why, _HOW])}"


def listed(text: str) -> list[str]:
    """The names in a cell, which stand one after the other with commas."""
    return [one.strip() for one in text.split(",") if one.strip()]
