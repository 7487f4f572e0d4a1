"""A cycle's plan for readers: text for a registrar, JSON for programs, Markdown and HTML to hand on.

Every view reads the same rows and groups; none decides, none writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from syncd.reconcile.report import CycleReport


def render_plan(report: CycleReport, view: str, *, colour: bool) -> Iterator[str]:
    """The plan in pieces, so that a large one is never held whole. ``view``: text, json, markdown or html."""
    pieces: Iterator[str] = import_module(f"syncd.reporting.plan.as_{view}").render(report, colour=colour)
    return pieces
