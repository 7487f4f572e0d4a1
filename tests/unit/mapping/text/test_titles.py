"""Titles: the school last and left out where only its own people read, small letters after a colon."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mapping.model import CanonicalCalendar, Entry, Named
from mapping.shapes import Lead
from mapping.text.titles import inline, title_of
from tests.unit.mapping.invented import both, calendar, entry, target


def of(one: Entry, lead: Lead | None = None, **given: Any) -> str:
    return title_of(known(one), one, lead, target(**given), date(2031, 3, 1))


def known(one: Entry) -> CanonicalCalendar:
    bare = calendar(one)
    tagged = Named(name=both("School of Nets"), short=both("Nets"), tag=both("nets"))
    return replace(
        bare, university=replace(bare.university, schools={**bare.university.schools, "nets": tagged})
    )


NETS: dict[str, Any] = {"schools": ("nets",)}


@pytest.mark.parametrize("mark", ["nets", "Nets", "School of Nets"])
def test_the_schools_own_calendar_leaves_its_name_out(mark: str) -> None:
    trial = entry("trial", title=both(f"Trial ({mark})"), **NETS)
    assert of(trial, school="nets") == "Trial"
    assert of(trial, Lead.OPENS, school="nets") == "title_opens Trial"
    assert of(trial) == f"Trial ({mark})"


def test_schools_that_share_a_row_are_left_out_together() -> None:
    trial = entry("trial", title=both("Trial (nets, School of Sails)"), schools=("nets", "sails"))
    assert of(trial, school="sails") == "Trial"


@pytest.mark.parametrize(
    ("title", "schools"),
    [
        ("Trial (small ropes)", ("nets",)),
        ("Trial (nets, small ropes)", ("nets",)),
        ("Trial (nets)", ()),
        ("(nets)", ("nets",)),
    ],
)
def test_other_words_in_brackets_stay(title: str, schools: tuple[str, ...]) -> None:
    assert of(entry("trial", title=both(title), schools=schools), school="nets") == title


@pytest.mark.parametrize(
    ("title", "goes_on"),
    [
        ("Регистрация, осень", "регистрация, осень"),
        ("Өтініш, күз", "өтініш, күз"),
        ("II триместр, экзамены", "II триместр, экзамены"),
        ("1 курс", "1 курс"),
        ("ИУП, осень", "ИУП, осень"),
        ("Dean's List, осень", "Dean's List, осень"),
        ("Autumn classes", "Autumn classes"),
        ("", ""),
    ],
)
def test_a_cyrillic_title_goes_on_small_after_a_colon(title: str, goes_on: str) -> None:
    assert inline(title) == goes_on


def test_only_a_lead_with_a_colon_makes_the_title_small() -> None:
    one = entry("trial", title={"aa": "Регистрация"})
    bare = known(one)
    spoken = replace(bare, phrases={**bare.phrases, "title_opens": {"aa": "Начало: {title}"}})
    assert title_of(spoken, one, Lead.OPENS, target(), date(2031, 3, 1)) == "Начало: регистрация"
    assert title_of(bare, one, Lead.OPENS, target(), date(2031, 3, 1)) == "title_opens Регистрация"


@pytest.mark.parametrize("mark", ["'", "\N{RIGHT SINGLE QUOTATION MARK}"])
def test_a_title_that_says_whose_timetable_it_is_is_not_told_again(mark: str) -> None:
    one = entry("trial", title=both(f"Monday{mark}s timetable on a Thursday"), follows=1)
    bare = known(one)
    said = {**bare.phrases, "follows_1": both("Monday\N{RIGHT SINGLE QUOTATION MARK}s timetable")}
    title = title_of(replace(bare, phrases=said), one, None, target(), date(2031, 3, 1))
    assert title == f"Monday{mark}s timetable on a Thursday"
