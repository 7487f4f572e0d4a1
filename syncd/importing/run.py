"""One import from the file to its folder: read, conclude, write, say what happened."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from mapping.document.files import UNIVERSITY_FILE, YEAR_FILE
from mapping.document.new_year import propose_year
from mapping.importing.academic_year import first_year_of, month_begun
from mapping.importing.ask import questions_of
from mapping.importing.conclude import Conclusion, Options, conclude
from mapping.importing.draft import draft_files
from mapping.importing.edition import as_text, differences, file_changes
from mapping.importing.known import KnownSite, known_site
from mapping.importing.pages import SourceDocument
from mapping.importing.plain_list.file import LISTED
from mapping.importing.questions import Answers, open_questions
from mapping.importing.sheet import KIND, conclude_sheet
from mapping.importing.sheet_changes import sheet_changes, sheet_differences, sheet_questions
from mapping.model import CanonicalCalendar
from syncd.errors import UsageError
from syncd.importing.changes import difference_page, write_changes
from syncd.importing.outputs import SOURCE, fresh_folder, sha256_of, write_plan, write_year
from syncd.importing.reading import ReadFile, read_file
from syncd.importing.record import record_of, write_record
from syncd.importing.request import ASKED, DRAFTED, REFUSED, Request, Result
from syncd.importing.review import read_answers, write_review
from syncd.importing.run_list import run_list
from syncd.importing.side_by_side import side_by_side
from syncd.importing.telling import next_lines, refusal_lines
from syncd.importing.workbook import digest_of, languages_of, year_files, year_folder
from syncd.importing.years import problems_with, source_years, year_documents
from syncd.source.empty_site import SAMPLES
from syncd.source.folder import SourceFolder
from syncd.source.holidays_check import public_holidays
from syncd.source.yaml_write import write_yaml

_COMMENT = """\
Academic year {year}: a draft, made by `syncd import` from {file}.
While `draft: true` stands below, nothing of this year is written to any calendar. Take the line out when the
year is right; the plan then waits for one approval."""
_FILE_COMMENT = "Made by `syncd import` from {file} and the files of {old}."


def run_import(request: Request, source: SourceFolder, calendar_folder: Path | None) -> Result:
    """Carry it out. Raises `UsageError`, `RefusedError` and `InvalidCalendarError`; nothing is written then."""
    calendar = source.begun()
    if request.begins is None:
        request = replace(request, begins=_month_begun(request, calendar))
    is_list = bool(request.fields or request.programme) or request.file.suffix.lower() in {".csv", ".tsv"}
    compared = None if is_list or _is_listed(request, calendar) else _site_of(request, source, calendar)
    answers, given_for = read_answers(request.answers) if request.answers else (Answers(by_name={}), "")
    sha256 = sha256_of(request.file)
    if given_for and given_for != sha256:
        raise UsageError(
            f"--answers: {request.answers} was made for another document than {request.file.name}"
        )
    if compared is not None:
        _check_options(request, compared[1])
    folder = fresh_folder(request.out, request.year, calendar_folder, again=request.answers is not None)
    with _progress(request.file.name) as on_page:
        read = read_file(request.file, on_page=on_page)
    if not is_list and read.document.kind == KIND and read.document.blocks:
        return _run_sheet(request, source, read.document, answers, folder, sha256)
    if compared is None:
        return run_list(request, source, calendar, read.document, answers, folder, sha256)
    return _run_document(request, source, calendar, compared, read, answers, folder, sha256)


def _is_listed(request: Request, calendar: CanonicalCalendar) -> bool:
    """Whether no year is there that a document's table could be another one of.

    None before it, only the sample rows, or one that came from a list: its entries do not have the rows' headings and columns.
    """
    years = calendar.with_drafts().years
    if request.from_year is not None:
        return False
    names = sorted(name for name in years if name <= request.year)
    base = years[names[-1]] if names else None
    if base is None or {entry.id for entry in base.entries} <= SAMPLES:
        return True
    return sum(entry.calendar == LISTED for entry in base.entries) * 2 > len(base.entries)


def _month_begun(request: Request, calendar: CanonicalCalendar) -> int | None:
    """In which month years begin here, by the terms of the year itself or of the last one before it."""
    years = calendar.with_drafts().years
    for name in sorted((name for name in years if name <= request.year), reverse=True):
        year = years[name]
        if year.terms and not {entry.id for entry in year.entries} <= SAMPLES:
            return month_begun(name, min(days.start for days in year.terms.values()))
    return None


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int], None]]:
    """On a terminal a line says which page is being read."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console

    with Console(stderr=True).status(f"Reading {name}, page by page and twice") as status:
        yield lambda done, count: status.update(f"Reading {name}: {done} of {count} pages, each twice")


def _run_document(
    request: Request,
    source: SourceFolder,
    calendar: CanonicalCalendar,
    compared: tuple[str, KnownSite],
    read: ReadFile,
    answers: Answers,
    folder: Path,
    sha256: str,
) -> Result:
    document, (old, site) = read.document, compared
    made = None
    if document.blocks:
        options = Options(
            first_year=first_year_of(request.year, request.begins),
            language=request.language,
            order=request.order,
            columns=request.columns,
        )
        made = conclude(document, site, options, answers)
    folder.mkdir(parents=True, exist_ok=True)
    record = record_of(file=request.file.name, sha256=sha256, year=request.year, document=document, made=made)
    write_record(folder, record)
    title = f"{request.file.name}, {request.year}"
    page = side_by_side(title=title, document=document, made=made, pictures=read.pictures)
    (folder / "side-by-side.html").write_text(page, encoding="utf-8")
    if made is None:
        return Result(code=REFUSED, folder=folder, lines=tuple(refusal_lines(record, folder)))
    questions = tuple(questions_of(document, made))
    unanswered = open_questions(questions, answers, made.faults)
    write_review(folder, questions, answers, made.faults, sha256)
    if made.refused or made.unread:
        return Result(code=REFUSED, folder=folder, lines=tuple(refusal_lines(record, folder, request)))
    more, count = _write(request, source, calendar, made, old, folder, len(unanswered))
    counts = made.summary
    what = "in force" if made.is_edition else f"as in {made.site.year} on the same weekdays"
    counted = f"{counts['carried']} of {counts['cells']} cells {what}; {counts['changed']} changed; {counts['new']} new; "
    first = f"{counted}{counts['gone']} of {made.site.year} gone; {len(unanswered)} questions."
    to_mend = count > len(unanswered)
    lines = (first, *next_lines(unanswered, folder, request, made.faults, to_mend=to_mend), *more)
    return Result(code=ASKED if count else DRAFTED, folder=folder, lines=lines)


def _run_sheet(
    request: Request,
    source: SourceFolder,
    document: SourceDocument,
    answers: Answers,
    folder: Path,
    sha256: str,
) -> Result:
    """A workbook of `syncd export` that came back."""
    names = {year for year, _ in source_years(source)}
    if request.year not in names:
        raise UsageError(
            f"the sheet was exported from a year that is there; there is no {request.year} to compare it with"
        )
    inner = year_folder(source, request.year)
    files, languages = year_files(source, inner), languages_of(source)
    digest = digest_of(files, languages)
    made = conclude_sheet(
        document, files, languages, first_year_of(request.year, request.begins), answers, digest
    )
    folder.mkdir(parents=True, exist_ok=True)
    record = record_of(file=request.file.name, sha256=sha256, year=request.year, document=document, made=made)
    write_record(folder, record)
    questions = tuple(sheet_questions(made, answers))
    unanswered = open_questions(questions, answers, made.faults)
    write_review(folder, questions, answers, made.faults, sha256)
    found = sheet_differences(made, answers)
    page = difference_page(request, [*as_text(found)] or ["no difference"])
    (folder / "side-by-side.html").write_text(page, encoding="utf-8")
    if made.refused or document.refused:
        return Result(code=REFUSED, folder=folder, lines=tuple(refusal_lines(record, folder)))
    changes = sheet_changes(made, files, answers)
    more, count = write_changes(request, source, request.year, folder, changes, found, len(unanswered))
    return Result(
        code=ASKED if count else DRAFTED,
        folder=folder,
        lines=(*next_lines(unanswered, folder, request, made.faults, to_mend=count > len(unanswered)), *more),
    )


def _site_of(request: Request, source: SourceFolder, calendar: CanonicalCalendar) -> tuple[str, KnownSite]:
    """The year that is compared with, by its name, and what the site knows."""
    known = calendar.with_drafts().years
    if request.year in known:
        if request.from_year not in {None, request.year}:
            raise UsageError(
                f"{request.year} is there already, so the document is compared with it; leave --from out, or name another --year"
            )
        old = request.year
    elif request.from_year is not None:
        if request.from_year not in known:
            raise UsageError(f"--from: there is no year {request.from_year}; known: {', '.join(known)}")
        old = request.from_year
    else:
        earlier = [name for name in known if name < request.year]
        if not earlier:
            raise UsageError(f"no year before {request.year} is there to compare with; name one with --from")
        old = earlier[-1]
    documents = year_documents(source, old)
    university = next(document.value for document in source.documents if document.name == UNIVERSITY_FILE)
    files = {name: value for name, value in documents.items() if name != YEAR_FILE}
    return old, known_site(university, documents[YEAR_FILE], files)


def _check_options(request: Request, site: KnownSite) -> None:
    if request.language and request.language not in site.languages:
        raise UsageError(f"--language: {request.language!r} is not one of {', '.join(site.languages)}")
    known = {term.name for term in site.terms}
    unknown = sorted(set(request.columns.values()) - known)
    if unknown:
        raise UsageError(f"--columns: there is no term {unknown[0]!r}; known: {', '.join(sorted(known))}")


# --- what is written ------------------------------------------------------------------------------


def _write(
    request: Request,
    source: SourceFolder,
    calendar: CanonicalCalendar,
    made: Conclusion,
    old: str,
    folder: Path,
    unanswered: int,
) -> tuple[list[str], int]:
    """What more is to be said, and how much is open: questions, and what `syncd check` would refuse."""
    place = f"{SOURCE}/{request.file.name}"
    if made.is_edition:
        return _write_edition(request, source, made, old, folder, place, unanswered)
    files = _draft(request, source, calendar, made, old, place)
    write_year(folder, request.year, files, request.file)
    problems = problems_with(source, request.year, files)
    count = unanswered + len(problems)
    plan = {"year": request.year, "edition": False, "open": count, "base": {}, "files": sorted(files)}
    write_plan(folder, plan)
    return [f"to mend: {problem}" for problem in problems[:10]] if not unanswered else [], count


def _draft(
    request: Request,
    source: SourceFolder,
    calendar: CanonicalCalendar,
    made: Conclusion,
    old: str,
    place: str,
) -> dict[str, bytes]:
    year = calendar.with_drafts().years[old]
    folder = year_folder(source, old)
    documents = {
        document.name.partition("/")[2]: document
        for document in source.documents
        if document.name.startswith(f"{folder}/")
    }
    days = [entry.days for entry in year.entries if entry.days is not None]
    years = range(min(day.start.year for day in days), max(day.last.year for day in days) + 3)
    country = calendar.university.country
    law = public_holidays(country, years) if country else {}
    proposal = propose_year(documents, year, request.year, calendar.university, law)
    values = draft_files(made, proposal.files, place)
    comment = {"file": request.file.name, "old": old, "year": request.year}
    return {
        name: write_yaml(value, (_COMMENT if name == YEAR_FILE else _FILE_COMMENT).format(**comment)).encode()
        for name, value in values.items()
    }


def _write_edition(
    request: Request,
    source: SourceFolder,
    made: Conclusion,
    old: str,
    folder: Path,
    place: str,
    unanswered: int,
) -> tuple[list[str], int]:
    changes = file_changes(made, place)
    return write_changes(request, source, old, folder, changes, differences(made), unanswered)
