"""Days in words: every name and every order of words comes from the phrases."""

from dataclasses import replace
from datetime import date

import pytest

from mapping.text.dates import (
    count_form,
    day_in_words,
    day_list,
    days_in_words,
    plain_day,
    short_day,
    working_days,
)
from tests.unit.mapping.invented import days, voice


def test_a_day_is_said_with_its_weekday() -> None:
    assert day_in_words(voice(), date(2031, 3, 3)) == "3.month_3.2031 weekday_1"


def test_a_documents_date_and_a_short_day_have_no_weekday() -> None:
    assert plain_day(voice(), date(2031, 3, 3)) == "2031/month_3/3"
    assert short_day(voice(), date(2031, 3, 3)) == "3.month_3"


def test_a_span_is_said_by_its_first_and_last_day() -> None:
    said = days_in_words(voice(), days("2031-12-31", "2032-01-02"))
    assert said == "31.month_12.2031 weekday_3..2.month_1.2032 weekday_5"


def test_a_single_day_is_no_span() -> None:
    assert days_in_words(voice(), days("2031-03-03")) == "3.month_3.2031 weekday_1"


def test_listed_days_stand_by_month_in_order() -> None:
    listed = [date(2032, 1, 7), date(2031, 12, 30), date(2032, 1, 1), date(2032, 1, 2)]
    assert day_list(voice(), listed) == "month_12: 30 & month_1: 1, 2 & 7"


@pytest.mark.parametrize(
    ("count", "form"), [(1, "1"), (2, "2_4"), (4, "2_4"), (5, "more"), (10, "more"), (21, "more")]
)
def test_a_count_chooses_its_form(count: int, form: str) -> None:
    assert working_days(voice(), count) == f"working_days_{form} {count}"


def test_a_span_of_one_year_says_the_year_once_where_the_language_has_words_for_it() -> None:
    assert days_in_words(voice(), days("2031-03-03", "2031-03-04")) == (
        "3.month_3 weekday_1..4.month_3 weekday_2 of 2031"
    )
    bare = replace(voice(), phrases={**voice().phrases, "span_one_year": {"bb": "x"}})
    assert days_in_words(bare, days("2031-03-03", "2031-03-04")) == (
        "3.month_3.2031 weekday_1..4.month_3.2031 weekday_2"
    )


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", {1: "1", 2: "2_4", 4: "2_4", 5: "more", 21: "more", 22: "more"}),
        (
            "ru",
            {1: "1", 2: "2_4", 5: "more", 11: "more", 12: "more", 21: "1", 22: "2_4", 111: "more", 101: "1"},
        ),
        ("uk-UA", {21: "1", 14: "more", 24: "2_4"}),
        ("pl", {1: "1", 21: "more", 22: "2_4", 12: "more"}),
        ("ar", {1: "1", 2: "2_4", 10: "2_4", 11: "more", 103: "2_4"}),
    ],
)
def test_a_count_takes_the_form_that_its_language_uses(language: str, forms: dict[int, str]) -> None:
    assert {count: count_form(language, count) for count in forms} == forms
