"""Markup: paragraphs as HTML and as text, and the visible words that both sides of a comparison hash."""

import pytest

from mapping.identity import visible_words
from mapping.text.markup import Block, Bullets, Heading, Markup, Paragraph, visible_text, write
from mapping.text.phrases import LINE_EDGE, is_fixed_line

LINE = f"{LINE_EDGE} yours {LINE_EDGE}"
BLOCKS: list[Block] = [
    Heading(text="Head"),
    Paragraph(label="Label:", text="one\n\ntwo"),
    Paragraph(text="plain"),
    Bullets(points=("a", "b")),
]


def test_html_is_paragraphs_and_lists_with_the_fixed_line_as_last_element() -> None:
    assert write(BLOCKS, LINE, "html").split("\n") == [
        "<p><strong>Head</strong></p>",
        "<p><strong>Label:</strong> one<br> two</p>",
        "<p>plain</p>",
        "<ul><li>a</li> <li>b</li></ul>",
        f'<p class="syncd-line">{LINE}</p>',
    ]


def test_text_ends_with_the_fixed_line() -> None:
    assert write(BLOCKS, LINE, "text").split("\n") == [
        "Head",
        "Label: one",
        "two",
        "plain",
        "• a",
        "• b",
        "",
        LINE,
    ]


def test_html_in_the_data_is_shown_as_typed() -> None:
    typed = '<script>alert("1")</script> & <p class="syncd-line">'
    body = write(
        [Paragraph(label=typed, text=typed), Heading(text=typed), Bullets(points=(typed,))], LINE, "html"
    )
    assert body.count("<p") == 3
    assert "<script" not in body
    assert visible_text(body, "html") == f"{' '.join([typed] * 4)} {LINE}"


@pytest.mark.parametrize("markup", ["html", "text"])
def test_every_word_is_visible_in_order(markup: Markup) -> None:
    words = visible_words(visible_text(write(BLOCKS, LINE, markup), markup)).replace("• ", "")
    assert words == f"Head Label: one two plain a b {LINE}"


def test_a_service_that_rewrites_entities_and_blanks_does_not_change_the_visible_words() -> None:
    body = write([Paragraph(label="A:", text='"x" &\xa0y')], LINE, "html")
    rewritten = body.replace('"x"', "&quot;x&quot;").replace("\n", "\r\n\r\n").replace(" y", "&nbsp;y")
    assert rewritten != body
    assert visible_words(visible_text(rewritten, "html")) == visible_words(visible_text(body, "html"))


def test_data_that_looks_like_the_fixed_line_cannot_end_our_text_early() -> None:
    body = write([Paragraph(text=LINE), Heading(text=LINE), Bullets(points=(LINE,))], LINE, "text")
    assert [line for line in body.split("\n") if is_fixed_line(line)] == [LINE]
    assert is_fixed_line(body.split("\n")[-1])
