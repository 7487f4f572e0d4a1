"""Phrases: keys, placeholders, fallbacks, and the fixed line that any language must be found by."""

import pytest

from mapping.text.phrases import LINE_EDGE, is_fixed_line, phrase_faults
from tests.unit.mapping.invented import voice


def test_a_phrase_falls_back_to_the_declared_language() -> None:
    assert voice("bb").phrase("label_note") == "label_note"
    assert voice("bb").phrase("label_date") == "DATE-BB"


def test_the_source_of_a_text_is_the_language_it_is_taken_from() -> None:
    assert voice("bb").source({"aa": "x"}) == "aa"
    assert voice("bb").source({"aa": "x", "bb": "y"}) == "bb"
    assert voice("aa").source({"bb": "y"}) == ""


@pytest.mark.parametrize(
    ("pieces", "said"), [(["a"], "a"), (["a", "b"], "a & b"), (["a", "b", "c", "d"], "a, b, c & d")]
)
def test_a_list_is_said_with_commas_and_a_last_and(pieces: list[str], said: str) -> None:
    assert voice().listed(pieces) == said


def test_empty_pieces_are_not_joined() -> None:
    assert voice().joined(["a", "", "b"]) == "a | b"
    assert voice().joined([]) == ""


@pytest.mark.parametrize(
    ("key", "text", "word"),
    [
        ("amended", "order {order}", "date"),
        ("amended", "{order} {date} {day}", "day"),
        ("amended", "{order} {date", "unbalanced"),
        ("fixed_line", "yours", "fixed line"),
    ],
)
def test_a_phrase_that_cannot_be_said_is_told(key: str, text: str, word: str) -> None:
    assert any(word in fault for fault in phrase_faults(key, text))


def test_a_phrase_with_unbalanced_braces_is_told_once_since_nothing_else_of_it_can_be_read() -> None:
    assert len(list(phrase_faults("amended", "{order} {date"))) == 1


def test_a_phrase_with_its_placeholders_has_no_fault() -> None:
    assert list(phrase_faults("amended", "{date}, {order}")) == []


@pytest.mark.parametrize(
    ("line", "fixed"),
    [
        (f"{LINE_EDGE} any words {LINE_EDGE}", True),
        (f"  {LINE_EDGE} any words {LINE_EDGE}\r", True),
        (LINE_EDGE * 2, False),
        (f"{LINE_EDGE} open end", False),
        (f"{LINE_EDGE} two\nlines {LINE_EDGE}", False),
        ("any words", False),
    ],
)
def test_the_fixed_line_is_known_by_its_edges(line: str, fixed: bool) -> None:
    assert is_fixed_line(line) is fixed
