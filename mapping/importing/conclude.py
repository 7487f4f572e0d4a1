"""From cells, matches and lines to records, questions and what keeps the document from being used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal

from mapping.importing.cells import cells_of, terms_of_found, with_partners
from mapping.importing.date_tokens import DayOrder
from mapping.importing.dates import DateReading, Form, has_full_date
from mapping.importing.grid import Grid, grid_of
from mapping.importing.known import KnownEntry, KnownSite
from mapping.importing.match import Comparing, Found, is_on_same_weekdays, match, same_days
from mapping.importing.outside import Outside, outside_of
from mapping.importing.pages import SourceDocument, Spot, Trouble
from mapping.importing.questions import Answers, CellAnswer, Kind, cell_answer, is_yes

Status = Literal["carried", "changed", "new"]
MOST_MISSING = 0.2
"""The part of last year's entries that may be missing; more, and it is hardly the right document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the person wants the document to be read."""

    first_year: int
    language: str = ""
    order: DayOrder | None = None
    columns: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A dated or rule cell with everything that is known of it. Days included; ``start`` None: until."""

    name: str
    found: Found
    start: date | None
    end: date | None
    terms: tuple[str, ...]
    entry: KnownEntry | None
    status: Status
    asked: tuple[str, ...]
    left_out: bool = False

    @property
    def spot(self) -> Spot:
        return self.found.cells[0].spot

    @property
    def text(self) -> str:
        return self.found.text

    @property
    def is_rule(self) -> bool:
        return self.found.reading.is_plain_text

    def as_json(self) -> dict[str, Any]:
        """One of ``cells`` in import.json."""
        was = None
        if self.entry is not None:
            until = self.entry.kind == "until"
            was = {"start": None if until else _iso(self.entry.start), "end": _iso(self.entry.end)}
        return {
            "place": self.spot.as_json(),
            "text": self.text,
            "start": _iso(self.start),
            "end": _iso(self.end),
            "terms": list(self.terms),
            "entry": self.entry.id if self.entry is not None else None,
            "was": was,
            "status": self.status,
            "asked": "; ".join(self.asked) or None,
        }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """Everything an import found out."""

    site: KnownSite
    language: str
    first_year: int
    is_edition: bool
    """The year exists: a corrected edition of it."""
    grid: Grid
    outside: Outside
    records: tuple[Record, ...]
    gone: tuple[KnownEntry, ...]
    faults: Mapping[str, str]
    """Name of a question to why its answer cannot be used."""
    refused: tuple[Trouble, ...]
    all_unread: tuple[Trouble, ...]
    answers: Answers

    @property
    def unread(self) -> tuple[Trouble, ...]:
        """What stands nowhere, without what a person said to have read."""
        return tuple(
            one
            for index, one in enumerate(self.all_unread, start=1)
            if not self._is_read(self.answers.of(f"{Kind.UNREAD}-{index}"))
        )

    @staticmethod
    def _is_read(answer: str) -> bool:
        return is_yes(answer) or answer.casefold() == "read"

    @property
    def summary(self) -> dict[str, int]:
        """The counts of import.json."""
        kept = self.records
        return {
            "cells": len(kept),
            "carried": sum(one.status == "carried" for one in kept),
            "changed": sum(one.status == "changed" for one in kept),
            "new": sum(one.status == "new" for one in kept),
            "gone": len(self.gone),
            "asked": sum(bool(one.asked) for one in kept),
        }


def conclude(document: SourceDocument, site: KnownSite, options: Options, answers: Answers) -> Conclusion:
    """Read the document against the site's year; ``answers`` settle questions of an earlier run."""
    language = options.language or site.language_of(_all_texts(document))
    year = options.first_year
    is_edition = year == site.first_year
    grid = grid_of(document, site.terms, options.columns, site.vocabulary(language))
    comparing = Comparing(site=site, language=language, first_year=year)
    cells = cells_of(grid, year, options.order, language)
    matched = with_partners(match(cells, grid.columns, comparing))
    outside = outside_of(document, site, year, language)
    judge = _Judge(
        grid=grid, site=site, is_edition=is_edition, options=options, answers=answers, language=language
    )
    records = list(_without_doubles([judge.record(name, one) for name, one in _numbered(matched)]))
    used = {record.entry.id for record in records if record.entry is not None and not record.left_out}
    programmes = set(grid.columns)
    gone = [entry for entry in site.entries if entry.id not in used]
    if outside.has_list:
        listed = {holiday.entry.id for holiday in outside.holidays if holiday.entry is not None}
        gone += [entry for entry in site.holidays if entry.id not in listed]
    loose = [Trouble(spot=spot, text=text) for spot, text in grid.headings if has_full_date(text, language)]
    unread = (*document.unread, *outside.unread, *loose)
    refused = [*document.refused, *grid.refused, *_missing(site, gone, programmes, records)]
    return Conclusion(
        site=site, language=language, first_year=year, is_edition=is_edition, grid=grid, outside=outside,
        records=tuple(records), gone=tuple(gone), faults=judge.faults, refused=tuple(refused),
        all_unread=unread, answers=answers,
    )  # fmt: skip


def _all_texts(document: SourceDocument) -> Iterator[str]:
    for line in document.lines:
        yield line.text
    for table in document.tables:
        yield from (cell.text for row in table.rows for cell in row)


def _numbered(found: Iterable[Found]) -> Iterator[tuple[str, Found]]:
    for one in found:
        spot = one.cells[0].spot
        where = f"p{spot.page}" if spot.page else f"s.{spot.sheet}" if spot.sheet else "d"
        yield f"{Kind.CELL}-{where}-t{spot.table}-r{spot.row}-c{spot.column}", one


@dataclass(slots=True, kw_only=True)
class _Judge:
    """Settles each cell by what was read, what it matches and what a person answered."""

    grid: Grid
    site: KnownSite
    is_edition: bool
    options: Options
    answers: Answers
    language: str
    faults: dict[str, str] = field(default_factory=dict)

    def record(self, name: str, found: Found) -> Record:
        """The cell with everything that is known of it."""
        ids = {entry.id: entry for entry in self.site.entries}
        given = self.answers.of(name)
        answer = CellAnswer()
        if given:
            answer = cell_answer(given, ids, self.options.first_year, self.options.order, self.language)
            if answer.fault:
                self.faults[name] = answer.fault
                answer = CellAnswer()
        reading = answer.reading if answer.reading is not None else found.reading
        entry = ids[answer.entry] if answer.entry else None if answer.is_new else found.entry
        found = replace(found, reading=reading, entry=entry)
        settled = bool(given) and name not in self.faults and self._settles(name, answer, found)
        return Record(
            name=name,
            found=found,
            start=None if reading.form is Form.UNTIL else reading.start,
            end=reading.end,
            terms=terms_of_found(found, self.grid.columns[found.row.programme], self.site.whole_year),
            entry=entry,
            status="new" if entry is None else "carried" if self._is_carried(found, entry) else "changed",
            asked=() if settled else self._asked(found),
            left_out=settled and answer.left_out,
        )

    def _asked(self, found: Found) -> tuple[str, ...]:
        row = found.row
        asked = [*found.reading.asked, *found.doubts]
        if row.automatic and not self.grid.is_counted:
            asked.append("the row's number is counted by Word and not written in the file")
        if has_full_date(f"{row.name} ; {row.note}", self.language):
            asked.append(f"another date stands beside it: {row.name} {row.note}".strip())
        if found.entry is None:
            near = f"; it may be {' or '.join(found.alternatives)}" if found.alternatives else ""
            asked.append(f"a new row, which last year's calendar does not have{near}")
        if found.reading.form is Form.FROM:
            asked.append("a last day is missing")
        return tuple(dict.fromkeys(asked))

    def _settles(self, name: str, answer: CellAnswer, found: Found) -> bool:
        """Whether the answer leaves nothing open."""
        if answer.left_out:
            return True
        if found.reading.form is Form.FROM or (
            found.reading.form is Form.NONE and not found.reading.is_plain_text
        ):
            self.faults[name] = "the date is still missing; type it, after the id and a ; if need be"
            return False
        return found.entry is not None or answer.is_new or answer.accepted

    def _is_carried(self, found: Found, entry: KnownEntry) -> bool:
        """In an edition a cell that did not move; in a new year one that is last year's on the same weekdays."""
        if self.is_edition:
            return same_days(found.reading, entry)
        return (
            not found.doubts
            and not _left_its_month(found.reading, entry)
            and is_on_same_weekdays(found.reading, entry, self.options.first_year - self.site.first_year)
        )


_LONG = timedelta(days=60)


def _left_its_month(reading: DateReading, entry: KnownEntry) -> bool:
    """A long window that ended with a month, and does so no more: it follows the month and not the weekday."""
    if entry.start is None or entry.end is None or reading.end is None or entry.end - entry.start < _LONG:
        return False
    return _ends_a_month(entry.end) and not _ends_a_month(reading.end)


def _ends_a_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _without_doubles(records: Sequence[Record]) -> Iterator[Record]:
    """An entry that two answers name stands once: the second is asked again."""
    seen: dict[str, Record] = {}
    for record in records:
        if record.entry is None or record.left_out:
            yield record
            continue
        before = seen.setdefault(record.entry.id, record)
        disagree = before.found.row is record.found.row
        if before is record or disagree:
            yield record
        else:
            yield replace(
                record,
                asked=(*record.asked, f"{record.entry.id} is given to another row too ({before.spot})"),
            )


def _missing(
    site: KnownSite, gone: Sequence[KnownEntry], programmes: set[str], records: Sequence[Record]
) -> Iterator[Trouble]:
    counted = [entry for entry in site.entries if entry.programme is not None]
    lost = [entry for entry in gone if entry.programme is not None]
    if not records:
        yield Trouble(
            spot=Spot(), text="no cell with a date was found in any table; is this the right document?"
        )
    elif len(lost) > MOST_MISSING * len(counted):
        absent = {entry.programme for entry in counted} - programmes
        which = f"; no table was found for {', '.join(sorted(map(str, absent)))}" if absent else ""
        yield Trouble(
            spot=Spot(),
            text=f"{len(lost)} of {len(counted)} entries of {site.year} were not found, more than a fifth{which}; "
            "is this the right document, and is --from the right year?",
        )
