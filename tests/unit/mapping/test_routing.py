"""Routing: which entries a target shows, and which parts of each."""

from typing import Any

import pytest

from mapping.model import Entry, Part
from mapping.routing import routed
from tests.unit.mapping.invented import YEAR, calendar, entry, rule, target, year


def shown(*entries: Entry, place: str = "school", **given: Any) -> list[str]:
    return [one.entry.id for one in routed(calendar(*entries), target(place, **given))]


def test_a_school_sees_its_own_entries_and_those_of_all() -> None:
    entries = entry("nets", schools=("nets",)), entry("sails", schools=("sails",)), entry("all")
    assert shown(*entries, school="nets") == ["nets", "all"]
    assert shown(*entries, school=None) == ["nets", "sails", "all"]


def test_a_programme_sees_its_own_entries_and_those_of_all() -> None:
    entries = (
        entry("deck"),
        entry("engine", programme="engine", terms=("watch",)),
        entry("everyone", programme=None, terms=()),
    )
    assert shown(*entries, programmes=("engine",)) == ["engine", "everyone"]
    assert shown(*entries) == ["deck", "engine", "everyone"]


def test_a_term_sees_its_entries_and_those_of_the_whole_year() -> None:
    entries = (
        entry("ebb"),
        entry("flood", terms=("flood",)),
        entry("both", terms=("ebb", "flood")),
        entry("all", terms=("all",)),
        entry("none", terms=()),
    )
    assert shown(*entries, terms=("ebb",)) == ["ebb", "both", "all", "none"]
    assert shown(*entries) == ["ebb", "flood", "both", "all", "none"]


def test_an_entry_of_all_programmes_may_name_any_programmes_whole_year() -> None:
    assert shown(entry("rest", programme=None, terms=("all",)), terms=("watch",)) == ["rest"]


def test_only_the_years_asked_for_are_shown() -> None:
    several = [year(entry("old", year="2030"), name="2030"), year(entry("new"), name=YEAR)]
    both = calendar(years=several)
    assert [one.entry.id for one in routed(both, target(years=(YEAR,)))] == ["new"]
    assert [one.entry.id for one in routed(both, target())] == ["old", "new"]


def test_the_row_of_the_table_decides_by_category_and_audience() -> None:
    entries = (
        entry("lectures"),
        entry("verdict", category="verdict"),
        entry("books", category="books", audience="purser"),
    )
    assert shown(*entries, place="course") == ["lectures"]
    assert shown(*entries, place="school") == ["lectures", "verdict"]
    assert shown(*entries, place="purser") == ["books"]
    assert shown(*entries, place="nowhere") == []


def test_a_rule_of_the_table_may_show_some_parts_only() -> None:
    (one,) = routed(calendar(entry("sign-up", category="sign-up")), target("course"))
    assert one.parts == {Part.MAIN}
    (one,) = routed(calendar(entry("lectures")), target("course"))
    assert one.parts == {Part.MAIN, Part.OPENING}


def test_a_year_group_kept_out_of_a_place_is_not_shown_there() -> None:
    entries = (
        entry("trial", category="trial"),
        entry("last-trial", category="trial", years=("leavers",)),
        entry("second-trial", category="trial", years=("2",)),
    )
    assert shown(*entries, place="course") == ["trial", "second-trial"]


@pytest.mark.parametrize(
    ("first", "last", "inside"),
    [
        ("2031-02-28", "", False),
        ("2031-02-27", "2031-03-01", True),
        ("2031-03-01", "", True),
        ("2031-05-31", "", True),
        ("2031-06-01", "", False),
    ],
)
def test_days_off_are_shown_in_a_course_while_its_term_lasts(first: str, last: str, inside: bool) -> None:
    rest = entry("rest", first, last, category="rest", programme=None, terms=("all",))
    assert shown(rest, place="course", programmes=("deck",), terms=("ebb",)) == (["rest"] if inside else [])


def test_another_programmes_term_does_not_count() -> None:
    rest = entry("rest", "2031-06-10", category="rest", programme=None, terms=("all",))
    assert shown(rest, place="course", programmes=("deck",), terms=("ebb", "watch")) == []
    assert shown(rest, place="course", programmes=("engine",), terms=("ebb", "watch")) == ["rest"]


def test_a_course_without_terms_is_shown_every_day_off() -> None:
    rest = entry("rest", "2031-06-10", category="rest", programme=None, terms=("all",))
    assert shown(rest, place="course", programmes=("deck",)) == ["rest"]


def test_an_included_category_is_shown_in_all_parts_but_only_to_those_it_concerns() -> None:
    entries = (
        entry("verdict", category="verdict"),
        entry("of-sails", category="verdict", schools=("sails",)),
        entry("of-flood", category="verdict", terms=("flood",)),
        entry("of-engine", category="verdict", programme="engine", terms=("ebb",)),
    )
    given: dict[str, Any] = {
        "place": "course",
        "school": "nets",
        "programmes": ("deck",),
        "terms": ("ebb",),
        "include": frozenset({"verdict"}),
    }
    assert shown(*entries, **given) == ["verdict"]
    (sign_up,) = routed(
        calendar(entry("sign-up", category="sign-up")), target("course", include=frozenset({"sign-up"}))
    )
    assert sign_up.parts == {Part.MAIN, Part.OPENING}


def test_an_included_entry_is_shown_whatever_school_term_and_table_say() -> None:
    stranger = entry("verdict", category="verdict", schools=("sails",), terms=("flood",))
    given: dict[str, Any] = {"place": "course", "school": "nets", "terms": ("ebb",)}
    assert shown(stranger, include=frozenset({"verdict"}), **given) == ["verdict"]
    assert shown(stranger, include=frozenset({"verdict"}), years=("2030",), **given) == []


def test_excluded_entries_and_categories_are_not_shown() -> None:
    entries = entry("lectures"), entry("more-lectures"), entry("verdict", category="verdict")
    assert shown(*entries, exclude=frozenset({"more-lectures"})) == ["lectures", "verdict"]
    assert shown(*entries, exclude=frozenset({"lectures"})) == ["verdict"]


def test_an_entry_included_by_name_wins_over_its_excluded_category() -> None:
    entries = entry("first", category="trial"), entry("second", category="trial")
    assert shown(*entries, exclude=frozenset({"trial"}), include=frozenset({"second"})) == ["second"]


def test_an_entry_excluded_by_name_stays_out_even_if_its_category_is_included() -> None:
    entries = entry("first", category="trial"), entry("second", category="trial")
    assert shown(*entries, exclude=frozenset({"second"}), include=frozenset({"trial", "second"})) == ["first"]


def test_a_rule_told_as_text_is_never_an_event() -> None:
    assert shown(rule("verdict", ("trial",)), include=frozenset({"verdict"})) == []
    assert shown(rule("dated", ("trial",), publish="date")) == ["dated"]


def test_an_umbrella_row_gives_way_to_a_schools_own_row() -> None:
    entries = (
        entry("umbrella"),
        entry("of-nets", schools=("nets",), under="umbrella"),
    )
    assert shown(*entries, school="nets") == ["of-nets"]
    assert shown(*entries, school="sails") == ["umbrella"]


def test_a_schools_own_entry_takes_the_place_of_the_general_one_for_that_school() -> None:
    entries = entry("general"), entry("of-nets", schools=("nets",), replaces="general")
    assert shown(*entries, school="nets") == ["of-nets"]
    assert shown(*entries, school="sails") == ["general"]


def test_a_calendar_of_all_schools_keeps_what_only_one_school_replaces() -> None:
    entries = entry("general"), entry("of-nets", schools=("nets",), replaces="general")
    assert shown(*entries) == ["general", "of-nets"]


def test_one_year_groups_entry_leaves_the_general_one_to_the_others_of_the_school() -> None:
    entries = entry("general"), entry("of-leavers", years=("leavers",), replaces="general")
    assert shown(*entries, school="nets") == ["general", "of-leavers"]


def test_an_entry_of_the_same_year_groups_takes_the_place_of_another() -> None:
    entries = entry("general", years=("2",)), entry("moved", years=("2", "3"), replaces="general")
    assert shown(*entries, school="nets") == ["moved"]


def test_a_course_is_one_class_so_its_own_entry_replaces_the_general_one() -> None:
    entries = (
        entry("trial", category="trial"),
        entry("last-trial", category="trial", years=("leavers",), schools=("nets",), replaces="trial"),
    )
    assert shown(*entries, place="course", school="nets") == ["trial"]
    assert shown(*entries, place="course", school="nets", include=frozenset({"last-trial"})) == ["last-trial"]
    assert shown(*entries, place="course", include=frozenset({"last-trial"})) == ["last-trial"]


def test_a_school_that_includes_one_year_groups_entry_keeps_the_general_one_for_the_others() -> None:
    entries = entry("general"), entry("of-leavers", years=("leavers",), replaces="general")
    assert shown(*entries, school="nets", include=frozenset({"of-leavers"})) == ["general", "of-leavers"]
