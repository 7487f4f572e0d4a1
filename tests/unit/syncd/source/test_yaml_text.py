"""The YAML we take is a subset: what it refuses it names with the line, and every scalar stays text."""

from __future__ import annotations

import pytest

from mapping.document.plain import PlainDocument
from syncd.source.yaml_text import DEEPEST, parse


def document(text: str | bytes) -> PlainDocument:
    found, problems = parse("a.yaml", text if isinstance(text, bytes) else text.encode())
    assert found is not None, problems
    return found


def refused(text: str | bytes) -> list[str]:
    found, problems = parse("a.yaml", text if isinstance(text, bytes) else text.encode())
    assert found is None
    return [str(problem) for problem in problems]


def test_scalars_stay_as_they_are_written() -> None:
    text = "[NO, 12:30, 2025-09-02, 010, 1e3, true, 'null', \"~\", 0x1F]"

    assert document(text).value == ["NO", "12:30", "2025-09-02", "010", "1e3", "true", "null", "~", "0x1F"]


@pytest.mark.parametrize("nothing", ["", "~", "null"])
def test_nothing_is_none(nothing: str) -> None:
    assert document(f"a: {nothing}\nb: c").value == {"a": None, "b": "c"}


def test_every_path_knows_its_line() -> None:
    found = document("a: 1\nb:\n  - c: 2\n    d: |\n      text\n  - e\n")

    assert found.lines == {
        (): 1,
        ("a",): 1,
        ("b",): 2,
        ("b", 0): 3,
        ("b", 0, "c"): 3,
        ("b", 0, "d"): 4,
        ("b", 1): 6,
    }
    assert found.place(("b", 0, "x", "y")).line == 3


def test_a_byte_order_mark_and_windows_line_ends_say_nothing() -> None:
    plain = document("a: 1\nb: |\n  two\n  lines\n")
    windows = document(b"\xef\xbb\xbfa: 1\r\nb: |\r\n  two\r\n  lines\r\n")

    assert windows.value == plain.value
    assert windows.lines == plain.lines


def test_a_file_that_stops_in_a_line_says_so() -> None:
    assert document("a: b").ends_in_line
    assert not document("a: b\n").ends_in_line


@pytest.mark.parametrize("text", ["a: b", "a: |\n  b", "a: [x]\nb:", "a:\n- {b: c}\n- d", "- 'a'\n- b # c"])
def test_a_value_that_may_go_on_after_the_last_byte_is_open(text: str) -> None:
    assert document(text).ends_open
    assert not document(text + "\n").ends_open


@pytest.mark.parametrize("text", ["a: 'b'", 'a: "b"', "a: [b]", "a: {b: c}", "a: b\n# end", "a: b\n  # end"])
def test_a_value_that_is_closed_is_not(text: str) -> None:
    assert document(text).ends_in_line
    assert not document(text).ends_open


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &x 1\n", "a.yaml:1: the anchor &x is not allowed"),
        ("a: 1\nb: *x\n", "a.yaml:2: the alias *x is not allowed"),
        ("a: !!binary x\n", "a.yaml:1: the tag tag:yaml.org,2002:binary is not allowed"),
        (
            "a: !!python/object/apply:os.system [x]\n",
            "a.yaml:1: the tag tag:yaml.org,2002:python/object/apply:os.system",
        ),
        ("a: 1\nb: 2\na: 3\n", "a.yaml:3: 'a' stands here and in line 1; keep one"),
        ("x:\n- {b: 1, b: 2}\n", "a.yaml:2: 'b' stands here and in line 2; keep one"),
        ("a: {b: 1}\n<<: {c: 2}\n", "a.yaml:2: merge keys (<<) are not allowed"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2: a second document begins here"),
        ("? [a, b]\n: 1\n", "a.yaml:1: a key must be a single word"),
        ("? {a: b}\n: 1\n", "a.yaml:1: a key must be a single word"),
        ("a: [1\nb: 2\n", "a.yaml:2: this is not YAML"),
        ("a:\n\tb: 1\n", "a.yaml:2: this is not YAML"),
        ("a: 'x\n", "this is not YAML"),
        ("a: \x00\n", "this is not YAML"),
        ('a: "\\ud800"\n', "this is not YAML"),
        ("", "a.yaml:1: the file is empty"),
        ("# nothing\n", "a.yaml:1: the file is empty"),
        ("a: 1\nb: \x00\n", "a.yaml:2: this is not YAML: a character stands here that no text has"),
        (b"a: 1\nb: \xff\n", "a.yaml:2: byte 9 is not UTF-8; save the file as UTF-8"),
        ("a: 1\n".encode("utf-16"), "a.yaml:1: byte 1 is not UTF-8"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "a.yaml:1: nested more than 20 levels deep"),
        # Newer libyaml gives up by itself before we do.
        ("[" * 500_000, "nest"),
        ("a: " + "{a: " * 100_000, "nest"),
    ],
)
def test_what_is_not_taken_is_told_with_its_line(text: str | bytes, words: str) -> None:
    told = refused(text)

    assert any(words in problem for problem in told), told


def test_all_duplicates_and_anchors_of_a_file_are_told() -> None:
    assert len(refused("a: &x 1\na: *x\nb: !t 2\nb: 3\n")) == 5


def test_a_billion_laughs_are_refused_at_the_first_anchor() -> None:
    lines = ["l0: &l0 [ha]"] + [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 10)]

    told = refused("\n".join(lines))

    assert "a.yaml:1: the anchor &l0 is not allowed" in told[0]
    assert len(told) <= 50


def test_a_file_full_of_faults_is_told_in_part() -> None:
    assert len(refused("a: 1\n" * 10_000)) == 50
