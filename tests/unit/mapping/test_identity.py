"""Identity: keys, fingerprints, markers and Google's ids, none of which knows a title or a target."""

import re
from dataclasses import replace
from datetime import date

import pytest

from mapping.identity import (
    body_hash,
    day_words,
    event_key,
    fingerprint,
    format_marker,
    google_event_id,
    parse_marker,
    split_key,
    text_hash,
    visible_words,
    when_hash,
)
from mapping.model import Days, Marker, Part

MARKER = Marker(owner="harbour", key="2031:exam:main", context="course_7", fingerprint="ab-cd")
DAY = Days.inclusive(date(2031, 3, 1), date(2031, 3, 1))
SPAN = Days.inclusive(date(2031, 3, 1), date(2031, 3, 5))


def test_a_key_is_year_entry_and_part() -> None:
    assert event_key("2030-2031", "exam", Part.OPENING) == "2030-2031:exam:opening"


def test_a_key_splits_into_what_it_was_made_of_even_where_an_entry_holds_a_colon() -> None:
    assert split_key("2031:a:b:main") == ("2031", "a:b", "main")


def test_white_space_of_any_kind_makes_no_other_words() -> None:
    assert visible_words(" a\xa0 b\n\tc ") == "a b c"
    assert body_hash("a\n b") == body_hash("a b") != body_hash("ab")


def test_a_fingerprint_tells_a_moved_event_from_an_edited_one() -> None:
    written = fingerprint("Title", body_hash("Text"), DAY)
    moved = fingerprint("Title", body_hash("Text"), SPAN)
    edited = fingerprint("Title", body_hash("Other text"), DAY)
    renamed = fingerprint("Other title", body_hash("Text"), DAY)
    assert (moved.text, moved.when != written.when) == (written.text, True)
    assert (edited.when, edited.text != written.text) == (written.when, True)
    assert renamed.text not in {written.text, edited.text}


def test_a_fingerprint_is_sixteen_and_eight_hex_digits() -> None:
    assert re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]{8}", str(fingerprint("T", body_hash("t"), DAY)))


def test_a_title_cannot_pass_for_part_of_the_text() -> None:
    assert text_hash("a b", "c") != text_hash("a", "b c")


def test_no_days_have_a_hash_of_their_own() -> None:
    assert when_hash(None) == "00000000" != when_hash(DAY)


def test_the_last_day_counts_in_the_hash_of_days() -> None:
    assert when_hash(DAY) != when_hash(Days.inclusive(DAY.start, date(2031, 3, 2)))


def test_a_marker_reads_back_as_it_was_written() -> None:
    assert parse_marker(format_marker(MARKER)) == MARKER


@pytest.mark.parametrize("spoilt", ["har;bour", 'har"bour', "har bour", "порт"])
def test_a_marker_with_a_character_that_html_would_change_is_not_written(spoilt: str) -> None:
    with pytest.raises(ValueError, match="must not"):
        format_marker(replace(MARKER, owner=spoilt))


@pytest.mark.parametrize(
    "text",
    ["", "v1", "v2;harbour;key;course_7;ab-cd", "v1;harbour;key;course_7", "v1;harbour;;course_7;ab-cd",
     "v1;harbour;key;course_7;ab-cd;more"],
)  # fmt: skip
def test_anything_but_a_whole_marker_is_none(text: str) -> None:
    assert parse_marker(text) is None


def test_google_ids_use_its_alphabet_and_differ_by_owner_calendar_key_and_generation() -> None:
    ids = {
        google_event_id("harbour", "a@x", "2031:exam:main", 0),
        google_event_id("other", "a@x", "2031:exam:main", 0),
        google_event_id("harbour", "b@x", "2031:exam:main", 0),
        google_event_id("harbour", "a@x", "2031:exam:opening", 0),
        google_event_id("harbour", "a@x", "2031:exam:main", 1),
    }
    assert len(ids) == 5
    assert all(re.fullmatch(r"[0-9a-v]{5,1024}", one) for one in ids)


def test_days_are_told_with_both_ends_included() -> None:
    assert day_words(DAY) == "2031-03-01"
    assert day_words(SPAN) == "2031-03-01..2031-03-05"
    assert day_words(None) == ""
