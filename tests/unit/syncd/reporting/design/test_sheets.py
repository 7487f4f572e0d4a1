"""Where a line of a page may end."""

import pytest

from mapping.text.typography import NO_BREAK, plain
from syncd.reporting.design.sheets import names, narrow, whole


def held(told: str) -> list[str]:
    """What stands between tags."""
    return [piece.partition("</span>")[0] for piece in told.split('<span class="whole">')[1:]]


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("осень (2\N{EN DASH}4 курсы)", ["(2\N{EN DASH}4"]),
        ("күз (2\N{EN DASH}4-курс), 1-курс", ["(2\N{EN DASH}4-курс),", "1-курс"]),
        ("minutes No. 205-1 of 5 August", ["205-1"]),
        ("2025\N{EN DASH}2026学年的校历", ["2025\N{EN DASH}2026"]),
        ("law-autumn: re-registration", []),
    ],
)
def test_no_line_ends_inside_a_range(text: str, together: list[str]) -> None:
    assert held(whole(text)) == together


def test_no_line_ends_inside_a_name_or_before_the_count_of_a_word() -> None:
    assert names("since: 5\xa0May") == "since: 5\xa0May"
    assert names("to create: 3, 17 calendars") == f"to create:{NO_BREAK}3, 17 calendars"
    assert held(names("soe-2025 (750), law: 2\N{EN DASH}4")) == ["soe-2025", "2\N{EN DASH}4"]
    long = "name-that-is-longer-than-a-line-of-a-phone"
    assert names(long) == f'<span class="name">{long}</span>', "broken where it fills a line alone"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("until \N{EN DASH} Tue 30 December", "until~\N{EN DASH} Tue 30 December"),
        ("the limit \N{EN DASH} 1\u00a0000.", "the limit~[\N{EN DASH}~1~000.]"),
        ("2 \N{EN DASH} 10 Oct", "[2~\N{EN DASH}~10] Oct"),
        ("24 November 2025 \N{EN DASH} 13 December 2025", "24 November 2025~\N{EN DASH} 13 December 2025"),
    ],
)
def test_no_line_begins_with_a_dash_and_none_parts_it_from_a_number(text: str, shown: str) -> None:
    told = whole(text).replace('<span class="whole">', "[").replace("</span>", "]")
    assert told.replace(NO_BREAK, "~") == shown


def test_a_text_is_escaped_and_keeps_its_words() -> None:
    assert whole("<b> & 1\N{EN DASH}2") == '&lt;b&gt; &amp; <span class="whole">1\N{EN DASH}2</span>'
    assert plain(whole("a \N{EN DASH} b")) == "a \N{EN DASH} b"


def test_in_a_days_width_no_more_than_two_words_are_held_together_where_they_are_long() -> None:
    assert narrow("Trimester\xa0III\xa0classes end") == "Trimester\xa0III classes end"
    assert narrow("by 5\xa0May\xa02026") == "by 5\xa0May\xa02026"
