"""The canonical calendar: university, academic years, entries, rules, routing table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time

from mapping.model.days import Days
from mapping.model.fields import ADDED, NOT_PUBLISHED, added
from mapping.model.kinds import Kind, Part, Shape
from mapping.model.rules import Milestone, Rule
from mapping.model.university import Localised, University


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
class Hours:
    """Wall-clock minutes: ``begins`` on an entry's first day, ``ends`` on its last; None where it has none."""

    begins: time | None = None
    ends: time | None = None
    is_deadline: bool = False
    """``ends`` is the moment until which something must be done."""


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
    """The first of `audiences`."""
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
    audiences: tuple[str, ...] = added(())
    """Audiences, and groups that narrow the first one; empty: `audience` alone."""
    todo: Localised = field(default_factory=dict, metadata={ADDED: True})
    """What readers are to do, in a line; empty: the category's."""
    not_printed: bool = added(False)
    """True for an entry that the approved document does not have."""
    replaces: str | None = None
    under: str | None = None
    reason: Localised = field(default_factory=dict)
    transfer_of: str | None = None
    amended: Amendment | None = None
    rule: Rule | None = None
    milestones: tuple[Milestone, ...] = ()
    ask: str | None = None
    """Office to ask about this entry; None: the category's."""
    hours: Hours = field(default_factory=Hours, metadata={ADDED: True})
    """At what time it begins and ends; without any it lasts whole days."""
    dates: tuple[date, ...] = added(())
    """Single days, in order, where it is not one span: `days` goes from the first to the last of them."""
    programmes: tuple[str, ...] = added(())
    """Where it is of several programmes and not of all; `programme` is then None."""
    weeks: tuple[Days, ...] = field(default=(), metadata={NOT_PUBLISHED: True})
    """Its numbered teaching weeks where it is drawn as such, from first to last working day; follows from the rest."""
    follows: int = added(0)
    """ISO weekday whose timetable its days have, which makes them working days; 0: their own."""
    worked: tuple[date, ...] = added(())
    """Days that are worked although they would be off by the week."""
    unconfirmed: tuple[str, ...] = added(())
    """What of the entry is a proposal that nobody has confirmed yet: ``dates``, ``texts``."""
    annex: Localised = field(default_factory=dict)
    """The annex of the document that the entry stands in, with its restriction; empty: the main part."""

    @property
    def spans(self) -> tuple[Days, ...]:
        """Its days without gaps: one span, or a run of days each for single ones; none for a rule."""
        if not self.dates:
            return (self.days,) if self.days is not None else ()
        runs: list[Days] = []
        for day in self.dates:
            one = Days.inclusive(day, day)
            if runs and runs[-1].end == one.start:
                runs[-1] = Days(runs[-1].start, one.end)
            else:
                runs.append(one)
        return tuple(runs)

    @property
    def of_programmes(self) -> tuple[str, ...]:
        """The programmes it is of; empty: all."""
        return self.programmes or ((self.programme,) if self.programme is not None else ())

    @property
    def derived(self) -> date | None:
        """The first milestone's date: the undivided group's first step."""
        return self.milestones[0].day if self.milestones else None

    def milestones_of(self, school: str | None) -> tuple[Milestone, ...]:
        """The milestones that hold for a school."""
        return tuple(one for one in self.milestones if one.concerns(school))


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The approved document that an academic year cites."""

    title: Localised
    number: str
    """'' where the document has none; likewise ``body`` and ``short``."""
    approved_on: date
    body: Localised
    short: Localised = field(default_factory=dict, metadata={ADDED: True})
    unconfirmed: bool = added(False)
    """Taken over from another year, and not yet those of this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcademicYear:
    """One approved year. ``terms``: (programme, term) to its days; entries in file order."""

    name: str
    document: Document
    terms: Mapping[tuple[str, str], Days]
    entries: tuple[Entry, ...]
    working_week: frozenset[int]
    """ISO weekdays that are working days."""
    worked: tuple[date, ...] = added(())
    """Days that are worked by everybody although they would be off by the week."""
    known: Mapping[date, str] = field(default_factory=dict, metadata={NOT_PUBLISHED: True})
    """Days on which the days off differ from the public holidays by intent, and why: for checking alone."""


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
    """All academic years side by side. ``digest`` changes with any byte that can be published.

    ``drafts`` are no part of what is published: whoever shows them asks for `with_drafts`.
    """

    university: University
    phrases: Mapping[str, Localised]
    routing: Mapping[str, tuple[RoutingRule, ...]]
    years: Mapping[str, AcademicYear]
    digest: str
    drafts: Mapping[str, AcademicYear] = field(default_factory=dict, metadata={NOT_PUBLISHED: True})
    """Years that their year.yaml calls a draft: shown where somebody asks for them, never written."""
    unread_drafts: frozenset[str] = field(default=frozenset(), metadata={NOT_PUBLISHED: True})
    """Names of drafts that cannot be read as they stand, which holds up no other year."""
    taken: tuple[str, ...] = field(default=(), metadata={NOT_PUBLISHED: True})
    """What the data files lack and the package gave, and what of theirs is not used any more, in sentences."""
    words: Mapping[str, Localised] = field(default_factory=dict, metadata={NOT_PUBLISHED: True})
    """Words of the site's own for the pages around the calendar, by key."""

    def with_drafts(self) -> CanonicalCalendar:
        """The same with every draft among its years, for showing what publishing them would bring."""
        if not self.drafts:
            return self
        years = dict(sorted({**self.years, **self.drafts}.items()))
        return replace(self, years=years, drafts={}, digest=f"{self.digest}-with-{','.join(self.drafts)}")

    def year_names(self) -> frozenset[str]:
        """Names of all years, drafts too."""
        return frozenset({*self.years, *self.drafts, *self.unread_drafts})
