"""Lists of universities unlike ours: no column, row or line with a day in it is passed over without a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest

from mapping.importing.academic_year import first_year_of
from mapping.importing.pages import Cell, Line, SourceDocument, Spot, Table
from mapping.importing.plain_list.conclude import ListConclusion, conclude_list
from mapping.importing.plain_list.file import list_questions
from mapping.importing.plain_list.reading import Ways
from mapping.importing.plain_list.row import ListRow, ListSite
from mapping.importing.questions import Answers

SITE = ListSite(
    languages=("es", "en"), official="es", audience="students", programme="all", whole_year="year",
    categories={"teaching": ("teaching",), "exams": ("exams",), "day-off": ("day off",)},
    schools={"law": ("law", "derecho"), "med": ("med", "medicina y salud")},
    terms={"autumn": ("primer semestre",), "spring": ("segundo semestre", "spring semester"), "year": ("year",)},
)  # fmt: skip


def table(*rows: Sequence[str], number: int = 1, first_row: int = 1) -> Table:
    spot = Spot(sheet=f"s{number}", table=1)
    cells = tuple(
        tuple(
            Cell(spot=replace(spot, row=at, column=column), text=text)
            for column, text in enumerate(row, start=1)
            if text
        )
        for at, row in enumerate(rows, start=first_row)
    )
    return Table(spot=spot, width=max(map(len, rows)), rows=cells)


def concluded(
    *blocks: Table | Line,
    year: str = "2027",
    begins: int | None = None,
    given: Mapping[str, str] | None = None,
    named: Mapping[int, str] | None = None,
    answers: Mapping[str, str] | None = None,
) -> ListConclusion:
    return conclude_list(
        SourceDocument(kind="csv", engine="", blocks=blocks),
        SITE,
        Ways(first_year=first_year_of(year, begins), order="dmy", language="es"),
        Answers(by_name=answers or {}),
        given or {},
        named or {},
    )


def days(row: ListRow) -> tuple[str, str]:
    return str(row.reading.start), str(row.reading.end)


def line(text: str) -> Line:
    return Line(spot=Spot(page=1), text=text)


def test_first_and_last_days_stand_in_two_columns_of_a_chilean_list() -> None:
    made = concluded(
        table(
            ("Actividad", "Fecha inicio", "Fecha término"),
            ("Matrícula", "14 de diciembre de 2026", "8 de enero de 2027"),
            ("Exámenes", "29/11/2027", "10/12/2027"),
            ("Fiestas", "18/09/2027", ""),
        )
    )
    assert [days(row) for row in made.records] == [
        ("2026-12-14", "2027-01-08"),
        ("2027-11-29", "2027-12-10"),
        ("2027-09-18", "2027-09-18"),
    ]


def test_a_window_is_never_its_first_day_because_nobody_knows_the_other_column() -> None:
    made = concluded(table(("Evento", "Inicio", "Zzz"), ("Exámenes", "29/11/2027", "10/12/2027")))
    (row,) = made.records
    assert "column C (Zzz) holds a date too, '10/12/2027'" in "".join(row.asked)


def test_each_term_may_have_a_column_of_its_own() -> None:
    made = concluded(
        table(
            ("Actividad", "Primer semestre", "Segundo semestre"),
            ("Clases", "8 de marzo al 2 de julio de 2027", "2 de agosto al 26 de noviembre de 2027"),
            ("Exámenes", "5 al 16 de julio de 2027", "—"),
        )
    )
    assert [(row.title, row.term, *days(row)) for row in made.records] == [
        ("Clases (Primer semestre)", "autumn", "2027-03-08", "2027-07-02"),
        ("Clases (Segundo semestre)", "spring", "2027-08-02", "2027-11-26"),
        ("Exámenes (Primer semestre)", "autumn", "2027-07-05", "2027-07-16"),
    ]
    assert len({row.name for row in made.records}) == 3


def test_a_second_column_of_dates_is_asked_about_or_said_by_a_person() -> None:
    rows = table(("Qué", "Uno", "Dos"), ("Clases", "1 de marzo de 2027", "2 de agosto de 2027"))
    (row,) = concluded(rows, given={"title": "A", "date": "Uno"}).records
    assert "column C (Dos) holds a date too" in "".join(row.asked)

    both = concluded(rows, given={"title": "A"}, named={2: "autumn", 3: "spring"}).records
    assert [(row.term, str(row.reading.start)) for row in both] == [
        ("autumn", "2027-03-01"),
        ("spring", "2027-08-02"),
    ]


def test_an_answer_about_a_row_is_not_one_about_that_row_of_the_next_sheet() -> None:
    head = ("Fecha", "Evento")
    made = concluded(
        table(head, ("18/09/2027", "Fonda")),
        table(head, ("18/09/2027", "Cueca"), number=2),
        answers={"cell-r2": "19/09/2027"},
    )
    assert [str(row.reading.start) for row in made.records] == ["2027-09-19", "2027-09-18"]
    assert [bool(row.asked) for row in made.records] == [False, True]


def test_a_note_with_a_day_in_it_keeps_the_list_back_until_a_person_read_it() -> None:
    rows = table(
        ("Universidad del Sur", ""),
        ("Fecha", "Evento"),
        ("08/03/2027", "Clases"),
        ("Nota: el sábado 27/11/2027 se recuperan clases", ""),
    )
    made = concluded(rows, line("Aprobado el 3 de marzo de 2027"))
    assert [one.text[:4] for one in made.unread] == ["Nota", "Apro"]
    names = [one.name for one in list_questions(made, Answers(by_name={})) if one.how == "read"]

    assert (
        concluded(rows, line("Aprobado el 3 de marzo de 2027"), answers=dict.fromkeys(names, "read")).unread
        == ()
    )
    assert any("Universidad del Sur" in note for note in made.notes)


def test_headings_give_the_term_and_repeated_headers_give_no_row() -> None:
    made = concluded(
        table(
            ("Desde", "Hasta", "Actividad"),
            ("08/03/2027", "02/07/2027", "Clases"),
            ("SEGUNDO SEMESTRE", "", ""),
            ("Desde", "Hasta", "Actividad"),
            ("02/08/2027", "26/11/2027", "Clases"),
        )
    )
    assert [(row.term, *days(row)) for row in made.records] == [
        ("", "2027-03-08", "2027-07-02"),
        ("spring", "2027-08-02", "2027-11-26"),
    ]


def test_a_weekday_in_a_column_of_its_own_must_be_the_days() -> None:
    made = concluded(
        table(("Day", "Date", "Event"), ("Mon", "8/3/2027", "Classes begin"), ("Tue", "10/3/2027", "Exams"))
    )
    right, wrong = made.records
    assert days(right) == ("2027-03-08", "2027-03-08")
    assert not right.asked
    assert "is a Wednesday, but Tuesday is printed" in "".join(wrong.asked)


def test_a_date_that_is_merged_down_stands_for_every_row_beside_it() -> None:
    rows = table(("Fecha", "Evento"), ("08/03/2027", "Clases"), ("", "Exámenes"), ("", "Todo"))
    first = rows.rows[1]
    merged = replace(rows, rows=(rows.rows[0], (replace(first[0], rows=2), first[1]), *rows.rows[2:]))
    made = concluded(merged)
    assert [days(row) for row in made.records] == [("2027-03-08", "2027-03-08")] * 2
    assert any("Todo" in note for note in made.notes)


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("8 de marzo – 2 de julio de 2027: Clases", "Clases", ("2027-03-08", "2027-07-02")),
        ("• Exámenes — 5 al 16 de julio de 2027", "Exámenes", ("2027-07-05", "2027-07-16")),
        ("18/09/2027\tFiestas Patrias", "Fiestas Patrias", ("2027-09-18", "2027-09-18")),
    ],
)
def test_a_line_outside_every_table_may_be_an_entry(text: str, title: str, expected: tuple[str, str]) -> None:
    (row,) = concluded(line(text)).records
    assert (row.title, days(row)) == (title, expected)
    assert not any("parts" in one for one in row.asked)


def test_a_line_that_nothing_parts_is_asked_about() -> None:
    (row,) = concluded(line("18 de septiembre de 2027 Fiestas Patrias")).records
    assert days(row) == ("2027-09-18", "2027-09-18")
    assert "nothing parts the date from its title" in "".join(row.asked)


JAPAN = table(
    ("Date", "Event"),
    ("April 8", "Classes begin"),
    ("August 1 - September 20", "Exams"),
    ("December 26 - January 6", "Exams"),
    ("February 8", "Exams"),
    ("March 20", "Exams"),
)


@pytest.mark.parametrize("year", ["2026", "2026-2027"])
def test_years_that_are_not_printed_are_asked_about_where_the_order_says_others(year: str) -> None:
    made = concluded(JAPAN, year=year)
    assert all("--begins 4" in "".join(row.asked) for row in made.records)


@pytest.mark.parametrize("year", ["2026", "2026-2027"])
def test_a_year_that_begins_in_april_ends_in_march(year: str) -> None:
    made = concluded(JAPAN, year=year, begins=4)
    found = [row.reading.start for row in made.records]
    assert found == [
        date(2026, 4, 8),
        date(2026, 8, 1),
        date(2026, 12, 26),
        date(2027, 2, 8),
        date(2027, 3, 20),
    ]
    assert not any("--begins" in "".join(row.asked) for row in made.records)


def test_a_list_in_order_of_the_usual_year_is_not_asked_about_its_order() -> None:
    made = concluded(
        table(("Date", "Event"), ("October 12", "Classes"), ("December 14", "Exams"), ("May 3", "Exams")),
        year="2026-2027",
    )
    assert [row.asked for row in made.records] == [(), (), ()]


def test_an_answer_with_slashes_needs_the_order_of_day_and_month() -> None:
    made = conclude_list(
        SourceDocument(kind="csv", engine="", blocks=(table(("Date", "Event"), ("TBA", "Exams")),)),
        SITE, Ways(first_year=first_year_of("2027"), order=None, language="en"),
        Answers(by_name={"cell-r2": "3/4/2027"}), {}, {},
    )  # fmt: skip
    assert "--dates" in made.faults["cell-r2"]


def test_a_head_over_two_columns_is_read_with_those_below_it() -> None:
    rows = table(
        ("Actividad", "Fechas", ""),
        ("", "Inicio", "Término"),
        ("Clases", "08/03/2027", "02/07/2027"),
    )
    first = rows.rows[0]
    made = concluded(
        replace(rows, rows=((replace(first[0], rows=2), replace(first[1], columns=2)), *rows.rows[1:]))
    )
    assert [(row.title, *days(row)) for row in made.records] == [("Clases", "2027-03-08", "2027-07-02")]


def test_a_degree_sign_stands_for_the_ordinals() -> None:
    made = concluded(
        table(("Fecha", "Evento"), ("1° de abril de 2027", "Clases"), ("1º de abril de 2027", "Exámenes"))
    )
    assert [days(row) for row in made.records] == [("2027-04-01", "2027-04-01")] * 2


def test_a_year_that_is_printed_further_down_shows_that_one_above_it_is_another() -> None:
    made = concluded(
        table(
            ("Date", "Event"),
            ("8 to 11 May", "Exams"),
            ("12 October 2026", "Classes"),
            ("3 March 2027", "Exams"),
        ),
        year="2026-2027",
    )
    assert [bool(row.asked) for row in made.records] == [True, False, False]


def test_a_header_names_a_quarter_by_its_season() -> None:
    site = replace(
        SITE,
        terms={
            "q1": ("fall quarter",),
            "q2": ("winter quarter",),
            "q3": ("spring quarter",),
            "year": ("academic year",),
        },
    )
    made = conclude_list(
        SourceDocument(
            kind="csv",
            engine="",
            blocks=(
                table(
                    ("Event", "Fall 2026", "Winter 2027", "Spring 2027"),
                    ("Classes begin", "September 21", "January 4", "March 29"),
                    ("Classes end", "December 4", "March 12", "June 4"),
                ),
            ),
        ),
        site, Ways(first_year=first_year_of("2026-2027"), order=None, language="en"), Answers(by_name={}), {}, {},
    )  # fmt: skip
    assert [(row.term, str(row.reading.start)) for row in made.records] == [
        ("q1", "2026-09-21"), ("q2", "2027-01-04"), ("q3", "2027-03-29"),
        ("q1", "2026-12-04"), ("q2", "2027-03-12"), ("q3", "2027-06-04"),
    ]  # fmt: skip


def test_columns_of_terms_have_an_order_too() -> None:
    rows = table(
        ("Event", "Primer semestre", "Segundo semestre"),
        ("Classes begin", "8 de abril", "1 de octubre"),
        ("Classes end", "29 de julio", "8 de febrero"),
    )
    assert all("--begins 4" in "".join(row.asked) for row in concluded(rows, year="2026-2027").records)


@pytest.mark.parametrize("wrong", [0, 1, 2, 3])
def test_a_year_that_is_misprinted_lies_off_the_rows_around_it(wrong: int) -> None:
    rows = [
        ["20 August 2026", "Exams A"],
        ["31 August 2026", "Exams B"],
        ["14 September 2026", "Exams C"],
        ["12 October 2026", "Exams D"],
    ]
    rows[wrong][0] = rows[wrong][0].replace("2026", "2027")
    made = concluded(table(("Date", "Event"), *rows), year="2026-2027")
    assert [bool(row.asked) for row in made.records] == [at == wrong for at in range(4)]


def test_a_row_that_stands_twice_is_taken_once_and_told() -> None:
    rows = ("Date", "Event"), ("8/3/2027", "Exams"), ("8/3/2027", "Exams"), ("9/3/2027", "Exams")
    made = concluded(table(*rows))
    assert [str(row.reading.start) for row in made.records] == ["2027-03-08", "2027-03-09"]
    assert any("Stands there twice and was taken once: Exams" in note for note in made.notes)


@pytest.mark.parametrize(
    ("said", "schools", "doubt"),
    [
        ("Derecho", ("law",), ""),
        ("derecho, Medicina y Salud", ("law", "med"), ""),
        ("Todas las facultades", (), ""),
        ("", (), ""),
        ("Derecho / Artes", ("law",), "university.yaml has no school 'Artes'"),
    ],
)
def test_a_column_may_name_the_schools_of_a_row(said: str, schools: tuple[str, ...], doubt: str) -> None:
    made = concluded(table(("Fecha", "Evento", "Facultad"), ("8/3/2027", "Exams", said)))
    (row,) = made.records
    assert row.schools == schools
    assert row.asked == ((doubt,) if doubt else ())


def test_one_column_of_dates_and_one_of_words_are_known_in_any_language() -> None:
    made = concluded(
        table(
            ("番号", "行事予定", "年月日"),
            ("1", "Exams 前期", "2027-07-05"),
            ("2", "Exams 後期", "2027-11-29"),
        )
    )
    assert [(row.title, str(row.reading.start), row.asked) for row in made.records] == [
        ("Exams 前期", "2027-07-05", ()),
        ("Exams 後期", "2027-11-29", ()),
    ]


def test_two_columns_of_dates_that_nobody_understands_are_asked_about() -> None:
    made = concluded(table(("No.", "Particulars", "UG", "PG"), ("1", "Exams", "5/7/2027", "12/7/2027")))
    assert [(row.title, str(row.reading.start)) for row in made.records] == [
        ("Exams (UG)", "2027-07-05"),
        ("Exams (PG)", "2027-07-12"),
    ]
    assert all("says neither a term nor what its dates are" in "".join(row.asked) for row in made.records)


@pytest.mark.parametrize(
    ("answer", "fault"), [("5 September", "fits two years; type the year too"), ("5 November", "")]
)
def test_an_answer_without_a_year_is_taken_where_one_year_fits(answer: str, fault: str) -> None:
    made = concluded(
        table(("Date", "Event"), ("TBA", "Exams")), year="2026-2027", answers={"cell-r2": answer}
    )
    assert made.faults.get("cell-r2", "").endswith(fault)
    assert bool(made.faults) == bool(fault)
