"""A printed calendar against the year it comes from: the same is the same, and whatever differs shows."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.importing.ask import reworded
from mapping.importing.conclude import Conclusion, Options, conclude
from mapping.importing.known import KnownSite
from mapping.importing.pages import SourceDocument
from mapping.importing.questions import Answers
from syncd.importing.docx.document import read_docx
from syncd.importing.xlsx import read_xlsx
from tests.support.printed import Printed, printed_calendar, shipped_site, write_docx, write_xlsx

SITE = shipped_site()
SHIPPED = printed_calendar()


def _concluded(
    document: SourceDocument, year: int = 2025, site: KnownSite = SITE, answers: dict[str, str] | None = None
) -> Conclusion:
    return conclude(document, site, Options(first_year=year), Answers(by_name=answers or {}))


def _differs(made: Conclusion) -> bool:
    """Whether anything at all is shown to a person."""
    moved = any(record.asked or record.status != "carried" for record in made.records)
    return bool(moved or made.gone or made.refused or made.unread or reworded(made))


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("kind", ["docx", "xlsx", "one sheet"])
def test_the_same_year_is_carried_over_whole(tmp_path: Path, language: str, kind: str) -> None:
    printed = printed_calendar(language)
    if kind == "docx":
        document = read_docx(write_docx(tmp_path / "a.docx", printed))
    else:
        document = read_xlsx(
            write_xlsx(tmp_path / "a.xlsx", printed, real_dates=True, one_sheet=kind == "one sheet")
        )
    made = _concluded(document)
    assert made.language == language
    assert len(made.records) == sum(entry.programme is not None for entry in SITE.entries)
    assert not [record for record in made.records if record.asked or record.status != "carried"]
    assert not made.gone
    assert not made.refused
    assert not made.unread


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_next_year_s_document_gets_last_year_s_ids(tmp_path: Path, language: str) -> None:
    made = _concluded(read_docx(write_docx(tmp_path / "a.docx", printed_calendar(language, years=1))), 2026)
    assert {record.entry.id for record in made.records if record.entry} == {
        entry.id for entry in SITE.entries
    }
    for record in made.records:
        assert record.entry is not None
        if record.end is not None and record.entry.end is not None:
            assert (record.end - record.entry.end).days == 364
        assert not record.asked


def test_a_long_window_that_ends_with_its_month_no_more_is_a_named_change(tmp_path: Path) -> None:
    """On the same weekday the summer break would end on 30 August: a misprint there has no other net."""
    made = _concluded(read_docx(write_docx(tmp_path / "a.docx", printed_calendar(years=1))), 2026)
    named = {
        record.entry.id for record in made.records if record.entry is not None and record.status == "changed"
    }
    assert named == {"break-summer", "break-iii"}


CELLS = list(SHIPPED.cells())


def _read(tmp_path: Path, printed: Printed) -> Conclusion:
    return _concluded(read_docx(write_docx(tmp_path / "a.docx", printed)))


@settings(max_examples=10)
@given(
    chosen=st.sampled_from(CELLS), how=st.sampled_from(["day", "year", "empty", "doubled", "moved", "word"])
)
def test_one_fault_in_a_cell_shows(
    tmp_path_factory: pytest.TempPathFactory, chosen: tuple[int, int, object], how: str
) -> None:
    table, row, _ = chosen
    cell = next(one for t, r, one in CELLS if (t, r, one) == chosen)
    text: str | None = cell.text
    printed = SHIPPED
    if how == "empty":
        printed = printed.with_cell(table, row, cell.column, None)
    elif how == "moved":
        taken = {one.column for one in SHIPPED.tables[table].rows[row]}
        free = [c for c in range(2, 5 if table else 4) if c not in taken]
        if not free or cell.columns > 1:
            return
        cells = tuple(
            type(one)(free[0], one.text, one.columns, one.entry) if one == cell else one
            for one in SHIPPED.tables[table].rows[row]
        )
        rows = SHIPPED.tables[table].rows
        printed = printed.with_rows(table, (*rows[:row], cells, *rows[row + 1 :]))
    else:
        text = {
            "day": _other_day(cell.text),
            "year": cell.text.replace("2025", "2024").replace("2026", "2025"),
            "doubled": f"{cell.text} {cell.text}",
            "word": f"{cell.text} бірақ",
        }[how]
        if text == cell.text:
            return
        printed = printed.with_cell(table, row, cell.column, text)
    assert _differs(_read(tmp_path_factory.mktemp("made"), printed)), (how, text)


def _other_day(text: str) -> str:
    if not text[:2].isdigit() or text[2:3] != ".":
        return text
    day = int(text[:2])
    return f"{day + 1 if day < 28 else day - 1:02d}{text[2:]}"


@settings(max_examples=6)
@given(table=st.integers(0, 1), data=st.data(), how=st.sampled_from(["gone", "doubled", "moved"]))
def test_a_row_gone_doubled_or_moved_shows(
    tmp_path_factory: pytest.TempPathFactory, table: int, data: st.DataObject, how: str
) -> None:
    rows = SHIPPED.tables[table].rows
    dated = [index for index, row in enumerate(rows) if any(cell.entry for cell in row)]
    at = data.draw(st.sampled_from(dated))
    if how == "gone":
        changed = (*rows[:at], *rows[at + 1 :])
    elif how == "doubled":
        changed = (*rows[: at + 1], rows[at], *rows[at + 1 :])
    else:
        other = 1 - table
        printed = SHIPPED.with_rows(table, (*rows[:at], *rows[at + 1 :]))
        printed = printed.with_rows(other, (*SHIPPED.tables[other].rows, rows[at]))
        assert _differs(_read(tmp_path_factory.mktemp("made"), printed))
        return
    assert _differs(_read(tmp_path_factory.mktemp("made"), SHIPPED.with_rows(table, changed)))


@settings(max_examples=8)
@given(table=st.integers(0, 1), data=st.data())
def test_a_word_taken_out_of_any_text_shows(
    tmp_path_factory: pytest.TempPathFactory, table: int, data: st.DataObject
) -> None:
    rows = SHIPPED.tables[table].rows
    at = data.draw(st.integers(0, len(rows) - 1))
    texts = [cell for cell in rows[at] if cell.column and len(cell.text.split()) > 1]
    if not texts:
        return
    cell = data.draw(st.sampled_from(texts))
    words = cell.text.split()
    gone = data.draw(st.integers(0, len(words) - 1))
    shorter = " ".join([*words[:gone], *words[gone + 1 :]])
    if not any(char.isalnum() for char in words[gone]):
        return
    made = _read(tmp_path_factory.mktemp("made"), SHIPPED.with_cell(table, at, cell.column, shorter))
    assert _differs(made), (words[gone], cell.text)


def test_a_document_without_a_fifth_of_the_entries_is_refused(tmp_path: Path) -> None:
    rows = SHIPPED.tables[0].rows
    made = _read(tmp_path, SHIPPED.with_rows(0, rows[:20]))
    assert "more than a fifth" in made.refused[0].text


def test_a_date_below_the_tables_is_unread_until_somebody_says_it_was_read(tmp_path: Path) -> None:
    printed = Printed(
        head=SHIPPED.head, tables=SHIPPED.tables, foot=("Емтихан 15.05.2026 ж. күніне ауыстырылды",)
    )
    document = read_docx(write_docx(tmp_path / "a.docx", printed))
    assert [one.text for one in _concluded(document).unread] == [printed.foot[0]]
    assert not _concluded(document, answers={"unread-1": "read"}).unread


def test_a_word_gone_from_the_list_of_holidays_shows(tmp_path: Path) -> None:
    listed = ("Мемлекеттік мерекелер", "- Жаңа жыл - 1-2 қаңтар;", "- Наурыз мейрамы - 21-23 наурыз;")
    for foot, expected in ((listed, []), ((*listed[:2], "- мейрамы - 21-23 наурыз;"), ["nauryz"])):
        printed = Printed(head=SHIPPED.head, tables=SHIPPED.tables, foot=foot)
        made = _concluded(read_docx(write_docx(tmp_path / "a.docx", printed)))
        assert [id_ for one in reworded(made) for id_ in one.entries] == expected
        assert "victory-day" in {entry.id for entry in made.gone}


LISTED = ("Мемлекеттік мерекелер", "- Жаңа жыл - 1-2 қаңтар;", "- Наурыз мейрамы - 21-23 наурыз;")


@pytest.mark.parametrize(
    ("foot", "unread"),
    [
        (("Барлық емтихан онлайн өтеді",), [0]),
        ((*LISTED, "Барлық емтихан онлайн өтеді"), [3]),
        (("Өтініш 5 жұмыс күні ішінде беріледі", *LISTED), [0]),
        (LISTED, []),
    ],
)
def test_text_that_stands_nowhere_is_unread_without_a_date_too(
    foot: tuple[str, ...], unread: list[int], tmp_path: Path
) -> None:
    printed = Printed(head=SHIPPED.head, tables=SHIPPED.tables, foot=foot)
    document = read_docx(write_docx(tmp_path / "a.docx", printed))
    assert [one.text for one in _concluded(document).unread] == [foot[index] for index in unread]


def test_columns_that_nobody_names_are_refused_and_can_be_said(tmp_path: Path) -> None:
    tables = (
        type(SHIPPED.tables[0])(
            programme="semester",
            header=("№", "Іс-шара", "Бірінші бөлім", "Екінші бөлім", "Ескертпе"),
            rows=SHIPPED.tables[0].rows,
        ),
        SHIPPED.tables[1],
    )
    document = read_docx(write_docx(tmp_path / "a.docx", Printed(head=SHIPPED.head, tables=tables)))
    assert "--columns" in _concluded(document).refused[0].text
    said = Options(first_year=2025, columns={3: "autumn", 4: "spring"})
    made = conclude(document, SITE, said, Answers(by_name={}))
    assert not made.refused
    found = [record.entry.id for record in made.records if record.entry is not None and not record.asked]
    assert {"registration-autumn", "classes-begin-iii", "exams-spring"} <= set(found)


def test_swapped_columns_are_asked_everywhere(tmp_path: Path) -> None:
    header = list(SHIPPED.tables[0].header)
    header[2], header[3] = header[3], header[2]
    swapped = type(SHIPPED.tables[0])(programme="semester", header=tuple(header), rows=SHIPPED.tables[0].rows)
    made = _read(tmp_path, Printed(head=SHIPPED.head, tables=(swapped, SHIPPED.tables[1])))
    wrong = [
        record
        for record in made.records
        if record.entry is not None
        and record.found.row.programme == "semester"
        and not record.asked
        and record.status == "carried"
        and len(record.terms) == 1
        and not record.is_rule
    ]
    assert not wrong
