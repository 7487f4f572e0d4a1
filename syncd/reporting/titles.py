"""Titles that read alike where a phone or a month grid cuts them, in each calendar that people look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from mapping.desired import desired_events, drawing_for
from mapping.document.names import COURSE_PLACE
from mapping.model import CanonicalCalendar, DesiredEvent, Target
from mapping.shapes import DRAWINGS

WIDTHS = (25, 40)
"""Characters that a month grid on a phone, and a list on one, show of a title."""

_LONG_AGO = date(1, 1, 1)
"""No title says "changed" on a day before every order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Two entries with events whose titles begin with the same ``shown`` characters.

    ``calendars``: where both stand, such as ``law (google)``.
    """

    language: str
    shown: str
    entries: tuple[str, str]
    same_day: bool
    calendars: tuple[str, ...]


def titles_alike(calendar: CanonicalCalendar, width: int) -> tuple[Alike, ...]:
    """Every such pair, those on one day first. Opening and last day of one entry are no pair."""
    found: dict[tuple[str, str, tuple[str, str], bool], list[str]] = defaultdict(list)
    for target, name in _targets(calendar):
        by_start: dict[str, list[DesiredEvent]] = defaultdict(list)
        for event in desired_events(calendar, target, drawing_for(target), _LONG_AGO).values():
            by_start[event.title[:width].rstrip()].append(event)
        for shown, events in by_start.items():
            for one, other in combinations(events, 2):
                if one.entry != other.entry:
                    pair = (one.entry, other.entry)
                    key = (target.languages[0], shown, pair, one.days.start == other.days.start)
                    found[key].append(name)
    pairs = (
        Alike(language=language, shown=shown, entries=entries, same_day=same_day, calendars=tuple(calendars))
        for (language, shown, entries, same_day), calendars in found.items()
    )
    return tuple(sorted(pairs, key=lambda one: (not one.same_day, one.language, one.shown)))


def _targets(calendar: CanonicalCalendar) -> Iterator[tuple[Target, str]]:
    """Every school's calendar of every kind, in each language first; a course shows a part of one of them."""
    places = [place for place in calendar.routing if place != COURSE_PLACE]
    for place in places:
        for school in calendar.university.schools:
            for kind in DRAWINGS:
                for language in calendar.university.languages:
                    target = Target(
                        name="titles", kind=kind, place=place, languages=(language,), school=school
                    )
                    yield target, f"{school} ({kind})" if place == "school" else f"{place}, {school} ({kind})"
