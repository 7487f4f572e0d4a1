"""Calendar and target to desired state: every event the target's contexts should hold, by event key.

The same for all contexts of a view, so it is computed once per `view_key`. What is past is desired
too: leaving past events alone is the plan's decision.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from datetime import date
from types import MappingProxyType

from mapping.identity import body_hash, event_key, fingerprint
from mapping.model import CanonicalCalendar, DesiredEvent, Entry, Target
from mapping.routing import RoutedEntry, excluded, of_school, routed
from mapping.shapes import DRAWINGS, Drawing, drawn
from mapping.text.markup import visible_text
from mapping.text.render import at_time, body_of, title_of


def desired_events(
    calendar: CanonicalCalendar, target: Target, drawing: Drawing, today: date
) -> Mapping[str, DesiredEvent]:
    """The events by key, in file order. ``today`` is the campus day: it ends "changed" in titles."""
    events = (
        event
        for shown in routed(calendar, target)
        for event in _events(calendar, shown, target, drawing, today)
    )
    return MappingProxyType({event.key: event for event in events})


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
    return tuple(
        rule
        for rule in calendar.years[entry.year].entries
        if rule.rule is not None
        and rule.rule.publish != "page"
        and entry.id in rule.rule.anchors
        and of_school(rule, target)
        and not excluded(rule, target)
    )


def zone_of_hours(calendar: CanonicalCalendar, entry: Entry) -> str:
    """The zone of the entry's schools where they all share one of their own, '' otherwise."""
    zones = {calendar.university.schools[school].timezone for school in entry.schools}
    return zones.pop() if len(zones) == 1 else ""


def _events(
    calendar: CanonicalCalendar, shown: RoutedEntry, target: Target, drawing: Drawing, today: date
) -> Iterator[DesiredEvent]:
    entry = shown.entry
    parts = [
        one
        for one in drawn(
            entry, target, drawing, calendar.university.moment_minutes, zone_of_hours(calendar, entry)
        )
        if one.part in shown.parts
    ]
    if not parts:
        return
    body = body_of(calendar, entry, target, drawing, rules_told(calendar, entry, target))
    words = body_hash(visible_text(body, drawing.markup))
    colour = calendar.university.categories[entry.category].colour if target.colours else ""
    for one in parts:
        title = at_time(title_of(calendar, entry, one.lead, target, today, one.number), one.at)
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
