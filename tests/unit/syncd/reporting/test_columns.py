"""Columns as a terminal draws them, and lines that break between words alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.reporting.columns import filled, padded, width


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("Қазақ", 5), ("й", 1), ("и\u0306", 1), ("重新注册", 8), ("a\u200bb", 2), ("", 0)],
)
def test_width_is_what_a_terminal_draws(text: str, columns: int) -> None:
    assert width(text) == columns
    assert width(padded(text, 10)) == 10


def test_ideographs_may_break_anywhere_and_stay_in_order() -> None:
    lines = list(filled("重新注册的最后一天", columns=8))
    assert [width(one) for one in lines] == [8, 8, 2]
    assert "".join(lines) == "重新注册的最后一天"


def test_a_word_that_fits_no_line_stands_whole_in_one_of_its_own() -> None:
    assert list(filled("to x@group.calendar.google.com now", rest="  ", columns=12)) == [
        "to",
        "  x@group.calendar.google.com",
        "  now",
    ]


@given(st.lists(st.text("abйқ", min_size=1, max_size=9), min_size=1), st.integers(12, 40))
def test_every_line_fits_and_no_word_is_broken_or_lost(words: list[str], columns: int) -> None:
    lines = list(filled(" ".join(words), rest="  ", columns=columns))
    assert all(width(one) <= columns for one in lines)
    assert [word for one in lines for word in one.split()] == words
