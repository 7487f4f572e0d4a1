"""`syncd import` as a registrar types it: exit codes, what stands in the folder, answers, taking it over."""

import json
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from syncd.source.folder import load_calendar
from tests.support.printed import Printed, PrintedCell, printed_calendar, write_docx, write_xlsx
from tests.unit.syncd.commands.conftest import Run, init, made_once

YEAR, NEXT = "2025-2026", "2026-2027"
SHIPPED = printed_calendar()
NEXT_YEAR = printed_calendar(years=1)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, kept: Path) -> Path:
    folder = tmp_path / "site"
    made_once(kept, "site", folder, lambda: init(run, folder))
    monkeypatch.setenv("SYNCD_CALENDAR_DIR", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


def _record(folder: Path) -> dict[str, Any]:
    value = json.loads((folder / "import.json").read_text(encoding="utf-8"))
    assert isinstance(value, dict)
    return value


def _answer(folder: Path, **given: str) -> Path:
    """The review with every proposal taken, apart from what is given by the start of a question's name."""
    book = openpyxl.load_workbook(folder / "review.xlsx")
    for row in book["review"].iter_rows(min_row=2):
        name = str(row[0].value)
        own = [value for start, value in given.items() if name.startswith(start.replace("_", "-"))]
        row[-1].value = own[0] if own else row[-1].value or "yes"
    path = folder.parent / "answers.xlsx"
    book.save(path)
    return path


def test_the_year_itself_is_carried_over_without_a_question(site: Path, run: Run, tmp_path: Path) -> None:
    file = write_docx(tmp_path / "calendar.docx", SHIPPED)
    assert run("import", str(file), "--year", YEAR).code == 0
    record = _record(tmp_path / f"import-{YEAR}")
    assert record["summary"] == {"cells": 124, "carried": 124, "changed": 0, "new": 0, "gone": 0, "asked": 0}
    assert record["cells"][0] == {
        "place": {"page": None, "table": 1, "row": 3, "column": 3},
        "text": "14.08. - 27.08.2025 ж.",
        "start": "2025-08-14",
        "end": "2025-08-27",
        "terms": ["autumn"],
        "entry": "registration-autumn",
        "was": {"start": "2025-08-14", "end": "2025-08-27"},
        "status": "carried",
        "asked": None,
    }
    assert set(record) == {"source", "year", "cells", "gone", "unread", "summary"}
    assert (tmp_path / f"import-{YEAR}" / "difference.txt").read_text(encoding="utf-8") == "no difference\n"


def test_typed_in_the_calendar_folder_an_import_lies_beside_it(
    site: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_docx(tmp_path / "calendar.docx", SHIPPED)
    monkeypatch.chdir(site)
    before = sorted(site.rglob("*"))
    assert run("import", str(file), "--year", YEAR).code == 0
    assert (tmp_path / f"import-{YEAR}" / "import.json").is_file()
    assert sorted(site.rglob("*")) == before
    assert run("import", str(file), "--year", YEAR, "--out", "mine").code == 64


def test_a_deadline_has_no_start_and_a_window_in_both_columns_is_one_cell(
    site: Path, run: Run, tmp_path: Path
) -> None:
    run("import", str(write_docx(tmp_path / "calendar.docx", SHIPPED)), "--year", YEAR)
    by_entry = {cell["entry"]: cell for cell in _record(tmp_path / f"import-{YEAR}")["cells"]}
    assert by_entry["thesis-consultations-law"]["terms"] == ["autumn", "spring"]
    assert by_entry["results-autumn"]["end"] is None
    assert by_entry["registration-summer"]["terms"] == ["summer"]


def test_a_draft_is_answered_in_the_workbook_and_taken_over(site: Path, run: Run, tmp_path: Path) -> None:
    new = (
        PrintedCell(0, "8."),
        PrintedCell(1, "Minor бағдарламасына өтініш беру."),
        PrintedCell(2, "07.09. - 11.09.2026 ж.", entry="?"),
    )
    rows = NEXT_YEAR.tables[0].rows
    file = write_docx(tmp_path / "calendar.docx", NEXT_YEAR.with_rows(0, (*rows[:8], new, *rows[8:])))
    ran = run("import", str(file), "--year", NEXT)
    assert ran.code == 2
    first = tmp_path / f"import-{NEXT}"
    rows_asked = openpyxl.load_workbook(first / "review.xlsx")["review"].iter_rows(values_only=True)
    proposed = {str(row[0]): str(row[3]) for row in rows_asked}
    assert proposed["document-title"].startswith("2026 - 2027 оқу жылына")
    assert run("import", str(first), "--accept").code == 3
    answers = _answer(
        first, cell="new", title_kk="Minor өтініші", title_ru="-", title_en="Minor application", document_number="12",
        document_date="2026-08-04",
    )  # fmt: skip
    ran = run("import", str(file), "--year", NEXT, "--answers", str(answers))
    assert ran.code == 0, ran.out
    assert run("import", f"import-{NEXT}-2", "--accept").code == 0
    calendar = load_calendar(site)[0]
    assert NEXT not in calendar.years
    made = {entry.id: entry for entry in calendar.drafts[NEXT].entries}
    assert made["minor-application"].title == {"kk": "Minor өтініші", "en": "Minor application"}
    assert str(made["registration-autumn"].days) == str(
        next(entry for entry in calendar.drafts[NEXT].entries if entry.id == "registration-autumn").days
    )
    assert not [entry.id for entry in calendar.drafts[NEXT].entries if entry.unconfirmed]
    cited = calendar.drafts[NEXT].document
    assert cited.title["kk"] == "2026 - 2027 оқу жылына арналған академиялық күнтізбе. Бакалавриат"
    assert (cited.short["ru"], cited.short["en"]) == (
        "академический календарь 2026–2027",
        "academic calendar 2026–27",
    )
    assert (site / NEXT / "source" / "calendar.docx").read_bytes() == file.read_bytes()
    assert run("import", f"import-{NEXT}-2", "--accept").code == 3


def test_without_a_title_check_refuses_the_new_row(site: Path, run: Run, tmp_path: Path) -> None:
    new = (
        PrintedCell(0, "8."),
        PrintedCell(1, "Minor."),
        PrintedCell(2, "07.09. - 11.09.2026 ж.", entry="?"),
    )
    rows = NEXT_YEAR.tables[0].rows
    file = write_docx(tmp_path / "calendar.docx", NEXT_YEAR.with_rows(0, (*rows[:8], new, *rows[8:])))
    run("import", str(file), "--year", NEXT, "--out", "made")
    (tmp_path / "made" / NEXT).rename(site / NEXT)
    ran = run("check", "--offline")
    assert "title is missing" in ran.out


def test_a_document_in_russian_keeps_last_year_s_kazakh_texts_marked(
    site: Path, run: Run, tmp_path: Path
) -> None:
    file = write_docx(tmp_path / "calendar.docx", printed_calendar("ru", years=1))
    assert run("import", str(file), "--year", NEXT, "--out", "made").code == 2
    (tmp_path / "made" / NEXT).rename(site / NEXT)
    calendar = load_calendar(site)[0]
    old = {entry.id: entry for entry in calendar.years[YEAR].entries}
    for entry in calendar.drafts[NEXT].entries:
        if entry.id in old and entry.ref and not entry.ref.startswith("H"):
            assert entry.text["kk"] == old[entry.id].text["kk"]
            assert "texts" in entry.unconfirmed


def test_an_edition_is_a_difference_and_amends_what_moved(site: Path, run: Run, tmp_path: Path) -> None:
    t, r, cell = next(one for one in SHIPPED.cells() if one[2].entry == "re-registration-autumn")
    file = write_docx(
        tmp_path / "edition.docx", SHIPPED.with_cell(t, r, cell.column, "02.09. - 10.09.2025 ж.")
    )
    before = (site / YEAR / "semester.yaml").read_text(encoding="utf-8")
    assert run("import", str(file), "--year", YEAR).code == 0
    folder = tmp_path / f"import-{YEAR}"
    found = json.loads((folder / "difference.json").read_text(encoding="utf-8"))["differences"]
    assert [(one["kind"], one["entries"]) for one in found] == [("moved", ["re-registration-autumn"])]
    answers = _answer(folder, order_number="№ 12", order_date="2025-08-19")
    assert run("import", str(file), "--year", YEAR, "--answers", str(answers), "--accept").code == 0
    entry = {one.id: one for one in load_calendar(site)[0].years[YEAR].entries}["re-registration-autumn"]
    assert entry.days is not None
    assert entry.amended is not None
    shipped = {one.id: one for one in load_calendar(None)[0].years[YEAR].entries}
    was = shipped["re-registration-autumn"].days
    assert (str(entry.days.last), entry.amended.order, entry.amended.was) == ("2025-09-10", "№ 12", was)
    after = (site / YEAR / "semester.yaml").read_text(encoding="utf-8")
    changed = set(before.splitlines()) ^ set(after.splitlines())
    assert {"    end: 2025-09-13", "    end: 2025-09-10", "    amended:"} <= changed
    assert len(changed) < 12, "only the fields that changed are written anew"
    assert after.startswith(before[:400]), "comments stay"


def test_an_edition_made_for_another_state_of_the_files_is_refused(
    site: Path, run: Run, tmp_path: Path
) -> None:
    t, r, cell = next(one for one in SHIPPED.cells() if one[2].entry == "re-registration-autumn")
    file = write_docx(
        tmp_path / "edition.docx", SHIPPED.with_cell(t, r, cell.column, "02.09. - 10.09.2025 ж.")
    )
    run("import", str(file), "--year", YEAR)
    with (site / YEAR / "semester.yaml").open("a", encoding="utf-8") as stream:
        stream.write("# edited meanwhile\n")
    ran = run("import", f"import-{YEAR}", "--accept")
    assert ran.code == 3
    assert "import the document again" in ran.err


def test_nothing_is_written_over_and_nothing_into_the_calendar(site: Path, run: Run, tmp_path: Path) -> None:
    file = write_docx(tmp_path / "calendar.docx", SHIPPED)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "note.txt").write_text("mine")
    assert run("import", str(file), "--year", YEAR, "--out", "there").code == 64
    assert [one.name for one in (tmp_path / "there").iterdir()] == ["note.txt"]
    assert run("import", str(file), "--year", NEXT, "--out", str(site / "x")).code == 64
    assert not (site / "x").exists()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.doc", b"x", "save it in Word as .docx"),
        ("a.pdf", b"%PDF-1.4 nothing", "the PDF is damaged"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "protected by a password"),
        ("a.xlsx", b"", "the file is empty"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_record(
    site: Path, run: Run, tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    ran = run("import", str(tmp_path / name), "--year", NEXT, "--out", "made")
    assert ran.code == 3
    record = _record(tmp_path / "made")
    assert reason in record["refused"][0]["reason"]
    assert record["cells"] == []
    assert not (tmp_path / "made" / NEXT).exists()


def test_an_unread_date_makes_no_draft_until_it_is_said_to_be_read(
    site: Path, run: Run, tmp_path: Path
) -> None:
    printed = Printed(
        head=NEXT_YEAR.head, tables=NEXT_YEAR.tables, foot=("Емтихан 15.05.2027 ж. күніне ауысты",)
    )
    file = write_docx(tmp_path / "calendar.docx", printed)
    assert run("import", str(file), "--year", NEXT, "--out", "made").code == 3
    record = _record(tmp_path / "made")
    assert [one["text"] for one in record["unread"]] == list(printed.foot)
    assert record["summary"]["cells"] == 124
    answers = _answer(tmp_path / "made", document_number="1", document_date="2026-08-01")
    assert run("import", str(file), "--year", NEXT, "--answers", str(answers)).code == 0


def test_answers_of_another_document_are_not_taken(site: Path, run: Run, tmp_path: Path) -> None:
    run("import", str(write_docx(tmp_path / "one.docx", NEXT_YEAR)), "--year", NEXT)
    other = write_xlsx(tmp_path / "two.xlsx", NEXT_YEAR)
    review = tmp_path / f"import-{NEXT}" / "review.yaml"
    ran = run("import", str(other), "--year", NEXT, "--answers", str(review))
    assert ran.code == 64
    assert "another document" in ran.err


def test_the_page_holds_everything_and_escapes_it(site: Path, run: Run, tmp_path: Path) -> None:
    t, r, cell = next(iter(SHIPPED.cells()))
    file = write_docx(
        tmp_path / "a.docx", SHIPPED.with_cell(t, r, cell.column, "<script>alert(1)</script> 14.08.2025")
    )
    run("import", str(file), "--year", YEAR, "--out", "made")
    page = (tmp_path / "made" / "side-by-side.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "http" not in page
    assert page.count("→") == 132, "eight windows stand in both columns"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing.docx", "--year", NEXT),
        ("a.docx",),
        ("a.docx", "--year", "next"),
        ("a.docx", "--year", NEXT, "--from", "1999-2000"),
        ("a.docx", "--year", NEXT, "--columns", "3:autumn"),
        ("a.docx", "--year", NEXT, "--columns", "3=sometime"),
        ("a.docx", "--year", NEXT, "--language", "xx"),
        ("a.docx", "--year", NEXT, "--dates", "ymd"),
    ],
)
def test_what_cannot_be_typed_so_ends_with_64(
    site: Path, run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    write_docx(tmp_path / "a.docx", NEXT_YEAR)
    assert run("import", *arguments).code == 64


def test_without_the_extra_one_sentence_says_how_to_get_it(
    site: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pdfplumber", None)
    monkeypatch.setattr(
        "syncd.importing.reading.find_spec", lambda name: None if name == "pdfplumber" else object()
    )
    ran = run("import", str(write_docx(tmp_path / "a.docx", SHIPPED)), "--year", YEAR)
    assert ran.code == 64
    assert "requirements-import.txt" in ran.err
