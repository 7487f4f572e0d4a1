"""An import of a plain list: a calendar file for a year that is there, or a draft year of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from mapping.document.files import UNIVERSITY_FILE, YEAR_FILE
from mapping.importing.academic_year import first_year_of
from mapping.importing.list_file import list_file, list_questions, list_terms
from mapping.importing.pages import SourceDocument
from mapping.importing.plain_list import FILE, conclude_list, list_site
from mapping.importing.questions import Answers, open_questions
from mapping.model import CanonicalCalendar
from syncd.errors import RefusedError, UsageError
from syncd.importing.changes import difference_page
from syncd.importing.outputs import SOURCE, write_plan, write_year
from syncd.importing.record import record_of, write_record
from syncd.importing.request import ASKED, DRAFTED, REFUSED, Request, Result
from syncd.importing.review import write_review
from syncd.importing.splice import with_terms
from syncd.importing.telling import next_lines, refusal_lines
from syncd.importing.years import problems_with, source_years
from syncd.source.folder import SourceFolder
from syncd.source.yaml_write import write_yaml


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
    site = list_site(university)
    if request.language and request.language not in site.languages:
        raise UsageError(f"--language: {request.language!r} is not one of {', '.join(site.languages)}")
    language = request.language or site.official
    made = conclude_list(
        document, site, request.fields, first_year_of(request.year), request.order, language, answers
    )
    folder.mkdir(parents=True, exist_ok=True)
    record = record_of(file=request.file.name, sha256=sha256, year=request.year, document=document, made=made)
    write_record(folder, record)
    questions = tuple(list_questions(made, answers))
    unanswered = open_questions(questions, answers, made.faults)
    write_review(folder, questions, answers, made.faults, sha256)
    rows = [f"{row.reading.start or 'until'} - {row.reading.end}: {row.title}" for row in made.records]
    page = difference_page(request, rows)
    (folder / "side-by-side.html").write_text(page, encoding="utf-8")
    if made.refused or made.unread or not made.records:
        return Result(code=REFUSED, folder=folder, lines=tuple(refusal_lines(record, folder)))
    there = dict(source_years(source)).get(request.year)
    inner = there or request.year
    known = calendar.with_drafts().years
    taken = {entry.id for entry in known[request.year].entries} if request.year in known else set()
    value = list_file(made, site, language, taken)
    comment = f"Made by `syncd import` from {request.file.name}: ids and categories are proposals."
    files = {FILE: write_yaml({**value, "source": f"{SOURCE}/{request.file.name}"}, comment).encode()}
    terms = list_terms(value["entries"], site)
    base: dict[str, str] = {}
    if there is None:
        value = {"working_week": [str(day) for day in range(1, 6)], **value}
        files[FILE] = write_yaml({**value, "source": f"{SOURCE}/{request.file.name}"}, comment).encode()
        files[YEAR_FILE] = write_yaml(
            _new_year(request, site.official, {site.programme: terms} if terms else {})
        ).encode()
    elif f"{inner}/{FILE}" in source.files:
        raise RefusedError(f"{inner}/{FILE} is there already; name it otherwise, then import the list")
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
    write_year(folder, inner, files, request.file)
    problems = problems_with(source, inner, files)
    count = len(unanswered) + len(problems)
    plan = {"year": inner, "edition": there is not None, "open": count, "base": base, "files": sorted(files)}
    write_plan(folder, plan)
    more = [
        f"Proposed in {YEAR_FILE}: {term} lasts from {ends['first']} to {ends['last']}."
        for term, ends in terms.items()
    ]
    more += [f"to mend: {problem}" for problem in problems[:10]] if not unanswered else []
    first = f"{len(made.records)} rows, {len(unanswered)} with a doubt."
    return Result(
        code=ASKED if count else DRAFTED,
        folder=folder,
        lines=(first, *next_lines(unanswered, folder, request, to_mend=bool(problems)), *more),
    )


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
