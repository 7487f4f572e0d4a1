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
from syncd.reporting.plan import render_plan
from syncd.reporting.terminal import has_colours


def run(arguments: argparse.Namespace) -> int:
    """One cycle; the dry run prints its plan, the real one what it did."""
    dry = bool(arguments.dry_run)
    if arguments.drafts and not dry:
        raise UsageError("--drafts shows what drafts would bring; it goes with --dry-run only.")
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


def _answer(arguments: argparse.Namespace, report: CycleReport) -> None:
    if arguments.out:
        as_json = arguments.format == "text" and arguments.out.endswith(".json")
        view = "json" if as_json else arguments.format
        with Path(arguments.out).open("w", encoding="utf-8", errors="replace") as file:
            file.writelines(render_plan(report, view, colour=False))
        print(f"plan {report.digest} written to {arguments.out}")
        return
    sys.stdout.writelines(render_plan(report, arguments.format, colour=has_colours(sys.stdout)))
