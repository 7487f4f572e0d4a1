"""PDFs with text: read twice, letter by letter; what has no text or cannot be trusted is refused.

The two files in tests/fixtures/import were made by LibreOffice from `tests.support.printed`: next year's calendar with
ruled tables in Russian, and with lines between the rows only in Kazakh.
"""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from mapping.importing.conclude import Conclusion, Options, conclude
from mapping.importing.questions import Answers
from syncd.importing.pdf.direction import backwards_share
from syncd.importing.pdf.document import SCAN, TURNED, read_pdf
from syncd.importing.reading import read_file
from syncd.importing.refusal import CannotReadError
from tests.support.printed import shipped_site

FILES = Path(__file__).parents[3] / "fixtures" / "import"
RULED, OPEN = "calendar-2026-27-ru-ruled.pdf", "calendar-2026-27-kk-open.pdf"
SITE = shipped_site()


def _concluded(name: str) -> Conclusion:
    return conclude(read_pdf(FILES / name), SITE, Options(first_year=2026), Answers(by_name={}))


@pytest.mark.parametrize(("name", "fewest"), [(RULED, 120), (OPEN, 115)])
def test_every_date_is_right_and_hardly_one_is_asked(name: str, fewest: int) -> None:
    made = _concluded(name)
    plain = 0
    for record in made.records:
        assert record.entry is not None
        plain += not record.asked
        if record.end is not None and record.entry.end is not None:
            assert record.end - record.entry.end == timedelta(days=364)
    assert plain >= fewest
    assert not made.unread
    assert not made.refused


def test_a_cell_that_covers_columns_without_lines_between_them_is_asked() -> None:
    asked = {
        record.entry.id: record.asked
        for record in _concluded(OPEN).records
        if record.entry is not None and record.asked
    }
    assert {"survey-satisfaction-trimester", "registration-summer-trimester"} <= set(asked)


def test_rows_broken_over_two_pages_are_one_row() -> None:
    made = _concluded(RULED)
    assert len({id(record.found.row) for record in made.records}) == 78


def _written(path: Path, text: str, page: str = "", count: int = 1) -> Path:
    """A PDF by hand: the same content on each page."""
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(count))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {count}/Kids[{kids}]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for index in range(count):
        objects += [
            (
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>"
                f"/Contents {5 + 2 * index} 0 R{page}>>"
            ),
            f"<</Length {len(text)}>>stream\n{text}\nendstream",
        ]
    out, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    end += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    path.write_bytes(out + end.encode())
    return path


def test_a_picture_of_a_page_is_a_scan(tmp_path: Path) -> None:
    with pytest.raises(CannotReadError) as refused:
        read_pdf(_written(tmp_path / "a.pdf", "0 0 100 100 re f"))
    assert refused.value.reason == SCAN


def test_a_page_on_its_side_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotReadError) as refused:
        read_pdf(_written(tmp_path / "a.pdf", "BT /F1 12 Tf 50 700 Td (01.09.2026) Tj ET", "/Rotate 90"))
    assert refused.value.reason == TURNED


def test_a_line_on_its_side_is_unread(tmp_path: Path) -> None:
    text = "BT /F1 12 Tf 50 700 Td (hello) Tj ET BT /F1 12 Tf 0 1 -1 0 300 300 Tm (01.09.2026) Tj ET"
    document = read_pdf(_written(tmp_path / "a.pdf", text))
    assert any("01.09.2026" in one.text for one in document.unread)


def test_letters_printed_twice_to_look_bold_are_read_once(tmp_path: Path) -> None:
    text = "BT /F1 12 Tf 50 700 Td (01.09.2026) Tj ET BT /F1 12 Tf 50.3 700 Td (01.09.2026) Tj ET"
    document = read_pdf(_written(tmp_path / "a.pdf", text))
    assert [line.text for line in document.lines] == ["01.09.2026"]
    assert not document.unread


# Helvetica at 12 points: "18 " begins at 50, and "1" is 6.7 points wide.
STRUCK = "BT /F1 12 Tf 50 700 Td (18 September) Tj ET 50 703.2 m 56.5 703.2 l S"
GRID = "".join(
    f" {x} 640 m {x} 720 l S" for x in (40, 200, 360)
) + "".join(f" 40 {y} m 360 {y} l S" for y in (640, 680, 720))  # fmt: skip


def test_a_letter_with_a_line_through_it_is_asked_in_its_cell(tmp_path: Path) -> None:
    (table,) = read_pdf(_written(tmp_path / "a.pdf", STRUCK + GRID)).tables
    (asked,) = (cell for row in table.rows for cell in row if cell.remarks)
    assert asked.text == "18 September"
    assert asked.remarks == ("a line is drawn through '1': look whether it was struck out",)


def test_a_letter_with_a_line_through_it_is_told_outside_tables(tmp_path: Path) -> None:
    (remark,) = read_pdf(_written(tmp_path / "a.pdf", STRUCK)).remarks
    assert remark.text == "a line is drawn through '1': look whether it was struck out"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("50 698.6 m 56.5 698.6 l S", id="an underline"),
        pytest.param("50 697 m 540 697 l S", id="a rule below the words"),
        pytest.param("20 703.2 m 540 703.2 l S", id="a rule that runs on beyond the words"),
        pytest.param("50 698 60 11 re f", id="a box behind the words"),
    ],
)
def test_other_lines_strike_nothing_out(tmp_path: Path, line: str) -> None:
    text = f"BT /F1 12 Tf 50 700 Td (18 September) Tj ET {line}"
    assert not read_pdf(_written(tmp_path / "a.pdf", text)).remarks


def test_more_pages_than_a_calendar_has_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotReadError, match="201 pages"):
        read_pdf(_written(tmp_path / "a.pdf", "BT ET", count=201))


def test_whoever_waits_is_told_of_every_page(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = _written(tmp_path / "a.pdf", "BT /F1 12 Tf 50 700 Td (01.09.2026) Tj ET", count=3)
    read = read_file(path, on_page=lambda done, count: told.append((done, count)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert not read.document.refused


READS_AND_TELLS_ITS_PEAK = """
import sys
from syncd.importing.child import main
ended = main()
# Not ru_maxrss: that begins with what the process was forked from, here the whole test run.
status = open("/proc/self/status").read()
print(status.split("VmHWM:")[1].split()[0], file=sys.stderr)
sys.exit(ended)
"""


def test_a_long_document_takes_no_more_memory_than_a_small_machine_has(tmp_path: Path) -> None:
    lines = " ".join(
        f"BT /F1 9 Tf 50 {800 - 12 * row} Td (01.09.2026 - 12.09.2026 row {row}) Tj ET" for row in range(30)
    )
    path = _written(tmp_path / "a.pdf", lines, count=5)
    (tmp_path / "pages").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", READS_AND_TELLS_ITS_PEAK, str(path), str(tmp_path / "pages")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert len(list((tmp_path / "pages").iterdir())) == 5
    assert int(done.stderr.splitlines()[-1]) < 300 * 1024, "KiB at the peak, pictures of the pages included"


def test_a_list_in_arabic_is_refused_since_its_words_come_backwards() -> None:
    with pytest.raises(CannotReadError, match="taken backwards"):
        read_pdf(FILES / "list-2026-27-ar.pdf")


@pytest.mark.parametrize(
    ("texts", "share"),
    [(["Classes", "2026"], 0.0), (["12-19"], 0.0), (["ab", "אב"], 0.5), (["امتحانات 2026"], 1.0)],
)
def test_letters_from_right_to_left_are_counted(texts: list[str], share: float) -> None:
    assert backwards_share(texts) == share
