"""A small university for the demo and for acceptance tests: four schools, two terms, some odd courses."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from syncd.sandbox.canvas.zones import day_end, day_start

if TYPE_CHECKING:
    from syncd.sandbox.canvas.world import World

CAMPUS_ZONE = "Asia/Almaty"
ADMIN_TOKEN = "admin-token"  # noqa: S105 - opens nothing but the sandbox
TEACHER_TOKEN = "teacher-token"  # noqa: S105 - opens nothing but the sandbox

SCHOOLS = {
    "ECON": "International School of Economics",
    "LAW": "MNU Law School",
    "HUM": "School of Liberal Arts",
    "JOUR": "International School of Journalism",
}
TERMS = {
    "2025A": ("Autumn 2025", date(2025, 9, 2), date(2025, 12, 31)),
    "2026S": ("Spring 2026", date(2026, 1, 19), date(2026, 5, 31)),
}
COURSES = (
    # number, school, term, code, name, students
    (101, "LAW", "2025A", "LAW1101", "Theory of State and Law", 120),
    (102, "LAW", "2025A", "LAW2104", "Constitutional Law", 64),
    (103, "LAW", "2026S", "LAW2203", "Criminal Law", 58),
    (201, "ECON", "2025A", "ECO1101", "Introduction to Economics", 96),
    (202, "ECON", "2025A", "FIN2101", "Corporate Finance", 41),
    (203, "ECON", "2026S", "ECO1202", "Macroeconomics", 88),
    (301, "HUM", "2025A", "HUM1101", "Academic Writing", 75),
    (302, "HUM", "2026S", "PSY1201", "Introduction to Psychology", 33),
    (303, "HUM", "2026S", "HIS1201", "World History", 52),
    (401, "JOUR", "2025A", "JOU1101", "News Reporting", 27),
    (402, "JOUR", "2025A", "JOU2103", "Media Law and Ethics", 25),
    (403, "JOUR", "2026S", "JOU1202", "Data Journalism", 22),
)
MASTERS_COURSE = 151
UNPUBLISHED_COURSE = 104
BLUEPRINT_COURSE = 190
COMPLETED_COURSE = 191
DELETED_COURSE = 192


def seed_university(world: World) -> World:
    """Fill an empty world; the answer is the same world.

    Accounts have SIS ids ECON LAW HUM JOUR, terms 2025A and 2026S, courses their code and term. Tokens:
    `admin-token` with all rights, `teacher-token` of somebody who teaches courses 101 and 102.
    """
    world.root.name, world.root.sis_id, world.root.default_zone = "MNU", "MNU", CAMPUS_ZONE
    zone = ZoneInfo(CAMPUS_ZONE)
    accounts = {sis: world.add_account(name, sis_id=sis) for sis, name in SCHOOLS.items()}
    terms = {
        sis: world.add_term(name, sis_id=sis, start_at=day_start(first, zone), end_at=day_end(last, zone))
        for sis, (name, first, last) in TERMS.items()
    }
    for number, school, term, code, name, students in COURSES:
        world.add_course(
            name,
            number=number,
            account=accounts[school],
            term=terms[term],
            code=code,
            sis_id=f"{code}-{term}",
            students=students,
        )
    masters = world.add_account("Master's programmes", parent=accounts["LAW"], sis_id="LAW-MA")
    autumn = terms["2025A"]
    world.add_course(
        "Legal Research (master's)",
        number=MASTERS_COURSE,
        account=masters,
        term=autumn,
        code="LAW6101",
        sis_id="LAW6101-2025A",
        students=14,
    )
    odd = (
        (UNPUBLISHED_COURSE, "Roman Law", "LAW1105", {"state": "claimed", "students": 47}),
        (BLUEPRINT_COURSE, "Course template", "LAW0001", {"blueprint": True}),
        (COMPLETED_COURSE, "Legal English", "LAW1109", {"state": "completed", "students": 30}),
        (DELETED_COURSE, "Cancelled elective", "LAW3199", {"state": "deleted"}),
    )
    for number, name, code, fields in odd:
        world.add_course(
            name,
            number=number,
            account=accounts["LAW"],
            term=autumn,
            code=code,
            sis_id=f"{code}-2025A",
            **fields,
        )
    world.add_token(world.add_admin("Calendar service", time_zone=CAMPUS_ZONE), ADMIN_TOKEN)
    teacher = world.add_user("Course teacher", time_zone=CAMPUS_ZONE, locale="ru")
    world.enrol(teacher, world.courses[101])
    world.enrol(teacher, world.courses[102])
    world.add_token(teacher, TEACHER_TOKEN)
    return world
