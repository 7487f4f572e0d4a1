"""Desired state: every event of a target under its lasting key, the same for targets of one view."""

from dataclasses import fields, replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest

from mapping.desired import desired_events, drawing_for, view_key
from mapping.identity import body_hash, event_key, fingerprint
from mapping.model import Amendment, CanonicalCalendar, CourseFilter, Part, Shape, Target
from mapping.shapes import CANVAS, GOOGLE
from mapping.text.markup import visible_text
from tests.unit.mapping.invented import (
    TODAY,
    YEAR,
    both,
    calendar,
    days,
    entry,
    milestone,
    rule,
    target,
    year,
)

SIGN_UP = entry("sign-up", "2031-03-03", "2031-03-20", category="sign-up", shape=Shape.TASK)
TRIAL = entry("trial", "2031-04-01", "2031-04-20", category="trial")


def keys(whole: CanonicalCalendar, one: Target) -> list[str]:
    return list(desired_events(whole, one, drawing_for(one), TODAY))


def test_events_stand_under_their_keys_in_file_order() -> None:
    assert keys(calendar(SIGN_UP, TRIAL), target()) == [
        f"{YEAR}:sign-up:opening",
        f"{YEAR}:sign-up:main",
        f"{YEAR}:trial:main",
    ]


def test_a_part_that_the_place_does_not_show_is_not_desired() -> None:
    assert keys(calendar(SIGN_UP, TRIAL), target("course", kind="canvas")) == [
        f"{YEAR}:sign-up:main",
        f"{YEAR}:trial:opening",
        f"{YEAR}:trial:main",
    ]


def test_an_event_carries_title_body_days_colour_and_their_fingerprint() -> None:
    found = desired_events(calendar(TRIAL), target("course", kind="canvas"), CANVAS, TODAY)
    event = found[event_key(YEAR, "trial", Part.OPENING)]
    assert (event.entry, event.part, event.colour) == ("trial", Part.OPENING, "3")
    assert event.title == "title_begins Title of trial"
    assert event.days == days("2031-04-01")
    assert event.body.endswith('<p class="syncd-line" lang="aa" dir="ltr">———— yours ————</p>')
    assert event.body_hash == body_hash(visible_text(event.body, "html"))
    assert event.fingerprint == fingerprint(event.title, event.body_hash, event.days)


def test_both_parts_of_an_entry_tell_the_same_body() -> None:
    opening, main = desired_events(calendar(SIGN_UP), target(), GOOGLE, TODAY).values()
    assert opening.body == main.body
    assert opening.fingerprint.text != main.fingerprint.text


def test_a_target_without_colours_names_none() -> None:
    (event,) = desired_events(calendar(TRIAL), target(colours=False), GOOGLE, TODAY).values()
    assert event.colour == ""


def test_the_desired_set_cannot_be_changed_by_those_who_share_it() -> None:
    assert isinstance(desired_events(calendar(TRIAL), target(), GOOGLE, TODAY), MappingProxyType)


def test_entries_of_two_years_never_share_a_key() -> None:
    whole = calendar(years=[year(replace(TRIAL, year="2030"), name="2030"), year(TRIAL)])
    assert keys(whole, target()) == ["2030:trial:main", "2031:trial:main"]


def test_a_moved_entry_keeps_its_key_and_its_text_but_not_its_fingerprint_of_days() -> None:
    def only(one: CanonicalCalendar) -> Any:
        (event,) = desired_events(one, target(), GOOGLE, TODAY).values()
        return event

    before, after = (
        only(calendar(TRIAL)),
        only(calendar(replace(TRIAL, days=days("2031-04-02", "2031-04-21")))),
    )
    assert before.key == after.key
    assert before.fingerprint.when != after.fingerprint.when


def test_another_shape_keeps_the_main_event_and_adds_at_most_an_opening() -> None:
    span = keys(calendar(SIGN_UP), target(shapes={"sign-up": Shape.PERIOD}))
    task = keys(calendar(SIGN_UP), target())
    assert set(task) - set(span) == {f"{YEAR}:sign-up:opening"}
    assert set(span) <= set(task)


def test_the_word_changed_leaves_the_title_when_its_time_is_over() -> None:
    amended = replace(TRIAL, amended=Amendment(on=TODAY, order="No. 1", was=None))

    def only(today: date) -> str:
        (event,) = desired_events(calendar(amended), target(), GOOGLE, today).values()
        return event.title

    assert only(TODAY) == "title_changed Title of trial"
    assert only(date(2031, 3, 15)) == "Title of trial"


# --- rules in descriptions ---


def body_with(verdict: dict[str, Any], **given: Any) -> str:
    found = [milestone("trial", "2031-04-22", "2031-04-20")]
    one = rule("verdict", ("trial",), found, text=both("Judged soon"), **verdict)
    events = desired_events(calendar(TRIAL, one), target(**given), GOOGLE, TODAY)
    return events[f"{YEAR}:trial:main"].body


def test_a_rule_is_told_in_the_description_of_its_anchor_also_where_its_category_is_not_shown() -> None:
    assert "Judged soon" in body_with({}, place="course")


def test_a_rule_published_as_a_date_is_told_there_too() -> None:
    assert "Judged soon" in body_with({"publish": "date"}, place="course")


@pytest.mark.parametrize(
    ("verdict", "given"),
    [
        ({"schools": ("sails",)}, {"school": "nets"}),
        ({"programme": "engine"}, {"programmes": ("deck",)}),
        ({}, {"exclude": frozenset({"verdict"})}),
    ],
)
def test_a_rule_of_others_or_an_excluded_one_is_not_told(
    verdict: dict[str, Any], given: dict[str, Any]
) -> None:
    assert "Judged soon" not in body_with(verdict, **given)


# --- views ---

DECIDING: dict[str, Any] = {
    "timezone": "Asia/Dubai",
    "kind": "canvas",
    "place": "course",
    "languages": ("bb",),
    "years": (YEAR,),
    "school": "nets",
    "programmes": ("deck",),
    "terms": ("ebb",),
    "include": frozenset({"trial"}),
    "exclude": frozenset({"trial"}),
    "shapes": {"trial": Shape.TASK},
    "colours": False,
}
INDIFFERENT: dict[str, Any] = {
    "name": "another",
    "calendar_id": "x",
    "account": "1",
    "enrollment_terms": ("t",),
    "courses": (1,),
    "account_calendars": ("2",),
    "course_include": (CourseFilter(code="A*"),),
    "course_except": (CourseFilter(code="B*"),),
    "drift": "report",
    "respect_deletions": True,
    "copies": "remove",
    "past": "sync",
}


def test_every_setting_of_a_target_is_known_to_decide_its_view_or_not() -> None:
    assert {field.name for field in fields(Target)} == DECIDING.keys() | INDIFFERENT.keys()


@pytest.mark.parametrize("setting", DECIDING)
def test_what_decides_the_desired_set_makes_another_view(setting: str) -> None:
    assert view_key(target(**{setting: DECIDING[setting]})) != view_key(target())


@pytest.mark.parametrize("setting", INDIFFERENT)
def test_targets_that_differ_elsewhere_share_a_view(setting: str) -> None:
    assert view_key(target(**{setting: INDIFFERENT[setting]})) == view_key(target())


def test_the_order_of_terms_and_shapes_makes_no_other_view() -> None:
    one = target(terms=("ebb", "flood"), shapes={"trial": Shape.TASK, "rest": Shape.DAY})
    other = target(terms=("flood", "ebb"), shapes={"rest": Shape.DAY, "trial": Shape.TASK})
    assert view_key(one) == view_key(other)
    assert len({view_key(one), view_key(other)}) == 1


def test_the_kind_of_a_target_decides_how_it_draws() -> None:
    assert drawing_for(target(kind="canvas")) is CANVAS
    assert drawing_for(target(kind="google")) is GOOGLE


def test_a_dated_rule_without_a_date_is_no_event() -> None:
    assert keys(calendar(rule("honours", ("trial",), publish="date")), target()) == []
