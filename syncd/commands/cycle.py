"""`syncd --once` and `syncd --dry-run`: one cycle over everything, now."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from syncd import exits
from syncd.commands.shared.one_cycle import approving, one_cycle, tell
from syncd.errors import UsageError
from syncd.reconcile.cycle import Scope
from syncd.reconcile.report import CycleReport
from syncd.reporting.plan import Wanted, render_plan
from syncd.reporting.plan.asked import wanted_of
from syncd.reporting.terminal import has_colours, spoken_here


def run(arguments: argparse.Namespace) -> int:
    """One cycle; the dry run prints its plan, the real one what it did."""
    dry = bool(arguments.dry_run)
    _refuse_without_dry_run(arguments)
    scope = Scope(
        why="by hand",
        dry=dry,
        targets=frozenset(arguments.target),
        drafts=dry and bool(arguments.drafts),
        approving=approving(arguments.approve or ""),
    )
    with one_cycle(arguments, scope) as report:
        if dry:
            _answer(arguments, report)
        else:
            tell(report, approved=arguments.approve or "")
        return exits.of_report(report, dry=dry)


def _refuse_without_dry_run(arguments: argparse.Namespace) -> None:
    """Raises `UsageError`: an option that only shows less of a plan must not look as if it wrote less of it."""
    if arguments.dry_run:
        return
    if arguments.drafts:
        raise UsageError("--drafts shows what drafts would bring; it goes with --dry-run only.")
    for name in ("entry", "detailed", "language"):
        if getattr(arguments, f"plan_{name}"):
            raise UsageError(f"--{name} is about what a plan shows; it goes with --dry-run only.")


def _answer(arguments: argparse.Namespace, report: CycleReport) -> None:
    to_file = bool(arguments.out)
    as_json = to_file and arguments.format == "text" and arguments.out.endswith(".json")
    view = "json" if as_json else arguments.format
    wanted = wanted_of(
        report,
        view,
        Wanted(
            colour=not to_file and has_colours(sys.stdout),
            detailed=bool(arguments.plan_detailed),
            entry=arguments.plan_entry or "",
            language=arguments.plan_language or "",
        ),
        spoken=spoken_here(),
    )
    if to_file:
        with Path(arguments.out).open("w", encoding="utf-8", errors="replace") as file:
            file.writelines(render_plan(report, view, wanted))
        print(f"plan {report.digest} written to {arguments.out}")
        return
    sys.stdout.writelines(render_plan(report, view, wanted))
