"""`syncd preview`: one entry as people will read it in Canvas, at Google or in a feed.

Needs nothing set up, as `syncd entries`. Without an entry, one that says much stands for all.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime

from mapping.document.plain import unknown
from mapping.model import CanonicalCalendar
from syncd.commands.shared.data import calendar_here
from syncd.config.env_file import early_setting
from syncd.errors import UsageError
from syncd.reporting.english import read_day
from syncd.reporting.entries import check_names, of_year
from syncd.reporting.preview import PLACES, find_entry, preview, sample


def run(arguments: argparse.Namespace) -> int:
    """Print every place and language asked for, each under its name."""
    calendar = of_year(calendar_here(arguments.year), arguments.year)
    check_names(calendar.university, school=arguments.school)
    entry = find_entry(calendar, arguments.entry) if arguments.entry else sample(calendar)
    if entry is None:
        raise UsageError("The calendar has no entry with a day; name one.")
    today = _today(arguments)
    for place in (arguments.place,) if arguments.place else PLACES:
        for language in _languages(calendar, arguments.language):
            print(f"--- {entry.id}, {place}, {language}")
            sys.stdout.writelines(
                preview(
                    calendar,
                    entry,
                    place=place,
                    languages=(language,),
                    school=arguments.school,
                    today=today,
                )
            )
            print()
    return 0


def _languages(calendar: CanonicalCalendar, given: str | None) -> tuple[str, ...]:
    known = calendar.university.languages
    if given is None:
        return tuple(known)
    if given not in known:
        raise UsageError(f"--language: {unknown('language', given, known)}")
    return (given,)


def _today(arguments: argparse.Namespace) -> date:
    """Only decides whether a title still says that it was changed."""
    given = arguments.today or early_setting("TODAY")
    return read_day(given, "--today") if given else datetime.now(tz=UTC).date()
