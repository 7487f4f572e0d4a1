"""One import from the file to its folder: read, conclude, write, say what happened."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from mapping.document.files import UNIVERSITY_FILE, YEAR_FILE
from mapping.document.new_year import propose_year
from mapping.errors import InvalidCalendarError
from mapping.importing.ask import questions_of
from mapping.importing.conclude import Conclusion, Options, conclude
from mapping.importing.date_tokens import DayOrder
from mapping.importing.draft import draft_files
from mapping.importing.edition import Difference, FileChange, as_json, as_text, differences, file_changes
from mapping.importing.known import KnownSite, known_site
from mapping.importing.pages import SourceDocument
from mapping.importing.plain_list import FILE, conclude_list, list_file, list_questions, list_site
from mapping.importing.questions import Answers, Question, open_questions
from mapping.importing.sheet import KIND, conclude_sheet, sheet_changes, sheet_differences, sheet_questions
from mapping.model import CanonicalCalendar
from syncd.errors import RefusedError, UsageError
from syncd.importing.outputs import SOURCE, fresh_folder, sha256_of, write_plan, write_year
from syncd.importing.reading import ReadFile, read_file
from syncd.importing.record import record_of, write_record
from syncd.importing.review import read_answers, write_review
from syncd.importing.side_by_side import side_by_side
from syncd.importing.splice import spliced
from syncd.importing.workbook import digest_of, languages_of, year_files, year_folder
from syncd.source.folder import SourceFolder
from syncd.source.holidays_check import public_holidays
from syncd.source.yaml_write import write_yaml

DRAFTED, ASKED, REFUSED = 0, 2, 3
_COMMENT = """\
Academic year {year}: a draft, made by `syncd import` from {file}.
While `draft: true` stands below, nothing of this year is written to any calendar. Take the line out when the
year is right; the plan then waits for one approval."""
_FILE_COMMENT = "Made by `syncd import` from {file} and the files of {old}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asked for."""

    file: Path
    year: str
    from_year: str | None = None
    out: str | None = None
    language: str = ""
    order: DayOrder | None = None
    columns: Mapping[int, str] = field(default_factory=dict)
    answers: Path | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    """Field of a plain list to its column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of it; ``code`` is the command's exit code."""

    code: int
    folder: Path
    lines: tuple[str, ...]


def run_import(request: Request, source: SourceFolder, calendar_folder: Path | None) -> Result:
    """Carry it out. Raises `UsageError`, `RefusedError` and `InvalidCalendarError`; nothing is written then."""
    calendar = source.served()
    is_list = bool(request.fields) or request.file.suffix.lower() in {".csv", ".tsv"}
    compared = None if is_list else _site_of(request, source, calendar)
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
    if compared is None:
        return _run_list(request, source, calendar, read.document, answers, folder, sha256)
    if read.document.kind == KIND and read.document.blocks:
        return _run_sheet(request, source, read.document, answers, folder, sha256)
    return _run_document(request, source, calendar, compared, read, answers, folder, sha256)


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int], None]]:
    """On a terminal a line says which page is being read."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console

    with Console(stderr=True).status(f"Reading {name}, page by page and twice") as status:
        yield lambda done, count: status.update(f"Reading {name}: {done} of {count} pages, each twice")


def _run_list(
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
        document, site, request.fields, int(request.year[:4]), request.order, language, answers
    )
    folder.mkdir(parents=True, exist_ok=True)
    record = record_of(file=request.file.name, sha256=sha256, year=request.year, document=document, made=made)
    write_record(folder, record)
    questions = tuple(list_questions(made, answers))
    unanswered = open_questions(questions, answers, made.faults)
    write_review(folder, questions, answers, made.faults, sha256)
    told = [f"{row.reading.start or 'until'} - {row.reading.end}: {row.title}" for row in made.records]
    page = _difference_page(request, told)
    (folder / "side-by-side.html").write_text(page, encoding="utf-8")
    if made.refused or made.unread or not made.records:
        return Result(code=REFUSED, folder=folder, lines=tuple(_refusal(record, folder)))
    there = dict(source_years(source)).get(request.year)
    inner = there or request.year
    known = calendar.with_drafts().years
    taken = {entry.id for entry in known[request.year].entries} if request.year in known else set()
    value = list_file(made, site, language, taken)
    comment = f"Made by `syncd import` from {request.file.name}: ids and categories are proposals."
    files = {FILE: write_yaml({**value, "source": f"{SOURCE}/{request.file.name}"}, comment).encode()}
    if there is None:
        value = {"working_week": [str(day) for day in range(1, 6)], **value}
        files[FILE] = write_yaml({**value, "source": f"{SOURCE}/{request.file.name}"}, comment).encode()
        files[YEAR_FILE] = write_yaml(_new_year(request, site.official)).encode()
    elif f"{inner}/{FILE}" in source.files:
        raise RefusedError(f"{inner}/{FILE} is there already; name it otherwise, then import the list")
    write_year(folder, inner, files, request.file)
    problems = _problems(source, inner, files)
    count = len(unanswered) + len(problems)
    plan = {"year": inner, "edition": there is not None, "open": count, "base": {}, "files": sorted(files)}
    write_plan(folder, plan)
    said = [f"to mend: {one}" for one in problems[:10]] if not unanswered else []
    first = f"{len(made.records)} rows, {len(unanswered)} with a doubt."
    return Result(
        code=ASKED if count else DRAFTED,
        folder=folder,
        lines=(first, *_told(unanswered, folder, request), *said),
    )


def _new_year(request: Request, language: str) -> dict[str, Any]:
    """year.yaml of a year that has nothing but the list."""
    return {
        "year": request.year,
        "draft": "true",
        "document": {
            "title": {language: request.year},
            "date": f"{request.year[:4]}-07-01",
            "unconfirmed": "true",
        },
        "terms": {},
    }


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
            first_year=int(request.year[:4]),
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
        return Result(code=REFUSED, folder=folder, lines=tuple(_refusal(record, folder)))
    questions = tuple(questions_of(document, made))
    unanswered = open_questions(questions, answers, made.faults)
    write_review(folder, questions, answers, made.faults, sha256)
    if made.refused or made.unread:
        return Result(code=REFUSED, folder=folder, lines=tuple(_refusal(record, folder)))
    said, count = _write(request, source, calendar, made, old, folder, len(unanswered))
    counts = made.summary
    what = "in force" if made.is_edition else f"as in {made.site.year} on the same weekdays"
    counted = f"{counts['carried']} of {counts['cells']} cells {what}; {counts['changed']} changed; {counts['new']} new; "
    first = f"{counted}{counts['gone']} of {made.site.year} gone; {len(unanswered)} questions."
    lines = (first, *_told(unanswered, folder, request), *said)
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
    made = conclude_sheet(document, files, languages, int(request.year[:4]), answers, digest)
    folder.mkdir(parents=True, exist_ok=True)
    record = record_of(file=request.file.name, sha256=sha256, year=request.year, document=document, made=made)
    write_record(folder, record)
    questions = tuple(sheet_questions(made, answers))
    unanswered = open_questions(questions, answers, made.faults)
    write_review(folder, questions, answers, made.faults, sha256)
    found = sheet_differences(made, answers)
    page = _difference_page(request, [*as_text(found)] or ["no difference"])
    (folder / "side-by-side.html").write_text(page, encoding="utf-8")
    if made.refused or document.refused:
        return Result(code=REFUSED, folder=folder, lines=tuple(_refusal(record, folder)))
    changes = sheet_changes(made, files, answers)
    said, count = _write_changes(request, source, request.year, folder, changes, found, len(unanswered))
    return Result(
        code=ASKED if count else DRAFTED, folder=folder, lines=(*_told(unanswered, folder, request), *said)
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
    documents = _documents(source, old)
    university = next(one.value for one in source.documents if one.name == UNIVERSITY_FILE)
    files = {name: value for name, value in documents.items() if name != YEAR_FILE}
    return old, known_site(university, documents[YEAR_FILE], files)


def source_years(source: SourceFolder) -> list[tuple[str, str]]:
    """Names of the years there are, with their folders."""
    return [
        (str(one.value.get("year")), one.name.partition("/")[0])
        for one in source.documents
        if one.name.endswith(f"/{YEAR_FILE}") and isinstance(one.value, dict)
    ]


def _documents(source: SourceFolder, year: str) -> dict[str, Any]:
    """Plain values of a year's files by name within its folder."""
    folder = year_folder(source, year)
    return {
        one.name.partition("/")[2]: one.value for one in source.documents if one.name.startswith(f"{folder}/")
    }


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
    problems = _problems(source, request.year, files)
    count = unanswered + len(problems)
    plan = {"year": request.year, "edition": False, "open": count, "base": {}, "files": sorted(files)}
    write_plan(folder, plan)
    return [f"to mend: {one}" for one in problems[:10]] if not unanswered else [], count


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
        one.name.partition("/")[2]: one for one in source.documents if one.name.startswith(f"{folder}/")
    }
    days = [entry.days for entry in year.entries if entry.days is not None]
    years = range(min(one.start.year for one in days), max(one.last.year for one in days) + 3)
    country = calendar.university.country
    law = public_holidays(country, years) if country else {}
    proposal = propose_year(documents, year, request.year, calendar.university, law)
    values = draft_files(made, proposal.files, place)
    comment = {"file": request.file.name, "old": old, "year": request.year}
    return {
        name: write_yaml(value, (_COMMENT if name == YEAR_FILE else _FILE_COMMENT).format(**comment)).encode()
        for name, value in values.items()
    }


def _problems(source: SourceFolder, year: str, files: Mapping[str, bytes]) -> Sequence[str]:
    """What `syncd check` would refuse of the draft."""
    whole = SourceFolder.from_files(
        {**source.files, **{f"{year}/{name}": raw for name, raw in files.items()}}, source.problems
    )
    try:
        whole.calendar()
    except InvalidCalendarError as error:
        return [str(one) for one in error.problems]
    return []


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
    return _write_changes(request, source, old, folder, changes, differences(made), unanswered)


def _write_changes(
    request: Request,
    source: SourceFolder,
    year: str,
    folder: Path,
    changes: Mapping[str, FileChange],
    found: list[Difference],
    unanswered: int,
) -> tuple[list[str], int]:
    """The changed files and the differences, in three forms."""
    inner = year_folder(source, year)
    documents = {one.name: one for one in source.documents}
    files: dict[str, bytes] = {}
    for name, change in changes.items():
        if change:
            full = f"{inner}/{name}"
            files[name] = spliced(documents[full], source.files[full], change)
    write_year(folder, inner, files, request.file)
    problems = _problems(source, inner, files)
    text = [*as_text(found)] or ["no difference"]
    (folder / "difference.txt").write_text("\n".join(text) + "\n", encoding="utf-8")
    value = json.dumps(as_json(found, request.year), ensure_ascii=False, indent=1)
    (folder / "difference.json").write_text(value + "\n", encoding="utf-8")
    (folder / "difference.html").write_text(_difference_page(request, text), encoding="utf-8")
    base = {name: hashlib.sha256(source.files[f"{inner}/{name}"]).hexdigest() for name in files}
    count = unanswered + len(problems)
    write_plan(folder, {"year": inner, "edition": True, "open": count, "base": base, "files": sorted(files)})
    said = ["", f"Differences from {request.year}: {len(found)}", *(f"  {one}" for one in text)]
    return [*said, *(f"to mend: {one}" for one in problems[:10] if not unanswered)], count


def _difference_page(request: Request, lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(one)}</li>" for one in lines)
    title = escape(f"{request.file.name} against {request.year}")
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title>"
        "<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem;max-width:60rem}li{margin:.3rem 0}</style></head>"
        f"<body><h1>{title}</h1><ul>{items}</ul></body></html>\n"
    )


# --- what is said ---------------------------------------------------------------------------------

_MOST_TOLD = 40


def _told(unanswered: Sequence[Question], folder: Path, request: Request) -> list[str]:
    out: list[str] = []
    for one in unanswered[:_MOST_TOLD]:
        where = f"{one.spot}: " if one.spot.as_json() != {"page": None} else ""
        out.append(f"  {where}{_short(one.text)}\n      {one.reason}" if one.text else f"  {one.reason}")
    if len(unanswered) > _MOST_TOLD:
        out.append(f"  and {len(unanswered) - _MOST_TOLD} more")
    out.append(f"Look at {folder / 'side-by-side.html'}.")
    if unanswered:
        review = folder / "review.xlsx"
        out.append(f"Answer in {review} and type:")
        out.append(
            f"  syncd import {request.file} --year {request.year}{_options(request)} --answers {review}"
        )
    else:
        out.append(f"No question is open. Take it over with: syncd import {folder} --accept")
    return out


def _options(request: Request) -> str:
    """What was said of how to read the document, to be typed again."""
    said = {
        "from": request.from_year or "",
        "language": request.language,
        "dates": request.order or "",
        "columns": ",".join(f"{column}={term}" for column, term in request.columns.items()),
        "map": ",".join(f"{name}={column}" for name, column in request.fields.items()),
    }
    return "".join(f" --{name} {value}" for name, value in said.items() if value)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 100 else line[:99] + "…"


def _refusal(record: Mapping[str, Any], folder: Path) -> list[str]:
    out = ["Refused: no draft was made."]
    out += [f"  {_place(one['place'])}{one['reason']}" for one in record.get("refused", [])[:_MOST_TOLD]]
    out += [f"  unread: {_place(one['place'])}{_short(one['text'])}" for one in record["unread"][:_MOST_TOLD]]
    out.append(f"What was read stands in {folder / 'import.json'} and {folder / 'side-by-side.html'}.")
    return out


def _place(place: Mapping[str, Any]) -> str:
    said = ", ".join(f"{name} {value}" for name, value in place.items() if value is not None)
    return f"{said}: " if said else ""
