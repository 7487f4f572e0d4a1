"""What exists in a simulated Canvas: accounts, terms, courses, people, tokens and events, as stored rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from syncd.sandbox.canvas.dates import UNSAVED, Dates

if TYPE_CHECKING:
    from datetime import datetime

CourseState = Literal["created", "claimed", "available", "completed", "deleted"]
"""As stored; the JSON shows the first two as unpublished."""

TokenState = Literal["valid", "revoked", "expired"]

ALL_RIGHTS = frozenset(
    {
        "become_user",
        "manage_account_calendar_events",
        "manage_account_calendar_visibility",
        "manage_account_settings",
        "manage_calendar",
        "read_course_content",
        "read_course_list",
        "read_sis",
    }
)
"""Account rights the simulator knows; an account administrator has them all."""

WRITING_ROLES = frozenset({"TeacherEnrollment", "TaEnrollment", "DesignerEnrollment"})
"""Enrolments that may write a course's calendar."""


@dataclass(slots=True, kw_only=True)
class User:
    """A person. `time_zone` and `locale` None: the root account's."""

    id: int
    name: str
    login_id: str
    time_zone: str | None = None
    locale: str | None = None
    sis_user_id: str | None = None
    roles: dict[int, frozenset[str]] = field(default_factory=dict)
    """Rights by account id; they hold in all accounts below."""
    enrolments: dict[int, str] = field(default_factory=dict)
    """Enrolment type by course id."""


@dataclass(slots=True, kw_only=True)
class Token:
    """An access token. `scopes` None: unscoped, everything its user may; else `url:GET|/api/v1/...`."""

    secret: str
    user_id: int
    state: TokenState = "valid"
    expires_at: datetime | None = None
    scopes: frozenset[str] | None = None


@dataclass(slots=True, kw_only=True)
class Account:
    """A node of the account tree, and its account calendar."""

    id: int
    name: str
    parent_id: int | None
    root_id: int
    sis_id: str | None = None
    default_zone: str = "America/Denver"
    calendar_visible: bool = False
    auto_subscribe: bool = False
    state: Literal["active", "deleted"] = "active"


@dataclass(slots=True, kw_only=True)
class Term:
    """An enrolment term of a root account; dates may be missing."""

    id: int
    name: str
    root_id: int
    sis_id: str | None = None
    start_at: datetime | None = None
    end_at: datetime | None = None
    state: Literal["active", "deleted"] = "active"
    created_at: datetime


@dataclass(slots=True, kw_only=True)
class Course:
    """A course. `students` counts the student enrolments, `observers` those who watch; staff are users."""

    id: int
    name: str
    code: str
    account_id: int
    term_id: int
    state: CourseState = "available"
    sis_id: str | None = None
    integration_id: str | None = None
    students: int = 0
    observers: int = 0
    start_at: datetime | None = None
    end_at: datetime | None = None
    public: bool = False
    blueprint: bool = False
    blueprint_id: int | None = None
    """The blueprint course this one is associated with."""
    created_at: datetime

    @property
    def shown_state(self) -> str:
        """The state as the JSON names it."""
        return "unpublished" if self.state in ("created", "claimed") else self.state


@dataclass(slots=True, kw_only=True)
class Section:
    """A section of a course; events per section hang below an event of the course."""

    id: int
    course_id: int
    name: str
    sis_id: str | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Event:
    """A calendar event as stored. `description` is sanitised and relative; `zone` is time_zone_edited."""

    id: int
    context: str
    title: str = ""
    description: str | None = None
    dates: Dates = UNSAVED
    state: Literal["active", "locked", "deleted"] = "active"
    zone: str | None = None
    location_name: str | None = None
    location_address: str | None = None
    comments: str | None = None
    series_uuid: str | None = None
    rrule: str | None = None
    blackout_date: bool = False
    important_dates: bool = False
    parent_id: int | None = None
    effective_context: str | None = None
    """The course of a section's child event."""
    children: list[int] = field(default_factory=list)
    appointment_group_id: int | None = None
    migration_id: str | None = None
    """What a course import matches on."""
    timetable_code: str | None = None
    cancel_reason: str | None = None
    created_at: datetime
    updated_at: datetime
    rendered: dict[tuple[object, ...], bytes] = field(default_factory=dict)
    """Encoded JSON by viewpoint; emptied by every change."""

    @property
    def listed_under(self) -> str:
        """The context in whose list the event appears."""
        return self.effective_context or self.context

    @property
    def hidden(self) -> bool:
        """Shown through its children instead."""
        return bool(self.children)
