"""Milestones, counted by hand in the shipped calendar and in an invented one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mapping.model import CanonicalCalendar, Days, Milestone, Rule, RuleStep
from mapping.rules import milestones, unsaid_words
from mapping.working_days import WorkingDays, days_off_of
from syncd.source.folder import load_calendar
from tests.support.college import CLOSED, calendar_of, college, spoilt

MONDAY = date(2031, 12, 1)
WEEK = WorkingDays(week=frozenset({1, 2, 3, 4, 5}), days_off={})


@pytest.fixture(scope="module")
def shipped() -> CanonicalCalendar:
    return load_calendar(None)[0]


def counted(calendar: CanonicalCalendar, year: str, entry: str) -> list[tuple[str, str, date]]:
    found = next(one for one in calendar.years[year].entries if one.id == entry)
    return [(milestone.anchor, milestone.step, milestone.day) for milestone in found.milestones]


def step(name: str, after: str, days: int) -> RuleStep:
    return RuleStep(step=name, after=after, working_days=days, name={})


def test_a_count_begins_on_the_day_after_and_skips_the_weekend() -> None:
    assert WEEK.after(date(2031, 12, 4), 3) == (date(2031, 12, 9), ())


def test_no_working_days_is_the_same_day_even_on_a_sunday() -> None:
    assert WEEK.after(date(2031, 12, 7), 0) == (date(2031, 12, 7), ())


def test_days_off_are_stepped_over_and_told_but_those_at_the_weekend_cost_nothing() -> None:
    days_off = days_off_of([("feast", Days.inclusive(date(2031, 12, 5), date(2031, 12, 8)))])
    working = WorkingDays(week=WEEK.week, days_off=days_off)

    day, hits = working.after(date(2031, 12, 4), 1)

    assert day == date(2031, 12, 9)
    assert [(hit.day.day, hit.entry) for hit in hits] == [(5, "feast"), (8, "feast")]


def test_the_first_entry_that_names_a_day_off_is_its_reason() -> None:
    days = Days.inclusive(MONDAY, MONDAY)
    assert days_off_of([("feast", days), ("transfer", days)]) == {MONDAY: "feast"}


def test_the_undivided_group_comes_first_with_all_its_steps() -> None:
    rule = Rule(
        anchors=("all", "few"), steps=(step("one", "anchor", 1), step("two", "one", 1)), publish="text"
    )
    days = {"all": Days.inclusive(MONDAY, MONDAY), "few": Days.inclusive(MONDAY, date(2031, 12, 3))}

    found = milestones(rule, {}, days, WEEK)

    assert [(one.anchor, one.step, one.day.day) for one in found] == [
        ("all", "one", 2),
        ("all", "two", 3),
        ("few", "one", 4),
        ("few", "two", 5),
    ]
    assert found[3].counted_from == date(2031, 12, 4)


def test_a_step_may_count_from_a_step_of_another_rule() -> None:
    results = Rule(anchors=("all",), steps=(step("results", "anchor", 2),), publish="text")
    appeal = Rule(anchors=("all",), steps=(step("appeal", "results-rule/results", 1),), publish="text")
    days = {"all": Days.inclusive(MONDAY, MONDAY)}

    (found,) = milestones(appeal, {"results-rule": results}, days, WEEK)

    assert (found.counted_from.day, found.day.day) == (3, 4)


def test_words_for_what_counts_from_a_step_are_told_where_nothing_does() -> None:
    said = replace(step("results", "anchor", 2), after_this={"en": "after publication"})
    results = Rule(anchors=("all",), steps=(said,), publish="text")
    appeal = Rule(anchors=("all",), steps=(step("appeal", "results-rule/results", 1),), publish="text")

    assert list(unsaid_words({"results-rule": results, "appeal-rule": appeal})) == []
    assert list(unsaid_words({"results-rule": results})) == [("results-rule", "results")]


def test_a_rule_without_steps_has_no_date() -> None:
    assert milestones(Rule(anchors=("all",), steps=(), publish="text"), {}, {}, WEEK) == ()


def test_a_college_that_rests_on_friday_counts_saturday_and_tells_its_days_off() -> None:
    calendar = calendar_of(college())
    marks = next(one for one in calendar.years["2031-2032"].entries if one.id == "marks")

    # 19.12 is a Friday. 20, 22, 23; then 24, 25 off, 26 a Friday, 27 off, 29, 30.
    assert counted(calendar, "2031-2032", "marks") == [
        ("papers-michaelmas", "marks", date(2031, 12, 23)),
        ("papers-michaelmas", "second", date(2031, 12, 30)),
        ("papers-north", "marks", date(2031, 12, 16)),
        ("papers-north", "second", date(2031, 12, 18)),
    ]
    assert [(hit.day.day, hit.entry) for hit in marks.milestones[1].skipped] == [
        (24, "christmas"),
        (25, "christmas"),
        (27, "christmas-moved"),
    ]
    assert marks.derived == date(2031, 12, 23)
    assert counted(calendar, "2031-2032", "complaints") == [
        ("papers-michaelmas", "complaint", date(2031, 12, 31)),
        # It stands in for the anchor in its school, so the rule counts from it there.
        ("papers-north", "complaint", date(2031, 12, 20)),
    ]


def test_days_off_of_the_next_years_file_count_too() -> None:
    files = {**college()}
    files["2032-2033/all.yaml"] = (
        files["2032-2033/all.yaml"]
        .replace(b"2032-12-27", b"2031-12-22")
        .replace(b"2032-10-04", b"2031-10-04")
    )
    files["2032-2033/all.yaml"] = files["2032-2033/all.yaml"].replace(b"2032-12-03", b"2031-12-03")

    assert counted(calendar_of(files), "2031-2032", "marks")[0][2] == date(2031, 12, 29)


def test_another_working_week_moves_the_count() -> None:
    files = spoilt(CLOSED, ("[1, 2, 3, 4, 6]", "[1, 2, 3, 4, 5]"))
    assert counted(calendar_of(files), "2031-2032", "marks")[0][2] == date(2031, 12, 29)


@pytest.mark.parametrize(
    ("entry", "anchor", "expected"),
    [
        # Tue 30.12; 31, [1, 2 off], 5, 6, [7 off], 8, 9; and 12-16 for ten.
        ("results-autumn", "exams-autumn", {"results": (2026, 1, 9), "results-many-papers": (2026, 1, 16)}),
        # Fri 9.1; Mon 12; then 13-16 and 19.
        ("appeal-autumn", "exams-autumn", {"appeal": (2026, 1, 12), "appeal-decision": (2026, 1, 19)}),
        ("fx-application-autumn", "exams-autumn", {"fx-application": (2026, 1, 14)}),
        # Sat 23.5; 25, 26, [27 off], 28, 29, Mon 1.6; and 2-5, 8 for ten.
        ("results-spring", "exams-spring", {"results": (2026, 6, 1), "results-many-papers": (2026, 6, 8)}),
        # Fri 8.5; [Mon 11 off], 12-15, Mon 18.
        (
            "results-spring",
            "exams-graduating-spring",
            {"results": (2026, 5, 18), "results-many-papers": (2026, 5, 25)},
        ),
        ("fx-application-spring", "exams-spring", {"fx-application": (2026, 6, 4)}),
        # Mon 2.3; 3-6, [Mon 9 off], Tue 10.
        ("appeal-ii", "exams-ii", {"appeal": (2026, 3, 2), "appeal-decision": (2026, 3, 10)}),
        # Sun 16.11; Mon 17 - Fri 21.
        ("results-i", "exams-i", {"results": (2025, 11, 21), "results-many-papers": (2025, 11, 28)}),
        ("deans-list-autumn", "classes-begin-autumn", {"published": (2025, 9, 2)}),
    ],
)
def test_the_shipped_rules_give_the_days_counted_by_hand(
    shipped: CanonicalCalendar, entry: str, anchor: str, expected: dict[str, tuple[int, int, int]]
) -> None:
    found = {name: day for group, name, day in counted(shipped, "2025-2026", entry) if group == anchor}
    assert found == {name: date(*day) for name, day in expected.items()}


def test_the_first_milestone_of_the_undivided_group_is_what_a_rule_derives(
    shipped: CanonicalCalendar,
) -> None:
    derived = {one.id: one.derived for one in shipped.years["2025-2026"].entries if one.rule is not None}

    assert len(derived) == 25
    assert derived["results-spring"] == date(2026, 6, 1)
    assert {name for name, day in derived.items() if day is None} == {"deans-list-iii", "provosts-list-iii"}


def test_milestones_say_what_they_counted_from_and_over(shipped: CanonicalCalendar) -> None:
    results: Milestone = next(
        one for one in shipped.years["2025-2026"].entries if one.id == "results-autumn"
    ).milestones[0]

    assert (results.counted_from, results.working_days) == (date(2025, 12, 30), 5)
    assert [(hit.day, hit.entry) for hit in results.skipped] == [
        (date(2026, 1, 1), "new-year"),
        (date(2026, 1, 2), "new-year"),
        (date(2026, 1, 7), "orthodox-christmas"),
    ]
