"""The calendar out into a workbook and back: what people change is a named difference, everything odd a question."""

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from syncd.source.folder import load_calendar
from tests.unit.syncd.commands.conftest import Run, init, made_once

YEAR = "2025-2026"


@pytest.fixture
def sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, kept: Path) -> Path:
    """A workbook exported from a site's own calendar."""
    folder, exported = tmp_path / "site", tmp_path / "exported"
    monkeypatch.setenv("SYNCD_CALENDAR_DIR", str(folder))
    monkeypatch.chdir(tmp_path)

    def export() -> None:
        exported.mkdir()
        ran = run("export", "--format", "xlsx", "--out", "exported/calendar.xlsx")
        assert ran.code == 0, ran.err

    made_once(kept, "site", folder, lambda: init(run, folder))
    made_once(kept, "sheet", exported, export)
    return Path(shutil.move(exported / "calendar.xlsx", tmp_path))


def _edited(path: Path, change: Callable[[Worksheet, dict[str, int], dict[str, int]], None]) -> Path:
    """``change`` gets the sheet, rows by id and columns by name."""
    book = openpyxl.load_workbook(path)
    shown = book["calendar"]
    columns = {str(cell.value): index for index, cell in enumerate(shown[1], start=1)}
    rows = {str(row[0].value): row[0].row for row in shown.iter_rows(min_row=2) if row[0].value}
    change(shown, rows, columns)
    out = path.with_name("edited.xlsx")
    book.save(out)
    return out


def _cells(tmp_path: Path) -> dict[str, dict[str, Any]]:
    record = json.loads((tmp_path / f"import-{YEAR}" / "import.json").read_text(encoding="utf-8"))
    return {str(cell["entry"]): cell for cell in record["cells"]}


def test_a_workbook_that_nobody_touched_changes_nothing(sheet: Path, run: Run, tmp_path: Path) -> None:
    assert run("import", str(sheet), "--year", YEAR).code == 0
    assert (tmp_path / f"import-{YEAR}" / "difference.txt").read_text(encoding="utf-8") == "no difference\n"
    cells = _cells(tmp_path)
    assert len(cells) == 141
    assert cells["registration-autumn"]["was"] == {"start": "2025-08-14", "end": "2025-08-27"}


@pytest.mark.parametrize("value", [dt.date(2025, 9, 10), "2025-09-10", "10.09.2025"])
def test_a_date_that_can_be_taken_moves_the_entry(
    sheet: Path, run: Run, tmp_path: Path, value: object
) -> None:
    file = _edited(
        sheet, lambda s, r, c: setattr(s.cell(r["re-registration-autumn"], c["end"]), "value", value)
    )
    ran = run("import", str(file), "--year", YEAR, "--accept")
    assert ran.code == 0, ran.out
    entry = {one.id: one for one in load_calendar(tmp_path / "site")[0].years[YEAR].entries}[
        "re-registration-autumn"
    ]
    assert entry.days is not None
    assert entry.days.last == dt.date(2025, 9, 10)


@pytest.mark.parametrize("value", ["1/2/2026", dt.datetime(2025, 9, 10, 23, 59), "2026-02-30", "10 Sept"])  # noqa: DTZ001 - Excel has no zone
def test_every_other_date_is_a_question(sheet: Path, run: Run, tmp_path: Path, value: object) -> None:
    file = _edited(
        sheet, lambda s, r, c: setattr(s.cell(r["re-registration-autumn"], c["end"]), "value", value)
    )
    assert run("import", str(file), "--year", YEAR).code == 2
    asked = _cells(tmp_path)["re-registration-autumn"]["asked"]
    assert asked.startswith("end:")
    assert "--dates" not in asked
    assert run("import", f"import-{YEAR}", "--accept").code == 3


def test_texts_and_lists_are_taken_and_the_rest_of_the_file_stays(
    sheet: Path, run: Run, tmp_path: Path
) -> None:
    def change(s: Worksheet, r: dict[str, int], c: dict[str, int]) -> None:
        s.cell(r["registration-autumn"], c["title_en"]).value = "Register for autumn"
        s.cell(r["registration-autumn"], c["years"]).value = "2, 3"

    assert run("import", str(_edited(sheet, change)), "--year", YEAR, "--accept").code == 0
    calendar = load_calendar(tmp_path / "site")[0].years[YEAR]
    shipped = load_calendar(None)[0].years[YEAR]
    for new, old in zip(calendar.entries, shipped.entries, strict=True):
        if new.id == "registration-autumn":
            assert (new.title["en"], new.years) == ("Register for autumn", ("2", "3"))
        else:
            assert new == old


@pytest.mark.parametrize(
    ("value", "reason"), [("registration-spring", "stands twice"), ("made-up", "there is no entry made-up")]
)
def test_an_id_that_stands_twice_or_nowhere_is_refused(
    sheet: Path, run: Run, tmp_path: Path, value: str, reason: str
) -> None:
    file = _edited(sheet, lambda s, r, c: setattr(s.cell(r["registration-autumn"], c["id"]), "value", value))
    ran = run("import", str(file), "--year", YEAR)
    assert ran.code == 3
    assert reason in ran.out


def test_a_row_that_is_gone_is_a_question(sheet: Path, run: Run, tmp_path: Path) -> None:
    file = _edited(sheet, lambda s, r, c: s.delete_rows(r["registration-autumn"]))
    assert run("import", str(file), "--year", YEAR).code == 2
    record = json.loads((tmp_path / f"import-{YEAR}" / "import.json").read_text(encoding="utf-8"))
    assert record["gone"] == ["registration-autumn"]


def test_a_row_without_an_id_is_a_new_entry(sheet: Path, run: Run, tmp_path: Path) -> None:
    def change(s: Worksheet, r: dict[str, int], c: dict[str, int]) -> None:
        at, day = s.max_row + 1, dt.date(2025, 10, 1)
        texts = {
            "file": "semester.yaml",
            "kind": "day",
            "terms": "autumn",
            "category": "registration",
            "audience": "students",
            "title_kk": "Ашық есік күні",
            "title_en": "Open day",
            "text_kk": "Ашық есік күні",
        }
        for name, text in texts.items():
            s.cell(at, c[name]).value = text
        s.cell(at, c["start"]).value = s.cell(at, c["end"]).value = day

    file = _edited(sheet, change)
    assert run("import", str(file), "--year", YEAR).code == 2
    review = openpyxl.load_workbook(tmp_path / f"import-{YEAR}" / "review.xlsx")
    review["review"].cell(2, 7).value = "yes"
    review.save(tmp_path / "answers.xlsx")
    ran = run("import", str(file), "--year", YEAR, "--answers", "answers.xlsx", "--accept")
    assert ran.code == 0, ran.out
    assert "open-day" in {entry.id for entry in load_calendar(tmp_path / "site")[0].years[YEAR].entries}


def test_an_old_export_is_noticed_and_takes_nothing_back(sheet: Path, run: Run, tmp_path: Path) -> None:
    data = tmp_path / "site" / YEAR / "semester.yaml"
    data.write_text(
        data.read_text(encoding="utf-8").replace("end: 2025-08-28\n", "end: 2025-08-29\n", 1),
        encoding="utf-8",
    )
    file = _edited(
        sheet,
        lambda s, r, c: setattr(s.cell(r["re-registration-autumn"], c["end"]), "value", dt.date(2025, 9, 10)),
    )
    ran = run("import", str(file), "--year", YEAR)
    assert ran.code == 2
    assert "exported before the files were changed" in ran.out
    text = (tmp_path / f"import-{YEAR}" / "difference.txt").read_text(encoding="utf-8").splitlines()
    assert len(text) == 1
    assert text[0].startswith("~ re-registration-autumn")


def test_both_sides_changed_is_a_question(sheet: Path, run: Run, tmp_path: Path) -> None:
    data = tmp_path / "site" / YEAR / "semester.yaml"
    data.write_text(
        data.read_text(encoding="utf-8").replace("end: 2025-09-13\n", "end: 2025-09-11\n", 1),
        encoding="utf-8",
    )
    file = _edited(
        sheet,
        lambda s, r, c: setattr(s.cell(r["re-registration-autumn"], c["end"]), "value", dt.date(2025, 9, 10)),
    )
    run("import", str(file), "--year", YEAR)
    assert "changed in the files too" in _cells(tmp_path)["re-registration-autumn"]["asked"]


def test_a_workbook_is_never_written_over_and_is_not_text(sheet: Path, run: Run) -> None:
    assert run("export", "--format", "xlsx", "--out", str(sheet)).code == 64
    assert run("export", "--format", "xlsx").code == 64
