"""Reading what people wrote takes work that grows with its length, and no faster: counted in steps."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from selectolax.lexbor import LexborNode

from connectors import html_reader
from connectors.canvas import description as canvas
from connectors.google_calendar import description as google
from connectors.html_reader import DEEPEST, parse_html, within_bounds
from syncd import logs
from syncd.reporting import terminal
from tests.support.steps import calls_of, steps_of

PATTERNS = {
    f"{module.__name__}.{name}": value
    for module in (google, html_reader, terminal, logs)
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern)
}
PIECES = (
    "—", "———— ", "—a", "————a", "-", "<", "<a", "<a ", "</a", "</a ", "<!-", "<a>", "</b>", "&", "&#1", "&mdash;",
    "&a1", " ", "\n", "\xa0&nbsp;", "<br", "<br ", "<br/>", "bearer ", "bearer  ", "access_token=", "\x1b[", "\x1b[1;", "\r",
    "=", "a=b ", "_", "x", "<div>", "<span>x", "<b><i>",
)  # fmt: skip
"""What hostile texts are made of: each many times over."""
SMALL = 60


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_no_pattern_takes_more_than_its_share_for_twice_the_text(name: str) -> None:
    for piece in PIECES:
        for end in ("", "!"):
            once = steps_of(PATTERNS[name], piece * SMALL + end)
            twice = steps_of(PATTERNS[name], piece * SMALL * 2 + end)
            assert twice <= 2.2 * once + 100, (piece, end, once, twice)


def test_the_counter_sees_what_grows_with_the_square() -> None:
    for source in (r"—{4,}[^\n—]{1,400}?—{4,}", r"a+b", r"(?:a|aa)+b", r"[ ]*x"):
        pattern = re.compile(source)
        piece = source[0] if source[0] in "—a" else {"(": "a", "[": " "}[source[0]]
        assert steps_of(pattern, piece * 400) > 3 * steps_of(pattern, piece * 200)


READERS: dict[str, Callable[[str], object]] = {
    "google divide": google.divide,
    "google readable": google.readable,
    "google tail": lambda text: google.tail_to_keep(text, "one\n———— line ————"),
    "canvas description": lambda text: canvas.read_description(text, "https://canvas.example.edu"),
    "bounds": within_bounds,
}


@pytest.mark.parametrize("reader", READERS)
def test_no_reader_takes_more_than_its_share_for_twice_the_text(reader: str) -> None:
    for piece in (*PIECES, '<p class="syncd-line">————', "<p>x</p>\n", '<a href="/x">y', "<table><tr><td>"):
        once = calls_of(lambda text=piece * 1500: READERS[reader](text))  # type: ignore[misc]
        twice = calls_of(lambda text=piece * 3000: READERS[reader](text))  # type: ignore[misc]
        assert twice <= 2.2 * once + 200, (piece, once, twice)


# --- what the parser itself is spared --------------------------------------------------------------------


def depth(node: LexborNode | None) -> int:
    deepest, level = 0, 0
    while node is not None:
        deepest = max(deepest, level)
        if node.child is not None:
            node, level = node.child, level + 1
            continue
        while node is not None and node.next is None:
            node, level = (node.parent, level - 1) if level else (None, 0)
        node = node.next if node is not None else None
    return deepest


@pytest.mark.parametrize(
    "piece", ["<div>", "<b>", "<b><i>", "<a href=x>", "<span>x", "<table><tr><td>", "<ul><li>"]
)
def test_nothing_is_deeper_than_anybody_writes(piece: str) -> None:
    tree = parse_html(piece * 5000 + "words")
    assert depth(tree.body) <= 2 * DEEPEST
    assert "words" in tree.body.text(deep=True)  # type: ignore[union-attr]


def test_a_tag_with_thousands_of_attributes_keeps_none() -> None:
    many = " ".join(f"a{number}=1" for number in range(5000))
    tree = parse_html(f"<p><a {many}>words</a></p>")
    (link,) = tree.css("a")
    assert (dict(link.attributes), link.text()) == ({}, "words")


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "<b>x</b>" * 600 + "</p>",
        "<ul>" + "<li><a href='/x?a=b&amp;c'>y</a><br>" * 300 + "</ul>",
        '<img src="data:' + "A" * 5000 + '">',
        "a < b and c > d " * 300,
        "<div>" * 150 + "deep" + "</div>" * 150 + "<i>z</i>" * 200,
    ],
)
def test_what_people_do_write_is_read_as_it_stands(html: str) -> None:
    assert within_bounds(html) == html


def test_words_stay_apart_and_in_order() -> None:
    html = "".join(f"<div>w{number}" for number in range(500))
    words = parse_html(html).body.text(deep=True, separator=" ").split()  # type: ignore[union-attr]
    assert words == [f"w{number}" for number in range(500)]
