"""The values everybody shares: calendar entry, target, desired and observed event, change, plan.

Frozen values and nothing else: no parsing, no decision, no file, no clock. Windows are half-open
from here on (``Days.end`` is the day after the last); only the YAML and the reports are inclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

Localised = Mapping[str, str]
"""Language code to text. Read it with `University.say`, which knows the declared fallbacks."""


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """Whole days at the campus: ``start`` is the first, ``end`` the day after the last."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"days end before they start: {self.start} .. {self.end}")

    @classmethod
    def inclusive(cls, first: date, last: date) -> Days:
        """Days from ``first`` to ``last``, both included."""
        return cls(first, last + timedelta(days=1))

    @property
    def last(self) -> date:
        """The last day, included."""
        return self.end - timedelta(days=1)

    @property
    def count(self) -> int:
        return (self.end - self.start).days

    def overlaps(self, other: Days) -> bool:
        return self.start < other.end and other.start < self.end


# --- the canonical calendar -----------------------------------------------------------------


class Kind(StrEnum):
    """What the approved document gives for an entry."""

    DAY = "day"
    WINDOW = "window"
    UNTIL = "until"
    RULE = "rule"


class Shape(StrEnum):
    """How an entry is drawn; `mapping.shapes` turns it into parts."""

    DAY = "day"
    PERIOD = "period"
    TASK = "task"
    BETWEEN = "between"
    UNTIL = "until"


class Part(StrEnum):
    """Which event of an entry: ``main`` is the day, the span, the last day or the end."""

    MAIN = "main"
    OPENING = "opening"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a thing stands: in a YAML file (``file``, ``line``, 1-based) or in the source text."""

    file: str
    line: int = 0
    entry: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePlace:
    """Where an entry stands in the approved document's text: 1-based lines; column 0 = merged cell."""

    lines: tuple[int, ...] = ()
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A correction made by an order after the document was approved; ``was`` are the old days."""

    on: date
    order: str
    was: Days | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStep:
    """One step of a rule: ``working_days`` after ``after`` (``anchor``, a step, or ``rule/step``)."""

    step: str
    after: str
    working_days: int
    name: Localised


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Dates given in words. Counts from the last day of each anchor; the first is the undivided group."""

    anchors: tuple[str, ...]
    steps: tuple[RuleStep, ...]
    publish: str
    """``text``: told in the anchor's description. ``date``: also an event of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOffHit:
    """A day off that a count of working days stepped over, and why it is off."""

    day: date
    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """The latest day a rule's step can fall on, for one group, and how it was counted."""

    step: str
    name: Localised
    day: date
    anchor: str
    """Id of the anchor entry whose group this is."""
    counted_from: date
    working_days: int
    skipped: tuple[DayOffHit, ...]
    """Days off stepped over, weekends not listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the canonical calendar: one dated cell of the approved document.

    ``schools`` empty means all, ``years`` empty means all, ``programme`` None means all.
    ``days`` is None for a rule, whose dates are its ``milestones``.
    """

    id: str
    year: str
    calendar: str
    ref: str
    printed: str
    section: str
    programme: str | None
    terms: tuple[str, ...]
    schools: tuple[str, ...]
    years: tuple[str, ...]
    category: str
    audience: str
    kind: Kind
    shape: Shape
    shape_given: bool
    """True where the entry itself names its shape, so that a category override does not apply."""
    days: Days | None
    title: Localised
    text: Localised
    note: Localised
    review: tuple[str, ...]
    place: SourcePlace
    replaces: str | None = None
    under: str | None = None
    reason: Localised = field(default_factory=dict)
    transfer_of: str | None = None
    amended: Amendment | None = None
    rule: Rule | None = None
    milestones: tuple[Milestone, ...] = ()
    ask: str | None = None
    """Office to ask about this entry; None: the category's."""
    annex: Localised = field(default_factory=dict)
    """The annex of the document that the entry stands in, with its restriction; empty: the main part."""

    @property
    def derived(self) -> date | None:
        """The first milestone's date: the undivided group's first step."""
        return self.milestones[0].day if self.milestones else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    name: Localised
    short: Localised = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermName:
    name: Localised
    whole_year: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    name: Localised
    terms: Mapping[str, TermName]


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category of entries. ``colour`` is Google's colorId, "1".."11"; ``ask`` an office."""

    name: Localised
    colour: str
    shapes: Mapping[str, Shape]
    ask: str
    day_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageName:
    name: str
    official: bool
    fallback: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class University:
    """Names that stand once: university, languages, programmes, schools, year groups, offices."""

    name: Localised
    short: Localised
    languages: Mapping[str, LanguageName]
    programmes: Mapping[str, Programme]
    schools: Mapping[str, Named]
    year_groups: Mapping[str, Named]
    audiences: Mapping[str, Named]
    offices: Mapping[str, Named]
    categories: Mapping[str, Category]
    country: str = ""
    """ISO 3166-1 code, only to compare the days off with a list of public holidays; '' = no comparison."""

    def say(self, text: Localised, language: str) -> str:
        """The text in that language, else in its declared fallbacks in turn, else ''."""
        spec = self.languages.get(language)
        for code in (language, *(spec.fallback if spec else ())):
            if text.get(code):
                return text[code]
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The approved document that an academic year cites."""

    title: Localised
    number: str
    approved_on: date
    body: Localised


@dataclass(frozen=True, slots=True, kw_only=True)
class AcademicYear:
    """One approved year. ``terms``: (programme, term) to its days; entries in file order."""

    name: str
    document: Document
    terms: Mapping[tuple[str, str], Days]
    entries: tuple[Entry, ...]
    working_week: frozenset[int]
    """ISO weekdays that are working days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRule:
    """Shows an entry if every given condition holds; empty means any."""

    categories: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()
    sections: frozenset[str] = frozenset()
    not_years: frozenset[str] = frozenset()
    parts: frozenset[Part] = frozenset(Part)
    within_term: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CanonicalCalendar:
    """All academic years side by side. ``digest`` changes with any byte that can be published."""

    university: University
    phrases: Mapping[str, Localised]
    routing: Mapping[str, tuple[RoutingRule, ...]]
    years: Mapping[str, AcademicYear]
    digest: str


# --- targets --------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The targets file. ``owner`` goes into every marker; ``timezone`` is an IANA name."""

    owner: str
    timezone: str
    targets: tuple[Target, ...]


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
    expected_events: int = 0
    """Events seen at the last look, a hint for packing reads; 0 = unknown."""


# --- events ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Hash of the managed fields in two halves, so that a moved copy is told from an edited one."""

    text: str
    """Title and body: 16 hex digits."""
    when: str
    """Days: 8 hex digits."""

    def __str__(self) -> str:
        return f"{self.text}-{self.when}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """What an ownership marker says."""

    owner: str
    key: str
    context: str
    fingerprint: str
    generation: int = 0
    """Google only: how often the key's id was burnt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredEvent:
    """What a context should hold under one event key. Shared by all contexts of one view.

    ``body`` is what people read above the fixed line: HTML for Canvas, plain text for Google,
    without marker. ``body_hash`` is `mapping.identity.body_hash` of its visible words.
    """

    key: str
    entry: str
    part: Part
    title: str
    body: str
    body_hash: str
    days: Days
    colour: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedEvent:
    """What a context holds: any event there, ours or not, seen in one complete read.

    A connector translates and never judges: whose event this is, `mapping.ownership` decides.
    """

    context: str
    remote_id: str
    title: str
    days: Days | None
    """The whole campus days it lies on, exactly as we would write them; None for anything else."""
    when: str
    """Its dates in words of the service, for reports and the journal."""
    last_day: date | None
    """Campus day on which it ends (to tell past from future); None if it has no date."""
    marker: Marker | None = None
    genuine: bool = False
    """The marker belongs to this very event: its context is this one (Canvas), its id is derived from it (Google)."""
    writable: bool = True
    """False for rows that can never be ours: section children, appointment slots, instances of a series."""
    body_hash: str = ""
    """Hash of the visible words above the fixed line, see `mapping.identity.body_hash`."""
    tail: str = ""
    """What people wrote below the fixed line, as stored; kept on every update."""
    version: str = ""
    """etag at Google, updated_at at Canvas."""
    body_known: bool = True
    """False where the description was not read because id and version are as last seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the state knows of one of our events: the id map's row, written after a confirmed answer or a full read."""

    key: str
    remote_id: str
    title: str
    days: Days | None
    fingerprint: str
    """As the marker says, which is what we last wrote."""
    body_hash: str = ""
    """As last observed."""
    has_tail: bool = False
    version: str = ""
    generation: int = 0


class Fate(StrEnum):
    """What became of a recorded event that a complete read did not show."""

    DELETED = "deleted"
    MOVED = "moved"
    PRESENT = "present"
    """It is there: the read was not complete after all, so nothing may be decided from it."""


# --- plan -----------------------------------------------------------------------------------


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Why(StrEnum):
    """The reason of a change, as the journal and the reports tell it."""

    FILL = "fill"
    """Not there yet."""
    EDIT = "edit"
    """The canonical calendar or the routing changed."""
    DRIFT = "drift"
    """A person changed a managed field."""
    COPY = "copy"
    """A course import left a copy: adopted or removed."""
    MARKER = "marker"
    """Ours by record, its marker was gone."""
    GONE = "gone"
    """A person deleted it and the target does not respect that."""
    ORPHAN = "orphan"
    """Ours, no longer desired."""
    OWNER = "owner"
    """Taken over from another owner name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One managed field, in words for a reader: ``title``, ``days``, ``text``, ``owner``."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One create, update or delete in one context.

    create: ``desired``; update: both; delete: ``observed``. ``fields`` is empty for create and delete.
    """

    context: str
    action: Action
    why: Why
    key: str
    desired: DesiredEvent | None = None
    observed: ObservedEvent | None = None
    fields: tuple[FieldChange, ...] = ()
    notifies: bool = False
    """True where the service may message participants: a create or a date change in a published course."""

    @property
    def title(self) -> str:
        if self.desired is not None:
            return self.desired.title
        return self.observed.title if self.observed is not None else ""

    @property
    def days(self) -> Days | None:
        if self.desired is not None:
            return self.desired.days
        return self.observed.days if self.observed is not None else None


class FindingKind(StrEnum):
    """Things a plan tells people about and does not touch."""

    DRIFT_REPORTED = "drift-reported"
    DELETION_RESPECTED = "deletion-respected"
    COPY_KEPT = "copy-kept"
    PERSONAL_COPY = "personal-copy"
    MARKER_LOST = "marker-lost"
    PROBABLY_SAME = "probably-same"
    CONFLICT = "conflict"
    LEFT_BEHIND = "left-behind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something seen in a context that is reported, never touched."""

    kind: FindingKind
    context: str
    key: str
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextPlan:
    """Ordered changes for one context: creates, updates, deletes last."""

    context: str
    changes: tuple[Change, ...]
    unchanged: int
    findings: tuple[Finding, ...]
    records: tuple[Record, ...]
    """The id map as this read shows it, to be stored in place of the old one."""
    respected: frozenset[str]
    """Keys whose deletion by a person is respected, after this read."""
    emptied: bool = False
    """The context was filled before and a complete read shows none of our events."""
