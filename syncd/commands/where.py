"""`syncd where ENTRY`: every place where an entry should be and is, with links to look at it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date, tzinfo

from mapping.text.printable import printable
from syncd.commands.shared.looking_back import check_entry, knowledge
from syncd.commands.shared.streams import json_array
from syncd.config.settings import Settings
from syncd.reporting.english import clock_json, counted, days, moment
from syncd.reporting.entries import of_year
from syncd.reporting.places import DELETED, EXTRA, LEFT, MISSING, PRESENT, EventPlace, event_link, find_places

_SHOWN = 20
"""Places of one kind that are listed without ``--all``."""
_WORDS = {
    MISSING: "Not there yet",
    DELETED: "Deleted there by somebody, and left so",
    EXTRA: "There, though no longer wanted",
    LEFT: "In calendars that no target claims any more, as it was left there",
    PRESENT: "There",
}


def run(arguments: argparse.Namespace) -> int:
    """Print the places; those that are not as they should be come first."""
    with knowledge(arguments) as known:
        calendar = of_year(known.calendar(), arguments.year or None)
        if not known.state.events.places(arguments.entry):
            check_entry(calendar, arguments.entry)
        targets = known.targets(calendar)
        zone = known.zone()
        found = sorted(
            find_places(known.state, calendar, targets, arguments.entry, known.today()), key=_by_day
        )
    if arguments.year:
        found = [one for one in found if one.key.startswith(f"{arguments.year}:")]
    if arguments.json:
        sys.stdout.writelines(json_array(_as_json(one, known.settings) for one in found))
    else:
        sys.stdout.writelines(_text(found, known.settings, zone, arguments.entry, everything=arguments.all))
    return 0


def _by_day(one: EventPlace) -> tuple[str, date, str]:
    return one.context, one.days.start if one.days is not None else date.max, one.key


def _text(
    found: Sequence[EventPlace], settings: Settings, zone: tzinfo, entry: str, *, everything: bool
) -> Iterator[str]:
    yield f"{entry}: {summary(found)}\n"
    for word, label in _WORDS.items():
        of_word = [one for one in found if one.state == word]
        if not of_word:
            continue
        yield f"\n{label}\n"
        shown = of_word if everything else of_word[:_SHOWN]
        yield from (f"  {_line(one, settings, zone)}\n" for one in shown)
        if len(shown) < len(of_word):
            yield f"  and {len(of_word) - len(shown):,} more (--all)\n"


def summary(found: Sequence[EventPlace]) -> str:
    """``in 1,212 of 1,214 places, 2 deleted there by somebody``."""
    if not found:
        return "no calendar that was looked at so far should hold it."
    count = {word: sum(one.state == word for one in found) for word in _WORDS}
    places = counted(len(found) - count[EXTRA] - count[LEFT], "place")
    parts = [f"in {count[PRESENT]:,} of {places}"]
    if count[DELETED]:
        parts.append(f"{count[DELETED]:,} deleted there by somebody")
    if count[MISSING]:
        parts.append(f"{count[MISSING]:,} not there yet")
    if count[EXTRA]:
        parts.append(f"{count[EXTRA]:,} more where it is no longer wanted")
    if count[LEFT]:
        parts.append(f"{count[LEFT]:,} more in calendars that no target claims any more")
    return ", ".join(parts)


def _line(one: EventPlace, settings: Settings, zone: tzinfo) -> str:
    name = f" ({printable(one.name)})" if one.name else ""
    since = f", since {moment(one.since, zone)}" if one.since is not None else ""
    link = event_link(settings, one)
    return f"{one.context}{name}: {days(one.days)}, {printable(one.title)}{since}" + (
        f"\n    {link}" if link else ""
    )


def _as_json(one: EventPlace, settings: Settings) -> dict[str, object]:
    return {
        "context": one.context,
        "name": one.name,
        "target": one.target,
        "key": one.key,
        "state": one.state,
        "title": one.title,
        "start": one.days.start.isoformat() if one.days else None,
        "end": one.days.last.isoformat() if one.days else None,
        **clock_json(one.days),
        "remote_id": one.remote_id or None,
        "since": one.since,
        "link": event_link(settings, one) or None,
    }
