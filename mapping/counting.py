"""A year with its rules counted, by the calendar of those whom each rule concerns.

Days off, weeks and entries of one school's own count for that school alone; where that gives another day, the
rule has a milestone for those schools beside the one for all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from mapping.model import AcademicYear, Days, Entry, Milestone, Rule, Shape, University
from mapping.rules import milestones
from mapping.working_days import WorkingDays, days_off_of, each_day


def with_milestones(
    year: AcademicYear, years: Iterable[AcademicYear], university: University
) -> AcademicYear:
    """The year with its rules counted. Days off of all ``years`` count: a count may run into the next one."""
    in_order = sorted(years, key=lambda other: other is not year)
    entries = [entry for other in in_order for entry in other.entries]
    off = {name for name, category in university.categories.items() if category.day_off}
    counter = _Counter(
        year=year,
        days_off=[entry for entry in entries if entry.category in off],
        worked=[entry for entry in entries if entry.worked or entry.follows],
        university=university,
    )
    return replace(year, entries=tuple(map(counter.counted, year.entries)))


@dataclass(frozen=True, kw_only=True)
class _Counter:
    """Lives for one year. ``days_off`` and ``worked``: entries of all years, this one's first."""

    year: AcademicYear
    days_off: list[Entry]
    worked: list[Entry]
    university: University
    _calendars: dict[tuple[tuple[str, ...], str | None], WorkingDays] = field(default_factory=dict)

    def counted(self, entry: Entry) -> Entry:
        if entry.shape is Shape.WEEKS and entry.days is not None:
            weeks = self._working(entry, entry.schools[0] if len(entry.schools) == 1 else None).weeks(
                entry.days
            )
            return replace(entry, weeks=tuple(Days.inclusive(one[0], one[-1]) for one in weeks))
        if entry.rule is None:
            return entry
        rule = self._with_own_anchors(entry, entry.rule)
        found = [
            milestone
            for anchor in rule.anchors
            for milestone in self._of_anchor(entry, replace(rule, anchors=(anchor,)))
        ]
        return replace(entry, rule=rule, milestones=tuple(found))

    @cached_property
    def _rules(self) -> Mapping[str, Rule]:
        return {one.id: self._with_own_anchors(one, one.rule) for one in self.year.entries if one.rule}

    @cached_property
    def _days(self) -> Mapping[str, Days]:
        return {one.id: one.days for one in self.year.entries if one.days is not None}

    def _of_anchor(self, entry: Entry, rule: Rule) -> Iterator[Milestone]:
        """The milestones of one anchor: for everybody, and for schools whose calendar gives other days."""
        (anchor,) = rule.anchors
        of_anchor = next(one for one in self.year.entries if one.id == anchor)
        schools = [
            one for one in self.university.schools if _concerns(entry, one) and _concerns(of_anchor, one)
        ]
        replaced = self._replaced(anchor)
        left = [school for school in schools if school not in replaced]
        by_days: dict[tuple[date, ...], tuple[tuple[Milestone, ...], list[str]]] = {}
        for school in left:
            own = milestones(rule, self._rules, self._days, self._working(entry, school))
            by_days.setdefault(tuple(one.day for one in own), (own, []))[1].append(school)
        general = milestones(rule, self._rules, self._days, self._working(entry, None))
        if len(by_days) == 1:
            # All whom it concerns share one day, whatever the calendar of the others says.
            general = next(iter(by_days.values()))[0]
        common = tuple(one.day for one in general)
        others = {key: value for key, value in by_days.items() if key != common}
        if len(schools) < len(self.university.schools):
            of_common = tuple(school for school in left if by_days.get(common, ((), []))[1].count(school))
            if of_common or not others:
                yield from (replace(one, schools=of_common) for one in general)
        else:
            named = sorted({school for _, some in others.values() for school in some} | set(replaced))
            yield from (replace(one, not_schools=tuple(named)) for one in general)
        for own, some in others.values():
            yield from (replace(one, schools=tuple(some)) for one in own)

    def _with_own_anchors(self, entry: Entry, rule: Rule) -> Rule:
        """An entry that stands in for an anchor is an anchor itself."""
        anchors = list(rule.anchors)
        for one in self.year.entries:
            stands_in = one.replaces in rule.anchors and one.id not in anchors and one.days is not None
            if stands_in and _share_schools(one, entry):
                anchors.append(one.id)
        return replace(rule, anchors=tuple(anchors)) if len(anchors) > len(rule.anchors) else rule

    def _replaced(self, anchor: str) -> frozenset[str]:
        """Schools for all of whose years another entry stands in for the anchor."""
        return frozenset(
            school
            for one in self.year.entries
            if one.replaces == anchor and one.days is not None and not one.years
            for school in one.schools
        )

    def _working(self, rule: Entry, school: str | None) -> WorkingDays:
        """The calendar by which a rule counts for a school; None: for no school in particular."""
        key = (rule.of_programmes, school)
        if key not in self._calendars:
            self._calendars[key] = self._working_for(*key)
        return self._calendars[key]

    def _working_for(self, programmes: tuple[str, ...], school: str | None) -> WorkingDays:
        own = self.university.schools[school].working_week if school is not None else frozenset[int]()
        off = (
            (entry.id, span)
            for entry in self.days_off
            if _counts_for(entry, programmes, school)
            for span in entry.spans
        )
        worked = {*self.year.worked}
        for entry in self.worked:
            if _counts_for(entry, programmes, school):
                worked.update(entry.worked)
                if entry.follows:
                    worked.update(day for span in entry.spans for day in each_day(span))
        return WorkingDays(
            week=own or self.year.working_week, days_off=days_off_of(off), worked=frozenset(worked)
        )


def _counts_for(entry: Entry, theirs: tuple[str, ...], school: str | None) -> bool:
    """True for a day off, or one worked, of everybody concerned: another school's or programme's is no reason."""
    own = entry.of_programmes
    programmes = not own or not theirs or set(own) >= set(theirs)
    return programmes and (not entry.schools or (school is not None and school in entry.schools))


def _concerns(entry: Entry, school: str) -> bool:
    return not entry.schools or school in entry.schools


def _share_schools(one: Entry, other: Entry) -> bool:
    return not one.schools or not other.schools or bool({*one.schools} & {*other.schools})
