"""Plain targets file to targets: which contexts, and which entries each shows.

Checks every name against the calendar and collects every problem before it refuses. Whether two
targets claim one context is not seen here: courses are only known once they are discovered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mapping.document.names import COURSE_PLACE, SCHOOL_PLACE
from mapping.document.plain import Path, PlainDocument, Problems, quoted, unknown
from mapping.document.schema_errors import read_most, read_shape
from mapping.document.targets_schemas import CourseFilterShape, TargetShape, TargetsHeader
from mapping.model import CanonicalCalendar, CourseFilter, Target, Targets

COURSE_ADDRESSES = ("account", "courses")
"""Fields that name courses; the others name calendars of many people."""
ADDRESSES = ("calendar_id", *COURSE_ADDRESSES, "account_calendars")
"""Fields that say where a target is; each target has exactly one."""


def build_targets(document: PlainDocument, calendar: CanonicalCalendar, kinds: Collection[str]) -> Targets:
    """The targets that the document says.

    ``kinds`` are the kinds of target there are; given as a mapping, each with the fields of
    `ADDRESSES` that it understands, so that a kind with another's address is refused.

    Raises:
        InvalidCalendarError: with every problem found.
    """
    problems = Problems()
    header = read_shape(TargetsHeader, document, (), problems)
    written = document.value.get("targets") if isinstance(document.value, dict) else None
    defaults = document.value.get("defaults") if isinstance(document.value, dict) else None
    defaults = defaults if isinstance(defaults, dict) else {}
    _check_defaults(document, defaults, problems)
    targets = []
    for index, fields in enumerate(written if isinstance(written, list) else ()):
        merged = _with_defaults(document, index, fields, defaults)
        shape, whole = read_most(TargetShape, merged, ("targets", index), problems)
        if shape is not None:
            _Checker(calendar, kinds, merged, index, shape, problems).check(whole=whole)
            targets.append(shape)
    _check_names(document, written, problems)
    problems.raise_if_any()
    assert header is not None  # noqa: S101 - no header without a problem
    return Targets(
        owner=header.owner,
        timezone=header.timezone,
        targets=tuple(_target(target, zone_of(target, calendar, header.timezone)) for target in targets),
    )


# --- defaults -------------------------------------------------------------------------------


def _check_defaults(document: PlainDocument, defaults: Mapping[str, Any], problems: Problems) -> None:
    for field in ("name", *ADDRESSES):
        if field in defaults:
            problems.add(
                document, ("defaults", field), f"{field} cannot be a default; give it to each target"
            )


def _with_defaults(
    document: PlainDocument, index: int, fields: Any, defaults: Mapping[str, Any]
) -> PlainDocument:
    """The document with the defaults filled into one target; their lines stay those of ``defaults``."""
    missing = {
        field: value for field, value in defaults.items() if isinstance(fields, dict) and field not in fields
    }
    if not missing:
        return document
    lines = dict(document.lines)
    for path, line in document.lines.items():
        if len(path) > 1 and path[0] == "defaults" and path[1] in missing:
            lines["targets", index, *path[1:]] = line
    targets = list(document.value["targets"])
    targets[index] = {**missing, **fields}
    return replace(document, value={**document.value, "targets": targets}, lines=lines)


def _check_names(document: PlainDocument, written: Any, problems: Problems) -> None:
    seen: dict[str, int] = {}
    for index, fields in enumerate(written if isinstance(written, list) else ()):
        name = fields.get("name") if isinstance(fields, dict) else None
        if not isinstance(name, str):
            continue
        line = document.place(("targets", index, "name")).line
        if name in seen:
            message = (
                f"the name {quoted(name)} already stands in line {seen[name]}; name each target differently"
            )
            problems.add(document, ("targets", index, "name"), message)
        seen.setdefault(name, line)


# --- checks ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Checker:
    calendar: CanonicalCalendar
    kinds: Collection[str]
    document: PlainDocument
    index: int
    shape: TargetShape
    problems: Problems

    def check(self, *, whole: bool) -> None:
        """``whole`` False: badly formed fields were left out, so nothing may be said of what is missing."""
        self._one("kind", "kind", self.shape.kind, self.kinds)
        if whole:
            self._address()
            self._courses()
        self._names()
        self._entries()
        self._audience()

    def _add(self, path: Path, message: str) -> None:
        self.problems.add(self.document, ("targets", self.index, *path), message)

    def _one(self, field: str, what: str, name: str | None, known: Collection[str]) -> None:
        if name is not None and name not in known:
            self._add((field,), unknown(what, name, known))

    def _each(self, field: str, what: str, names: Iterable[str], known: Collection[str]) -> None:
        for position, name in enumerate(names):
            if name not in known:
                self._add((field, position), unknown(what, name, known))

    def _address(self) -> None:
        given = _addresses(self.shape)
        if not given:
            self._add((), f"says no place; give one of {', '.join(ADDRESSES)}")
        for field in given[1:]:
            self._add((field,), f"{field} and {given[0]} in one target; make two targets of it")
        understood = self.kinds.get(self.shape.kind) if isinstance(self.kinds, Mapping) else None
        for field in given:
            if understood is not None and field not in understood:
                known = ", ".join(name for name in ADDRESSES if name in understood)
                self._add((field,), f"a target of kind {self.shape.kind} has no {field}; give {known}")

    def _courses(self) -> None:
        shape, given = self.shape, _addresses(self.shape)
        if given and "calendar_id" not in given and not shape.year:
            self._add((), "year is missing; say which academic year is shown there")
        if "account" in given:
            if not shape.enrollment_term:
                self._add((), "enrollment_term is missing; without it courses of every term would be filled")
            return
        if shape.enrollment_term:
            self._add(("enrollment_term",), "enrollment_term needs an account to look for courses in")
        for field, filters in (("include", _filters(shape)), ("except", shape.except_)):
            if filters:
                self._add((field,), f"{field} by course needs an account to look for courses in")

    def _names(self) -> None:
        shape, university = self.shape, self.calendar.university
        self._each("year", "academic year", shape.year, self.calendar.year_names())
        self._each("languages", "language", shape.languages, university.languages)
        self._one("school", "school", shape.school, university.schools)
        self._each("programme", "programme", shape.programme, university.programmes)
        programmes = [
            university.programmes[name] for name in shape.programme if name in university.programmes
        ]
        if len(programmes) == len(shape.programme):
            known = {
                term for programme in programmes or university.programmes.values() for term in programme.terms
            }
            self._each("terms", "term", shape.terms, known)
        for category in shape.shapes:
            if category not in university.categories:
                self._add(("shapes", category), unknown("category", category, university.categories))

    def _entries(self) -> None:
        if not self.calendar.unread_drafts.isdisjoint(self.shape.year):
            # Its entries are not known as long as the draft cannot be read.
            return
        years = [
            year
            for name, year in self.calendar.with_drafts().years.items()
            if not self.shape.year or name in self.shape.year
        ]
        known = {
            *self.calendar.university.categories,
            *(entry.id for year in years for entry in year.entries),
        }
        for position, name in enumerate(self.shape.include):
            if isinstance(name, str) and name not in known:
                self._add(("include", position), unknown("category or entry", name, known))
        self._each("exclude", "category or entry", self.shape.exclude, known)
        for name in sorted({*_words(self.shape)} & {*self.shape.exclude}):
            self._add(("exclude",), f"{name} is both included and excluded; keep one")

    def _audience(self) -> None:
        rows = self.calendar.routing.keys() - {COURSE_PLACE, SCHOOL_PLACE}
        self._one("audience", "audience with a row in routing.yaml", self.shape.audience, rows)


def _addresses(shape: TargetShape) -> list[str]:
    return [field for field in ADDRESSES if getattr(shape, field)]


def _words(shape: TargetShape) -> Iterator[str]:
    return (name for name in shape.include if isinstance(name, str))


def _filters(shape: TargetShape) -> list[CourseFilterShape]:
    return [one for one in shape.include if isinstance(one, CourseFilterShape)]


# --- values ---------------------------------------------------------------------------------


def zone_of(shape: TargetShape, calendar: CanonicalCalendar, university: str) -> str:
    """The target's own zone, else its school's, else the university's."""
    school = calendar.university.schools.get(shape.school or "")
    return shape.timezone or (school.timezone if school is not None else "") or university


def _target(shape: TargetShape, timezone: str) -> Target:
    of_courses = any(getattr(shape, field) for field in COURSE_ADDRESSES)
    respect = shape.respect_deletions
    return Target(
        name=shape.name,
        kind=shape.kind,
        place=shape.audience or (COURSE_PLACE if of_courses else SCHOOL_PLACE),
        languages=tuple(shape.languages),
        years=tuple(shape.year),
        school=shape.school,
        programmes=tuple(shape.programme),
        terms=tuple(shape.terms),
        calendar_id=shape.calendar_id or "",
        account=shape.account or "",
        enrollment_terms=tuple(shape.enrollment_term),
        courses=tuple(shape.courses),
        account_calendars=tuple(shape.account_calendars),
        include=frozenset(_words(shape)),
        exclude=frozenset(shape.exclude),
        course_include=tuple(map(_course_filter, _filters(shape))),
        course_except=tuple(map(_course_filter, shape.except_)),
        shapes=dict(shape.shapes),
        drift=shape.drift,
        # Bringing an event back notifies a class once more; a school's calendar notifies nobody.
        respect_deletions=of_courses if respect is None else respect,
        copies=shape.copies,
        past=shape.past,
        colours=shape.colours,
        timezone=timezone,
    )


def _course_filter(shape: CourseFilterShape) -> CourseFilter:
    return CourseFilter(
        sis_id=shape.sis_id or "",
        code=shape.code or "",
        name=shape.name or "",
        sub_account=shape.sub_account or "",
        course=shape.course or 0,
    )
