"""`syncd as-of DATE --course N`: what we had published there at the end of that day, from the journal.

Tells what syncd wrote, not what people did to it afterwards; before the journal's first line for the
calendar nothing is known, and that is said.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from datetime import tzinfo

from mapping.text.printable import printable
from syncd.commands.shared.arguments import context_of
from syncd.commands.shared.looking_back import knowledge
from syncd.commands.shared.streams import json_array
from syncd.reporting.english import clock_json, counted, days, moment, read_day
from syncd.state.ledger import JournalLine


def run(arguments: argparse.Namespace) -> int:
    """Print the events as they stood then."""
    day = read_day(arguments.date, "DATE")
    context = context_of(arguments.course)
    with knowledge(arguments) as known:
        ledger, zone, until = known.state.ledger, known.zone(), known.day_ends(day)
        standing = published(ledger.history(context=context, until=until, texts=arguments.json))
        first = next(ledger.history(context=context), None)
    if arguments.json:
        sys.stdout.writelines(json_array(map(_as_json, standing)))
        return 0
    if first is None or first.at > until:
        begun = f"; the first write on record was {moment(first.at, zone)}" if first is not None else ""
        print(f"{context}: no write on record by the end of {day.isoformat()}{begun}.")
        return 0
    print(
        f"{context}: {counted(len(standing), 'event')} at the end of {day.isoformat()} (journal from {moment(first.at, zone)})\n"
    )
    sys.stdout.writelines(_text(standing, zone))
    return 0


def published(lines: Iterable[JournalLine]) -> list[JournalLine]:
    """The last confirmed write of every event that was not a delete, by date."""
    last: dict[str, JournalLine] = {}
    for line in lines:
        if line.outcome != "done":
            continue
        if line.action != "delete":
            last[line.key] = line
        elif last.get(line.key) is not None and _is_same(last[line.key], line):
            del last[line.key]
    return sorted(
        last.values(), key=lambda line: (line.days.start.isoformat() if line.days else "", line.key)
    )


def _is_same(standing: JournalLine, deleted: JournalLine) -> bool:
    """False where the delete removed a copy, another event of the same key."""
    return not deleted.remote_id or standing.remote_id == deleted.remote_id


def _text(standing: Iterable[JournalLine], zone: tzinfo) -> Iterator[str]:
    for line in standing:
        yield f"  {days(line.days):<35}  {printable(line.title)}\n      written {moment(line.at, zone)}, {line.key}\n"


def _as_json(line: JournalLine) -> dict[str, object]:
    return {
        "key": line.key,
        "title": line.title,
        "start": line.days.start.isoformat() if line.days else None,
        "end": line.days.last.isoformat() if line.days else None,
        **clock_json(line.days),
        "remote_id": line.remote_id,
        "written_at": line.at,
        "run": line.run,
        "text": line.text,
    }
