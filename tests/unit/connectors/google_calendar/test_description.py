"""Descriptions: our words found again whatever the web interface made of them, people's words kept as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.google_calendar.description import compose, divide, is_html, readable, tail_to_keep
from mapping.identity import body_hash
from syncd.sandbox.google.people import as_web_html
from tests.unit.connectors.google_calendar.conftest import LINE

OURS = f"Section IV, item 2\nDate: 11 November\nThe text above the line is put back.\n\n{LINE}"
KAZAKH = "Бөлім IV\n\n———— төменде – өз жазбаларыңызға арналған орын ————"  # noqa: RUF001 - as shipped


def hashed(stored: str) -> str:
    return body_hash(readable(divide(stored).head))


@pytest.mark.parametrize("body", [OURS, KAZAKH, OURS.replace("Date", "Q&A <b>now</b> &lt;")])
@pytest.mark.parametrize("tail", ["", "Room 5", "<p>Room <b>5</b></p>", "a < b & c", "\n\n  Room 5\n"])
def test_what_is_written_is_read_back(body: str, tail: str) -> None:
    stored = compose(body, tail)
    assert (hashed(stored), divide(stored).tail) == (body_hash(body), tail)


@pytest.mark.parametrize(
    "edited",
    [
        as_web_html(OURS),
        f"<p>{as_web_html(OURS)}</p>",
        f"<span>{as_web_html(OURS)}</span>",
        "".join(f"<p>{line}</p>" for line in OURS.split("\n")),
        "".join(f"<div>{line or '<br>'}</div>" for line in OURS.split("\n")),
        OURS.replace(" ", "&nbsp;").replace("\n", "<br/>"),
        OURS.replace("—", "&mdash;").replace("\n", "<br>"),
        OURS.replace("\n", "\r\n"),
        f"<html-blob>{as_web_html(OURS)}</html-blob>",
        OURS.replace("item", "<b>item</b>").replace("November", "Nov<i>ember</i>"),
    ],
)
def test_the_web_interfaces_html_says_the_same_words(edited: str) -> None:
    assert hashed(edited) == body_hash(OURS)
    assert divide(edited).tail == ""
    assert divide(f"{edited}<br>Room 5").tail == "Room 5"


def test_a_changed_word_is_seen() -> None:
    assert hashed(as_web_html(OURS).replace("11", "12")) != body_hash(OURS)


def test_a_link_that_leads_elsewhere_is_seen_and_one_the_interface_made_is_not() -> None:
    text = f"See https://uni.example/a\n\n{LINE}"
    assert hashed(as_web_html(text)) == body_hash(text)
    assert hashed(as_web_html(text).replace('href="https://uni', 'href="https://evil')) != body_hash(text)


@pytest.mark.parametrize(
    ("stored", "tail"),
    [
        (f"{OURS} typed on the line", "typed on the line"),
        (f"<p>{OURS}</p><p>Room 5</p>", "<p>Room 5</p>"),
        (f"<div><b>{OURS}</b><br>Room 5</div>", "Room 5"),
        (f"<div>{OURS}<br>Room 5</div><div>Hall</div>", "Room 5<div>Hall</div>"),
        (f"{OURS}<br><br>&nbsp;<br>", ""),
        (f"{OURS}\n\n \n", ""),
        (f'{OURS}<br><img src="https://uni.example/map.png">', '<img src="https://uni.example/map.png">'),
    ],
)
def test_peoples_part_is_cut_out_whole(stored: str, tail: str) -> None:
    assert divide(stored).tail == tail


@given(st.text(st.characters(codec="utf-8", exclude_characters="—"), max_size=60))
def test_peoples_plain_words_survive_any_number_of_rounds(typed: str) -> None:
    tail = divide(f"{OURS}\n{typed}").tail
    for _ in range(3):
        stored = compose(OURS, tail)
        assert divide(stored).tail == tail
        assert hashed(stored) == body_hash(OURS)


def test_beside_peoples_html_our_lines_stay_lines() -> None:
    assert compose("One\nTwo", "<b>Room</b>") == "One<br>Two<br><b>Room</b>"


def test_our_text_is_never_taken_for_html() -> None:
    stored = compose("<script>alert(1)</script> & more", "")
    assert stored == "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more"
    assert readable(stored) == "<script>alert(1)</script> & more"


@pytest.mark.parametrize(
    ("text", "html"), [("a < b > c", False), ("Q&A", False), ("a<br>b", True), ("&amp;", True)]
)
def test_html_is_told_from_text(text: str, html: bool) -> None:
    assert is_html(text) is html


# --- the line is gone -----------------------------------------------------------------------

WITHOUT = OURS.removesuffix(LINE).rstrip()


def test_without_the_line_words_after_our_last_one_are_kept() -> None:
    assert tail_to_keep(f"{WITHOUT}\nRoom 5\nHall", OURS) == "Room 5\nHall"
    assert tail_to_keep(f"{as_web_html(WITHOUT)}<br>Room <b>5</b>", OURS) == "Room <b>5</b>"


def test_without_the_line_and_anything_below_nothing_is_kept() -> None:
    assert tail_to_keep(WITHOUT, OURS) == ""
    assert tail_to_keep("", OURS) == ""


def test_what_is_left_of_the_line_is_not_kept() -> None:
    assert tail_to_keep(f"{WITHOUT}\n———— below this line\nRoom 5", OURS) == "Room 5"


def test_a_description_that_a_person_wrote_anew_is_all_theirs() -> None:
    assert tail_to_keep("Moved to room 5", OURS) == "Moved to room 5"


def test_words_above_our_text_are_not_kept() -> None:
    assert tail_to_keep(f"Room 5\n{WITHOUT}", OURS) == ""


def test_a_wish_without_a_line_keeps_nothing() -> None:
    assert tail_to_keep("Old words", "New words") == ""


def test_what_nobody_reads_is_no_word() -> None:
    assert hashed(
        f"<p>{as_web_html(OURS)}".replace("<br>", "<br><style>p {}</style><script>x()</script>")
    ) == body_hash(OURS)


def test_a_page_of_frames_says_nothing() -> None:
    assert readable("<frameset>") == ""


def test_an_end_that_also_ends_what_was_left_open_inside_it_belongs_to_people() -> None:
    theirs = "<b><i>Room 5</b> from 9"
    assert divide(f"{OURS}\n{theirs}").tail == theirs
    assert divide(f"<p>{OURS}\n{theirs}</p>").tail == theirs
