"""Titles that read alike where they are cut: found in each calendar that people look at, and there alone."""

from typing import Any

from mapping.model import Entry, Shape
from syncd.reporting.titles import WIDTHS, Alike, titles_alike
from syncd.source.folder import load_calendar
from tests.unit.mapping.invented import calendar, entry

LONG = "Trial of the small ropes, "


def titled(name: str, title: str, first: str = "2031-03-03", **given: Any) -> Entry:
    return entry(name, first, title={"aa": title, "bb": f"{name} in bb"}, **given)


def alike(*entries: Entry, width: int = 25) -> tuple[Alike, ...]:
    return titles_alike(calendar(*entries), width)


def test_the_shipped_titles_can_be_told_apart_wherever_they_are_cut() -> None:
    shipped, _ = load_calendar(None)
    assert [titles_alike(shipped, width) for width in WIDTHS] == [(), ()]


def test_a_pair_is_told_with_its_language_and_the_calendars_where_both_stand() -> None:
    first, second = titled("first", f"{LONG}one"), titled("second", f"{LONG}two", "2031-03-04")
    assert alike(first, second) == (
        Alike(
            language="aa",
            shown=LONG[:25],
            entries=("first", "second"),
            same_day=False,
            calendars=("nets (canvas)", "nets (google)", "sails (canvas)", "sails (google)"),
        ),
    )
    assert alike(first, second, width=40) == ()


def test_pairs_on_one_day_come_first() -> None:
    found = alike(
        titled("first", f"A {LONG}one"),
        titled("second", f"A {LONG}two", "2031-03-04"),
        titled("third", f"B {LONG}one"),
        titled("fourth", f"B {LONG}two"),
    )
    assert [(one.entries, one.same_day) for one in found] == [
        (("third", "fourth"), True),
        (("first", "second"), False),
    ]


def test_entries_of_different_schools_stand_in_no_calendar_together() -> None:
    assert alike(titled("first", LONG, schools=("nets",)), titled("second", LONG, schools=("sails",))) == ()


def test_what_the_schools_own_calendar_leaves_out_tells_nothing_apart() -> None:
    one = titled("first", "Trial (School of Nets)", schools=("nets",))
    assert [pair.entries for pair in alike(one, titled("second", "Trial"))] == [("first", "second")]


def test_opening_and_last_day_of_one_entry_are_no_pair() -> None:
    assert alike(entry("first", "2031-03-03", "2031-03-20", shape=Shape.TASK), width=5) == ()
