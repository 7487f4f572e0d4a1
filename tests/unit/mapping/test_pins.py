"""Pins: what the shipped calendar shows in real courses and school calendars, worked out by hand."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from mapping.desired import desired_events, drawing_for
from mapping.identity import day_words
from mapping.model import CanonicalCalendar, DesiredEvent, Kind, Target
from mapping.routing import routed
from mapping.text.phrases import is_fixed_line
from mapping.text.typography import plain
from syncd.source.folder import load_calendar

TODAY = date(2025, 9, 1)
YEAR = "2025-2026"
Pinned = dict[str, str]

AUTUMN: Pinned = {
    "re-registration-autumn:main": "2025-09-13",
    "classes-begin-autumn:main": "2025-09-02",
    "classes-end-autumn:main": "2025-12-13",
    "project-defence-autumn:main": "2025-12-08..2025-12-13",
    "exams-autumn:opening": "2025-12-15",
    "exams-autumn:main": "2025-12-30",
    "fx-retake-autumn:main": "2026-01-12..2026-01-23",
    "republic-day:main": "2025-10-25",
    "republic-day-transfer:main": "2025-10-27",
    "independence-day:main": "2025-12-16",
}
SPRING: Pinned = {
    "re-registration-spring:main": "2026-01-31",
    "classes-begin-spring:main": "2026-01-19",
    "classes-end-spring:main": "2026-05-02",
    "project-defence-spring:main": "2026-04-27..2026-05-02",
    "exams-spring:opening": "2026-05-04",
    "exams-spring:main": "2026-05-23",
    "fx-retake-spring:main": "2026-08-03..2026-08-07",
    "womens-day:main": "2026-03-08",
    "womens-day-transfer:main": "2026-03-09",
    "nauryz:main": "2026-03-21..2026-03-23",
    "nauryz-transfer:main": "2026-03-24..2026-03-25",
    "unity-day:main": "2026-05-01",
    "defender-day:main": "2026-05-07",
    "victory-day:main": "2026-05-09",
    "victory-day-transfer:main": "2026-05-11",
}
# Five days: one span, in place of the common period's beginning and end.
GRADUATING: Pinned = {key: when for key, when in SPRING.items() if not key.startswith("exams-spring")} | {
    "exams-graduating-spring:main": "2026-05-04..2026-05-08"
}
WINTER: Pinned = {
    "teaching-winter:main": "2026-01-05..2026-01-16",
    "orthodox-christmas:main": "2026-01-07",
}
SUMMER: Pinned = {
    "teaching-summer:opening": "2026-06-08",
    "teaching-summer:main": "2026-08-01",
    "astana-day:main": "2026-07-06",
}
TRIMESTER_I: Pinned = {
    "re-registration-i:main": "2025-09-13",
    "classes-begin-i:main": "2025-09-02",
    "classes-end-i:main": "2025-11-09",
    "final-assignments-i:main": "2025-11-04..2025-11-09",
    "exams-i:main": "2025-11-11..2025-11-16",
    "fx-retake-i:main": "2025-11-25..2025-12-07",
    "republic-day:main": "2025-10-25",
    "republic-day-transfer:main": "2025-10-27",
}
TRIMESTER_II: Pinned = {
    "re-registration-ii:main": "2025-12-08",
    "classes-begin-ii:main": "2025-12-02",
    "classes-end-ii:main": "2026-02-15",
    "final-assignments-ii:main": "2026-02-10..2026-02-15",
    "exams-ii:main": "2026-02-17..2026-02-22",
    "fx-retake-ii:main": "2026-03-03..2026-03-15",
    "independence-day:main": "2025-12-16",
    "new-year:main": "2026-01-01..2026-01-02",
    "orthodox-christmas:main": "2026-01-07",
}
TRIMESTER_III: Pinned = {
    "re-registration-iii:main": "2026-03-16",
    "classes-begin-iii:main": "2026-03-10",
    "classes-end-iii:main": "2026-05-17",
    "final-assignments-iii:main": "2026-05-12..2026-05-17",
    "exams-iii:main": "2026-05-19..2026-05-24",
    "fx-retake-iii:main": "2026-08-04..2026-08-08",
    "nauryz:main": "2026-03-21..2026-03-23",
    "nauryz-transfer:main": "2026-03-24..2026-03-25",
    "unity-day:main": "2026-05-01",
    "defender-day:main": "2026-05-07",
    "victory-day:main": "2026-05-09",
    "victory-day-transfer:main": "2026-05-11",
}
TRIMESTER_SUMMER: Pinned = {
    "teaching-summer-trimester:opening": "2026-06-08",
    "teaching-summer-trimester:main": "2026-08-01",
    "astana-day:main": "2026-07-06",
}

DAYS_OFF = {
    "republic-day", "new-year", "womens-day", "nauryz", "unity-day", "defender-day", "victory-day",
    "astana-day", "constitution-day", "independence-day",
    "constitution-day-transfer", "republic-day-transfer", "womens-day-transfer", "nauryz-transfer",
    "victory-day-transfer", "orthodox-christmas", "kurban-ait",
}  # fmt: skip
SEMESTERS = {
    "registration-autumn", "registration-autumn-year-1", "re-registration-autumn", "registration-spring",
    "re-registration-spring", "reduced-load-application-autumn", "reduced-load-application-spring",
    "classes-begin-autumn", "classes-begin-spring", "classes-end-autumn", "classes-end-spring",
    "survey-teaching-autumn", "survey-teaching-spring", "survey-satisfaction-spring",
    "project-defence-autumn", "project-defence-spring", "exams-autumn", "exams-spring",
    "fx-retake-autumn", "fx-retake-spring", "registration-winter", "registration-summer",
    "teaching-winter", "teaching-summer", "attestation-application-earlier-cohorts-autumn",
    "attestation-application-earlier-cohorts-spring", "state-exams-earlier-cohorts-autumn",
    "graduation-autumn", "graduation-spring", "break-winter", "break-summer",
}  # fmt: skip
OF_A_SCHOOL = (
    "thesis-topics", "thesis-consultations", "thesis-preparation", "review-lectures", "pre-defence-spring",
    "state-exams-spring",
)  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> CanonicalCalendar:
    return load_calendar(None)[0]


def course(school: str, programme: str, term: str, *include: str) -> Target:
    return Target(
        name="pinned",
        kind="canvas",
        place="course",
        languages=("en",),
        years=(YEAR,),
        school=school,
        programmes=(programme,),
        terms=(term,),
        include=frozenset(include),
    )


def school_calendar(school: str, *programmes: str, **given: Any) -> Target:
    values: dict[str, Any] = {"place": "school", "languages": ("kk", "ru", "en")}
    return Target(name="pinned", kind="google", school=school, programmes=programmes, **(values | given))


def desired(calendar: CanonicalCalendar, target: Target) -> Mapping[str, DesiredEvent]:
    return desired_events(calendar, target, drawing_for(target), TODAY)


def pinned(calendar: CanonicalCalendar, target: Target) -> Pinned:
    return {
        key.removeprefix(f"{YEAR}:"): day_words(one.days) for key, one in desired(calendar, target).items()
    }


@pytest.mark.parametrize(
    ("target", "events", "count"),
    [
        (course("law", "semester", "autumn"), AUTUMN, 10),
        (course("law", "semester", "spring"), SPRING, 15),
        (course("law", "semester", "spring", "exams-graduating-spring"), GRADUATING, 14),
        (course("law", "semester", "winter"), WINTER, 2),
        (course("economics", "semester", "summer"), SUMMER, 3),
        (course("journalism", "trimester", "I"), TRIMESTER_I, 8),
        (course("journalism", "trimester", "II"), TRIMESTER_II, 9),
        (course("journalism", "trimester", "III"), TRIMESTER_III, 12),
        (course("journalism", "trimester", "summer"), TRIMESTER_SUMMER, 3),
    ],
    ids=lambda value: f"{value.programmes[0]}-{value.terms[0]}" if isinstance(value, Target) else "",
)
def test_a_course_holds_exactly_these_events(
    shipped: CanonicalCalendar, target: Target, events: Pinned, count: int
) -> None:
    assert pinned(shipped, target) == events
    assert len(events) == count


def test_a_course_reads_the_lead_first(shipped: CanonicalCalendar) -> None:
    titles = {
        key.split(":", 1)[1]: one.title
        for key, one in desired(shipped, course("law", "semester", "autumn")).items()
    }
    assert titles["re-registration-autumn:main"].startswith("Last day: ")
    assert titles["exams-autumn:opening"].startswith("Begins: ")
    assert titles["exams-autumn:main"].startswith("Ends: ")
    assert not titles["fx-retake-autumn:main"].startswith(("Begins", "Ends", "Opens", "Last"))


def test_an_exam_period_tells_when_results_and_appeals_are_due_at_the_latest(
    shipped: CanonicalCalendar,
) -> None:
    body = desired(shipped, course("law", "semester", "autumn"))[f"{YEAR}:exams-autumn:main"].body
    said = plain(body)
    assert "within 5 working days after the exam (counted from 30 December: 9 January at the latest)" in said
    assert (
        "within 10 working days after the exam (counted from 30 December: 16 January at the latest)" in said
    )
    latest, papers = "that is on the last possible day, 9 January", "50 or more papers"
    assert (
        f"next working day after your grade is published (12 January if {latest}; {papers}: 19 January)"
        in said
    )
    assert (
        f"3 working days after your grade is published (14 January if {latest}; {papers}: 21 January)" in said
    )
    decided = "within 5 working days after the appeal is submitted (19 January if"
    assert f"{decided} that is on the last possible day, 12 January; {papers}: 26 January)" in said


def test_graduating_students_are_told_the_dates_of_their_own_exams(shipped: CanonicalCalendar) -> None:
    target = course("law", "semester", "spring", "exams-graduating-spring")
    body = desired(shipped, target)[f"{YEAR}:exams-graduating-spring:main"].body
    assert "counted from 8 May: 18 May at the latest" in plain(body)
    assert "23 May" not in body


@pytest.mark.parametrize(
    ("school", "more"),
    [
        ("law", {"exams-graduating-spring"}),
        ("humanities", {"exams-graduating-spring"}),
        ("economics", {"pre-defence-autumn-economics"}),
        ("journalism", set()),
    ],
)
def test_a_schools_calendar_holds_everything_for_its_students_and_teachers(
    shipped: CanonicalCalendar, school: str, more: set[str]
) -> None:
    own = {f"{row}-{school}" for row in OF_A_SCHOOL}
    shown = {one.entry.id for one in routed(shipped, school_calendar(school, "semester"))}
    assert shown == DAYS_OFF | SEMESTERS | own | more


def test_journalisms_calendar_holds_the_trimesters_beside_the_semesters(shipped: CanonicalCalendar) -> None:
    shown = [one.entry for one in routed(shipped, school_calendar("journalism"))]
    trimesters = [one for one in shown if one.programme == "trimester"]
    # 53 rows of the annex, 15 of them rules and 3 for offices.
    assert len(trimesters) == 35
    assert {one.kind for one in trimesters}.isdisjoint({Kind.RULE})
    assert {one.id for one in shown if one.programme == "semester"} >= SEMESTERS
    assert {one.id for one in shown if one.programme is None} == DAYS_OFF


def test_an_office_calendar_holds_the_office_rows_and_nothing_else(shipped: CanonicalCalendar) -> None:
    target = school_calendar("law", place="office")
    assert {one.entry.id for one in routed(shipped, target)} == {
        "study-plan-approval-autumn",
        "study-plan-approval-spring",
        "attestation-documents-spring",
    }


@pytest.mark.parametrize("school", ["law", "economics", "humanities", "journalism"])
def test_a_school_sees_banners_and_never_the_umbrella_of_its_state_exams(
    shipped: CanonicalCalendar, school: str
) -> None:
    events = desired(shipped, school_calendar(school))
    assert f"{YEAR}:exams-autumn:opening" not in events
    assert day_words(events[f"{YEAR}:exams-autumn:main"].days) == "2025-12-15..2025-12-30"
    assert f"{YEAR}:state-exams-spring:main" not in events
    assert events[f"{YEAR}:graduation-spring:main"].days.count == 4


def test_every_description_fits_and_ends_with_the_fixed_line(shipped: CanonicalCalendar) -> None:
    for school in shipped.university.schools:
        for event in desired(shipped, school_calendar(school)).values():
            assert len(event.body) <= 7_500, event.key
            assert is_fixed_line(event.body.split("\n")[-1]), event.key
            assert len(event.title) <= 90, event.key


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_no_piece_of_a_description_is_empty_in_any_language(
    shipped: CanonicalCalendar, language: str
) -> None:
    for event in desired(shipped, school_calendar("journalism", languages=(language,))).values():
        assert not any(line.endswith(":") and line.count(" ") == 0 for line in event.body.split("\n")), (
            event.key
        )
        assert "{" not in event.body, event.key
        assert "; ;" not in event.body, event.key
