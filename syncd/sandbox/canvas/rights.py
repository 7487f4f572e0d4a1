"""Who may do what: account roles, enrolments, course states.

Answers yes or no; turning no into the right refusal is the endpoint's work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncd.sandbox.canvas.contexts import context_of
from syncd.sandbox.canvas.model import WRITING_ROLES, Account, Course, User

if TYPE_CHECKING:
    from syncd.sandbox.canvas.contexts import Place
    from syncd.sandbox.canvas.model import Event
    from syncd.sandbox.canvas.world import World


def has_right(world: World, user: User, account_id: int, right: str) -> bool:
    """Whether a role of the person in the account or above grants the right."""
    return any(right in user.roles.get(account.id, ()) for account in world.account_path(account_id))


def is_admin_of(world: World, user: User, account_id: int) -> bool:
    """Whether the person has any role in the account or above."""
    return any(account.id in user.roles for account in world.account_path(account_id))


def may_read_course(world: World, user: User, course: Course) -> bool:
    """`read` on a course: from read_course_content, or an enrolment that the state lets see it."""
    if course.state == "deleted":
        return world.switches.deleted_courses_readable and has_right(
            world, user, course.account_id, "read_course_content"
        )
    if has_right(world, user, course.account_id, "read_course_content"):
        return True
    role = user.enrolments.get(course.id)
    return role is not None and (role in WRITING_ROLES or course.state in ("available", "completed"))


def may_write_course(world: World, user: User, course: Course) -> bool:
    """`manage_calendar` on a course; people enrolled in it lose it when the course is completed."""
    if has_right(world, user, course.account_id, "manage_calendar"):
        return True
    if course.state == "completed" and not world.switches.teachers_write_completed:
        return False
    return user.enrolments.get(course.id) in WRITING_ROLES


def is_associated(world: World, user: User, account: Account) -> bool:
    """Whether an account's calendar concerns the person: a role there, or a course in or below it."""
    if is_admin_of(world, user, account.id):
        return True
    inside = world.accounts_below(account.id)
    return any(world.courses[course_id].account_id in inside for course_id in user.enrolments)


def may_read_account_calendar(world: World, user: User, account: Account) -> bool:
    """Visible to whoever is associated; hidden ones to those who write or show them."""
    keys = ("manage_account_calendar_events", "manage_account_calendar_visibility")
    if any(has_right(world, user, account.id, key) for key in keys):
        return True
    return account.calendar_visible and is_associated(world, user, account)


def may_read(world: World, user: User, place: Place) -> bool:
    """`read` on any context."""
    if isinstance(place, Course):
        return may_read_course(world, user, place)
    if isinstance(place, Account):
        return may_read_account_calendar(world, user, place)
    if isinstance(place, User):
        return place.id == user.id
    return may_read_course(world, user, world.courses[place.course_id])


def may_write(world: World, user: User, place: Place) -> bool:
    """Whether the person may create events in any context."""
    if isinstance(place, Course):
        return may_write_course(world, user, place)
    if isinstance(place, Account):
        return has_right(world, user, place.id, "manage_account_calendar_events")
    if isinstance(place, User):
        return place.id == user.id
    return may_write_course(world, user, world.courses[place.course_id])


def may_change(world: World, user: User, event: Event) -> bool:
    """Update or delete: the context's permission, and the event neither deleted nor locked."""
    place = context_of(world, event.context)
    return event.state == "active" and place is not None and may_write(world, user, place)
