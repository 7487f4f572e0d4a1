"""The values everybody shares: calendar entry, target, desired and observed event, change, plan.

Frozen values and nothing else: no parsing, no decision, no file, no clock. Windows are half-open from here
on (``Days.end`` is the day after the last); only the YAML and the reports are inclusive.
"""

from mapping.model.calendar import (
    AcademicYear,
    Amendment,
    CanonicalCalendar,
    Document,
    Entry,
    Hours,
    Place,
    RoutingRule,
    SourcePlace,
)
from mapping.model.days import (
    Days,
)
from mapping.model.events import (
    DayOffset,
    DesiredEvent,
    Fate,
    Fingerprint,
    Marker,
    ObservedEvent,
    Record,
    Unstored,
)
from mapping.model.kinds import Kind, Part, Shape
from mapping.model.plan import (
    ALL_FIELDS,
    Action,
    Change,
    ContextPlan,
    Create,
    Delete,
    Field,
    FieldChange,
    Finding,
    FindingKind,
    Update,
    Why,
)
from mapping.model.rules import AlsoAfter, DayOffHit, Milestone, Offset, OtherDay, Rule, RuleStep, Unit
from mapping.model.targets import (
    Context,
    Copies,
    CourseFilter,
    Drift,
    Past,
    Target,
    Targets,
)
from mapping.model.university import Category, LanguageName, Localised, Named, Programme, TermName, University

__all__ = [
    "ALL_FIELDS",
    "AcademicYear",
    "Action",
    "AlsoAfter",
    "Amendment",
    "CanonicalCalendar",
    "Category",
    "Change",
    "Context",
    "ContextPlan",
    "Copies",
    "CourseFilter",
    "Create",
    "DayOffHit",
    "DayOffset",
    "Days",
    "Delete",
    "DesiredEvent",
    "Document",
    "Drift",
    "Entry",
    "Fate",
    "Field",
    "FieldChange",
    "Finding",
    "FindingKind",
    "Fingerprint",
    "Hours",
    "Kind",
    "LanguageName",
    "Localised",
    "Marker",
    "Milestone",
    "Named",
    "ObservedEvent",
    "Offset",
    "OtherDay",
    "Part",
    "Past",
    "Place",
    "Programme",
    "Record",
    "RoutingRule",
    "Rule",
    "RuleStep",
    "Shape",
    "SourcePlace",
    "Target",
    "Targets",
    "TermName",
    "Unit",
    "University",
    "Unstored",
    "Update",
    "Why",
]
