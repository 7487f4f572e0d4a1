"""`syncd history`: what was written, when and why, from the journal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from datetime import tzinfo

from mapping.model import Why
from mapping.text.printable import printable
from syncd.commands.shared.looking_back import check_entry, knowledge
from syncd.commands.shared.streams import json_array
from syncd.reporting.english import clock_json, counted, days, moment, read_day
from syncd.reporting.plan.words import WHY_WORDS, field_line
from syncd.state.ledger import JournalLine

_DONE = "done"
_SIGNS = {"create": "+", "update": "~", "delete": "-"}


def run(arguments: argparse.Namespace) -> int:
    """Print journal lines, oldest first, those of one run together."""
    with knowledge(arguments) as known:
        since = known.day_begins(read_day(arguments.since, "--since")) if arguments.since else 0.0
        lines = known.state.ledger.history(
            entry=arguments.entry, target=arguments.history_target, since=since
        )
        if arguments.json:
            sys.stdout.writelines(json_array(map(_as_json, lines)))
            return 0
        if arguments.entry and next(iter(known.state.ledger.history(entry=arguments.entry)), None) is None:
            check_entry(known.calendar(), arguments.entry)
        reasons = {run: why for run, _, _, why, _ in known.state.ledger.runs(10_000)}
        sys.stdout.writelines(_text(lines, reasons, known.zone()))
    return 0


def _text(lines: Iterable[JournalLine], reasons: dict[str, str], zone: tzinfo) -> Iterator[str]:
    run, count = "", 0
    for line in lines:
        count += 1
        if line.run != run:
            run = line.run
            why = f" ({printable(reasons[run])})" if reasons.get(run) else ""
            yield f"\n{run}  {moment(line.at, zone)}{why}\n"
        yield from _line(line)
    yield f"\n{counted(count, 'write')}.\n"


def _line(line: JournalLine) -> Iterator[str]:
    sign = _SIGNS.get(line.action, "?")
    outcome = "" if line.outcome == _DONE else f"  [{printable(line.outcome)}]"
    # The sign says it of what was not there.
    why = "" if line.why == Why.FILL else f"  ({why_words(line.why)})"
    yield f"  {sign} {line.context}  {days(line.days)}  {printable(line.title)}{why}{outcome}\n"
    for name, (old, new) in line.fields.items():
        field_words = field_line(name, old, new)
        if field_words:
            yield f"      {printable(field_words)}\n"


def why_words(why: str) -> str:
    """The reason as people read it; one of a later version as it stands."""
    try:
        return WHY_WORDS[Why(why)]
    except (ValueError, KeyError):
        return why


def _as_json(line: JournalLine) -> dict[str, object]:
    return {
        "run": line.run,
        "at": line.at,
        "target": line.target,
        "context": line.context,
        "key": line.key,
        "action": line.action,
        "why": line.why,
        "remote_id": line.remote_id,
        "outcome": line.outcome,
        "title": line.title,
        "start": line.days.start.isoformat() if line.days else None,
        "end": line.days.last.isoformat() if line.days else None,
        **clock_json(line.days),
        "fields": {name: [old, new] for name, (old, new) in line.fields.items()},
    }
