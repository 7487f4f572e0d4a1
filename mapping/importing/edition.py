"""A corrected edition of a year that exists: its differences, each with a name, and the entries that they change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mapping.importing.ask import kept_anyway, reworded
from mapping.importing.conclude import Conclusion, Record
from mapping.importing.dates import Form, read_dates
from mapping.importing.draft import Maker, days_of, ordered, text_of
from mapping.importing.known import KnownEntry
from mapping.importing.questions import Kind, is_yes
from mapping.importing.wording import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference of the edition, a row's cells together.

    ``kind``: ``moved``, ``wording``, ``heading``, ``note``, ``new`` or ``gone``.
    """

    kind: str
    entries: tuple[str, ...]
    """Ids; empty for a new row that has none yet."""
    printed: str
    was: str
    now: str
    is_open: bool
    """A question about it has no answer yet."""

    def __str__(self) -> str:
        named = ", ".join(self.entries) or self.printed
        if self.kind == "new":
            return f"+ {self.printed}: {self.now}"
        if self.kind == "gone":
            return f"- {named}: {self.was}"
        return f"~ {named}: {self.was} -> {self.now}"

    def as_json(self) -> dict[str, Any]:
        """One of ``differences`` in difference.json."""
        return {
            "kind": self.kind,
            "entries": list(self.entries),
            "printed": self.printed,
            "was": self.was,
            "now": self.now,
            "open": self.is_open,
        }


@dataclass(slots=True, kw_only=True)
class FileChange:
    """What changes in one calendar file, by the position of its entries."""

    replaced: dict[int, dict[str, Any]] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    inserted: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """Position to entries that follow it; -1 for the top."""

    def __bool__(self) -> bool:
        return bool(self.replaced or self.removed or self.inserted)


def differences(made: Conclusion) -> list[Difference]:
    """Every difference, in the document's order, what is gone last."""
    found: list[Difference] = []
    worded: set[int] = set()
    for record in made.records:
        if record.left_out:
            continue
        row = f"{record.found.row.number} {record.found.row.name}".strip()
        is_open = bool(record.asked)
        if record.entry is None:
            found.append(
                Difference(kind="new", entries=(), printed=row, was="", now=record.text, is_open=is_open)
            )
            continue
        if record.status == "changed":
            found.append(
                Difference(
                    kind="moved",
                    entries=(record.entry.id,),
                    printed=row,
                    was=_days(record.entry.start, record.entry.end),
                    now=_days(record.start, record.end) or record.text,
                    is_open=is_open,
                )
            )
        if is_worded_otherwise(record, made) and id(record.found.row) not in worded:
            worded.add(id(record.found.row))
            ids = tuple(
                one.entry.id
                for one in made.records
                if one.found.row is record.found.row and one.entry is not None
            )
            was = record.entry.names.get(made.language, "")
            found.append(
                Difference(
                    kind="wording",
                    entries=ids,
                    printed=row,
                    was=was,
                    now=record.found.row.name,
                    is_open=is_open,
                )
            )
    for one in reworded(made):
        is_open = not made.answers.of(f"{Kind.WORDING}-{one.what}-{one.entries[0]}")
        found.append(
            Difference(
                kind=one.what, entries=one.entries, printed=one.now, was=one.was, now=one.now, is_open=is_open
            )
        )
    for entry in made.gone:
        if not kept_anyway(entry, made):
            answered = bool(made.answers.of(f"{Kind.GONE}-{entry.id}"))
            name = entry.names.get(made.language, entry.id)
            found.append(
                Difference(
                    kind="gone",
                    entries=(entry.id,),
                    printed=name,
                    was=_days(entry.start, entry.end),
                    now="",
                    is_open=not answered,
                )
            )
    return found


def _days(start: date | None, end: date | None) -> str:
    if start is None and end is None:
        return ""
    if start is None or start == end:
        return str(end)
    return f"{start} - {end}"


def is_worded_otherwise(record: Record, made: Conclusion) -> bool:
    """Whether the row's name, or the rule's words, are others than the entry's in the document's language."""
    entry = record.entry
    if entry is None or made.language not in entry.names:
        return False

    def differs(before: str, after: str) -> bool:
        return plain(before, made.site.first_year).replace(" ", "") != plain(after, made.first_year).replace(
            " ", ""
        )

    if record.is_rule and made.language in entry.rules and differs(entry.rules[made.language], record.text):
        return True
    return differs(entry.names[made.language], record.found.row.name)


def file_changes(made: Conclusion, source: str) -> dict[str, FileChange]:
    """What ``--accept`` changes, by file; only what is not asked any more."""
    maker = Maker(made, source)
    changes: dict[str, FileChange] = {}
    for record in made.records:
        entry = record.entry
        if entry is None or record.asked or record.left_out:
            continue
        moved, worded = record.status == "changed", is_worded_otherwise(record, made)
        if moved or worded:
            change = changes.setdefault(entry.file, FileChange())
            change.replaced[entry.index] = _changed(record, entry, made, moved=moved, worded=worded)
    for entry in made.gone:
        if is_yes(made.answers.of(f"{Kind.GONE}-{entry.id}")):
            changes.setdefault(entry.file, FileChange()).removed.add(entry.index)
    for file in dict.fromkeys(entry.file for entry in made.site.entries):
        positions = {entry.id: entry.index for entry in made.site.entries if entry.file == file}
        for before, values in maker.new_by_predecessor(file).items():
            changes.setdefault(file, FileChange()).inserted.setdefault(positions.get(before, -1), []).extend(
                values
            )
    return changes


def _changed(
    record: Record, entry: KnownEntry, made: Conclusion, *, moved: bool, worded: bool
) -> dict[str, Any]:
    value = dict(entry.value)
    if moved:
        value |= days_of(record)
        order = _order(made)
        if order is not None and entry.start is not None and entry.end is not None:
            was = {"start": entry.start.isoformat(), "end": entry.end.isoformat()}
            value["amended"] = {**order, "was": was}
    if worded:
        with_cell = bool(entry.rules.get(made.language))
        text = text_of(record.found.row, record, with_cell=with_cell)
        value["text"] = {**(value.get("text") or {}), made.language: text}
    return ordered(value)


def _order(made: Conclusion) -> dict[str, str] | None:
    """The order that changed the dates, where the registrar gave both its number and its day."""
    number, day = made.answers.of(f"{Kind.ORDER}-number"), made.answers.of(f"{Kind.ORDER}-date")
    if is_yes(number):
        number = made.outside.number
    if is_yes(day):
        approved = made.outside.approved
    else:
        read = read_dates(day, made.first_year, order="dmy", language=made.language)
        approved = read.start if read.form is Form.DAY and not read.asked else None
    return {"on": approved.isoformat(), "order": number} if number and approved is not None else None


def as_text(found: list[Difference]) -> Iterator[str]:
    """One line a difference."""
    for one in found:
        yield f"{one}{'  (open)' if one.is_open else ''}"


def as_json(found: list[Difference], year: str) -> Mapping[str, Any]:
    """The differences as a value."""
    return {"year": year, "differences": [one.as_json() for one in found]}
