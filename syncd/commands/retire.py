"""`syncd retire TARGET`: take our events out of a target's calendars, past ones excepted.

Always needs a person's word: without ``--approve DIGEST`` it writes nothing and prints the plan.
"""

from __future__ import annotations

import argparse
import sys

from syncd import exits
from syncd.commands.shared.one_cycle import approving, one_cycle, tell
from syncd.reconcile.cycle import Scope
from syncd.reporting.plan import Wanted, render_plan
from syncd.reporting.terminal import has_colours


def run(arguments: argparse.Namespace) -> int:
    """Show what would be deleted, or delete exactly that."""
    target = arguments.target_name
    only = frozenset({target})
    if not arguments.retire_approve:
        with one_cycle(arguments, Scope(why="retire", dry=True, targets=only, retire=True)) as report:
            sys.stdout.writelines(render_plan(report, "text", Wanted(colour=has_colours(sys.stdout))))
            unread = [one.where for one in report.failures]
            if unread:
                print(
                    f"{target} could not be read whole ({', '.join(dict.fromkeys(unread))}), so what it holds is not "
                    "known. Mend that, then type this again; leave the target in the targets file until then."
                )
                return exits.of_report(report, dry=True)
            if not any(report.pending().values()):
                print(f"{target} holds nothing of ours that is not past.")
                return exits.of_report(report, dry=True)
            print(f"Nothing was deleted. To delete exactly this: {report.decide_command}")
            return exits.DECIDE
    scope = Scope(
        why=f"retire {target}",
        targets=only,
        retire=True,
        approving=approving(arguments.retire_approve, alone=True),
    )
    with one_cycle(arguments, scope) as report:
        tell(report)
        print(f"Now take {target} out of the targets file, or the next cycle fills it again.")
        return exits.of_report(report, dry=False)
