"""Who may write where, and who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from syncd.sandbox.canvas.model import CourseState
    from tests.sandbox.canvas.conftest import Site

TODAY = "2026-09-07T09:00:00+05:00"


def test_reading_needs_read_course_content_and_writing_manage_calendar(site: Site) -> None:
    clerk = site.world.add_user("Clerk")
    site.world.add_token(clerk, "clerk")
    site.world.grant(clerk, {"manage_calendar"})
    assert site.rows("course_101", token="clerk").status_code == 403
    assert site.create(token="clerk", title="x").status_code == 201
    site.world.grant(clerk, {"read_course_content"})
    assert site.rows("course_101", token="clerk").status_code == 200
    assert site.create(token="clerk", title="x").status_code == 403


def test_a_role_in_a_sub_account_holds_below_it_and_nowhere_else(site: Site) -> None:
    school = site.world.add_account("School")
    below = site.world.add_account("Below", parent=school)
    site.world.add_course("Inside", number=301, account=below)
    dean = site.world.add_admin("Dean", account=school)
    site.world.add_token(dean, "dean")
    assert site.create("course_301", token="dean", title="x").status_code == 201
    assert site.create("course_101", token="dean", title="x").status_code == 403


def test_a_teacher_writes_in_the_own_course_until_it_is_completed(site: Site) -> None:
    teacher = site.world.add_user("Teacher")
    site.world.enrol(teacher, site.law)
    site.world.add_token(teacher, "teacher")
    assert site.create(token="teacher", title="x").status_code == 201
    assert site.create("course_102", token="teacher", title="x").status_code == 403
    site.world.set_course_state(101, "completed")
    assert site.create(token="teacher", title="x").status_code == 403
    assert site.create(title="x").status_code == 201


def test_a_student_reads_published_courses_and_writes_nowhere(site: Site) -> None:
    student = site.world.add_user("Student")
    site.world.enrol(student, site.law, "StudentEnrollment")
    site.world.add_token(student, "student")
    assert site.rows("course_101", token="student").status_code == 200
    assert site.create(token="student", title="x").status_code == 403
    site.world.set_course_state(101, "claimed")
    assert site.rows("course_101", token="student").status_code == 403


@pytest.mark.parametrize(
    ("state", "status", "mails"),
    [
        ("created", 201, 0),
        ("claimed", 201, 0),
        ("available", 201, 1),
        ("completed", 201, 0),
        ("deleted", 400, 0),
    ],
)
def test_only_an_available_course_tells_its_people_about_a_new_event(
    site: Site, state: CourseState, status: int, mails: int
) -> None:
    site.world.set_course_state(101, state)
    assert site.create(title="x", start_at=TODAY).status_code == status
    assert site.world.mail.count(101, "New Event Created") == mails


def test_a_date_change_is_told_and_changes_of_text_and_deletes_are_not(site: Site) -> None:
    made = site.made(title="x", start_at=TODAY)
    site.update(made["id"], title="y", description="<p>z</p>", location_name="Hall")
    assert site.world.mail.count(101) == 1
    site.update(made["id"], start_at="2026-09-08T09:00:00+05:00", end_at="2026-09-08T09:00:00+05:00")
    assert site.world.mail.count(101, "Event Date Changed") == 1
    site.delete(made["id"])
    assert site.world.mail.count(101) == 2


def test_dates_sent_again_unchanged_are_not_told(site: Site) -> None:
    made = site.made(title="x", start_at=TODAY)
    site.update(made["id"], start_at=TODAY, end_at=TODAY)
    assert site.world.mail.count(101, "Event Date Changed") == 0


def test_messages_count_students_observers_and_staff_but_not_who_acts(site: Site) -> None:
    teacher = site.world.add_user("Teacher")
    site.world.enrol(teacher, site.law)
    site.world.add_token(teacher, "teacher")
    site.law.observers = 4
    site.made(title="by the admin")
    assert site.world.mail.messages(101) == 30 + 4 + 1
    site.world.mail.forget()
    site.create(token="teacher", title="by the teacher")
    assert site.world.mail.messages(101) == 30 + 4


def test_account_events_tell_nobody(site: Site) -> None:
    site.made("account_1", title="x", start_at=TODAY)
    assert site.world.mail.count() == 0


def test_the_outbox_can_be_read_and_emptied_from_outside(site: Site) -> None:
    site.made(title="x", start_at=TODAY)
    url = f"{site.base}/_sandbox/canvas/mail"
    told = site.session.get(url, timeout=10).json()
    assert told["messages"] == 30
    assert told["mails"][0]["notice"] == "New Event Created"
    site.session.delete(url, timeout=10)
    assert site.world.mail.count() == 0
