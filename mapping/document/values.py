"""Checked shapes to the values everybody shares: university, routing, years, entries, and their digest.

Takes only what `mapping.document` found without fault, so nothing is checked here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, replace
from datetime import date, time
from functools import cache
from typing import Any

from mapping.counting import with_milestones
from mapping.document.dates import entry_days, entry_hours, terms_of
from mapping.document.files import DataFiles, EntryAt, YearPart, programmes_of
from mapping.document.schemas import (
    WEEKDAYS,
    AmendmentShape,
    EntryShape,
    NamedShape,
    PhrasesFile,
    RoutingRuleShape,
    RuleShape,
    StepShape,
    UniversityFile,
)
from mapping.document.types import NameShape, TextShape
from mapping.model import (
    AcademicYear,
    AlsoAfter,
    Amendment,
    CanonicalCalendar,
    Category,
    Days,
    Document,
    Entry,
    Kind,
    LanguageName,
    Localised,
    Named,
    Offset,
    Part,
    Programme,
    RoutingRule,
    Rule,
    RuleStep,
    Shape,
    SourcePlace,
    TermName,
    Unit,
    University,
)
from mapping.model.fields import ADDED, NOT_PUBLISHED
from mapping.terms import with_whole_years

NOT_PRINTED = "no"
"""What ``printed`` says of an entry that the document does not have at all."""

_DEFAULT_SHAPES = {
    Kind.DAY: Shape.DAY,
    Kind.WINDOW: Shape.PERIOD,
    Kind.UNTIL: Shape.UNTIL,
    Kind.RULE: Shape.DAY,
}


def calendar_of(files: DataFiles, own_phrases: PhrasesFile | None = None) -> CanonicalCalendar:
    """The calendar that faultless files say. The digest counts only phrases that are a site's own."""
    assert files.university is not None and files.phrases is not None and files.routing is not None  # noqa: S101, PT018
    university = _university(files.university)
    published, drafts = _years(files.years, university)
    calendar = CanonicalCalendar(
        university=university,
        phrases={key: texts.root for key, texts in files.phrases.root.items()},
        routing={place: tuple(map(_routing_rule, rules)) for place, rules in files.routing.root.items()},
        years=published,
        drafts=drafts,
        digest="",
        words={key: texts.root for key, texts in files.words.root.items()} if files.words is not None else {},
    )
    own = own_phrases.root if own_phrases is not None else files.phrases.root
    counted = replace(calendar, phrases={key: texts.root for key, texts in own.items()})
    return replace(calendar, digest=_digest(counted))


# --- university and routing -----------------------------------------------------------------


def _university(file: UniversityFile) -> University:
    return University(
        name=file.university.name.root,
        short=_texts(file.university.short),
        languages={
            code: LanguageName(name=one.name, official=one.official, fallback=tuple(one.fallback))
            for code, one in file.languages.items()
        },
        programmes={
            name: Programme(
                name=one.name.root,
                terms={
                    term: TermName(name=shape.name.root, whole_year=shape.whole_year)
                    for term, shape in one.terms.items()
                },
            )
            for name, one in file.programmes.items()
        },
        schools={
            name: Named(
                name=one.name.root,
                short=_texts(one.short),
                tag=_texts(one.tag),
                timezone=one.timezone or "",
                working_week=frozenset(one.working_week or ()),
                country=one.country or "",
                subdivision=one.subdivision or "",
            )
            for name, one in file.schools.items()
        },
        year_groups=_named(file.year_groups),
        audiences=_named(file.audiences),
        offices=_named(file.offices),
        categories={
            name: Category(
                name=one.name.root,
                colour=one.colour,
                shapes={kind.value: shape for kind, shape in (_DEFAULT_SHAPES | one.shapes).items()},
                ask=one.ask,
                day_off=one.day_off,
                todo=_texts(one.todo),
            )
            for name, one in file.categories.items()
        },
        page=(file.page or "").rstrip("/"),
        country=file.country or "",
        subdivision=file.subdivision or "",
        timezone=file.timezone or "",
        moment_minutes=file.moment_minutes,
    )


def _named(shapes: Mapping[str, NamedShape]) -> dict[str, Named]:
    return {
        name: Named(name=one.name.root, short=_texts(one.short), tag=_texts(one.tag))
        for name, one in shapes.items()
    }


def _texts(shape: NameShape | TextShape | None) -> Localised:
    return shape.root if shape is not None else {}


def _routing_rule(shape: RoutingRuleShape) -> RoutingRule:
    return RoutingRule(
        categories=frozenset(shape.categories),
        audiences=frozenset(shape.audiences),
        sections=frozenset(shape.sections),
        not_years=frozenset(shape.not_years),
        parts=frozenset(shape.parts or Part),
        within_term=shape.within == "term",
    )


# --- years and entries ----------------------------------------------------------------------


def _years(
    parts: Iterable[YearPart], university: University
) -> tuple[dict[str, AcademicYear], dict[str, AcademicYear]]:
    """Published years and drafts. A draft's days off move no date of a published year."""
    in_order = sorted(parts, key=_year_name)
    drafts = {_year_name(part) for part in in_order if part.shape is not None and part.shape.draft}
    years = [_year(part, university) for part in in_order]
    published = [year for year in years if year.name not in drafts]
    return (
        {year.name: with_milestones(year, published, university) for year in published},
        {year.name: with_milestones(year, years, university) for year in years if year.name in drafts},
    )


def _year_name(part: YearPart) -> str:
    assert part.shape is not None  # noqa: S101 - faultless
    return part.shape.year


def _year(part: YearPart, university: University) -> AcademicYear:
    shape = part.shape
    assert shape is not None  # noqa: S101 - faultless
    whole_year = {
        name: [term for term, spec in programme.terms.items() if spec.whole_year]
        for name, programme in university.programmes.items()
    }
    week = next(
        calendar.header.working_week
        for calendar in part.calendars
        if calendar.header.working_week is not None
    )
    return AcademicYear(
        name=shape.year,
        document=Document(
            title=shape.document.title.root,
            number=shape.document.number or "",
            approved_on=shape.document.date,
            body=_texts(shape.document.body),
            short=_texts(shape.document.short),
            unconfirmed=shape.document.unconfirmed,
        ),
        terms=with_whole_years(terms_of(part), whole_year),
        entries=tuple(_entry(entry, shape.year, university) for entry in part.entries),
        working_week=frozenset(week),
        known={one.date: one.reason for one in shape.known},
        worked=tuple(sorted({day for calendar in part.calendars for day in calendar.header.worked})),
    )


def _entry(entry: EntryAt, year: str, university: University) -> Entry:
    shape, header, programmes = entry.shape, entry.header, programmes_of(entry)
    default = university.categories[shape.category].shapes.get(shape.kind.value, Shape.BETWEEN)
    place = shape.place
    return Entry(
        id=shape.id,
        year=year,
        calendar=header.calendar,
        ref=shape.ref or "",
        printed=shape.printed if shape.printed and shape.printed != NOT_PRINTED else "",
        section=shape.section or "",
        programme=programmes[0] if len(programmes) == 1 else None,
        programmes=tuple(programmes) if len(programmes) > 1 else (),
        dates=tuple(sorted(shape.days)),
        terms=tuple(shape.terms),
        schools=tuple(shape.schools),
        years=tuple(shape.years),
        category=shape.category,
        audience=_first_audience(shape, university),
        audiences=tuple(shape.audience) if len(shape.audience) > 1 else (),
        kind=shape.kind,
        shape=shape.shape or default,
        shape_given=shape.shape is not None,
        days=entry_days(shape),
        title=shape.title.root,
        text=_texts(shape.text),
        note=_texts(shape.note),
        todo=_texts(shape.todo),
        not_printed=shape.not_printed or shape.printed == NOT_PRINTED,
        review=tuple(shape.review),
        place=SourcePlace(lines=tuple(place.lines or ()), column=place.column or 0)
        if place
        else SourcePlace(),
        replaces=shape.replaces,
        under=shape.under,
        reason=_texts(shape.reason),
        transfer_of=shape.transfer_of,
        amended=_amendment(shape.amended),
        rule=_rule(shape.rule),
        ask=shape.ask,
        annex=_texts(header.annex),
        hours=entry_hours(shape),
        follows=WEEKDAYS.index(shape.follows) + 1 if shape.follows is not None else 0,
        worked=tuple(shape.worked),
        unconfirmed=tuple(shape.unconfirmed),
    )


def _first_audience(shape: EntryShape, university: University) -> str:
    """The first that is an audience and not a group; a group alone is its own audience."""
    return next((name for name in shape.audience if name in university.audiences), shape.audience[0])


def _amendment(shape: AmendmentShape | None) -> Amendment | None:
    if shape is None:
        return None
    was = Days.inclusive(shape.was.start, shape.was.end) if shape.was is not None else None
    return Amendment(on=shape.on, order=shape.order, was=was)


def _offset(step: StepShape) -> Offset | None:
    if step.days is not None:
        return Offset(unit=Unit.DAYS, count=step.days)
    if step.weeks is not None:
        return Offset(unit=Unit.WEEKS, count=step.weeks)
    weekday = WEEKDAYS.index(step.weekday) + 1 if step.weekday is not None else 0
    if step.teaching_week is not None:
        return Offset(unit=Unit.TEACHING_WEEK, count=step.teaching_week, weekday=weekday)
    return Offset(unit=Unit.WEEKDAY, count=step.nth or 1, weekday=weekday) if weekday else None


def _rule(shape: RuleShape | None) -> Rule | None:
    if shape is None:
        return None
    steps = (
        RuleStep(
            step=step.step,
            after=step.after,
            working_days=step.working_days or 0,
            offset=_offset(step),
            from_first=step.from_ == "first",
            name=step.name.root,
            after_this=_texts(step.after_this),
            also=tuple(AlsoAfter(after=other.after, name=other.name.root) for other in step.also),
        )
        for step in shape.steps
    )
    return Rule(
        anchors=tuple(shape.anchors),
        steps=tuple(steps),
        publish=shape.publish,
        after_anchor=_texts(shape.after_anchor),
    )


# --- digest ---------------------------------------------------------------------------------


def _digest(calendar: CanonicalCalendar) -> str:
    """Hash of what is said, not of how it is laid out: comments, quotes and the order of keys do not count.

    The order of languages and of years does: things are shown in it.
    """
    order = [list(calendar.university.languages), list(calendar.years)]
    content = json.dumps([_plain(calendar), order], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


_NEVER = object()
"""Equal to no value of a field."""


def _plain(value: Any) -> Any:
    # Nearly everything in a calendar is text, so that is asked first.
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Mapping):
        return {_plain_key(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset):
        return sorted(_plain(inner) for inner in value)
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, date | time):
        return value.isoformat()
    return {
        name: _plain(inner)
        for name, unused in _counted(value.__class__)
        if (inner := getattr(value, name)) != unused
    }


@cache
def _counted(kind: type) -> tuple[tuple[str, Any], ...]:
    """Names of a value's published fields, each with what it holds where a later field is not used."""
    return tuple(
        (one.name, _default(one) if ADDED in one.metadata else _NEVER)
        for one in fields(kind)
        if NOT_PUBLISHED not in one.metadata
    )


def _default(one: Field[Any]) -> Any:
    return one.default_factory() if one.default_factory is not MISSING else one.default


def _plain_key(key: Any) -> str:
    return "/".join(key) if isinstance(key, tuple) else str(key)
