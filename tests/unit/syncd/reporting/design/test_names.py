"""Names of days in the reader's language."""

from datetime import date

import pytest

from syncd.reporting.design.grid import SUNDAY
from syncd.reporting.design.names import direction, month_year, narrow_weekdays, weekdays
from syncd.source.languages import LANGUAGES


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", "2025 ж. желтоқсан"),
        ("en", "December 2025"),
        ("de", "Dezember 2025"),
        ("zh", "2025年12月"),
        ("xx-unknown", "December 2025"),
    ],
)
def test_a_month_is_headed_as_the_language_has_it(language: str, words: str) -> None:
    assert month_year(language, date(2025, 12, 1)).replace("\u202f", " ").replace("\xa0", " ") == words


def test_weekdays_run_from_the_first_of_the_week() -> None:
    assert weekdays("en") == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert weekdays("en", SUNDAY)[0] == "Sun"
    assert len(set(weekdays("ru"))) == 7


@pytest.mark.parametrize("language", LANGUAGES)
def test_narrow_names_fit_a_small_month_in_every_language(language: str) -> None:
    names = narrow_weekdays(language)
    assert len(names) == 7
    assert max(map(len, names)) <= 3


def test_arabic_is_written_from_right_to_left() -> None:
    assert [code for code in LANGUAGES if direction(code) == "rtl"] == ["ar"]
