"""`syncd undo [RUN]`: the calendar of before that run is in force again, until the data files change.

One short write beside a running daemon. What follows is an ordinary, guarded plan of the next cycle, so
what people changed since survives as it always does.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from syncd.commands.shared.arguments import settings_of
from syncd.commands.shared.state import beside
from syncd.errors import RefusedError, UsageError
from syncd.reconcile.binding import campus_zone
from syncd.reconcile.editions import PINNED_FACT, pin
from syncd.reporting.english import moment
from syncd.state.candidates import Candidates, Kind
from syncd.state.ledger import Ledger
from syncd.wiring import load_candidate


@dataclass(frozen=True, slots=True)
class _Run:
    name: str
    at: float
    calendar: str


def run(arguments: argparse.Namespace) -> int:
    """Pin the earlier calendar, or release the pin."""
    with beside(arguments) as state:
        if arguments.release:
            return _release(state.ledger)
        before, undone = _calendar_before(state.ledger, arguments.run_name)
        if state.ledger.calendar_files(before.calendar) is None:
            raise RefusedError(
                f"The calendar of run {before.name} is no longer kept, so it cannot be put in force."
            )
        # Where several machines serve one state, what they agree on counts, not this one's folder.
        shared = Candidates(state.database).current().get(Kind.CALENDAR)
        over = shared or load_candidate(settings_of(arguments)).calendar.digest
        if over == before.calendar:
            raise RefusedError(f"The data files already say what was in force before run {undone.name}.")
        pin(state.ledger, calendar=before.calendar, over=over)
        zone = campus_zone(state.ledger)
    print(
        f"The calendar of run {before.name} ({moment(before.at, zone)}) is in force again from the next cycle on, "
        "until the data files change or `syncd undo --release`."
    )
    print("The files still say what was undone: mend them.")
    print("Where a guard holds the way back, `syncd status` says so. To look: syncd --dry-run")
    return 0


def _release(ledger: Ledger) -> int:
    if not ledger.fact(PINNED_FACT):
        raise RefusedError("No undo is in force, so there is nothing to release.")
    pin(ledger, calendar="", over="")
    print("The data files are in force again from the next cycle on.")
    return 0


def _calendar_before(ledger: Ledger, name: str | None) -> tuple[_Run, _Run]:
    """The last run before that served another calendar, and the run to undo (the newest if not named)."""
    runs = [_Run(run, at, calendar) for run, at, calendar, _, _ in ledger.runs(100_000)]
    if not runs:
        raise RefusedError("No run is on record, so there is nothing to undo.")
    if name is None:
        undone = runs[0]
    else:
        found = next((one for one in runs if one.name == name), None)
        if found is None:
            recent = ", ".join(one.name for one in runs[:5])
            raise UsageError(f"no run {name!r} is on record; the last ones are {recent}")
        undone = found
    earlier = runs[runs.index(undone) + 1 :]
    before = next((one for one in earlier if one.calendar != undone.calendar), None)
    if before is None:
        raise RefusedError(
            f"No other calendar was in force before run {undone.name}, as far as history goes back."
        )
    return before, undone
