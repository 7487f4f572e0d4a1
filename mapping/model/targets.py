"""Targets and contexts: which remote calendars there are, and what each may show and do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mapping.model.kinds import Shape
from mapping.model.quick import quickly_made


class Drift(StrEnum):
    """What to do where a person changed one of our events."""

    REPAIR = "repair"
    REPORT = "report"
    KEEP = "keep"


class Copies(StrEnum):
    """What to do with copies of our events that a course import made."""

    ADOPT = "adopt"
    REMOVE = "remove"
    REPORT = "report"


class Past(StrEnum):
    """Whether events whose last day lies before today are still touched."""

    KEEP = "keep"
    SYNC = "sync"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFilter:
    """Narrows discovered courses: shell-style patterns; empty means no condition; all given must match."""

    sis_id: str = ""
    code: str = ""
    name: str = ""
    sub_account: str = ""
    course: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A line of the targets file: which contexts, and which entries they show."""

    name: str
    kind: str
    place: str
    """Row of the routing table: ``course``, ``school`` or the audience the target asks for."""
    languages: tuple[str, ...]
    years: tuple[str, ...] = ()
    """Academic years shown; empty means every year in the data."""
    school: str | None = None
    programmes: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    calendar_id: str = ""
    account: str = ""
    enrollment_terms: tuple[str, ...] = ()
    courses: tuple[int, ...] = ()
    account_calendars: tuple[str, ...] = ()
    include: frozenset[str] = frozenset()
    """Categories or entry ids shown besides the routing table."""
    exclude: frozenset[str] = frozenset()
    course_include: tuple[CourseFilter, ...] = ()
    course_except: tuple[CourseFilter, ...] = ()
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    drift: Drift = Drift.REPAIR
    respect_deletions: bool = False
    copies: Copies = Copies.ADOPT
    past: Past = Past.KEEP
    colours: bool = True
    timezone: str = ""
    """IANA name of the zone in which its days begin: its own, its school's or the targets file's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The targets file. ``owner`` goes into every marker; ``timezone`` is an IANA name."""

    owner: str
    timezone: str
    targets: tuple[Target, ...]


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One remote calendar: ``course_101``, ``account_7`` or a Google calendar id."""

    id: str
    kind: str
    target: str
    name: str = ""
    students: int = 0
    """total_students; 0 where unknown or where nobody is told."""
    published: bool = False
    """True where creates and date changes may notify the participants."""
    created: str = ""
    """When the course was created, ISO date in UTC, '' where unknown."""
    failing: bool = False
    """Its last read failed: a hint for whoever packs reads together."""
    expected_events: int = 0
    """Events seen at the last look, a hint for packing reads; 0 = unknown."""
