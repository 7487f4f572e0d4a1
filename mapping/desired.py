"""Calendar and target to desired state: every event the target's contexts should hold, by event key.

The same for all contexts of a view, so it is computed once per `view_key`. What is past is desired
too: leaving past events alone is the plan's decision.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from mapping.identity import body_hash, event_key, fingerprint
from mapping.model import (
    AcademicYear,
    CanonicalCalendar,
    DesiredEvent,
    Entry,
    Localised,
    Part,
    Target,
    University,
)
from mapping.routing import RoutedEntry, excluded, of_school, routed_in, years_of
from mapping.shapes import DRAWINGS, Drawing, drawn
from mapping.text.markup import visible_text
from mapping.text.render import at_time, body_of, title_of


@dataclass(frozen=True, slots=True)
class _Told:
    """An entry as a view shows it, and its events. ``source``: the calendar without all that these do not rest on."""

    source: CanonicalCalendar
    parts: frozenset[Part]
    events: tuple[DesiredEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedView:
    """The desired events of a view on a day, and what each entry's were rendered from."""

    events: Mapping[str, DesiredEvent]
    """By key, in file order."""
    view: Hashable
    university: University
    phrases: Mapping[str, Localised]
    told: Mapping[tuple[str, str], _Told]
    """By year and id of the entry."""


def desired_events(
    calendar: CanonicalCalendar, target: Target, drawing: Drawing, today: date
) -> Mapping[str, DesiredEvent]:
    """The events by key, in file order. ``today`` is the campus day: it ends "changed" in titles."""
    return rendered_view(calendar, target, drawing, today).events


def rendered_view(
    calendar: CanonicalCalendar,
    target: Target,
    drawing: Drawing,
    today: date,
    before: RenderedView | None = None,
) -> RenderedView:
    """As `desired_events`, with what the next calendar's may be taken from.

    ``before``: of any calendar. Of it those entries' events are taken that would be rendered from equal values.
    """
    view = (view_key(target), drawing, today)
    university, phrases = calendar.university, calendar.phrases
    known: Mapping[tuple[str, str], _Told] = {}
    if before is not None and before.view == view:
        known = before.told
        # The same objects where they are equal, so that it costs nothing to compare them for each entry.
        university = before.university if before.university == university else university
        phrases = before.phrases if before.phrases == phrases else phrases
    told: dict[tuple[str, str], _Told] = {}
    for year in years_of(calendar, target):
        rules = _rules_by_anchor(year, target)
        for shown in routed_in(calendar, year, target):
            entry = shown.entry
            source = _source(university, phrases, year, entry, rules.get(entry.id, ()))
            one = known.get((entry.year, entry.id))
            if one is None or one.source != source or one.parts != shown.parts:
                rendered = tuple(_events(source, shown, target, drawing, today))
                one = _Told(source, shown.parts, rendered)
            told[entry.year, entry.id] = one
    events = {event.key: event for one in told.values() for event in one.events}
    return RenderedView(
        events=MappingProxyType(events), view=view, university=university, phrases=phrases, told=told
    )


def _source(
    university: University,
    phrases: Mapping[str, Localised],
    year: AcademicYear,
    entry: Entry,
    rules: tuple[Entry, ...],
) -> CanonicalCalendar:
    """What the events of an entry may rest on, and nothing else: rendering sees no other calendar."""
    anchors = set(entry.rule.anchors) - {entry.id, *(one.id for one in rules)} if entry.rule else set[str]()
    others = (one for one in year.entries if one.id in anchors) if anchors else ()
    alone = AcademicYear(
        name=year.name,
        document=year.document,
        terms={},
        entries=(entry, *rules, *others),
        working_week=frozenset(),
    )
    return CanonicalCalendar(
        university=university, phrases=phrases, routing={}, years={year.name: alone}, digest=""
    )


def drawing_for(target: Target) -> Drawing:
    """How the target's kind copes with long spans and long texts."""
    return DRAWINGS[target.kind]


def view_key(target: Target) -> Hashable:
    """Everything of a target that decides its desired events: equal keys, equal events.

    Calendar and today belong to a view too, but they are the same for all targets of a cycle.
    """
    return (
        target.kind,
        target.place,
        target.languages,
        tuple(sorted(target.years)),
        target.school,
        frozenset(target.programmes),
        frozenset(target.terms),
        target.include,
        target.exclude,
        frozenset(target.shapes.items()),
        target.colours,
        target.timezone,
    )


def rules_told(calendar: CanonicalCalendar, entry: Entry, target: Target) -> tuple[Entry, ...]:
    """The rules that count from an entry and concern the target, in file order."""
    return _rules_by_anchor(calendar.years[entry.year], target).get(entry.id, ())


def _rules_by_anchor(year: AcademicYear, target: Target) -> Mapping[str, tuple[Entry, ...]]:
    """The rules of a year that concern the target, in file order, by each entry that they count from."""
    found: dict[str, tuple[Entry, ...]] = {}
    for rule in year.entries:
        if rule.rule is None or rule.rule.publish == "page":
            continue
        if of_school(rule, target) and not excluded(rule, target):
            for anchor in dict.fromkeys(rule.rule.anchors):
                found[anchor] = (*found.get(anchor, ()), rule)
    return found


def zone_of_hours(calendar: CanonicalCalendar, entry: Entry) -> str:
    """The zone of the entry's schools where they all share one of their own, '' otherwise."""
    zones = {calendar.university.schools[school].timezone for school in entry.schools}
    return zones.pop() if len(zones) == 1 else ""


def _events(
    source: CanonicalCalendar, shown: RoutedEntry, target: Target, drawing: Drawing, today: date
) -> Iterator[DesiredEvent]:
    """``source``: see `_source`; all that is said of the entry is from there."""
    entry, *_ = source.years[shown.entry.year].entries
    parts = [
        one
        for one in drawn(
            entry, target, drawing, source.university.moment_minutes, zone_of_hours(source, entry)
        )
        if one.part in shown.parts
    ]
    if not parts:
        return
    body = body_of(source, entry, target, drawing, rules_told(source, entry, target))
    words = body_hash(visible_text(body, drawing.markup))
    colour = source.university.categories[entry.category].colour if target.colours else ""
    for one in parts:
        title = at_time(title_of(source, entry, one.lead, target, today, one.number), one.at)
        yield DesiredEvent(
            key=event_key(entry.year, entry.id, one.part, one.number),
            entry=entry.id,
            part=one.part,
            title=title,
            body=body,
            body_hash=words,
            days=one.days,
            colour=colour,
            fingerprint=fingerprint(title, words, one.days),
        )
