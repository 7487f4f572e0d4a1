"""The shapes of the calendar's data files: which fields there are, and of what type each is.

Read from plain documents by `mapping.document`; the JSON Schemas for editors are generated from
here. What one field means for another, and whether a name exists, is checked elsewhere.
Annotations are no texts here: pydantic would compile each of them.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from mapping.document.types import (
    ClockTime,
    Country,
    EntryId,
    IsoDate,
    KeyedShape,
    LanguageCode,
    Line,
    NameShape,
    OneOrSeveral,
    Several,
    StepReference,
    StrictShape,
    Text,
    TextShape,
    TimeZone,
    TitleShape,
    WeekdayNumber,
    Whole,
    Word,
    YearName,
    YearOfStudy,
    YesNo,
    YesOrNo,
)
from mapping.model import Kind, Part, Shape

MOST_WORKING_DAYS = 120
MOST_DAYS, MOST_WEEKS = 200, 53
COUNTS = ("working_days", "days", "weeks", "weekday", "teaching_week")
"""Fields of a step of which it has exactly one; a teaching week may have a weekday too."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Week = Several[Annotated[WeekdayNumber, Field(ge=1, le=7)]]
Subdivision = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,10}$")]


# --- university.yaml ------------------------------------------------------------------------


class NamedShape(StrictShape):
    """A name, and a short form for places with little room.

    ``tag``, for schools, is what stands in brackets at the end of titles of the school's own rows.
    """

    name: NameShape
    short: NameShape | None = None
    tag: NameShape | None = None


class SchoolShape(NamedShape):
    """A school; ``timezone`` where it is not the university's."""

    timezone: TimeZone | None = None
    working_week: Week | None = None
    country: Country | None = None
    subdivision: Subdivision | None = None


class LanguageShape(StrictShape):
    """A language: its own name, whether the document is official in it, where missing texts come from."""

    name: Line
    official: YesNo = False
    fallback: list[LanguageCode] = Field(default_factory=list)


class TermShape(StrictShape):
    """A term's name; ``whole_year`` marks the one that stands for all of them."""

    name: NameShape
    whole_year: YesNo = False


class ProgrammeShape(StrictShape):
    """A programme and its terms, in the order they are taught."""

    name: NameShape
    terms: Annotated[dict[Word, TermShape], Field(min_length=1)]


class CategoryShape(StrictShape):
    """A category: Google colour, default shape for each kind, whom to ask, whether its days are off.

    ``todo`` is one line that tells readers what to do.
    """

    name: NameShape
    todo: NameShape | None = None
    colour: Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]
    shapes: dict[Kind, Shape] = Field(default_factory=dict)
    ask: Word
    day_off: YesNo = False


class UniversityFile(StrictShape):
    """university.yaml: every name that stands once."""

    university: NamedShape
    page: Annotated[Line, Field(pattern=r"^https?://[^\s<>\"']+$")] | None = None
    country: Country | None = None
    subdivision: Subdivision | None = None
    timezone: TimeZone | None = None
    moment_minutes: Annotated[Whole, Field(ge=1, le=720)] = 30
    languages: Annotated[dict[LanguageCode, LanguageShape], Field(min_length=1)]
    programmes: Annotated[dict[Word, ProgrammeShape], Field(min_length=1)]
    schools: Annotated[dict[Word, SchoolShape], Field(min_length=1)]
    year_groups: dict[Word, NamedShape] = Field(default_factory=dict)
    audiences: Annotated[dict[Word, NamedShape], Field(min_length=1)]
    offices: dict[Word, NamedShape] = Field(default_factory=dict)
    categories: Annotated[dict[Word, CategoryShape], Field(min_length=1)]


# --- a calendar file ------------------------------------------------------------------------


class SourcePlaceShape(StrictShape):
    """Where a row stands in the approved document: lines of its text, or page or sheet, table and row.

    All 1-based; ``column`` absent = merged cell.
    """

    lines: Annotated[list[Annotated[Whole, Field(ge=1)]], Field(min_length=1)] | None = None
    page: Annotated[Whole, Field(ge=1)] | None = None
    sheet: Line | None = None
    table: Annotated[Whole, Field(ge=1)] | None = None
    row: Annotated[Whole, Field(ge=1)] | None = None
    column: Annotated[Whole, Field(ge=1, le=200)] | None = None


class DaysShape(StrictShape):
    """First and last day, both included."""

    start: IsoDate
    end: IsoDate


class AmendmentShape(StrictShape):
    """An order that changed an entry after approval; ``was`` are its days before."""

    on: IsoDate
    order: Line
    was: DaysShape | None = None


class AlsoShape(StrictShape):
    """Another step that a step may count from instead, and for whom: ``50 or more papers``."""

    after: StepReference
    name: NameShape


class StepShape(StrictShape):
    """One step of a rule, so many working days after another; 0 is the same day.

    ``after_this`` says in a sentence that something counts from this step: ``after your grade is published``.
    """

    step: Word
    after: StepReference
    working_days: Annotated[Whole, Field(ge=-MOST_WORKING_DAYS, le=MOST_WORKING_DAYS)] | None = None
    days: Annotated[Whole, Field(ge=-MOST_DAYS, le=MOST_DAYS)] | None = None
    weeks: Annotated[Whole, Field(ge=-MOST_WEEKS, le=MOST_WEEKS)] | None = None
    weekday: Weekday | None = None
    nth: Annotated[Whole, Field(ge=-MOST_WEEKS, le=MOST_WEEKS)] | None = None
    teaching_week: Annotated[Whole, Field(ge=-MOST_WEEKS, le=MOST_WEEKS)] | None = None
    from_: Annotated[Literal["first", "last"], Field(alias="from")] = "last"
    name: NameShape
    after_this: NameShape | None = None
    also: list[AlsoShape] = Field(default_factory=list)


class RuleShape(StrictShape):
    """Dates in words: counted from the last day of each anchor; the first anchor is the undivided group.

    ``after_anchor`` says in a sentence that something counts from the anchor: ``after the exam``.
    ``publish``: text is told in the anchor's description, date is an event too, page stands on the page alone.
    """

    anchors: Several[EntryId]
    publish: Literal["text", "date", "page"] = "text"
    after_anchor: NameShape | None = None
    steps: list[StepShape] = Field(default_factory=list)


class EntryShape(StrictShape):
    """One entry of a calendar file. ``start`` and ``end`` are both included and absent only for a rule.

    ``ask`` names an office where another than the category's answers for the entry. ``audience`` may name
    groups of university.yaml beside audiences. ``not_printed``: the approved document does not have the entry.
    """

    id: EntryId
    ref: Line | None = None
    printed: Line | None = None
    section: Line | None = None
    programmes: OneOrSeveral[Word] = Field(default_factory=list)
    terms: OneOrSeveral[Word] = Field(default_factory=list)
    schools: OneOrSeveral[Word] = Field(default_factory=list)
    years: OneOrSeveral[YearOfStudy] = Field(default_factory=list)
    category: Word
    audience: OneOrSeveral[Word]
    kind: Kind
    start: IsoDate | None = None
    end: IsoDate | None = None
    days: Several[IsoDate] = Field(default_factory=list)
    far: YesOrNo = False
    from_: Annotated[ClockTime | None, Field(alias="from")] = None
    to: ClockTime | None = None
    by: ClockTime | None = None
    shape: Shape | None = None
    follows: Weekday | None = None
    worked: list[IsoDate] = Field(default_factory=list)
    title: TitleShape
    text: TextShape | None = None
    note: TextShape | None = None
    todo: NameShape | None = None
    not_printed: YesNo = False
    review: list[Text] = Field(default_factory=list)
    place: SourcePlaceShape | None = None
    replaces: EntryId | None = None
    under: EntryId | None = None
    reason: TextShape | None = None
    ask: Word | None = None
    transfer_of: EntryId | None = None
    amended: AmendmentShape | None = None
    rule: RuleShape | None = None
    unconfirmed: OneOrSeveral[Literal["dates", "texts"]] = Field(default_factory=list)


class CalendarHeader(StrictShape):
    """A calendar file without its entries, which are read one by one so that one bad entry hides no other.

    ``annex`` names the annex of the document that its rows stand in.
    """

    calendar: Word
    programme: OneOrSeveral[Word] = Field(default_factory=list)
    source: Line | None = None
    annex: NameShape | None = None
    working_week: Week | None = None
    worked: list[IsoDate] = Field(default_factory=list)
    entries: Annotated[list[Any], Field(min_length=1)]


class CalendarFile(CalendarHeader):
    """A calendar file as a whole, for the schema."""

    entries: Annotated[list[EntryShape], Field(min_length=1)]


# --- year.yaml, routing.yaml, phrases.yaml --------------------------------------------------


class DocumentShape(StrictShape):
    """The approved document: its title, date, and where it has them, number and who approved it.

    ``short`` is the title in the few words that every event has room for.
    """

    title: TextShape
    short: NameShape | None = None
    number: Line | None = None
    date: IsoDate
    body: TextShape | None = None
    unconfirmed: YesNo = False


class TermDaysShape(StrictShape):
    """A term lasts from the first day of entry ``first`` to the last day of entry ``last``."""

    first: EntryId
    last: EntryId


class KnownShape(StrictShape):
    """A day on which the days off differ from the country's public holidays by intent, and why."""

    date: IsoDate
    reason: Line


class YearFile(StrictShape):
    """year.yaml: the academic year's name, document and terms; ``draft`` keeps it from being published."""

    year: YearName
    draft: YesNo = False
    known: list[KnownShape] = Field(default_factory=list)
    document: DocumentShape
    terms: dict[Word, dict[Word, TermDaysShape]]


class RoutingRuleShape(StrictShape):
    """Shows an entry that meets every condition given."""

    categories: Several[Word] = Field(default_factory=list)
    audiences: Several[Word] = Field(default_factory=list)
    sections: Several[Line] = Field(default_factory=list)
    not_years: Several[YearOfStudy] = Field(default_factory=list)
    parts: Several[Part] = Field(default_factory=list)
    within: Literal["term"] | None = None


class RoutingFile(KeyedShape[dict[Word, Annotated[list[RoutingRuleShape], Field(min_length=1)]]]):
    """routing.yaml: for each place, the rules of which any one shows an entry there."""


class PhrasesFile(KeyedShape[dict[str, TextShape]]):
    """phrases.yaml: pieces of sentences by key, with {placeholders}."""


class WordsFile(KeyedShape[dict[str, TextShape]]):
    """words.yaml: words that pages say around the calendar, by key, with {placeholders}."""
