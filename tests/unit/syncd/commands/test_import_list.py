"""A plain list of dates of another university: proposals, and every doubt."""

import json
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from syncd.source.folder import load_calendar
from tests.unit.syncd.commands.conftest import Run

YEAR = "2026-2027"
ROWS = [
    ("Event", "Date", "Type"),
    ("Fall classes begin", "Monday, August 31, 2026", "Teaching"),
    ("Last day to register for a course", "by September 9, 2026", ""),
    ("Final exams", "December 10-17, 2026", "Exams"),
    ("Spring classes begin", "2027-01-19", ""),
]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> Path:
    folder = tmp_path / "site"
    assert run("init", str(folder), "--empty", "--language", "en").code == 0
    monkeypatch.setenv("SYNCD_CALENDAR_DIR", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


def _csv(path: Path, rows: Sequence[tuple[str, ...]], mark: str = ",") -> Path:
    path.write_text("".join(mark.join(f'"{one}"' for one in row) + "\n" for row in rows), encoding="utf-8")
    return path


def _year(site: Path) -> str:
    return next(one.name for one in site.iterdir() if (one / "year.yaml").is_file())


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_list_with_headers_becomes_entries_of_the_year(
    site: Path, run: Run, tmp_path: Path, mark: str
) -> None:
    file = _csv(tmp_path / "dates.csv", ROWS, mark)
    ran = run("import", str(file), "--year", _year(site), "--accept")
    assert ran.code == 0, ran.out
    entries = {entry.id: entry for entry in load_calendar(site)[0].years[_year(site)].entries}
    found = entries["last-day-to-register-for-a-course"]
    assert (found.kind.value, str(found.days.last if found.days else "")) == ("until", "2026-09-09")
    assert entries["final-exams"].category == "exams"
    assert entries["fall-classes-begin"].category == "teaching"


def test_a_list_for_a_year_of_its_own_is_a_draft(site: Path, run: Run, tmp_path: Path) -> None:
    rows = [
        (a, b.replace("2027", "2031").replace("2026", "2030").replace("Monday, ", ""), c) for a, b, c in ROWS
    ]
    ran = run("import", str(_csv(tmp_path / "dates.csv", rows)), "--year", "2030-2031", "--accept")
    assert ran.code == 0, ran.out
    assert len(load_calendar(site)[0].drafts["2030-2031"].entries) == 4


def test_columns_can_be_said_by_letter_and_by_header(site: Path, run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ("x", "Was", "Wann"),
        (1, "Term starts", "31.08.2026"),
        (2, "Exam period", "10.12.2026 - 17.12.2026"),
    ):
        book.worksheets[0].append(row)
    book.save(tmp_path / "a.xlsx")
    for number, fields in enumerate(("date=C,title=B", "date=Wann,title=Was")):
        out = f"o{number}"
        ran = run("import", "a.xlsx", "--year", _year(site), "--map", fields, "--out", out)
        assert ran.code in {0, 2}, ran.out
        cells = json.loads((tmp_path / out / "import.json").read_text())["cells"]
        assert [(cell["start"], cell["end"]) for cell in cells] == [
            ("2026-08-31", "2026-08-31"),
            ("2026-12-10", "2026-12-17"),
        ]


@pytest.mark.parametrize(
    ("title", "when", "reason"),
    [
        ("Classes begin", "8/9/2026", "order of day and month"),
        ("Classes begin", "TBA", "there is no date"),
        ("Classes begin", "Friday, August 31, 2026", "but Friday is printed"),
        ("Classes begin", "September 31, 2026", "there is no day"),
        ("Labor Day (no classes)", "September 7, 2026", "no classes"),
        ("Bake sale", "September 7, 2026", "category is not known"),
        ("", "September 7, 2026", "there is no title"),
    ],
)
def test_every_doubt_is_listed(
    site: Path, run: Run, tmp_path: Path, title: str, when: str, reason: str
) -> None:
    rows = [*ROWS, (title, when, "")]
    assert (
        run("import", str(_csv(tmp_path / "dates.csv", rows)), "--year", _year(site), "--out", "o").code == 2
    )
    cells = json.loads((tmp_path / "o" / "import.json").read_text())["cells"]
    assert reason in cells[-1]["asked"]
    assert run("import", "o", "--accept").code == 3


def test_a_list_whose_columns_nobody_knows_is_refused(site: Path, run: Run, tmp_path: Path) -> None:
    file = _csv(tmp_path / "dates.csv", [("a", "b", "c"), ("Term starts", "31.08.2026", "Great hall")])
    ran = run("import", str(file), "--year", _year(site))
    assert ran.code == 3
    assert "--map" in ran.out


def test_a_list_that_is_not_utf_8_is_refused(site: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "dates.csv").write_bytes("Событие,Дата\nЭкзамен,01.09.2026\n".encode("cp1251"))
    ran = run("import", str(tmp_path / "dates.csv"), "--year", _year(site))
    assert ran.code == 3
    assert "UTF-8" in ran.out


def test_an_unknown_field_of_the_map_ends_with_64(site: Path, run: Run, tmp_path: Path) -> None:
    file = _csv(tmp_path / "dates.csv", ROWS)
    assert run("import", str(file), "--year", _year(site), "--map", "when=B").code == 64


TERMS = [
    ("Event", "Start", "End", "Category", "Term"),
    ("Autumn classes", "2026-09-07", "2026-12-11", "teaching", "autumn"),
    ("Spring registration opens", "2026-12-01", "2026-12-05", "deadline", "spring"),
    ("Spring classes begin", "2027-01-18", "", "teaching", "spring"),
    ("Spring break", "2027-03-15", "2027-03-19", "day-off", "spring"),
    ("Spring exams", "2027-05-10", "2027-05-22", "exams", "spring"),
]


@pytest.mark.parametrize("is_there", [True, False])
def test_terms_of_the_list_get_a_first_and_a_last_entry(
    site: Path, run: Run, tmp_path: Path, is_there: bool
) -> None:
    rows = TERMS if is_there else [(a, *(_later(one) for one in rest)) for a, *rest in TERMS]
    year = _year(site) if is_there else "2027-2028"
    ran = run("import", str(_csv(tmp_path / "dates.csv", rows)), "--year", year, "--accept")
    assert ran.code == 0, ran.out
    assert "spring lasts from spring-registration-opens to spring-exams" in ran.out
    calendar = load_calendar(site)[0].with_drafts()
    assert {entry.id for entry in calendar.years[year].entries} >= {"spring-exams", "autumn-classes"}
    assert "# The academic year." in (site / _year(site) / "year.yaml").read_text(encoding="utf-8")


def _later(text: str) -> str:
    return text.replace("2027", "2028").replace("2026", "2027")


def test_what_check_would_refuse_is_named_and_not_called_done(site: Path, run: Run, tmp_path: Path) -> None:
    year = site / _year(site) / "year.yaml"
    text = year.read_text(encoding="utf-8")
    year.write_text(
        text[: text.index("terms:")]
        + "terms: {all: {autumn: {first: teaching-autumn, last: teaching-autumn}}}\n",
        encoding="utf-8",
    )
    ran = run("import", str(_csv(tmp_path / "dates.csv", TERMS)), "--year", _year(site), "--out", "made")
    assert ran.code == 2
    assert "Take it over" not in ran.out
    assert "to mend: " in ran.out
    assert run("import", "made", "--accept").code == 3


def test_the_first_document_of_a_site_is_a_list_whatever_its_form(
    site: Path, run: Run, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    for row in (*ROWS[:2], ("Note", "Closed on 25 December 2026 too, see below", ""), *ROWS[2:]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "a.xlsx")
    ran = run("import", "a.xlsx", "--year", "2031-2032", "--out", "o")
    assert ran.code == 2, ran.out
    assert "take them out" in ran.out


def test_a_note_is_said_to_have_been_read_in_the_review(site: Path, run: Run, tmp_path: Path) -> None:
    rows = [*ROWS, ("Provisional; approved on 3 March 2026.", "", "")]
    ran = run("import", str(_csv(tmp_path / "dates.csv", rows)), "--year", YEAR, "--out", "o")
    assert ran.code == 3
    assert "Say `read` in " in ran.out
    review = tmp_path / "o" / "review.yaml"
    review.write_text(
        review.read_text(encoding="utf-8").replace('answer: ""', "answer: read"), encoding="utf-8"
    )
    again = run("import", "dates.csv", "--year", YEAR, "--out", "p", "--answers", str(review))
    assert again.code == 0, again.out


def test_a_year_of_its_own_works_the_week_of_the_year_before(
    monkeypatch: pytest.MonkeyPatch, run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "cairo"
    assert run("init", str(folder), "--empty", "--language", "ar", "--country", "EG").code == 0
    monkeypatch.setenv("SYNCD_CALENDAR_DIR", str(folder))
    monkeypatch.chdir(tmp_path)
    rows = [
        ("النشاط", "من", "إلى"),
        ("امتحانات", "3/1/2031", "21/1/2031"),
        ("الدراسة", "20/9/2030", "31/12/2030"),
    ]
    file = _csv(tmp_path / "dates.csv", rows)
    ran = run("import", str(file), "--year", "2030-2031", "--dates", "dmy", "--accept")
    assert ran.code == 0, ran.out
    year = load_calendar(folder)[0].drafts["2030-2031"]
    assert year.working_week == frozenset({7, 1, 2, 3, 4})
    assert [str(entry.days.last) for entry in year.entries if entry.days] == ["2031-01-21", "2030-12-31"]


def test_a_site_without_any_year_gets_its_first_from_a_list(site: Path, run: Run, tmp_path: Path) -> None:
    shutil.rmtree(site / _year(site))
    assert "`syncd import` makes one" in run("check", "--offline").out
    ran = run("import", str(_csv(tmp_path / "dates.csv", ROWS)), "--year", YEAR, "--accept")
    assert ran.code == 0, ran.out
    assert len(load_calendar(site)[0].drafts[YEAR].entries) == 4
    # People add their rows at the end of the file.
    lines = (site / YEAR / "imported.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[-1].startswith("      ")


def test_an_answer_that_cannot_be_used_is_asked_again_with_the_categories(
    site: Path, run: Run, tmp_path: Path
) -> None:
    rows = [*ROWS, ("Bake sale", "September 7, 2026", "")]
    assert run("import", str(_csv(tmp_path / "dates.csv", rows)), "--year", YEAR, "--out", "o").code == 2
    review = tmp_path / "o" / "review.yaml"
    review.write_text(
        review.read_text(encoding="utf-8").replace('answer: ""', "answer: fun"), encoding="utf-8"
    )
    ran = run("import", "dates.csv", "--year", YEAR, "--out", "p", "--answers", str(review))
    assert ran.code == 2
    assert (
        "the answer 'fun' cannot be used: it is no date, no category or term of university.yaml (teaching,"
        in ran.out
    )


def test_rows_far_outside_the_terms_of_the_list_do_not_hold_it_up(
    site: Path, run: Run, tmp_path: Path
) -> None:
    shutil.rmtree(site / _year(site))
    rows = [
        ("Event", "Start", "End"),
        ("Registration", "2026-08-03", "2026-08-07"),
        ("Classes, spring term", "2027-02-01", "2027-05-28"),
    ]
    ran = run("import", str(_csv(tmp_path / "dates.csv", rows)), "--year", YEAR, "--accept")
    assert ran.code == 0, ran.out
    assert "look at their years: registration." in ran.out
    found = {entry.id: entry.terms for entry in load_calendar(site)[0].drafts[YEAR].entries}
    assert found["classes-spring-term"] == ("spring",)


def test_without_a_term_for_the_whole_year_each_row_needs_one(site: Path, run: Run, tmp_path: Path) -> None:
    university = site / "university.yaml"
    text = university.read_text(encoding="utf-8")
    university.write_text(text.replace("whole_year: true", "whole_year: false"), encoding="utf-8")
    file = str(_csv(tmp_path / "dates.csv", ROWS[:2]))
    ran = run("import", file, "--year", "2030-2031", "--out", "o")
    assert ran.code == 2
    assert "its term is not known; type one of autumn, spring" in ran.out
    review = tmp_path / "o" / "review.yaml"
    wrong = review.read_text(encoding="utf-8")
    review.write_text(wrong.replace('answer: ""', "answer: 2030-08-31; autumn"), encoding="utf-8")
    again = run("import", file, "--year", "2030-2031", "--answers", str(review), "--out", "p", "--accept")
    assert again.code == 0, again.out
    (entry,) = load_calendar(site)[0].drafts["2030-2031"].entries
    assert entry.terms == ("autumn",)


def test_a_list_that_is_imported_again_makes_nothing_twice(site: Path, run: Run, tmp_path: Path) -> None:
    file = str(_csv(tmp_path / "dates.csv", ROWS))
    assert run("import", file, "--year", _year(site), "--out", "a", "--accept").code == 0
    before = load_calendar(site)[0].digest
    ran = run("import", file, "--year", _year(site), "--out", "b", "--accept")
    assert ran.code == 0, ran.out
    assert "All 4 rows are in" in ran.out
    assert load_calendar(site)[0].digest == before

    moved = [
        *ROWS[:3],
        ("Final exams", "December 11-18, 2026", "Exams"),
        ("Midterm exams", "2026-10-19", "Exams"),
    ]
    again = run("import", str(_csv(tmp_path / "moved.csv", moved)), "--year", _year(site), "--out", "c")
    assert again.code == 2
    assert "final-exams (2026-12-10 to 2026-12-17); to move it, say out and change it there" in again.out
    review = tmp_path / "c" / "review.yaml"
    review.write_text(
        review.read_text(encoding="utf-8").replace('answer: ""', "answer: out"), encoding="utf-8"
    )
    last = run(
        "import", "moved.csv", "--year", _year(site), "--answers", str(review), "--out", "d", "--accept"
    )
    assert last.code == 0, last.out
    assert sorted(path.name for path in (site / _year(site)).glob("imp*")) == [
        "imported-2.yaml",
        "imported.yaml",
    ]
    ids = [entry.id for entry in load_calendar(site)[0].years[_year(site)].entries]
    assert len(ids) == len(set(ids)) == 2 + 4 + 1


def test_the_next_years_list_is_read_beside_the_last(site: Path, run: Run, tmp_path: Path) -> None:
    shutil.rmtree(site / _year(site))
    book = openpyxl.Workbook()
    for row in (*ROWS[:2], ("Bake sale", "2026-10-12", "Exams"), ("Old custom", "2026-10-13", "Exams")):
        book.worksheets[0].append(row)
    book.save(tmp_path / "a.xlsx")
    assert run("import", "a.xlsx", "--year", YEAR, "--accept").code == 0
    book = openpyxl.Workbook()
    for line in (
        ("Event", "Date"),
        ("Fall classes begin", "Monday, August 30, 2027"),
        ("Bake sale", "2027-12-06"),
    ):
        book.worksheets[0].append(line)
    book.save(tmp_path / "b.xlsx")

    ran = run("import", "b.xlsx", "--year", "2027-2028", "--out", "o")

    assert ran.code == 2, ran.out
    assert "2 rows, 1 with a doubt." in ran.out
    assert "it lies 56 days off the weekday of bake-sale in 2026-2027 (2026-10-12 to 2026-10-12)" in ran.out
    assert "in the year before: Old custom." in ran.out
    draft = (tmp_path / "o" / "2027-2028" / "imported.yaml").read_text(encoding="utf-8")
    assert draft.count("category: exams") == 1


def test_the_command_to_type_next_can_be_typed(site: Path, run: Run, tmp_path: Path) -> None:
    rows = [("What happens", "Which day"), ("Bake sale", "2026-09-07")]
    file = _csv(tmp_path / "key dates.csv", rows)
    ran = run("import", str(file), "--year", YEAR, "--map", "date=Which day,title=What happens", "--out", "o")
    (line,) = [one for one in ran.out.splitlines() if one.startswith("  syncd import ")]
    _, *typed = shlex.split(line)
    again = run(*typed, "--out", "p")
    assert (ran.code, again.code) == (2, 2), again.err


def test_a_title_of_one_letter_and_one_with_marks_of_direction_can_be_taken(
    site: Path, run: Run, tmp_path: Path
) -> None:
    rows = [
        ("Date", "Event", "Type"),
        ("2026-09-08", "X", "Exams"),
        ("2026-09-09", "\u202eExams\u202c", "Exams"),
    ]
    ran = run("import", str(_csv(tmp_path / "dates.csv", rows)), "--year", _year(site), "--accept")
    assert ran.code == 0, ran.out
    assert {"entry-x", "exams"} <= {entry.id for entry in load_calendar(site)[0].years[_year(site)].entries}


def test_a_list_may_be_about_another_programme_and_its_schools(site: Path, run: Run, tmp_path: Path) -> None:
    university = site / "university.yaml"
    text = university.read_text(encoding="utf-8")
    evening = "  evening: {name: {en: Evening}, terms: {q1: {name: {en: first quarter}}, q2: {name: {en: second quarter}}}}\n"
    law = "  law: {name: {en: Law School}}\n"
    university.write_text(text.replace("schools:\n", f"{evening}schools:\n{law}", 1), encoding="utf-8")
    rows = [
        ("Event", "Start", "End", "School", "Term"),
        ("Classes", "2030-09-02", "2030-11-15", "", "first quarter"),
        ("Clinic exams", "2030-11-18", "2030-11-22", "Law School", "first quarter"),
    ]
    file = str(_csv(tmp_path / "dates.csv", rows))
    assert run("import", file, "--year", "2030-2031", "--programme", "night").code == 64
    ran = run("import", file, "--year", "2030-2031", "--programme", "evening", "--accept")
    assert ran.code == 0, ran.out
    year = load_calendar(site)[0].drafts["2030-2031"]
    found = {entry.id: (entry.of_programmes, entry.schools, entry.terms) for entry in year.entries}
    assert found == {
        "classes": (("evening",), (), ("q1",)),
        "clinic-exams": (("evening",), ("law",), ("q1",)),
    }


def test_hidden_rows_and_sheets_of_a_list_are_asked_about(site: Path, run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in ROWS:
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    old = book.create_sheet("Old")
    old.append(("Event", "Date"))
    old.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    ran = run("import", "a.xlsx", "--year", YEAR, "--map", "title=A,date=B,category=C", "--out", "o")
    assert ran.code == 2
    assert "hidden rows were not read: 3" in ran.out
    assert "the sheet is hidden and was not read" in ran.out
    review = tmp_path / "o" / "review.yaml"
    review.write_text(
        review.read_text(encoding="utf-8").replace('answer: ""', "answer: yes"), encoding="utf-8"
    )
    last = run(
        "import", "a.xlsx", "--year", YEAR, "--map", "title=A,date=B,category=C", "--answers", str(review)
    )
    assert last.code == 0, last.out
