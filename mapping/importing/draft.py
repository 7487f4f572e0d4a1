"""The draft year as plain values: ids, categories, audiences and translations carried over, dates from the document.

What nobody has confirmed keeps the mark ``unconfirmed``; what a person answered loses it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mapping.drafts import DATES, TEXTS
from mapping.importing.ask import (
    annex_title,
    has_stale_words,
    kept_anyway,
    neighbour,
    new_rows,
    translated_years,
)
from mapping.importing.conclude import Conclusion, Record
from mapping.importing.dates import Form, read_dates
from mapping.importing.known import KnownEntry
from mapping.importing.match import schools_in
from mapping.importing.questions import KEEP, Kind, is_yes, slug
from mapping.importing.rows import GridRow
from mapping.importing.wording import moved_years, numbering

YEAR_FILE = "year.yaml"
_LONGEST_TITLE = 60
_ORDER = (
    "id", "ref", "printed", "section", "terms", "schools", "years", "category", "audience", "kind", "start", "end",
    "shape", "replaces", "under", "transfer_of", "rule", "title", "text", "note", "reason", "ask", "unconfirmed",
    "place", "amended",
)  # fmt: skip


def draft_files(made: Conclusion, base: Mapping[str, Any], source: str) -> dict[str, Any]:
    """Plain values of the draft's files by name within its folder.

    ``base`` is what `mapping.document.new_year` proposes for the year; ``source`` the document's place in the folder.
    """
    maker = Maker(made, source)
    files: dict[str, Any] = {}
    for name, value in base.items():
        if name == YEAR_FILE:
            files[name] = maker.year_file(value)
        elif value.get("programme"):
            entries = list(maker.entries(name, value["entries"]))
            if entries:
                files[name] = maker.header(name, value) | {"entries": entries}
        else:
            files[name] = value | {"entries": list(maker.days_off(value["entries"]))}
    return files


class Maker:
    """Makes the entries of one year."""

    def __init__(self, made: Conclusion, source: str) -> None:
        self._made, self._source = made, source
        self._by_id: dict[str, Record] = {}
        for record in made.records:
            if record.entry is not None and not record.left_out:
                self._by_id.setdefault(record.entry.id, record)
        self._gone = {entry.id for entry in made.gone if not kept_anyway(entry, made)}
        self._translated = {entry.id for entry in translated_years(made)}
        self._ids = {entry.id for entry in made.site.entries}
        self._shift = made.first_year - made.site.first_year

    # --- files ---

    def header(self, name: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """A calendar file without its entries."""
        kept = {key: inner for key, inner in value.items() if key not in {"entries", "source"}}
        annex = kept.get("annex")
        if isinstance(annex, Mapping):
            answer = self._made.answers.of(f"{Kind.DOCUMENT}-annex-{name}")
            proposal = annex_title(self._made, name) or self._made.site.annexes.get(name, "")
            if is_yes(answer) and proposal:
                kept["annex"] = self._worded(annex, proposal)
            elif answer and not is_yes(answer) and answer.casefold() != KEEP:
                kept["annex"] = self._worded(annex, answer)
        return {**kept, "source": self._source}

    def _worded(self, texts: Mapping[str, str], official: str) -> dict[str, str]:
        return {
            language: official if language == self._made.language else moved_years(text, self._shift)
            for language, text in texts.items()
        }

    def year_file(self, value: Mapping[str, Any]) -> dict[str, Any]:
        answers = self._made.answers
        document = dict(value["document"])
        open_points = 0
        number = answers.of(f"{Kind.DOCUMENT}-number")
        document["number"] = (
            self._made.outside.number if is_yes(number) else number or self._made.outside.number
        )
        if not document["number"]:
            document["number"] = str(value["document"].get("number", ""))
        day = answers.of(f"{Kind.DOCUMENT}-date")
        approved = self._made.outside.approved
        if not is_yes(day) and day:
            read = read_dates(day, self._made.first_year, order="dmy", language=self._made.language)
            approved = read.start if read.form is Form.DAY and not read.asked else approved
        if approved is not None:
            document["date"] = approved.isoformat()
        title = answers.of(f"{Kind.DOCUMENT}-title")
        moved = {k: moved_years(v, self._shift) for k, v in (document.get("title") or {}).items()}
        if title and not is_yes(title):
            moved |= dict.fromkeys(set(moved) & self._made.site.official, title)
        document["title"] = moved
        if short := document.get("short"):
            document["short"] = {k: moved_years(v, self._shift) for k, v in short.items()}
        open_points = sum(not one for one in (number, day, title))
        if not open_points:
            document.pop("unconfirmed", None)
        terms = {p: {t: dict(e) for t, e in inner.items()} for p, inner in (value.get("terms") or {}).items()}
        for programme, term, end, named in self._made.site.term_ends:
            answer = answers.of(f"{Kind.REFERENCE}-{programme}-{term}-{end}")
            if named in self._gone and answer and term in terms.get(programme, {}):
                terms[programme][term][end] = answer
        return {**value, "document": document, "terms": terms}

    def days_off(self, entries: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """Days off as proposed; confirmed where the document's list prints the same days, or a person says so."""
        confirmed = self._made.answers.accepts(f"{Kind.DAYS_OFF}-law")
        printed = {
            holiday.entry.id: (holiday.start, holiday.end)
            for holiday in self._made.outside.holidays
            if holiday.entry is not None and holiday.start is not None
        }
        for entry in entries:
            value = dict(entry)
            days = printed.get(str(value["id"]))
            same = days is not None and (str(days[0]), str(days[1])) == (
                value.get("start"),
                value.get("end", value.get("start")),
            )
            if str(value["id"]) in self._gone and not confirmed:
                value["unconfirmed"] = _marks(value, DATES, TEXTS)
            elif same or confirmed:
                value = _without_mark(value, DATES)
                if confirmed:
                    value = _without_mark(value, TEXTS)
            yield value

    # --- entries ---

    def entries(self, file: str, base: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """Last year's order; a new row follows the row that it is printed after."""
        after = self.new_by_predecessor(file)
        yield from after.pop("", [])
        for entry in base:
            name = str(entry["id"])
            if name in self._by_id:
                yield self._carried(dict(entry), self._by_id[name])
            elif name not in self._gone:
                yield self._kept(dict(entry))
            yield from after.pop(name, [])
        for rest in after.values():
            yield from rest

    def new_by_predecessor(self, file: str) -> dict[str, list[dict[str, Any]]]:
        """New entries by the id of the entry that they are printed after, "" for the top."""
        programme = next((e.programme for e in self._made.site.entries if e.file == file), None)
        out: dict[str, list[dict[str, Any]]] = {}
        rows = {id(record): name for name, records in new_rows(self._made) for record in records}
        before = ""
        for record in self._made.records:
            if record.found.row.programme != programme or record.left_out:
                continue
            if record.entry is not None:
                before = record.entry.id
            elif id(record) in rows:
                out.setdefault(before, []).append(self._new(record, rows[id(record)]))
        return out

    def _carried(self, value: dict[str, Any], record: Record) -> dict[str, Any]:
        entry = record.entry
        if entry is None:
            return value
        made, row = self._made, record.found.row
        if record.is_rule or record.end is not None:
            value |= days_of(record)
        value |= self._place_of(record)
        if numbering(row.number) != entry.number or row.section != entry.section:
            value["ref"] = _ref(row)
            value.pop("printed", None)
            value["section"] = row.section or value.get("section")
        text = text_of(row, record, with_cell=bool(entry.rules.get(made.language)))
        value["text"] = {**_localised(value.get("text")), made.language: text}
        if row.note or entry.notes.get(made.language):
            value["note"] = {
                **_localised(value.get("note")),
                made.language: row.note or entry.notes[made.language],
            }
        value = self._references(value)
        marks = [mark for mark in _listed(value.pop("unconfirmed", None)) if mark not in {DATES, TEXTS}]
        if record.asked:
            marks.append(DATES)
        if self._texts_open(record, entry):
            marks.append(TEXTS)
        if entry.id in self._translated and made.answers.accepts(f"{Kind.YEARS}-translations"):
            value = self._years_moved(value)
        if marks:
            value["unconfirmed"] = marks
        return ordered(value)

    def _texts_open(self, record: Record, entry: KnownEntry) -> bool:
        answers = self._made.answers
        years = entry.id in self._translated and not answers.accepts(f"{Kind.YEARS}-translations")
        stale = has_stale_words(record, self._made) and not answers.accepts(f"{Kind.YEARS}-wording")
        return years or stale

    def _years_moved(self, value: dict[str, Any]) -> dict[str, Any]:
        for part in ("title", "text", "note"):
            texts = _localised(value.get(part))
            if texts:
                value[part] = {
                    language: text
                    if language == self._made.language and part != "title"
                    else moved_years(text, self._shift)
                    for language, text in texts.items()
                }
        return value

    def _kept(self, value: dict[str, Any]) -> dict[str, Any]:
        """Of last year alone, because a person wants it: nothing of it is confirmed."""
        value["unconfirmed"] = _marks(value, DATES) if value.get("start") else _marks(value, TEXTS)
        return ordered(self._references(value))

    def _references(self, value: dict[str, Any]) -> dict[str, Any]:
        """What it refers to, without what is gone."""
        answers = self._made.answers
        rule = value.get("rule")
        if isinstance(rule, Mapping):
            anchors = [one for one in _listed(rule.get("anchors")) if one not in self._gone]
            if not anchors:
                given = answers.of(f"{Kind.REFERENCE}-{value['id']}")
                anchors = [given] if given else _listed(rule.get("anchors"))
            value["rule"] = {**rule, "anchors": anchors}
        for name in ("under", "replaces"):
            if value.get(name) in self._gone:
                del value[name]
        return value

    def _new(self, record: Record, name: str) -> dict[str, Any]:
        made, row = self._made, record.found.row
        titles = {}
        siblings = [r for key, records in new_rows(made) if key == name for r in records]
        for language in made.site.languages:
            given = made.answers.of(f"{Kind.TITLE}-{language}-{name}")
            if given and given != "-":
                titles[language] = self._title(given, record, siblings, language)
        id_ = slug(made.answers.of(f"{Kind.TITLE}-en-{name}").lstrip("-") or titles.get("en", ""))
        if len(siblings) > 1:
            id_ = f"{id_}-{'-'.join(record.terms)}".lower()
        id_ = self._unused(id_)
        category = made.answers.of(f"{Kind.CATEGORY}-{name}")
        near = neighbour(record, made)
        if (is_yes(category) or not category) and near is not None:
            category = str(near.value["category"])
        alike = next((e for e in made.site.entries if e.value.get("category") == category), None)
        schools = sorted(schools_in(row.name, made.site))
        value: dict[str, Any] = {
            "id": id_,
            "ref": _ref(row) or None,
            "section": row.section or None,
            "terms": list(record.terms),
            "schools": schools or self._schools_of(row) or None,
            "category": category,
            "audience": alike.value["audience"] if alike is not None else "students",
            **days_of(record),
            "title": titles,
            "text": {made.language: text_of(row, record, with_cell=record.is_rule)},
            "note": {made.language: row.note} if row.note else None,
            **self._place_of(record),
        }
        if record.is_rule:
            value |= {"kind": "rule", "rule": {"anchors": [], "publish": "text"}}
        return ordered(
            {key: inner for key, inner in value.items() if inner not in (None, [])} | {"title": titles}
        )

    def _schools_of(self, row: GridRow) -> list[str]:
        """The schools that a whole programme is for."""
        every = [set(e.schools) for e in self._made.site.entries if e.programme == row.programme]
        return sorted(set.intersection(*every)) if every else []

    def _title(self, given: str, record: Record, siblings: Sequence[Record], language: str) -> str:
        if len(siblings) < 2:
            return given
        names = self._made.site.term_names.get(record.found.row.programme, {})
        said = ", ".join(names.get(term, {}).get(language, term) for term in record.terms)
        full = f"{given}: {said}"
        return full if len(full) <= _LONGEST_TITLE else given

    def _unused(self, id_: str) -> str:
        number, name = 1, id_
        while name in self._ids:
            number += 1
            name = f"{id_}-{number}"
        self._ids.add(name)
        return name

    def _place_of(self, record: Record) -> dict[str, Any]:
        place = {key: str(value) for key, value in record.spot.as_json().items() if value is not None}
        return {"place": place}


def days_of(record: Record) -> dict[str, Any]:
    """kind, start and end as the files say them: a last day alone starts and ends on it."""
    if record.is_rule:
        return {"kind": "rule", "start": None, "end": None}
    end = record.end or record.start
    start = record.start or end
    kind = "window" if start != end else "day"
    if record.start is None or (record.entry is not None and record.entry.kind == "until" and start == end):
        kind = "until"
    return {
        "kind": kind,
        "start": start.isoformat() if start is not None else None,
        "end": end.isoformat() if end is not None else None,
    }


def text_of(row: GridRow, record: Record, *, with_cell: bool) -> str:
    """The printed row: its headings first, then its name, then what the cell says in words."""
    parts = [*row.headings, f"{row.number} {row.name}".strip()]
    if with_cell:
        parts.append(record.text)
    return "\n".join(parts)


def _ref(row: GridRow) -> str:
    number = numbering(row.number) or row.number.strip(". ")
    return (
        number if number == row.section or not row.section else ".".join(filter(None, (row.section, number)))
    )


def ordered(value: Mapping[str, Any]) -> dict[str, Any]:
    """An entry's fields in the order in which the files write them."""
    known = {key: value[key] for key in _ORDER if value.get(key) is not None}
    return known | {key: inner for key, inner in value.items() if key not in _ORDER and inner is not None}


def _marks(value: Mapping[str, Any], *marks: str) -> list[str]:
    return list(dict.fromkeys([*_listed(value.get("unconfirmed")), *marks]))


def _without_mark(value: dict[str, Any], mark: str) -> dict[str, Any]:
    left = [one for one in _listed(value.get("unconfirmed")) if one != mark]
    rest = {key: inner for key, inner in value.items() if key != "unconfirmed"}
    return {**rest, "unconfirmed": left} if left else rest


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def _localised(value: Any) -> dict[str, str]:
    return dict(value) if isinstance(value, Mapping) else {}
