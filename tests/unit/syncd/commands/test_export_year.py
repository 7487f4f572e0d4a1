"""The year on one sheet, as a page and as a PDF: everything on it, on one A4 page, landscape."""

import re
import sys
from pathlib import Path

import pypdfium2
import pytest

from mapping.text.typography import plain
from tests.unit.syncd.commands.conftest import Run

SHOWN = (
    "Academic year 2025-2026",
    "MNU Law School",
    "Autumn classes begin",
    "Independence Day",
    "minutes No. 205-1",
)


@pytest.mark.parametrize(
    ("school", "language"), [("law", "en"), ("journalism", "kk"), ("journalism", "ru"), (None, "en")]
)
def test_a_year_is_one_page_of_a4_landscape(
    school: str | None, language: str, tmp_path: Path, run: Run
) -> None:
    out = tmp_path / "year.pdf"
    of_school = ("--school", school) if school else ()
    ran = run(
        "export",
        "--format",
        "pdf",
        "--year",
        "2025-2026",
        *of_school,
        "--language",
        language,
        "--out",
        str(out),
    )
    assert ran.code == 0, ran.err
    paper = pypdfium2.PdfDocument(out)
    try:
        width, height = paper.get_page_size(0)
        assert len(paper) == 1
        assert (round(width), round(height)) == (842, 595)
    finally:
        paper.close()


def test_the_page_of_paper_says_what_the_calendar_does(tmp_path: Path, run: Run) -> None:
    out = tmp_path / "year.pdf"
    run(
        "export",
        "--format",
        "pdf",
        "--year",
        "2025-2026",
        "--school",
        "law",
        "--language",
        "en",
        "--out",
        str(out),
    )
    paper = pypdfium2.PdfDocument(out)
    try:
        words = " ".join(plain(paper[0].get_textpage().get_text_range()).split())
    finally:
        paper.close()
    assert [one for one in SHOWN if one not in words] == []


def test_the_page_of_html_needs_nothing_else_and_forbids_it(tmp_path: Path, run: Run) -> None:
    out = tmp_path / "year.html"
    ran = run(
        "export",
        "--format",
        "html",
        "--year",
        "2025-2026",
        "--school",
        "law",
        "--language",
        "en",
        "--out",
        str(out),
    )
    page = plain(out.read_text(encoding="utf-8"))
    assert ran.code == 0
    assert [one for one in SHOWN if one not in page] == []
    assert "default-src 'none'" in page
    assert re.findall(r'(?:href|src)="', page) == []
    assert page.count('class="of-month"') == 13


def test_without_a_year_it_is_the_one_that_today_lies_in(run: Run) -> None:
    ran = run("--today", "2026-01-15", "export", "--format", "html", "--language", "en")
    assert "Academic year 2025-2026" in ran.out


def test_without_the_extra_one_sentence_says_how_to_get_it(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "syncd.reporting.pdf.year", raising=False)
    monkeypatch.setitem(sys.modules, "typst", None)
    ran = run("export", "--format", "pdf", "--year", "2025-2026", "--out", str(tmp_path / "year.pdf"))
    assert ran.code == 64
    assert "needs the extra pdf" in ran.err
    assert not (tmp_path / "year.pdf").exists()


def test_a_year_or_school_that_there_is_not_is_refused(run: Run) -> None:
    assert run("export", "--format", "html", "--year", "1999-2000").code == 64
    assert run("export", "--format", "html", "--school", "magic").code == 64
