"""`syncd adopt --from OLD`: events written under another owner name become ours.

Changes the mark on each and nothing that people see, so nobody is told. The state goes on naming the old
owner until every calendar is done; until then an ordinary cycle is refused.
"""

from __future__ import annotations

import argparse

from mapping.model import Why
from syncd import exits
from syncd.commands.shared.one_cycle import approving, one_cycle, tell
from syncd.reconcile.binding import OWNER
from syncd.reconcile.cycle import Scope
from syncd.reconcile.report import CycleReport
from syncd.reporting.terminal import to_stderr
from syncd.state.store import State


def run(arguments: argparse.Namespace) -> int:
    """Take over, calendar by calendar; may be repeated until all are done."""
    done: list[str] = []

    def finish(report: CycleReport, state: State) -> None:
        if _is_whole(report):
            state.ledger.set_fact(OWNER, report.owner)
        if state.ledger.fact(OWNER) == report.owner:
            done.append(report.owner)

    scope = Scope(
        why=f"adopt from {arguments.old_owner}",
        adopt_from=arguments.old_owner,
        approving=approving(arguments.adopt_approve or ""),
    )
    with one_cycle(arguments, scope, afterwards=finish) as report:
        tell(report, approved=arguments.adopt_approve or "", look="To")
        if done:
            if report.plans.has_reason(report.edition, Why.OWNER):
                print(f"Every calendar now carries the owner {done[0]}.")
            else:
                print(f"No event of the owner {arguments.old_owner!r} was found; nothing was taken over.")
        else:
            to_stderr("Not every calendar is taken over; run the same command again once that is dealt with.")
        return exits.of_report(report, dry=False)


def _is_whole(report: CycleReport) -> bool:
    return not (report.failed or report.must_decide or report.stopped)
