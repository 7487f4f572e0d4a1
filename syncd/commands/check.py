"""`syncd check`: is everything sound, and may we do what the targets ask for?"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator

from connectors.port import Severity
from mapping.model import AcademicYear, Entry
from mapping.text.printable import printable
from syncd.checks import Check, Line, worst
from syncd.commands.shared.data import calendar_here, terminal_language
from syncd.reporting.english import counted, days
from syncd.reporting.titles import WIDTHS, Alike, titles_alike

_WORDS = {Severity.OK: "ok", Severity.WARNING: "look", Severity.PROBLEM: "PROBLEM"}


def run(arguments: argparse.Namespace) -> int:
    """Print every finding; the exit code is that of the gravest."""
    if arguments.review:
        return _review()
    if arguments.titles:
        return _titles()
    check, printed = Check(), _Printed()
    try:
        printed.tell(check.offline())
        if not arguments.offline and worst(printed.lines) == 0:
            printed.tell(check.online())
    finally:
        check.close()
    print(f"\n{printed.summary(offline=arguments.offline)}")
    return worst(printed.lines)


class _Printed:
    """Lines printed so far, under a heading for each thing they are about."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def tell(self, lines: Iterable[Line]) -> None:
        for line in lines:
            if not self.lines or self.lines[-1].about != line.about:
                print(f"\n{line.about}")
            print(f"  {_WORDS[line.severity]:<8} {_indented(printable(line.message, lines=True))}")
            sys.stdout.flush()
            self.lines.append(line)

    def summary(self, *, offline: bool) -> str:
        problems = sum(line.severity == Severity.PROBLEM for line in self.lines)
        looks = sum(line.severity == Severity.WARNING for line in self.lines)
        if problems:
            return f"{counted(problems, 'problem')}, {looks} to look at."
        access = " Access was not asked for (--offline)." if offline else ""
        return f"No problem, {looks} to look at.{access}"


def _indented(message: str) -> str:
    return message.replace("\n", "\n" + " " * 11)


def _review() -> int:
    calendar = calendar_here(whole=True).with_drafts()
    language = terminal_language(calendar)
    count = 0
    for year in calendar.years.values():
        for entry in year.entries:
            if entry.review:
                count += len(entry.review)
                title = calendar.university.say(entry.title, language)
                sys.stdout.writelines(_questions(year, entry, title))
    print(f"\n{count} questions for the registrar; no printed date was changed because of them.")
    return 0


def _titles() -> int:
    calendar = calendar_here(whole=True).with_drafts()
    for width in WIDTHS:
        pairs = titles_alike(calendar, width)
        on_one_day = sum(one.same_day for one in pairs)
        print(
            f"At {width} characters {counted(len(pairs), 'pair')} of titles read alike, {on_one_day} on one day."
        )
        sys.stdout.writelines(map(_alike, pairs))
        print()
    return 0


def _alike(pair: Alike) -> str:
    day = ", on the same day" if pair.same_day else ""
    where = ", ".join(pair.calendars)
    return f"  {pair.language}  {pair.shown}\n      {' = '.join(pair.entries)}{day}\n      in {where}\n"


def _questions(year: AcademicYear, entry: Entry, title: str) -> Iterator[str]:
    ref = f"{entry.ref}, " if entry.ref else ""
    yield f"\n{entry.id}  ({ref}{year.name}, {entry.calendar}{_place(entry)})\n  {title}\n"
    yield f"  {_printed(entry)}\n"
    yield from (f"  - {note}\n" for note in entry.review)


def _printed(entry: Entry) -> str:
    """The date as the document prints it; an entry that it does not print has only days."""
    if entry.amended is not None and entry.amended.was is not None:
        return f"printed: {days(entry.amended.was)}; by order {entry.amended.order}: {days(entry.days)}"
    label = "printed" if entry.place.lines else "days"
    return f"{label}: {days(entry.days) if entry.days is not None else 'a rule, no date'}"


def _place(entry: Entry) -> str:
    """Where the entry stands in the approved document's text."""
    lines = sorted(set(entry.place.lines))
    if not lines:
        return ""
    span = f"line {lines[0]}" if len(lines) == 1 else f"lines {lines[0]}-{lines[-1]}"
    column = f", column {entry.place.column}" if entry.place.column else ""
    printed = f", printed as {entry.printed}" if entry.printed and entry.printed != entry.ref else ""
    return f", source {span}{column}{printed}"
