"""Expressions of dates: right, or a question, or no date; never a wrong one without a word."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.importing.academic_year import first_year_of
from mapping.importing.dates import Form, read_dates

RIGHT = [
    ("kk", "14.08. - 27.08.2025 ж.", "2025-08-14", "2025-08-27"),
    ("kk", "19.01. 2026 ж.", "2026-01-19", "2026-01-19"),
    ("kk", "28.05. - 05.06 2026 ж.", "2026-05-28", "2026-06-05"),
    ("kk", "2026 жылдың 27 - 30 маусымы аралығында", "2026-06-27", "2026-06-30"),
    ("kk", "2025 жылдың 15 қыркүйегінен 20 қыркүйегіне дейін", "2025-09-15", "2025-09-20"),
    ("kk", "20.03.2026 ж. дейін", "", "2026-03-20"),
    ("kk", "2025 жылғы «05» тамыз", "2025-08-05", "2025-08-05"),
    ("kk", "1-қыркүйек 2025 ж.", "2025-09-01", "2025-09-01"),
    ("en", "September 17–October 4, 2025", "2025-09-17", "2025-10-04"),
    ("ru", "15-09-2025", "2025-09-15", "2025-09-15"),
    ("ar", "١ سبتمبر - ١٥ سبتمبر ٢٠٢٥", "2025-09-01", "2025-09-15"),
    ("ru", "с 22 сентября 2025 г. по 17 апреля 2026 г.", "2025-09-22", "2026-04-17"),
    ("ru", "не позднее 5 декабря 2025 года", "", "2025-12-05"),
    ("ru", "18 декабря – 10 января 2026", "2025-12-18", "2026-01-10"),
    (
        "ru",
        "с 27 октября 2025 года (понедельник) по 02 ноября 2025 года (воскресенье)",
        "2025-10-27",
        "2025-11-02",
    ),
    ("ru", "03-05.11.2025", "2025-11-03", "2025-11-05"),
    ("ru", "16 cентября 2025 г.", "2025-09-16", "2025-09-16"),
    ("en", "Mon 1 Sept – Fri 5 Sept 2025", "2025-09-01", "2025-09-05"),
    ("en", "December 16-25", "2025-12-16", "2025-12-25"),
    ("en", "Between 27 and 30 June 2026", "2026-06-27", "2026-06-30"),
    ("en", "no later than May 8, 2026", "", "2026-05-08"),
    ("en", "2025-12-15/2025-12-30", "2025-12-15", "2025-12-30"),
    ("de", "vom 01. Oktober 2025 bis zum 31. März 2026", "2025-10-01", "2026-03-31"),
    ("de", "bis 15.07.2026", "", "2026-07-15"),
    ("fr", "du lundi 3 au vendredi 7 novembre 2025", "2025-11-03", "2025-11-07"),
    ("es", "del 1 al 15 de septiembre de 2025", "2025-09-01", "2025-09-15"),
    ("tr", "Eylül 02 ‐ 04 2025", "2025-09-02", "2025-09-04"),
    ("tr", "1 Eylül'den 15 Eylül'e kadar", "2025-09-01", "2025-09-15"),
    ("zh", "2025年9月1日至9月15日", "2025-09-01", "2025-09-15"),
    ("zh", "2025.9.1-2025.9.15", "2025-09-01", "2025-09-15"),
    ("zh", "2025年9月15日止", "", "2025-09-15"),
    ("kk", "20.03.2026 жылға дейін", "", "2026-03-20"),
    ("tr", "15 Ekim 2025’e kadar", "", "2025-10-15"),
    ("tr", "15 Ekim 2025'ya kadar", "", "2025-10-15"),
    ("es", "1º de septiembre de 2025", "2025-09-01", "2025-09-01"),
    ("ar", "من 1 سبتمبر 2025 إلى 15 سبتمبر 2025", "2025-09-01", "2025-09-15"),
    ("en", "٠١.٠٩.٢٠٢٥", "2025-09-01", "2025-09-01"),
]
NO_DATE = [
    ("de", "bis zum 31.09.2025", "there is no day"),
    ("en", "29.02.2027", "there is no day|outside"),
    ("fr", "du 14 février au 12 février 2026", "outside|before the start"),
    ("fr", "jeudi 17 avril 2026", "is a Friday, but Thursday is printed"),
    ("de", "13.10.26", "outside the academic year"),
    ("ru", "30 – 5 октября", "first day is later"),
    ("kk", "15.12.2О25 ж.", "letters and digits"),
    ("kk", "З1.01.2026 ж.", "letters and digits|number that is no part"),
    ("en", "3/2-3/6", "order of day and month"),
    ("zh", "2025.9.7-9.12", "order of day and month"),
    ("ru", "2025.09.07 - 09.12", "order of day and month"),
    ("zh", "9.7", "order of day and month"),
    ("en", "July 3 & 4", "more than one date"),
    ("kk", "14.08. - 20.08.2025 ж. 25.08. - 27.08.2025 ж.", "more than one date"),
    ("ru", "2 дня – 23.02, 08.03", "more than one date"),
    ("tr", "29.Eyl.25 Pzt07.Oca.26 Çar", "letters and digits"),
    ("en", "14.08.20251", "could not be read|number"),
    ("kk", "2 апта", "could not be read"),
    ("ru", "31.12.2025 + 05.01.2026", "more than one date"),
    ("ru", "15.09.2025/16.09.2025", "one or the other"),
    ("ru", "09-10-2025", "order of day and month"),
    ("ru", "15.09.20 25", "number that is no part"),
]
ASKED_WITH_A_DATE = [
    ("kk", "22.04. - 03.05.2026 ж. офис өткізеді", "2026-04-22", "офис өткізеді"),
    ("en", "December 20, 2025–January 6, 2026 (Christmas)", "2025-12-20", "Christmas"),
    ("en", "Friday, Dec. 12 at 8:30 a.m.", "2025-12-12", "8:30 a.m."),
    ("ru", "с 01.09.2025 г. по 05.09.2025 г. (7 дней)", "2025-09-01", "the window has 5 days"),
    ("ru", "после 5 мая 2026 г.", "2026-05-05", "после"),
    ("zh", "2025年10月15日前", "2025-10-15", "前"),
    ("ru", "01.09.2025 - 12.09.2026", "2025-09-01", "more than a year"),
]
RULES = [
    "Емтихан аяқталғаннан кейін 5 (бес) жұмыс күні ішінде жариялануы керек.",
    "2024 - 2025 оқу жылының көктемгі семестрінің қорытындысы бойынша",
    "TBA",
    "Students may apply within five working days after the results are out",
]


@pytest.mark.parametrize(("language", "text", "start", "end"), RIGHT)
def test_plain_expressions_are_read_without_a_question(
    language: str, text: str, start: str, end: str
) -> None:
    read = read_dates(text, 2025, language=language)
    assert (str(read.start or ""), str(read.end or "")) == (start, end)
    assert not read.asked


@pytest.mark.parametrize(("language", "text", "reason"), NO_DATE)
def test_misprints_and_what_is_not_one_date_give_none(language: str, text: str, reason: str) -> None:
    read = read_dates(text, 2025, language=language)
    assert (read.start, read.end) == (None, None)
    assert any(part in " ".join(read.asked) for part in reason.split("|")), read.asked


@pytest.mark.parametrize(("language", "text", "start", "reason"), ASKED_WITH_A_DATE)
def test_what_is_left_over_is_a_question(language: str, text: str, start: str, reason: str) -> None:
    read = read_dates(text, 2025, language=language)
    assert str(read.start) == start
    assert reason in " ".join(read.asked)


@pytest.mark.parametrize("text", RULES)
def test_words_without_a_date_are_none_and_no_misprint(text: str) -> None:
    assert read_dates(text, 2025).is_plain_text


def test_what_comes_first_is_a_setting_where_slashes_are_used() -> None:
    assert read_dates("3/2/2026", 2025, order="mdy").start == date(2026, 3, 2)
    assert read_dates("3/2/2026", 2025, order="dmy").start == date(2026, 2, 3)
    assert read_dates("13/10/2025", 2025, order="mdy").asked
    assert read_dates("2025.9.7-9.12", 2025, order="mdy").end == date(2025, 9, 12)
    assert read_dates("2025.9.7-9.12", 2025, order="dmy").asked


def test_a_year_that_is_not_printed_is_said() -> None:
    read = read_dates("1-2 қаңтар", 2025, language="kk")
    assert read.start == date(2026, 1, 1)
    assert read.said
    assert read_dates("5 тамыз", 2025, language="kk").year_taken


@given(st.text(alphabet="0123456789 .-/,()abcдейінжmonmay年月日:&+№", max_size=24))
def test_any_string_gives_a_date_of_the_year_or_none(text: str) -> None:
    read = read_dates(text, 2025)
    for day in (read.start, read.end):
        assert day is None or date(2025, 6, 1) <= day <= date(2026, 9, 30)
    if read.start is not None and read.end is not None:
        assert read.start <= read.end


@given(
    st.sampled_from([text for _, text, _, _ in RIGHT]),
    st.sampled_from(["кроме", "except", "7", "31", "12.2025", "№ 5", "?", "§", "nicht", "*", "…", "=", "<"]),
    st.data(),
)
def test_one_more_token_anywhere_is_never_swallowed(text: str, token: str, data: st.DataObject) -> None:
    language = next(code for code, one, _, _ in RIGHT if one == text)
    before = read_dates(text, 2025, language=language)
    words = text.split(" ")
    at = data.draw(st.integers(0, len(words)))
    longer = " ".join([*words[:at], token, *words[at:]])
    after = read_dates(longer, 2025, language=language)
    if not after.asked:
        assert after.form is not Form.NONE
        # A number may become part of the date; then the date says it.
        assert token[0].isdigit()
        assert (after.start, after.end) != (before.start, before.end)


@pytest.mark.parametrize(
    ("text", "start", "end", "open_year"),
    [
        ("22 February", "2027-02-22", "2027-02-22", False),
        ("1 November - 13 November", "2027-11-01", "2027-11-13", True),
        ("20 December - 8 January", "2027-12-20", "2028-01-08", True),
        ("15 December 2026", "2026-12-15", "2026-12-15", False),
    ],
)
def test_an_academic_year_may_be_one_calendar_year(text: str, start: str, end: str, open_year: bool) -> None:
    read = read_dates(text, first_year_of("2027"), language="en")
    assert (str(read.start), str(read.end), read.year_taken) == (start, end, open_year)
    assert not read.asked


@pytest.mark.parametrize("text", ["22 February 2026", "22.02.2028", "1 September 2026"])
def test_a_day_of_another_calendar_year_is_asked(text: str) -> None:
    assert "outside the academic year" in " ".join(
        read_dates(text, first_year_of("2027"), language="en").asked
    )
