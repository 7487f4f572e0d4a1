"""The shape of the targets file: which fields a target may have, and of what type each is.

Read from a plain document by `mapping.document.targets`; the JSON Schema for editors comes from here.
Annotations are no texts here: pydantic would compile each of them.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag

from mapping.document.types import (
    LanguageCode,
    Line,
    OneOrSeveral,
    Owner,
    StrictShape,
    TimeZone,
    Whole,
    Word,
    YearName,
    YesNo,
)
from mapping.model import Copies, Drift, Past, Shape


class CourseFilterShape(StrictShape):
    """Courses found at discovery, by shell-style patterns; all that are given must match."""

    sis_id: Line | None = None
    code: Line | None = None
    name: Line | None = None
    sub_account: Line | None = None
    course: Annotated[Whole, Field(ge=1)] | None = None


def _some_condition(shape: CourseFilterShape) -> CourseFilterShape:
    if not shape.model_fields_set:
        raise ValueError("matches every course; give sis_id, code, name, sub_account or course")
    return shape


CourseFilterField = Annotated[CourseFilterShape, AfterValidator(_some_condition)]


def _tag(value: Any) -> str:
    return "[course]" if isinstance(value, dict | CourseFilterShape) else "[name]"


IncludeField = Annotated[
    Annotated[Line, Tag("[name]")] | Annotated[CourseFilterField, Tag("[course]")], Discriminator(_tag)
]


class TargetShape(StrictShape):
    """One target. Exactly one of calendar_id, account, courses and account_calendars says where."""

    name: Line
    kind: Word
    calendar_id: Line | None = None
    account: Line | None = None
    enrollment_term: OneOrSeveral[Line] = Field(default_factory=list)
    courses: OneOrSeveral[Annotated[Whole, Field(ge=1)]] = Field(default_factory=list)
    account_calendars: OneOrSeveral[Line] = Field(default_factory=list)
    year: OneOrSeveral[YearName] = Field(default_factory=list)
    school: Word | None = None
    programme: OneOrSeveral[Word] = Field(default_factory=list)
    terms: OneOrSeveral[Word] = Field(default_factory=list)
    languages: OneOrSeveral[LanguageCode]
    audience: Word | None = None
    include: list[IncludeField] = Field(default_factory=list)
    exclude: OneOrSeveral[Line] = Field(default_factory=list)
    except_: Annotated[list[CourseFilterField], Field(alias="except")] = Field(default_factory=list)
    shapes: dict[Word, Shape] = Field(default_factory=dict)
    drift: Drift = Drift.REPAIR
    respect_deletions: YesNo | None = None
    copies: Copies = Copies.ADOPT
    past: Past = Past.KEEP
    colours: YesNo = True
    timezone: TimeZone | None = None


class TargetsHeader(StrictShape):
    """The targets file without its targets, which are read one by one so that none hides another's faults."""

    owner: Owner
    timezone: TimeZone
    defaults: dict[str, Any] = Field(default_factory=dict)
    targets: Annotated[list[Any], Field(min_length=1)]


class TargetsFile(TargetsHeader):
    """The targets file as a whole, for the schema."""

    targets: Annotated[list[TargetShape], Field(min_length=1)]
