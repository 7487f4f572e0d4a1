"""A plain list of dates of any university, one row an entry: proposed ids, kinds and categories, and every doubt."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mapping.importing.date_tokens import DayOrder
from mapping.importing.dates import DateReading, Form, read_dates
from mapping.importing.list_words import HEADS, KINDS_OF_WORDS, NO_CLASSES
from mapping.importing.pages import Cell, SourceDocument, Spot, Table, Trouble
from mapping.importing.questions import Answers, Kind, cell_answer
from mapping.importing.wording import words

FIELDS = ("date", "start", "end", "title", "category", "term", "note")
FILE = "imported.yaml"
LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSite:
    """What the site's files say that a list needs."""

    languages: tuple[str, ...]
    official: str
    categories: Mapping[str, tuple[str, ...]]
    """Category to its names and its own key, folded words."""
    audience: str
    terms: Mapping[str, tuple[str, ...]]
    """Term to its names, folded words; of the first programme."""
    programme: str
    whole_year: str
    """Its term that stands for all of them, "" without one."""
    days_off: frozenset[str] = frozenset()
    """Categories whose days are off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A row with what is proposed for it."""

    name: str
    spot: Spot
    text: str
    title: str
    note: str
    reading: DateReading
    category: str
    term: str
    asked: tuple[str, ...]
    left_out: bool = False

    def as_json(self) -> dict[str, Any]:
        """One of ``cells`` in import.json."""
        start = self.reading.start if self.reading.form is not Form.UNTIL else None
        return {
            "place": self.spot.as_json(),
            "text": self.text,
            "start": start.isoformat() if start is not None else None,
            "end": self.reading.end.isoformat() if self.reading.end is not None else None,
            "terms": [self.term] if self.term else [],
            "entry": None,
            "was": None,
            "status": "new",
            "asked": "; ".join(self.asked) or None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ListConclusion:
    """What the list says, in the form that `syncd.importing.record` writes."""

    records: tuple[ListRow, ...]
    refused: tuple[Trouble, ...]
    unread: tuple[Trouble, ...]
    faults: Mapping[str, str]
    gone: tuple[Any, ...] = ()

    @property
    def summary(self) -> dict[str, int]:
        """The counts of import.json."""
        count = len(self.records)
        asked = sum(bool(record.asked) for record in self.records)
        return {"cells": count, "carried": 0, "changed": 0, "new": count, "gone": 0, "asked": asked}


def list_site(university: Mapping[str, Any]) -> ListSite:
    """From university.yaml, which passed its checks."""
    languages = university["languages"]
    official = [k for k, v in languages.items() if str(v.get("official", "")).lower() in {"true", "yes"}]
    programme = next(iter(university["programmes"]))

    def named(key: str, spec: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(" ".join(words(one)) for one in (key.replace("-", " "), *spec["name"].values()))

    return ListSite(
        languages=tuple(languages),
        official=official[0] if official else next(iter(languages)),
        categories={key: named(key, spec) for key, spec in university["categories"].items()},
        audience=next(iter(university["audiences"])),
        terms={key: named(key, spec) for key, spec in university["programmes"][programme]["terms"].items()},
        programme=programme,
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
    given: Mapping[str, str],
    first_year: int,
    order: DayOrder | None,
    language: str,
    answers: Answers,
) -> ListConclusion:
    """Read every row of every table; ``given`` maps a field to a column's letter or header."""
    rows: list[ListRow] = []
    refused: list[Trouble] = list(document.refused)
    faults: dict[str, str] = {}
    for table in document.tables:
        found = _columns(table, given)
        if "title" not in found or not {"date", "start"} & found.keys():
            refused.append(
                Trouble(
                    spot=table.spot,
                    text="the columns of the title and of the date are not known; say them with --map, for example "
                    "--map date=B,title=C (or start=B,end=C,title=D)",
                )
            )
            continue
        for line in table.rows[_header_row(table, found) :]:
            row = _row(line, found, site, first_year, order, language)
            if row is not None:
                rows.append(_answered(row, site, answers, faults, first_year, order, language))
    unread = [
        Trouble(spot=line.spot, text=line.text)
        for line in document.lines
        if read_dates(line.text, first_year, order=order, language=language).form is not Form.NONE
    ]
    return ListConclusion(
        records=tuple(rows), refused=tuple(refused), unread=(*document.unread, *unread), faults=faults
    )


# --- columns --------------------------------------------------------------------------------------


def _columns(table: Table, given: Mapping[str, str]) -> dict[str, int]:
    """Field to its column, 1-based."""
    header = {cell.spot.column or 0: cell.text for cell in table.rows[0]}
    found = {field: _column_of(column, header) for field, column in given.items()}
    found = {field: column for field, column in found.items() if column}
    if given:
        return found
    for field, stems in HEADS.items():
        for column, text in header.items():
            if column not in found.values() and any(part.startswith(stems) for part in words(text)):
                found.setdefault(field, column)
    if "start" in found and "end" not in found and "date" not in found:
        found["date"] = found.pop("start")
    return found


def _column_of(said: str, header: Mapping[int, str]) -> int:
    if re.fullmatch(r"[A-Za-z]{1,2}", said):
        number = 0
        for letter in said.upper():
            number = number * 26 + ord(letter) - 64
        return number
    return next((column for column, text in header.items() if words(text) == words(said)), 0)


def _header_row(table: Table, found: Mapping[str, int]) -> int:
    """1 where the first row is a header, 0 where it already holds a date."""
    cells = {cell.spot.column: cell for cell in table.rows[0]}
    first = cells.get(found.get("date", found.get("start", 0)))
    has_date = first is not None and (first.day is not None or any(c.isdigit() for c in first.text))
    return 0 if has_date else 1


# --- rows -----------------------------------------------------------------------------------------


def _row(
    line: Sequence[Cell],
    found: Mapping[str, int],
    site: ListSite,
    first_year: int,
    order: DayOrder | None,
    language: str,
) -> ListRow | None:
    cells = {
        field: next((c for c in line if c.spot.column == column), None) for field, column in found.items()
    }
    texts = {field: " ".join(cell.text.split()) if cell is not None else "" for field, cell in cells.items()}
    title = texts.get("title", "")
    dated = next((cell for field in ("date", "start", "end") if (cell := cells.get(field)) is not None), None)
    if dated is None and len([one for one in line if not one.is_empty]) <= 1:
        return None
    reading, text = _reading(cells, first_year, order, language)
    asked = [
        *reading.asked,
        *(remark for cell in cells.values() if cell is not None for remark in cell.remarks),
    ]
    if reading.form is Form.NONE and not reading.asked:
        asked.append("there is no date in this row")
    if reading.form is Form.FROM:
        asked.append("a last day is missing")
    if reading.year_taken:
        asked.append(
            f"the year is not printed, and two would fit; {reading.start or reading.end} is proposed"
        )
    if not title:
        asked.append("there is no title in this row")
    if len(title) > LONGEST_TITLE:
        asked.append(f"the title has {len(title)} letters, at most {LONGEST_TITLE} are taken; shorten it")
    category, doubt = _category(texts.get("category", ""), title, site)
    asked.extend([doubt] if doubt else [])
    said = f" {' '.join(words(texts.get('term', '')))} "
    term = next(
        (key for key, names in site.terms.items() if any(f" {name} " in said for name in names if name)), ""
    )
    if texts.get("term") and not term:
        asked.append(f"university.yaml has no term {texts['term']!r}")
    spot = dated.spot if dated is not None else next(one.spot for one in line if not one.is_empty)
    return ListRow(
        name=f"{Kind.CELL}-r{spot.row}", spot=spot, text=text, title=title, note=texts.get("note", ""), reading=reading,
        category=category, term=term, asked=tuple(dict.fromkeys(asked)),
    )  # fmt: skip


def _reading(
    cells: Mapping[str, Cell | None], first_year: int, order: DayOrder | None, language: str
) -> tuple[DateReading, str]:
    def said(field: str) -> str:
        cell = cells.get(field)
        if cell is None:
            return ""
        return cell.day.isoformat() if cell.day is not None else " ".join(cell.text.split())

    if said("start") or said("end"):
        start, end = said("start") or said("end"), said("end") or said("start")
        first = read_dates(start, first_year, order=order, language=language)
        last = read_dates(end, first_year, order=order, language=language)
        asked = tuple(dict.fromkeys((*first.asked, *last.asked)))
        if first.form is not Form.DAY or last.form is not Form.DAY or asked:
            return DateReading(asked=asked or ("this is not one day",)), f"{start} - {end}"
        if first.start is None or last.start is None or last.start < first.start:
            return DateReading(asked=("the end lies before the start",)), f"{start} - {end}"
        form = Form.DAY if first.start == last.start else Form.WINDOW
        taken = first.year_taken or last.year_taken
        return DateReading(form=form, start=first.start, end=last.start, year_taken=taken), f"{start} - {end}"
    text = said("date")
    return read_dates(text, first_year, order=order, language=language), text


def _category(given: str, title: str, site: ListSite) -> tuple[str, str]:
    """The category that the row says, or the one its title sounds like, with the doubt."""
    folded = " ".join(words(given))
    named = next((key for key, names in site.categories.items() if folded and folded in names), "")
    if named:
        return named, ""
    said = " ".join(words(f"{given} {title}"))
    if any(one in said for one in NO_CLASSES):
        like = _called(("holiday", "day off", "off", "break"), site)
        return like or next(iter(site.categories)), "it says that there are no classes; look at its category"
    for names, stems in KINDS_OF_WORDS:
        like = _called(names, site)
        if like and any(part.startswith(stems) for part in said.split()):
            return like, "" if not given else f"{given!r} is no category; {like} is proposed"
    first = next(iter(site.categories))
    return first, f"its category is not known; {first} is proposed"


def _called(names: Sequence[str], site: ListSite) -> str:
    """The site's category that has one of the names, the first name first."""
    for name in names:
        for key, own in site.categories.items():
            if any(f" {name}" in f" {one}" for one in own):
                return key
    return ""


def _answered(
    row: ListRow,
    site: ListSite,
    answers: Answers,
    faults: dict[str, str],
    first_year: int,
    order: DayOrder | None,
    language: str,
) -> ListRow:
    given = answers.of(row.name)
    if not given:
        return row
    answer = cell_answer(given, site.categories, first_year, order, language)
    if answer.fault:
        faults[row.name] = answer.fault
        return row
    reading = answer.reading if answer.reading is not None else row.reading
    if not answer.left_out and (reading.form in {Form.NONE, Form.FROM} or not row.title):
        faults[row.name] = "the date or the title is still missing; type the date here, or out"
        return row
    category = answer.entry or row.category
    return replace(row, reading=reading, category=category, asked=(), left_out=answer.left_out)
