"""Columns as a terminal draws them, and lines that break between words alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.reporting.columns import filled, folded, padded, width


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


def test_a_word_for_which_a_column_has_no_room_stands_less_far_in() -> None:
    assert list(filled("of [law-calendar]", first=" " * 8, rest=" " * 8, columns=16)) == [
        "        of",
        "  [law-calendar]",
    ]


def test_a_number_stays_with_what_it_belongs_to() -> None:
    assert list(filled("to delete: 0, see № 205", columns=12)) == ["to", "delete: 0,", "see № 205"]


def test_blanks_between_words_stay_in_a_line_and_begin_none() -> None:
    assert list(filled("  one  two   three", columns=10)) == ["  one  two", "three"]


@given(st.lists(st.text("abйқ", min_size=1, max_size=9), min_size=1), st.integers(12, 40))
def test_every_line_fits_and_no_word_is_broken_or_lost(words: list[str], columns: int) -> None:
    lines = list(filled(" ".join(words), rest="  ", columns=columns))
    assert all(width(one) <= columns for one in lines)
    assert [word for one in lines for word in one.split()] == words


def test_a_line_that_fits_or_is_for_programs_is_printed_as_it_is() -> None:
    for line in (
        "short",
        '  "title": ' + "a " * 60,
        "| a table " * 12,
        "\tfield" + " x" * 60,
        "\x1b[32m+\x1b[0m" + " x" * 60,
        "https://calendar.example/" + "x" * 90,
    ):
        assert folded(line, 80) == line


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("  - 1370 messages", 4),
        ("  look     a title", 11),
        ("  course_101 (Law)", 4),
        ("Plan waits", 2),
        (" " * 11 + "x", 11),
        ("  Mon 1 Sep 2025     I.3", 21),
        ("  Mon 1 Sep 2025     I.3     Day off", 29),
    ],
)
def test_the_rest_of_a_line_stands_under_its_beginning(line: str, column: int) -> None:
    first, *rest = folded(f"{line}{' word' * 30}", 60).split("\n")
    assert first.startswith(line.rstrip())
    assert rest
    assert all(len(one) - len(one.lstrip()) == column for one in rest)
    assert all(len(one) <= 60 for one in (first, *rest))


def test_a_command_is_copied_in_one_piece() -> None:
    for verb in ("approve", "retire law-calendar --approve", "--once --approve"):
        command = f"syncd {verb} 50eeed23e1d2a4defe62ff3bddca2582"
        for length in range(1, 70, 7):
            lines = folded(f"{'x' * length} let it through: {command}", 72).split("\n")
            assert any(command in one for one in lines)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]) | st.just(" "), max_size=200))
def test_folding_loses_no_word(line: str) -> None:
    lines = folded(line, 30).split("\n")
    assert "".join("".join(lines).split()) == "".join(line.split())
