"""`syncd check`: is everything sound, and may we do what the targets ask for?"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from connectors.port import Severity
from mapping.model import AcademicYear, Entry
from mapping.text.printable import printable
from syncd.checks.check import Check
from syncd.checks.lines import Line, worst
from syncd.commands.shared.data import calendar_here, terminal_language
from syncd.reporting.english import counted, days, read_day
from syncd.reporting.titles import WIDTHS, Alike, titles_alike

_WORDS = {Severity.OK: "ok", Severity.WARNING: "look", Severity.PROBLEM: "PROBLEM"}


def run(arguments: argparse.Namespace) -> int:
    """Print every finding; the exit code is that of the gravest."""
    if arguments.review:
        return _review(as_json=arguments.json)
    if arguments.titles:
        return _titles(as_json=arguments.json)
    day = read_day(arguments.today, "--today") if arguments.today else None
    check, told = Check(day=day), _Told(silent=arguments.json)
    try:
        told.tell(check.offline())
        if not arguments.offline and worst(told.lines) == 0:
            told.tell(check.online())
    finally:
        check.close()
    if arguments.json:
        _print_json(told.document(check.questions, offline=arguments.offline))
    else:
        print(f"\n{told.summary(check.questions, offline=arguments.offline)}")
    return worst(told.lines)


class _Told:
    """Lines told so far, each once, under a heading for each thing they are about. ``silent``: nothing is printed."""

    def __init__(self, *, silent: bool) -> None:
        self.lines: list[Line] = []
        self._silent = silent

    def tell(self, lines: Iterable[Line]) -> None:
        for line in lines:
            if line in self.lines:
                continue
            if not self._silent:
                self._print(line)
            self.lines.append(line)

    def _print(self, line: Line) -> None:
        if not self.lines or self.lines[-1].about != line.about:
            print(f"\n{line.about}")
        print(f"  {_WORDS[line.severity]:<8} {_indented(printable(line.message, lines=True))}")
        sys.stdout.flush()

    def summary(self, questions: int, *, offline: bool) -> str:
        problems, looks = self._counts()
        asked = f"; {counted(questions, 'question')} to the registrar (--review)" if questions else ""
        access = " Access was not asked for (--offline)." if offline and not problems else ""
        told = counted(problems, "problem") if problems else "No problem"
        return f"{told}, {looks} to look at{asked}.{access}"

    def document(self, questions: int, *, offline: bool) -> dict[str, object]:
        """As `syncd.reporting.schemas.CheckDocument` describes it."""
        problems, looks = self._counts()
        return {
            "lines": [
                {
                    "about": line.about,
                    "severity": _WORDS[line.severity].casefold(),
                    "message": line.message,
                    "code": line.code,
                }
                for line in self.lines
            ],
            "problems": problems,
            "looks": looks,
            "questions": questions,
            "offline": offline,
            "code": worst(self.lines),
        }

    def _counts(self) -> tuple[int, int]:
        count = Counter(line.severity for line in self.lines)
        return count[Severity.PROBLEM], count[Severity.WARNING]


def _print_json(document: object) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=1))


def _indented(message: str) -> str:
    return message.replace("\n", "\n" + " " * 11)


def _review(*, as_json: bool) -> int:
    calendar = calendar_here(whole=True).with_drafts()
    language = terminal_language(calendar)
    asked = [
        (year, entry, calendar.university.say(entry.title, language))
        for year in calendar.years.values()
        for entry in year.entries
        if entry.review
    ]
    if as_json:
        _print_json(
            [
                {"year": year.name, "entry": entry.id, "title": title, "questions": list(entry.review)}
                for year, entry, title in asked
            ]
        )
        return 0
    for year, entry, title in asked:
        sys.stdout.writelines(_questions(year, entry, title))
    count = sum(len(entry.review) for _, entry, _ in asked)
    print(f"\n{counted(count, 'question')} for the registrar; no printed date was changed because of them.")
    return 0


def _titles(*, as_json: bool) -> int:
    calendar = calendar_here(whole=True).with_drafts()
    if as_json:
        _print_json({str(width): [asdict(one) for one in titles_alike(calendar, width)] for width in WIDTHS})
        return 0
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
