"""A plain list of dates of any university, one row an entry: proposed ids, kinds and categories, and every doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mapping.importing.dates import Form
from mapping.importing.pages import SourceDocument, Table, Trouble
from mapping.importing.plain_list.known import against_year, beside_last_year
from mapping.importing.plain_list.order import with_doubts_of_order
from mapping.importing.plain_list.reader import ListReader
from mapping.importing.plain_list.reading import Ways
from mapping.importing.plain_list.row import ListRow, ListSite
from mapping.importing.questions import Answers, Kind, cell_answer, is_yes
from mapping.importing.wording import words
from mapping.model import Entry

FIELDS = ("date", "start", "end", "title", "category", "term", "school", "note")
FILE = "imported.yaml"
_MOST_GONE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ListConclusion:
    """What the list says, in the form that `syncd.importing.record` writes."""

    records: tuple[ListRow, ...]
    refused: tuple[Trouble, ...]
    all_unread: tuple[Trouble, ...]
    faults: Mapping[str, str]
    answers: Answers
    notes: tuple[str, ...] = ()
    """What was left out or taken for something else, a sentence each."""
    remarks: tuple[Trouble, ...] = ()
    """What is in the file and was not taken, such as hidden rows."""
    there: tuple[str, ...] = ()
    """Entries that the year has already with the days of a row, which is then no record."""
    gone: tuple[Any, ...] = ()

    @property
    def unread(self) -> tuple[Trouble, ...]:
        """What names a day and stands in no entry, without what a person said to have read."""
        return tuple(
            one
            for number, one in enumerate(self.all_unread, start=1)
            if not _is_read(self.answers.of(f"{Kind.UNREAD}-{number}"))
        )

    @property
    def summary(self) -> dict[str, int]:
        """The counts of import.json."""
        count = len(self.records)
        asked = sum(bool(record.asked) for record in self.records)
        return {"cells": count, "carried": 0, "changed": 0, "new": count, "gone": 0, "asked": asked}


def _is_read(answer: str) -> bool:
    return is_yes(answer) or answer.casefold() == "read"


def list_site(university: Mapping[str, Any], programme: str = "") -> ListSite:
    """From university.yaml, which passed its checks; ``programme`` is one of its, else its first."""
    languages = university["languages"]
    official = [k for k, v in languages.items() if str(v.get("official", "")).lower() in {"true", "yes"}]
    programme = programme or next(iter(university["programmes"]))

    def named(key: str, spec: Mapping[str, Any]) -> tuple[str, ...]:
        said = (spec.get(one, {}) for one in ("name", "short", "tag"))
        texts = (text for by_language in said for text in by_language.values())
        return tuple(" ".join(words(one)) for one in (key.replace("-", " "), *texts))

    return ListSite(
        languages=tuple(languages),
        official=official[0] if official else next(iter(languages)),
        categories={key: named(key, spec) for key, spec in university["categories"].items()},
        audience=next(iter(university["audiences"])),
        terms={key: named(key, spec) for key, spec in university["programmes"][programme]["terms"].items()},
        programme=programme,
        schools={key: named(key, spec) for key, spec in university["schools"].items()},
        whole_year=next(
            (
                key
                for key, spec in university["programmes"][programme]["terms"].items()
                if str(spec.get("whole_year", "")).lower() in {"true", "yes"}
            ),
            "",
        ),
        days_off=frozenset(
            key
            for key, spec in university["categories"].items()
            if str(spec.get("day_off", "")).lower() in {"true", "yes"}
        ),
    )


def conclude_list(
    document: SourceDocument,
    site: ListSite,
    ways: Ways,
    answers: Answers,
    given: Mapping[str, str],
    named: Mapping[int, str],
    entries: Sequence[Entry] = (),
    last_year: tuple[int, Sequence[Entry]] | None = None,
) -> ListConclusion:
    """Read every row of every table, and each line that says a day and an event.

    ``given`` maps a field to a column's letter or header, ``named`` a column to the term whose dates it holds;
    ``entries`` are those that the year has already, ``last_year`` those of the year before, with the calendar year in which
    that began.
    """
    reader = ListReader(site=site, ways=ways, given=given, named=named)
    refused: list[Trouble] = list(document.refused)
    tables = lines = 0
    for block in document.blocks:
        if isinstance(block, Table):
            tables += 1
            refused.extend(reader.table(block, tables))
        elif not block.running:
            lines += 1
            reader.line(block, lines)
    faults: dict[str, str] = {}
    rows: Sequence[ListRow] = with_doubts_of_order(reader.rows)
    notes = list(dict.fromkeys(reader.notes))
    if last_year is not None:
        begun, before = last_year
        beside = beside_last_year(rows, before, ways.language, (begun, ways.first_year))
        rows = beside.rows
        if beside.gone:
            notes.append(
                "Not in this document, and in the year before: " + "; ".join(beside.gone[:_MOST_GONE]) + "."
            )
    against = against_year(rows, entries, ways.language)
    if against.twice:
        notes.append(f"Stands there twice and was taken once: {'; '.join(against.twice[:_MOST_GONE])}.")
    return ListConclusion(
        records=tuple(_answered(row, site, answers, faults, ways) for row in against.rows), refused=tuple(refused),
        all_unread=(*document.unread, *reader.unread), faults=faults, answers=answers,
        notes=tuple(notes), there=against.there, remarks=document.remarks,
    )  # fmt: skip


def _answered(row: ListRow, site: ListSite, answers: Answers, faults: dict[str, str], ways: Ways) -> ListRow:
    given = answers.of(row.name)
    if not given:
        return row
    parts = [part.strip() for part in given.split(";")]
    term = next((part for part in parts if part in site.terms and part not in site.categories), row.term)
    rest = "; ".join(part for part in parts if part != term)
    none = f"no category or term of university.yaml ({', '.join([*site.categories, *site.terms])})"
    answer = cell_answer(rest, site.categories, ways.first_year, ways.order, ways.language, none)
    if answer.fault:
        faults[row.name] = answer.fault
        return row
    reading = answer.reading if answer.reading is not None else row.reading
    if not answer.left_out and (reading.form in {Form.NONE, Form.FROM} or not row.title):
        faults[row.name] = "the date or the title is still missing; type the date here, or out"
        return row
    if not answer.left_out and not term and not site.whole_year:
        faults[row.name] = f"its term is still missing; type one of {', '.join(site.terms)}"
        return row
    category = answer.entry or row.category
    return replace(row, reading=reading, category=category, term=term, asked=(), left_out=answer.left_out)
