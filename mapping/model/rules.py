"""Dates that the document gives in words: what is counted from where, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from mapping.model.fields import ADDED, NOT_PUBLISHED, added
from mapping.model.university import Localised


@dataclass(frozen=True, slots=True, kw_only=True)
class AlsoAfter:
    """Another step that a step may count from instead, and for whom that holds."""

    after: str
    name: Localised


class Unit(StrEnum):
    """What a step counts besides working days."""

    DAYS = "days"
    WEEKS = "weeks"
    WEEKDAY = "weekday"
    """The n-th such weekday after the day counted from, or before it."""
    TEACHING_WEEK = "teaching-week"
    """A day of the anchor's n-th week that has any working day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    """So many of a unit; below zero backward. ``weekday``: ISO, 0 where the unit needs none."""

    unit: Unit
    count: int
    weekday: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStep:
    """One step of a rule: ``working_days`` after ``after`` (``anchor``, a step, or ``rule/step``)."""

    step: str
    after: str
    working_days: int
    name: Localised
    after_this: Localised = field(default_factory=dict, metadata={ADDED: True})
    """How a sentence says that something counts from this step; empty: by the step's name."""
    also: tuple[AlsoAfter, ...] = added(())
    offset: Offset | None = added(None)
    """What it counts in place of working days."""
    from_first: bool = added(False)
    """Counts from the anchor's first day, not its last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Dates given in words. Counts from the last day of each anchor; the first is the undivided group."""

    anchors: tuple[str, ...]
    steps: tuple[RuleStep, ...]
    publish: str
    """``text``: told in the anchor's description. ``date``: also an event of its own. ``page``: in no event."""
    after_anchor: Localised = field(default_factory=dict, metadata={ADDED: True})
    """How a sentence says that something counts from the anchor; empty: by its last day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOffHit:
    """A day off that a count of working days stepped over, and why it is off."""

    day: date
    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDay:
    """The latest day of a step for those for whom it counts from another day, and who they are."""

    name: Localised
    day: date
    counted_from: date


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
    since: Localised = field(default_factory=dict, metadata={NOT_PUBLISHED: True})
    """``after your grade is published``; empty where the data does not say it."""
    since_step: Localised = field(default_factory=dict, metadata={NOT_PUBLISHED: True})
    """Name of the step that it counts from; empty: from the anchor itself."""
    others: tuple[OtherDay, ...] = field(default=(), metadata={NOT_PUBLISHED: True})
    offset: Offset | None = field(default=None, metadata={NOT_PUBLISHED: True})
    """What it counts in place of working days."""
    is_plain: bool = field(default=False, metadata={NOT_PUBLISHED: True})
    """Not so many working days on: said as a day, without a sum."""
    schools: tuple[str, ...] = field(default=(), metadata={NOT_PUBLISHED: True})
    """Those whose calendar gives this day; empty: all but those that other milestones of the step name."""
    not_schools: tuple[str, ...] = field(default=(), metadata={NOT_PUBLISHED: True})
    """Schools whose own entry takes the anchor's place.

    From ``since`` on all follow from the rule and the calendar, which the digest counts.
    """

    def concerns(self, school: str | None) -> bool:
        """True if the day holds for the school; None asks for no school in particular."""
        if school is None:
            return True
        return school in self.schools if self.schools else school not in self.not_schools
