"""The questions as a workbook and as YAML, one line each, and the answers read back from either."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from mapping.importing.questions import Answers, Question
from syncd.errors import UsageError
from syncd.importing.archive import open_archive
from syncd.importing.refusal import CannotReadError
from syncd.source.yaml_text import parse
from syncd.source.yaml_write import write_yaml

_HEADER = ("question", "place", "printed", "proposal", "reason", "how to answer", "answer")
_WIDTHS = (12, 18, 48, 30, 52, 30, 34)
_ABOUT = "about"
_ANSWER_COLUMN = len(_HEADER)
_FORBIDDEN = frozenset(map(chr, (*range(9), 11, 12, *range(14, 32))))


def write_review(
    folder: Path, questions: Sequence[Question], answers: Answers, faults: Mapping[str, str], sha256: str
) -> None:
    """review.xlsx and review.yaml; answers that were given stand in them again."""
    rows = [_row(question, answers, faults) for question in questions]
    (folder / "review.yaml").write_text(
        write_yaml(
            {
                "source_sha256": sha256,
                "questions": [{**dict(zip(_HEADER, row, strict=True)), "answer": row[-1]} for row in rows],
            },
            "One line a question. Type after `answer:`; `yes` takes the proposal.",
        ),
        encoding="utf-8",
    )
    _workbook(rows, sha256).save(folder / "review.xlsx")


def _row(question: Question, answers: Answers, faults: Mapping[str, str]) -> tuple[str, ...]:
    fault = faults.get(question.name)
    reason = f"{fault}. {question.reason}" if fault else question.reason
    place = str(question.spot) if question.spot.as_json() != {"page": None} else ""
    return (
        question.name, place, question.text, question.proposal, reason, question.how, answers.of(question.name)
    )  # fmt: skip


def _workbook(rows: Sequence[tuple[str, ...]], sha256: str) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has one
    sheet.title = "review"
    sheet.append(_HEADER)
    for row in rows:
        sheet.append([_cell_text(value) for value in row])
    for index, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.number_format = "@"
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        line[-1].protection = Protection(locked=False)
        line[-1].fill = PatternFill("solid", fgColor="FFF7D6")
    sheet.freeze_panes = "A2"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    about = book.create_sheet(_ABOUT)
    about.append(["source_sha256", sha256])
    about.sheet_state = "hidden"
    return book


def _cell_text(value: str) -> str:
    """As a workbook takes it: no control characters, at most 32,000 letters."""
    return "".join(char for char in value if char not in _FORBIDDEN)[:32_000]


def read_answers(path: Path) -> tuple[Answers, str]:
    """Answers by question, and the hash of the document that they were given for, "" where it is not said.

    Raises `UsageError` where the file is no review.
    """
    if not path.is_file():
        raise UsageError(f"--answers: there is no file {path}")
    if path.suffix.lower() in {".yaml", ".yml"}:
        return _from_yaml(path)
    if path.suffix.lower() == ".xlsx":
        return _from_workbook(path)
    raise UsageError(f"--answers: {path.name} is neither the review.xlsx nor the review.yaml of an import")


def _from_yaml(path: Path) -> tuple[Answers, str]:
    document, problems = parse(path.name, path.read_bytes())
    value = document.value if document is not None and not problems else None
    if not isinstance(value, dict) or not isinstance(value.get("questions"), list):
        said = f": {problems[0]}" if problems else ""
        raise UsageError(f"--answers: {path} cannot be read as a review{said}")
    found = {
        str(one["question"]): str(one.get("answer") or "")
        for one in value["questions"]
        if isinstance(one, dict) and one.get("question")
    }
    return Answers(by_name=found), str(value.get("source_sha256") or "")


def _from_workbook(path: Path) -> tuple[Answers, str]:
    try:
        open_archive(path).close()
        book = openpyxl.load_workbook(path, data_only=True)
    except (CannotReadError, KeyError, ValueError, TypeError, OSError, zipfile.BadZipFile) as error:
        raise UsageError(f"--answers: {path} cannot be read as a workbook: {error}") from None
    sheet = book["review"] if "review" in book.sheetnames else book.worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    header = [str(value or "").strip().casefold() for value in rows[0]] if rows else []
    if "question" not in header or "answer" not in header:
        raise UsageError(f"--answers: the first row of {path} has no columns named question and answer")
    name_at, answer_at = header.index("question"), header.index("answer")
    found: dict[str, str] = {}
    for row in rows[1:]:
        name, answer = _typed(row[name_at]), _typed(row[answer_at])
        if name and answer:
            found[name] = answer
    sha256 = ""
    if _ABOUT in book.sheetnames:
        sha256 = str(book[_ABOUT]["B1"].value or "")
    return Answers(by_name=found), sha256


def _typed(value: Any) -> str:
    """What a person typed, where the program made a date or a number of it."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value if value is not None else "").strip()
