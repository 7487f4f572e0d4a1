"""An import of a plain list: a calendar file for a year that is there, or a draft year of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mapping.document.dates import FARTHEST
from mapping.document.files import UNIVERSITY_FILE, YEAR_FILE
from mapping.importing.academic_year import first_year_of
from mapping.importing.pages import SourceDocument
from mapping.importing.plain_list.conclude import FILE, ListConclusion, conclude_list, list_site
from mapping.importing.plain_list.file import list_file, list_questions, list_terms, mark_far
from mapping.importing.plain_list.reading import Ways
from mapping.importing.plain_list.row import ListSite
from mapping.importing.questions import Answers, open_questions
from mapping.model import CanonicalCalendar, Days, Entry
from syncd.errors import UsageError
from syncd.importing.changes import difference_page
from syncd.importing.outputs import SOURCE, write_plan, write_year
from syncd.importing.record import record_of, write_record
from syncd.importing.request import ASKED, DRAFTED, REFUSED, Request, Result
from syncd.importing.review import write_review
from syncd.importing.splice import with_terms
from syncd.importing.telling import next_lines, refusal_lines
from syncd.importing.years import problems_with, source_years
from syncd.reporting.english import counted
from syncd.source.empty_site import SAMPLES
from syncd.source.folder import SourceFolder
from syncd.source.holidays_check import working_week_of
from syncd.source.yaml_write import write_yaml

_MOST_NOTES = 40


def run_list(
    request: Request,
    source: SourceFolder,
    calendar: CanonicalCalendar,
    document: SourceDocument,
    answers: Answers,
    folder: Path,
    sha256: str,
) -> Result:
    """A plain list of dates: a calendar file for a year that is there, or a draft year of its own."""
    university = next(one.value for one in source.documents if one.name == UNIVERSITY_FILE)
    if request.programme and request.programme not in university["programmes"]:
        known = ", ".join(university["programmes"])
        raise UsageError(f"--programme: there is no programme {request.programme!r}; known: {known}")
    site = list_site(university, request.programme)
    if request.language and request.language not in site.languages:
        raise UsageError(f"--language: {request.language!r} is not one of {', '.join(site.languages)}")
    language = request.language or site.official
    unknown = sorted(set(request.columns.values()) - set(site.terms))
    if unknown:
        raise UsageError(f"--columns: there is no term {unknown[0]!r}; known: {', '.join(site.terms)}")
    ways = Ways(
        first_year=first_year_of(request.year, request.begins), order=request.order, language=language
    )
    year = calendar.with_drafts().years.get(request.year)
    entries = year.entries if year is not None else ()
    last = _last_year(request, calendar)
    made = conclude_list(document, site, ways, answers, request.fields, request.columns, entries, last)
    folder.mkdir(parents=True, exist_ok=True)
    record = record_of(file=request.file.name, sha256=sha256, year=request.year, document=document, made=made)
    write_record(folder, record)
    questions = tuple(list_questions(made, answers))
    unanswered = open_questions(questions, answers, made.faults)
    write_review(folder, questions, answers, made.faults, sha256)
    rows = [f"{row.reading.start or 'until'} - {row.reading.end}: {row.title}" for row in made.records]
    page = difference_page(request, rows)
    (folder / "side-by-side.html").write_text(page, encoding="utf-8")
    if made.there and not made.records and not made.refused and not made.unread:
        inner = dict(source_years(source))[request.year]
        write_year(folder, inner, {}, request.file)
        write_plan(folder, {"year": inner, "edition": True, "open": 0, "base": {}, "files": []})
        line = f"All {len(made.there)} rows are in {request.year} already; there is nothing to take over."
        return Result(code=DRAFTED, folder=folder, lines=(line,))
    if made.refused or made.unread or not made.records:
        told = refusal_lines(record, folder, request)
        if not made.refused and not made.unread:
            told.insert(1, _NOTHING)
        return Result(code=REFUSED, folder=folder, lines=(*told, *made.notes[:_MOST_NOTES]))
    drafted = _draft(request, source, calendar, made, site, language)
    write_year(folder, drafted.inner, drafted.files, request.file)
    problems = problems_with(source, drafted.inner, drafted.files)
    count = len(unanswered) + len(problems)
    write_plan(
        folder,
        {
            "year": drafted.inner,
            "edition": drafted.is_there,
            "open": count,
            "base": drafted.base,
            "files": sorted(drafted.files),
        },
    )
    more = [*made.notes[:_MOST_NOTES], *drafted.said]
    if made.there:
        more.append(f"{len(made.there)} rows are in {request.year} already and were left out.")
    more += [f"to mend: {problem}" for problem in problems[:10]] if not unanswered else []
    first = f"{counted(len(made.records), 'row')}, {len(unanswered)} with a doubt."
    return Result(
        code=ASKED if count else DRAFTED,
        folder=folder,
        lines=(first, *next_lines(unanswered, folder, request, made.faults, to_mend=bool(problems)), *more),
    )


def _last_year(request: Request, calendar: CanonicalCalendar) -> tuple[int, Sequence[Entry]] | None:
    """Entries of the last year before it that has more than the sample rows, and when that year began."""
    years = calendar.with_drafts().years
    for name in sorted((name for name in years if name < request.year), reverse=True):
        if not {entry.id for entry in years[name].entries} <= SAMPLES:
            return first_year_of(name), years[name].entries
    return None


_NOTHING = "  no row with a date was found; the next lines say what was taken for a heading"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """Files of a year's folder, ``inner``, and the hashes of those that they take the place of."""

    inner: str
    is_there: bool
    files: Mapping[str, bytes]
    base: Mapping[str, str]
    said: tuple[str, ...]


def _draft(
    request: Request,
    source: SourceFolder,
    calendar: CanonicalCalendar,
    made: ListConclusion,
    site: ListSite,
    language: str,
) -> _Draft:
    known = calendar.with_drafts().years
    there = dict(source_years(source)).get(request.year)
    inner = there or request.year
    taken = {entry.id for entry in known[request.year].entries} if request.year in known else set()
    value = list_file(made, site, language, taken)
    # The rows come last, so that people can add theirs below.
    value = {
        **{key: said for key, said in value.items() if key != "entries"},
        "source": f"{SOURCE}/{request.file.name}",
        "entries": value["entries"],
    }
    comment = f"Made by `syncd import` from {request.file.name}: ids and categories are proposals."
    terms = list_terms(value["entries"], site)
    base: dict[str, str] = {}
    files: dict[str, bytes] = {}
    said: list[str] = []
    if there is None:
        week = _working_week(request, calendar)
        value = {"working_week": [str(day) for day in week], **value}
        files[YEAR_FILE] = write_yaml(
            _new_year(request, site.official, {site.programme: terms} if terms else {})
        ).encode()
        said.append(
            f"Proposed in {FILE}: working_week: {week}, with 1 for Monday; correct it if it is another."
        )
    else:
        old = source.files[f"{inner}/{YEAR_FILE}"]
        terms = {
            term: ends for term, ends in terms.items() if term not in _terms_of(source, inner, site.programme)
        }
        added = with_terms(old, site.programme, terms) if terms else None
        if added is None:
            terms = {}
        else:
            files[YEAR_FILE] = added
            base[YEAR_FILE] = hashlib.sha256(old).hexdigest()
    lasting = _lasting(terms, value["entries"])
    if request.year in known:
        lasting += known[request.year].terms.values()
    far = mark_far(value["entries"], lasting)
    if far:
        said.append(
            f"More than {FARTHEST} days outside the terms, so they say far: yes; look at their years: {', '.join(far)}."
        )
    file = FILE
    while f"{inner}/{file}" in source.files:
        number = int(file.removesuffix(".yaml").removeprefix("imported").lstrip("-") or 1) + 1
        file = f"imported-{number}.yaml"
    files[file] = write_yaml(value, comment).encode()
    said += [
        f"Proposed in {YEAR_FILE}: {term} lasts from {ends['first']} to {ends['last']}."
        for term, ends in terms.items()
    ]
    if any(entry.id in SAMPLES for year in known.values() for entry in year.entries):
        said.append(
            "The rows of `syncd init` are in the calendar still; take them out, or their year's folder, before it goes out."
        )
    return _Draft(inner=inner, is_there=there is not None, files=files, base=base, said=tuple(said))


def _lasting(terms: Mapping[str, Mapping[str, str]], entries: Sequence[Mapping[str, str]]) -> list[Days]:
    """How long the terms last that are proposed."""
    by_id = {entry["id"]: entry for entry in entries}
    return [
        Days.inclusive(
            date.fromisoformat(by_id[ends["first"]]["start"]), date.fromisoformat(by_id[ends["last"]]["end"])
        )
        for ends in terms.values()
    ]


def _working_week(request: Request, calendar: CanonicalCalendar) -> list[int]:
    """Of the last year before it that is there, else of the country."""
    years = calendar.with_drafts().years
    before = [name for name in sorted(years) if name <= request.year]
    if before:
        return sorted(years[before[-1]].working_week)
    university = calendar.university
    within = date(int(first_year_of(request.year, request.begins)), 9, 1)
    return list(working_week_of(university.country, within, university.subdivision))


def _terms_of(source: SourceFolder, inner: str, programme: str) -> Collection[str]:
    """Terms of which year.yaml says how long they last."""
    value = next(one.value for one in source.documents if one.name == f"{inner}/{YEAR_FILE}")
    return ((value.get("terms") or {}).get(programme) or {}).keys()


def _new_year(request: Request, language: str, terms: Mapping[str, Any]) -> dict[str, Any]:
    """year.yaml of a year that has nothing but the list."""
    return {
        "year": request.year,
        "draft": "true",
        "document": {
            "title": {language: request.year},
            "date": f"{request.year[:4]}-07-01",
            "unconfirmed": "true",
        },
        "terms": terms,
    }
