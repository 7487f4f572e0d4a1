"""Texts from outside: what could steer a terminal or forge a line is replaced, words stay."""

import pytest

from mapping.text.printable import printable

ODD = ["\x1b]0;owned\x07", "\x1b[2J", "\x9b31m", "a\rb", "a\0b", "\u202eevil", "\u2028", "\ud800", "\x7f"]


@pytest.mark.parametrize("odd", ODD)
def test_nothing_that_steers_or_reorders_is_left(odd: str) -> None:
    for shown in (printable(odd), printable(odd, lines=True)):
        assert shown.isprintable()
        assert "\N{REPLACEMENT CHARACTER}" in shown


@pytest.mark.parametrize(
    "text", ["Қайта тіркеу", "中文", "👩\N{ZERO WIDTH JOINER}🎓", "می\N{ZERO WIDTH NON-JOINER}خواهم", ""]
)
def test_words_stay_as_they_are(text: str) -> None:
    assert printable(text) == text


def test_a_line_ends_only_where_lines_are_meant() -> None:
    assert printable("one\ntwo\tthree") == "one\N{REPLACEMENT CHARACTER}two\N{REPLACEMENT CHARACTER}three"
    assert printable("one\ntwo\tthree", lines=True) == "one\ntwo\tthree"
