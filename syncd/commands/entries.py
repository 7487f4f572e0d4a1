"""`syncd entries`: the canonical calendar as a table or as JSON.

Needs nothing set up: without ``SYNCD_CALENDAR_DIR`` it reads the shipped calendar. Loads no settings
library, no state and no connector, so that it answers at once.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator

from mapping.model import CanonicalCalendar, Entry
from syncd.commands.shared.data import calendar_here, terminal_language
from syncd.reporting.english import counted, day, days, read_day
from syncd.reporting.entries import as_json, choose

_WIDEST_DAYS = 28


def run(arguments: argparse.Namespace) -> int:
    """Print the entries asked for."""
    calendar = calendar_here(arguments.year)
    on = read_day(arguments.on, "--on") if arguments.on else None
    chosen = list(choose(calendar, year=arguments.year, school=arguments.school, term=arguments.term, on=on))
    if arguments.json:
        json.dump([as_json(entry) for entry in chosen], sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        sys.stdout.writelines(_table(calendar, chosen))
    return 0


def _table(calendar: CanonicalCalendar, chosen: Iterable[Entry]) -> Iterator[str]:
    """Entries under the name of their calendar, in the order of the document."""
    language = terminal_language(calendar)
    under, count = ("", ""), 0
    for entry in chosen:
        count += 1
        if (entry.year, entry.calendar) != under:
            under = (entry.year, entry.calendar)
            draft = ", a draft" if entry.year in calendar.drafts else ""
            yield f"\n{entry.year}, {entry.calendar}{draft}\n"
        title = calendar.university.say(entry.title, language)
        since = _since(calendar, entry, language)
        yield (
            f"  {_when(entry):<{_WIDEST_DAYS}}   {entry.ref:<9}   {title}{since}  {_for_whom(entry)}{_doubt(entry)}\n"
        )
    yield f"\n{counted(count, 'entry')}.\n"


def _when(entry: Entry) -> str:
    if entry.days is not None:
        prefix = "until " if entry.kind.value == "until" else ""
        hours = [one for one in (entry.hours.begins, entry.hours.ends) if one is not None]
        time = f", {' - '.join(f'{one:%H:%M}' for one in hours)}" if hours else ""
        return prefix + ", ".join(days(one) for one in entry.spans) + time
    if entry.kind.value == "announced":
        return "to be announced"
    return f"by rule, {day(entry.derived)}" if entry.derived else "by rule, no date"


def _since(calendar: CanonicalCalendar, entry: Entry, language: str) -> str:
    """What a rule's day depends on: it is only the latest possible one where another step comes first."""
    step = entry.milestones[0].since_step if entry.milestones else {}
    return f" (at the latest, counted from: {calendar.university.say(step, language)})" if step else ""


def _doubt(entry: Entry) -> str:
    return f"  ({' and '.join(entry.unconfirmed)} not confirmed)" if entry.unconfirmed else ""


def _for_whom(entry: Entry) -> str:
    limits = [*entry.schools, *(f"year {one}" if one.isdigit() else one for one in entry.years)]
    scope = "/".join(entry.terms)
    scope_words = ", ".join([scope, *limits] if scope else limits)
    return f"[{entry.id}; {scope_words}]" if scope_words else f"[{entry.id}]"
