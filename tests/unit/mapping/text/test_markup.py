"""Markup: sections as HTML and as text, and the visible words that both sides of a comparison hash."""

import pytest

from mapping.identity import visible_words
from mapping.text.markup import Bullets, Markup, Paragraph, Section, visible_text, write
from mapping.text.phrases import LINE_EDGE, is_fixed_line

LINE = f"{LINE_EDGE} yours {LINE_EDGE}"
FIRST = Section(
    language="aa",
    blocks=(
        Paragraph(label="Label:", text="one\n\ntwo"),
        Paragraph(text="plain", link="https://u.example/event/1", link_text="More"),
        Bullets(points=("a", "b")),
    ),
)
SECOND = Section(language="ar", heading="Ar · Title", blocks=(Paragraph(text="three", language="aa"),))
CLOSING = Section(language="aa", blocks=(Paragraph(text="Notice"),))
NONE = Section(language="aa", blocks=())


def test_html_is_the_first_language_open_the_others_folded_and_the_fixed_line_as_last_element() -> None:
    assert write([FIRST, SECOND], CLOSING, LINE, "html").split("\n") == [
        '<section lang="aa" dir="ltr"><p><strong>Label:</strong> one<br> two</p>',
        '<p>plain <a href="https://u.example/event/1">More</a></p>',
        "<ul><li>a</li> <li>b</li></ul></section>",
        "<hr>",
        '<details lang="ar" dir="rtl"><summary><strong>Ar · Title</strong></summary>',
        '<p><span lang="aa" dir="ltr">three</span></p></details>',
        '<section lang="aa" dir="ltr"><p>Notice</p></section>',
        f'<p class="syncd-line" lang="aa" dir="ltr">{LINE}</p>',
    ]


def test_text_has_a_rule_before_another_language_and_ends_with_the_fixed_line() -> None:
    assert write([FIRST, SECOND], CLOSING, LINE, "text").split("\n") == [
        "Label: one",
        "two",
        "plain More https://u.example/event/1",
        "• a",
        "• b",
        "",
        "* * *",
        "Ar · Title",
        "three",
        "",
        "Notice",
        "",
        LINE,
    ]


def test_without_closing_words_the_fixed_line_follows_the_text() -> None:
    assert write([FIRST], NONE, LINE, "text").split("\n")[-3:] == ["• b", "", LINE]


def test_html_in_the_data_is_shown_as_typed() -> None:
    typed = '<script>alert("1")</script> & <p class="syncd-line">'
    section = Section(language="aa", heading=typed, blocks=(Paragraph(label=typed, text=typed),))
    body = write([FIRST, section], Section(language="aa", blocks=(Bullets(points=(typed,)),)), LINE, "html")
    assert body.count("<p") == 4
    assert "<script" not in body
    assert visible_text(body, "html").count(typed) == 4


def test_a_link_cannot_leave_its_attribute() -> None:
    bad = Paragraph(text="x", link='https://u.example/"><script>', link_text="<b>")
    body = write([Section(language="aa", blocks=(bad,))], NONE, LINE, "html")
    assert "<script" not in body
    assert "<b>" not in body


@pytest.mark.parametrize("markup", ["html", "text"])
def test_every_word_is_visible_in_order(markup: Markup) -> None:
    body = write([FIRST, SECOND], CLOSING, LINE, markup)
    words = visible_words(visible_text(body, markup)).replace("• ", "").replace("* * * ", "")
    address = "https://u.example/event/1"
    assert words.replace(f" {address}", "") == f"Label: one two plain More a b Ar · Title three Notice {LINE}"
    assert words.count(address) == 1


def test_a_service_that_rewrites_entities_and_blanks_does_not_change_the_visible_words() -> None:
    body = write(
        [Section(language="aa", blocks=(Paragraph(label="A:", text='"x" &\xa0y'),))], NONE, LINE, "html"
    )
    rewritten = body.replace('"x"', "&quot;x&quot;").replace("\n", "\r\n\r\n").replace(" y", "&nbsp;y")
    assert rewritten != body
    assert visible_words(visible_text(rewritten, "html")) == visible_words(visible_text(body, "html"))


def test_data_that_looks_like_the_fixed_line_cannot_end_our_text_early() -> None:
    section = Section(language="aa", heading=LINE, blocks=(Paragraph(text=LINE), Bullets(points=(LINE,))))
    body = write([FIRST, section], NONE, LINE, "text")
    assert [line for line in body.split("\n") if is_fixed_line(line)] == [LINE]
    assert is_fixed_line(body.split("\n")[-1])
