"""What came back in a sheet: its questions, the differences, and the changed values of the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mapping.importing.edition import Difference, FileChange
from mapping.importing.pages import Spot
from mapping.importing.questions import Answers, Kind, Question, is_yes, slug
from mapping.importing.sheet import FIXED, LISTS, TEXTS, SheetConclusion, SheetRow, listed


def sheet_questions(made: SheetConclusion, answers: Answers) -> Iterator[Question]:
    """One for each row that is not plain, and for each that is gone."""
    for row in made.records:
        name = f"{Kind.CELL}-r{row.spot.row}"
        if row.asked or answers.of(name):
            yield Question(
                name=name, kind=Kind.CELL, spot=row.spot, text=row.id or row.values.get("title_en", ""),
                reason="; ".join(row.asked) or "answered", proposal="yes: take the sheet's values", entry=row.id,
                how="yes, or out: leave the entry as it is",
            )  # fmt: skip
    for gone in made.gone:
        yield Question(
            name=f"{Kind.GONE}-{gone.id}", kind=Kind.GONE, spot=Spot(), text=gone.id, entry=gone.id,
            reason="the row of this entry is gone from the sheet", proposal="yes: remove the entry", how="yes, or keep",
        )  # fmt: skip
    if made.is_old:
        yield Question(
            name="export-old", kind=Kind.DOCUMENT, spot=Spot(), text="",
            reason="the sheet was exported before the files were changed; what you did not touch stays as the files have it",
            proposal="yes: go on", how="yes",
        )  # fmt: skip


def sheet_differences(made: SheetConclusion, answers: Answers) -> list[Difference]:
    """Every change with its name."""
    found = []
    for row in made.records:
        is_open = bool(row.asked)
        if row.now is None and not row.left_out:
            title = next((v for k, v in row.values.items() if k.startswith("title_") and v), "")
            found.append(
                Difference(kind="new", entries=(), printed=title, was="", now=title, is_open=is_open)
            )
            continue
        for column, (was, now) in row.changes.items():
            kind = (
                "moved"
                if column in {"start", "end"}
                else "wording"
                if column.partition("_")[0] in TEXTS
                else column
            )
            found.append(
                Difference(
                    kind=kind,
                    entries=(row.id,),
                    printed=column,
                    was=f"{column} {was}".strip(),
                    now=now,
                    is_open=is_open,
                )
            )
    for gone in made.gone:
        if answers.of(f"{Kind.GONE}-{gone.id}").casefold() != "keep":
            is_open = not answers.of(f"{Kind.GONE}-{gone.id}")
            found.append(
                Difference(
                    kind="gone", entries=(gone.id,), printed=gone.id, was=gone.id, now="", is_open=is_open
                )
            )
    return found


def sheet_changes(made: SheetConclusion, files: Mapping[str, Any], answers: Answers) -> dict[str, FileChange]:
    """What ``--accept`` changes, by file; only what is not asked any more."""
    changes: dict[str, FileChange] = {}
    taken = {str(entry["id"]) for value in files.values() for entry in value["entries"]}
    for row in made.records:
        if row.asked or row.left_out:
            continue
        if row.now is not None and row.place is not None and row.changes:
            file, index = row.place
            changes.setdefault(file, FileChange()).replaced[index] = _changed(row)
        elif row.now is None:
            given = row.values.get("file", "")
            name = given if given in files else next(iter(files))
            last = len(files[name]["entries"]) - 1
            value = _new(row, taken)
            changes.setdefault(name, FileChange()).inserted.setdefault(last, []).append(value)
    for gone in made.gone:
        if is_yes(answers.of(f"{Kind.GONE}-{gone.id}")):
            changes.setdefault(gone.place[0], FileChange()).removed.add(gone.place[1])
    return changes


def _changed(row: SheetRow) -> dict[str, Any]:
    value = dict(row.now or {})
    for column in row.changes:
        _set(value, column, row)
    return value


def _set(value: dict[str, Any], column: str, row: SheetRow) -> None:
    part, _, language = column.partition("_")
    text = row.values.get(column, "")
    if part in TEXTS:
        texts = {k: v for k, v in (value.get(part) or {}).items() if k != language}
        if text:
            texts[language] = text
        value[part] = texts or None
    elif column in {"start", "end"}:
        day = row.days.get(column)
        value[column] = day.isoformat() if day is not None else None
    elif column in LISTS:
        found = listed(text)
        was = value.get(column)
        value[column] = found[0] if isinstance(was, str) and len(found) == 1 else found or None
    else:
        value[column] = text or None


def _new(row: SheetRow, taken: set[str]) -> dict[str, Any]:
    value: dict[str, Any] = {"id": ""}
    for column, text in row.values.items():
        if column not in FIXED and text:
            _set(value, column, row)
    if isinstance(value.get("audience"), list) and len(value["audience"]) == 1:
        value["audience"] = value["audience"][0]
    base = slug((value.get("title") or {}).get("en", ""))
    id_, number = base, 1
    while id_ in taken:
        number += 1
        id_ = f"{base}-{number}"
    taken.add(id_)
    return {**value, "id": id_}
