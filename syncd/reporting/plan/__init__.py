"""A cycle's plan for readers: text for a registrar, JSON for programs, Markdown and HTML to hand on.

Every view reads the same rows and groups; none decides, none writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from syncd.reconcile.report import CycleReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How a plan is to be shown. ``colour`` and ``detailed``: of the text alone.

    ``entry``: only the changes of this entry, '' for all. ``language``: code, '' for English.
    """

    colour: bool = False
    detailed: bool = False
    entry: str = ""
    language: str = ""


def render_plan(report: CycleReport, view: str, wanted: Wanted = Wanted()) -> Iterator[str]:
    """The plan in pieces, so that a large one is never held whole. ``view``: text, json, markdown or html."""
    pieces: Iterator[str] = import_module(f"syncd.reporting.plan.as_{view}").render(report, wanted)
    return pieces
