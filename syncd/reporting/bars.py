"""What people see of a school's calendar, ready to be drawn: the titles and days of its published calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from mapping.identity import split_key
from mapping.model import CanonicalCalendar, Entry
from mapping.text.phrases import Voice
from mapping.text.typography import unbroken
from syncd.reporting.design.month import Bar, category_fills, weights
from syncd.reporting.feed import events_of

LinkOf = Callable[[str, str], str]
"""Year and id of an entry to the address of its own page."""


def bars_of(
    calendar: CanonicalCalendar,
    *,
    school: str | None,
    language: str,
    today: date,
    timezone: str = "",
    link: LinkOf = lambda _year, _entry: "",
) -> tuple[Bar, ...]:
    """A bar for each event, its key the event's; None for what concerns any school. ``today``: see titles."""
    university = calendar.university
    voice = Voice(university=university, phrases=calendar.phrases, language=language)
    heavy, fills = weights(university), category_fills(university)
    entries = entries_of(calendar)
    events = events_of(
        calendar, school=school, language=language, today=today, timezone=timezone, moments=True
    )
    bars = []
    for key, event in events.items():
        year, name, _ = split_key(key)
        entry = entries[year, name]
        category = university.categories[entry.category]
        bars.append(
            Bar(
                title=unbroken(event.title),
                days=event.days,
                key=key,
                colour=fills[entry.category],
                category=voice.say(category.name),
                weight=heavy[entry.category],
                day_off=category.day_off,
                link=link(year, name),
            )
        )
    return tuple(bars)


def entries_of(calendar: CanonicalCalendar) -> dict[tuple[str, str], Entry]:
    """Entries by year and id."""
    return {(name, entry.id): entry for name, year in calendar.years.items() for entry in year.entries}


def entry_of(entries: dict[tuple[str, str], Entry], bar: Bar) -> Entry:
    """The entry that a bar draws."""
    year, name, _ = split_key(bar.key)
    return entries[year, name]
