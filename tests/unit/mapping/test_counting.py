"""Whose calendar a rule counts by: worked weekends, days off and weeks of one school, entries in an anchor's place."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from mapping.counting import with_milestones
from mapping.desired import rules_told
from mapping.model import (
    AcademicYear,
    CanonicalCalendar,
    Days,
    Entry,
    Kind,
    Milestone,
    Named,
    Offset,
    Rule,
    RuleStep,
    Unit,
    University,
)
from syncd.source.folder import load_calendar
from tests.unit.mapping.invented import UNIVERSITY, both, calendar, entry, target, year

THREE = ["results-autumn", "appeal-autumn", "fx-application-autumn"]
MON_TO_FRI = frozenset({1, 2, 3, 4, 5})


def campus(**schools: Named) -> University:
    return replace(UNIVERSITY, schools=schools or UNIVERSITY.schools)


def school(**given: Any) -> Named:
    return Named(name=both("School"), **given)


def off(id_: str, first: str, last: str = "", **given: Any) -> Entry:
    category = next(name for name, one in UNIVERSITY.categories.items() if one.day_off)
    return entry(id_, first, last or first, category=category, **given)


def rule(*anchors: str, **step: Any) -> Entry:
    given: dict[str, Any] = {"working_days": 0, "after": "anchor", "step": "a", "name": both("Step")} | step
    return entry(
        "rule",
        kind=Kind.RULE,
        rule=Rule(anchors=anchors, steps=(RuleStep(**given),), publish="date"),
        days=None,
    )


def counted(university: University, entries: Iterable[Entry], **given: Any) -> tuple[AcademicYear, Entry]:
    made = replace(year(*entries), working_week=given.pop("week", MON_TO_FRI), **given)
    done = with_milestones(made, [made], university)
    return done, next(one for one in done.entries if one.id == "rule")


def days_of(found: Iterable[Milestone], *schools: str | None) -> list[str]:
    return [str(next(one.day for one in found if one.concerns(each))) for each in schools]


def test_a_worked_saturday_is_counted() -> None:
    """Three working days after a holiday that ends on Wednesday 8 October 2025, where Saturday the 11th is worked."""
    holiday = off("mid-autumn", "2025-10-01", "2025-10-08")
    entries = [holiday, rule("mid-autumn", working_days=3)]
    assert counted(campus(), entries)[1].derived == date(2025, 10, 13)
    worked = (date(2025, 9, 27), date(2025, 10, 11))
    assert counted(campus(), entries, worked=worked)[1].derived == date(2025, 10, 11)


def test_a_day_with_another_days_timetable_is_worked() -> None:
    friday = entry("make-up", "2025-10-11", "2025-10-11", follows=5)
    entries = [off("mid-autumn", "2025-10-01", "2025-10-08"), friday, rule("mid-autumn", working_days=3)]
    assert counted(campus(), entries)[1].derived == date(2025, 10, 11)


@pytest.mark.parametrize(
    ("off_days", "worked", "anchor", "count", "wanted"),
    [
        # 3 January 2025 was off and Sunday the 5th worked in its place.
        (
            ["2025-01-01", "2025-01-02", "2025-01-03", "2025-01-07"],
            "2025-01-05",
            "2024-12-31",
            2,
            "2025-01-06",
        ),
        # 10 May 2024 was off and Saturday the 4th worked in its place.
        (
            ["2024-05-01", "2024-05-07", "2024-05-09", "2024-05-10"],
            "2024-05-04",
            "2024-05-03",
            1,
            "2024-05-04",
        ),
    ],
)
def test_kazakhstans_own_moved_days(
    off_days: list[str], worked: str, anchor: str, count: int, wanted: str
) -> None:
    entries = [
        *(off(f"off-{number}", day) for number, day in enumerate(off_days)),
        entry("exam", anchor, anchor),
        rule("exam", working_days=count),
    ]
    _, found = counted(campus(), entries, worked=(date.fromisoformat(worked),))
    assert found.derived == date.fromisoformat(wanted)


def test_days_off_of_one_school_count_for_that_school_alone() -> None:
    university = campus(edinburgh=school(), dubai=school(), malaysia=school())
    entries = [
        entry("teaching", "2025-09-15", "2025-11-28"),
        off("st-andrew", "2025-12-01", schools=("edinburgh",)),
        off("national-day", "2025-12-02", "2025-12-03", schools=("dubai",)),
        rule("teaching", working_days=5),
    ]
    _, found = counted(university, entries)
    assert days_of(found.milestones, "edinburgh", "dubai", "malaysia", None) == [
        "2025-12-08",
        "2025-12-09",
        "2025-12-05",
        "2025-12-05",
    ]


def test_an_entry_in_an_anchors_place_is_counted_from_by_those_it_is_for() -> None:
    university = campus(edinburgh=school(), malaysia=school())
    entries = [
        entry("teaching", "2025-09-15", "2025-11-28"),
        entry("teaching-malaysia", "2025-09-22", "2025-12-05", schools=("malaysia",), replaces="teaching"),
        rule("teaching", working_days=5),
    ]
    made, found = counted(university, entries)
    assert days_of(found.milestones, "edinburgh", "malaysia") == ["2025-12-05", "2025-12-12"]
    assert {one.anchor for one in found.milestones if one.concerns("malaysia")} == {"teaching-malaysia"}
    whole: CanonicalCalendar = calendar(years=(made,))
    own = next(one for one in made.entries if one.id == "teaching-malaysia")
    assert [one.id for one in rules_told(whole, own, target(school="malaysia"))] == ["rule"]


def test_exams_of_one_school_keep_the_three_rules_that_count_from_exams() -> None:
    shipped = load_calendar(None)[0]
    before = shipped.years["2025-2026"]
    general = next(one for one in before.entries if one.id == "exams-autumn")
    days = Days.inclusive(date(2025, 12, 15), date(2026, 1, 10))
    own = replace(general, id="exams-autumn-law", schools=("law",), replaces="exams-autumn", days=days)
    made = replace(before, entries=(*before.entries, own))
    done = with_milestones(made, [made], shipped.university)
    whole = replace(shipped, years={"2025-2026": done})
    course = target(
        place="course", kind="canvas", school="law", languages=("en",), terms=frozenset({"autumn"})
    )
    rules = [rule for rule in rules_told(whole, own, course) if rule.id in THREE]
    assert [rule.id for rule in rules] == THREE
    results = [str(one.day) for one in rules[0].milestones if one.concerns("law")]
    assert results[0] == "2026-01-16"


def test_a_school_with_a_week_of_its_own_is_counted_by_it() -> None:
    university = campus(dubai=school(working_week=frozenset({7, 1, 2, 3, 4})), leeds=school())
    entries = [entry("exam", "2025-10-16", "2025-10-16"), rule("exam", working_days=1)]
    _, found = counted(university, entries)
    assert days_of(found.milestones, "dubai", "leeds") == ["2025-10-19", "2025-10-17"]


PERIOD = Days.inclusive(date(2025, 9, 1), date(2025, 12, 12))


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        ({"working_days": -5, "from_first": True}, "2025-08-25"),
        ({"offset": Offset(unit=Unit.DAYS, count=14), "from_first": True}, "2025-09-15"),
        ({"offset": Offset(unit=Unit.DAYS, count=-1)}, "2025-12-11"),
        ({"offset": Offset(unit=Unit.WEEKS, count=2), "from_first": True}, "2025-09-15"),
        ({"offset": Offset(unit=Unit.WEEKDAY, count=-1, weekday=1), "from_first": True}, "2025-08-25"),
        ({"offset": Offset(unit=Unit.WEEKDAY, count=1, weekday=5)}, "2025-12-19"),
        ({"offset": Offset(unit=Unit.WEEKDAY, count=2, weekday=3)}, "2025-12-24"),
        ({"offset": Offset(unit=Unit.TEACHING_WEEK, count=3)}, "2025-09-19"),
        ({"offset": Offset(unit=Unit.TEACHING_WEEK, count=3, weekday=1)}, "2025-09-15"),
        ({"offset": Offset(unit=Unit.TEACHING_WEEK, count=-1)}, "2025-12-12"),
    ],
)
def test_what_a_step_can_count(step: dict[str, Any], wanted: str) -> None:
    entries = [entry("teaching", "2025-09-01", "2025-12-12"), rule("teaching", **step)]
    _, found = counted(campus(), entries)
    assert (found.derived, found.milestones[0].is_plain) == (date.fromisoformat(wanted), True)


def test_a_week_that_is_off_is_no_teaching_week() -> None:
    entries = [
        entry("teaching", "2025-09-01", "2025-12-12"),
        off("reading-week", "2025-09-08", "2025-09-12"),
        rule("teaching", offset=Offset(unit=Unit.TEACHING_WEEK, count=2, weekday=1)),
    ]
    assert counted(campus(), entries)[1].derived == date(2025, 9, 15)
    assert timedelta(weeks=2) == date(2025, 9, 15) - date(2025, 9, 1)
