"""Descriptions: our part found again whatever Canvas and editors do to it, people's part kept as it is."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from connectors.canvas.description import as_stored, read_description, write_description
from mapping.identity import body_hash
from mapping.model import Marker
from mapping.text.markup import visible_text
from syncd.sandbox.canvas.outbound import Outlook, rewritten
from syncd.sandbox.canvas.sanitise import sanitised
from tests.unit.connectors.canvas.conftest import BODY, LINE, LINE_HTML

ORIGIN = "https://canvas.example.edu"
MARKER = Marker(owner="mnu", key="2025-2026:x:main", context="course_1", fingerprint="0f-1e")
HASH = body_hash(visible_text(BODY, "html"))


def stored(html: str) -> Any:
    return rewritten(sanitised(html), Outlook(base=ORIGIN, theme=True, verifiers=True))


@pytest.mark.parametrize("tail", ["", "<p>bring a <strong>ruler</strong></p>", "loose words &amp; more"])
def test_what_was_written_is_read_back(tail: str) -> None:
    read = read_description(write_description(MARKER, BODY, tail), ORIGIN)
    assert (read.marker, read.body_hash, read.tail) == (MARKER, HASH, tail)


def test_a_description_as_canvas_gives_it_back_reads_like_the_one_sent() -> None:
    tail = '<p>see <a href="/courses/1/files/2?wrap=1">this</a> <img src="/images/a.png"></p>'
    read = read_description(stored(write_description(MARKER, BODY, tail)), ORIGIN)
    assert (read.marker, read.body_hash, read.tail) == (MARKER, HASH, tail)


def test_peoples_part_does_not_grow_with_updates() -> None:
    tail = '<p>a &nbsp;b</p>\n<a href="/courses/1/pages/x">p</a><iframe src="/x"></iframe>tail &lt;3'
    first = read_description(stored(write_description(MARKER, BODY, tail)), ORIGIN).tail
    later = first
    for _ in range(3):
        later = read_description(stored(write_description(MARKER, BODY, later)), ORIGIN).tail
    assert later == first
    assert "&lt;3" in first


@pytest.mark.parametrize("html", [None, "", "   "])
def test_an_empty_description_says_nothing(html: str | None) -> None:
    read = read_description(html, ORIGIN)
    assert (read.marker, read.body_hash, read.tail) == (None, body_hash(""), "")


def test_a_description_of_other_people_is_all_theirs() -> None:
    read = read_description("<p>Office <b>hours</b></p>", ORIGIN)
    assert (read.marker, read.tail) == (None, "<p>Office <b>hours</b></p>")
    assert read.body_hash == body_hash("Office hours")


def test_words_in_our_part_count_wherever_they_were_put() -> None:
    for changed in (
        BODY.replace("Exam", "Quiz"),
        "<p>Note!</p>" + BODY,
        BODY.replace("</strong>", "</strong>x"),
    ):
        assert read_description(write_description(MARKER, changed, ""), ORIGIN).body_hash != HASH
    before = "<p>Read this first</p>" + write_description(MARKER, BODY, "")
    assert read_description(before, ORIGIN).body_hash != HASH


def test_a_link_or_picture_put_into_our_part_counts_as_a_change() -> None:
    linked = BODY.replace("Exam", '<a href="https://else.example.org">Exam</a>')
    assert read_description(write_description(MARKER, linked, ""), ORIGIN).body_hash != HASH
    pictured = '<p><img src="https://else.example.org/a.png"></p>' + BODY
    assert read_description(write_description(MARKER, pictured, ""), ORIGIN).body_hash != HASH


def test_other_markup_around_the_same_words_is_no_change() -> None:
    other = f"<h2>Exam</h2>\n\n<div>from 9 &amp;\n to&nbsp;12</div>{LINE_HTML}"
    assert read_description(write_description(MARKER, other, ""), ORIGIN).body_hash == HASH


def test_what_was_typed_below_the_line_inside_the_wrapper_is_peoples() -> None:
    inside = write_description(MARKER, BODY + "<p>inside</p>more", "<p>outside</p>")
    read = read_description(inside, ORIGIN)
    assert (read.body_hash, read.tail) == (HASH, "<p>inside</p>more<p>outside</p>")


def test_a_new_line_that_the_editor_gave_our_lines_class_is_peoples() -> None:
    cloned = f'{LINE_HTML}<p class="syncd-line">typed after Enter</p>'
    read = read_description(write_description(MARKER, BODY.replace(LINE_HTML, cloned), ""), ORIGIN)
    assert (read.body_hash, read.tail) == (HASH, '<p class="syncd-line">typed after Enter</p>')


@pytest.mark.parametrize("typed", ["<br>my note", " my note", "<b>my note</b>"])
def test_what_was_typed_at_the_end_of_the_line_itself_is_peoples(typed: str) -> None:
    body = BODY.replace(LINE, LINE + typed)
    read = read_description(write_description(MARKER, body, "<p>and</p>"), ORIGIN)
    assert read.body_hash == HASH
    assert "my note" in read.tail
    assert read.tail.endswith("<p>and</p>")


def test_a_line_whose_end_was_edited_still_divides_and_lines_without_its_words_do_not() -> None:
    other = '<p class="syncd-line">no edge</p>'
    body = BODY.replace(LINE_HTML, other + LINE_HTML.replace(LINE, "———— cut off"))
    read = read_description(write_description(MARKER, body, "<p>mine</p>"), ORIGIN)
    assert read.tail == "<p>mine</p>"
    assert read.body_hash != HASH


@pytest.mark.parametrize("left", ["<p></p>", "<p>&nbsp;</p>", "<br>", "\n  "])
def test_an_empty_paragraph_that_an_editor_left_is_nobodys_words(left: str) -> None:
    assert read_description(write_description(MARKER, BODY, left), ORIGIN).tail == ""


def test_a_picture_without_words_is_peoples() -> None:
    picture = '<p><img src="/a.png"></p>'
    assert read_description(write_description(MARKER, BODY, picture), ORIGIN).tail == picture


def test_without_wrapper_the_line_still_divides() -> None:
    read = read_description(f"<div>{BODY}</div><p>mine</p>", ORIGIN)
    assert (read.marker, read.body_hash, read.tail) == (None, HASH, "<p>mine</p>")


def test_without_wrapper_and_class_the_lines_words_still_divide() -> None:
    bare = BODY.replace(' class="syncd-line"', "")
    read = read_description(f"{bare}<p>mine</p>", ORIGIN)
    assert (read.marker, read.body_hash, read.tail) == (None, HASH, "<p>mine</p>")


def test_without_the_line_the_end_of_the_wrapper_divides() -> None:
    read = read_description(write_description(MARKER, "<p>Exam</p>", "<p>mine</p>"), ORIGIN)
    assert (read.marker, read.body_hash, read.tail) == (MARKER, body_hash("Exam"), "<p>mine</p>")


def test_a_copy_of_the_wrapper_in_peoples_part_does_not_pass_as_a_second_marker() -> None:
    html = write_description(MARKER, BODY, write_description(MARKER, "<p>split</p>", ""))
    read = read_description(html, ORIGIN)
    assert read.marker == MARKER
    assert "data-syncd" not in read.tail
    assert "split" in read.tail


@pytest.mark.parametrize("value", ["", "v1;a;b", "v2;a;b;c;d", "v1;a;b;c;d;e"])
def test_a_marker_that_is_not_whole_is_none(value: str) -> None:
    assert read_description(f'<div data-syncd="{value}">{BODY}</div>', ORIGIN).marker is None


def test_a_marker_quoted_as_text_is_none() -> None:
    html = f'<p>say data-syncd="v1;mnu;k;course_1;f" here</p>{BODY}'
    assert read_description(html, ORIGIN).marker is None


def test_a_description_too_long_to_be_remembered_is_read_all_the_same() -> None:
    tail = "<p>" + "word " * 10_000 + "end</p>"
    read = read_description(write_description(MARKER, BODY, tail), ORIGIN)
    assert (read.marker, read.tail) == (MARKER, tail)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://canvas.example.edu/courses/1", "/courses/1"),
        ("https://canvas.example.edu.evil.org/x", "https://canvas.example.edu.evil.org/x"),
        ("https://else.org/?verifier=1", "https://else.org/?verifier=1"),
        ("/files/2?verifier=abc", "/files/2"),
        ("/files/2?wrap=1&verifier=abc#x", "/files/2?wrap=1#x"),
        ("mailto:a@b.org", "mailto:a@b.org"),
    ],
)
def test_addresses_are_kept_as_canvas_stores_them(address: str, kept: str) -> None:
    assert as_stored(address, ORIGIN) == kept


def test_a_document_without_a_body_says_nothing() -> None:
    assert read_description("<frameset></frameset>", ORIGIN).tail == ""


WRITTEN = f"<p>above</p>{write_description(MARKER, BODY, '<p>mine</p>')}"


@pytest.mark.parametrize(
    "html",
    [
        WRITTEN.replace("mine", "hers"),
        WRITTEN.replace("above", "afore"),
        WRITTEN.replace("<p>mine</p>", ""),
        WRITTEN.replace("course_1", "course_2"),
        f"{WRITTEN}{WRITTEN}",
        WRITTEN.replace(f'{MARKER.fingerprint}"', MARKER.fingerprint),
        WRITTEN[: WRITTEN.index(MARKER.fingerprint) + len(MARKER.fingerprint)],
    ],
)
def test_what_stood_around_the_same_marker_before_says_nothing_of_now(html: str) -> None:
    # Of an origin never heard of nothing is remembered.
    fresh = read_description(html, f"https://{uuid4()}.example.edu")
    for _ in range(2):
        read_description(WRITTEN, ORIGIN)
        assert read_description(html, ORIGIN) == fresh
