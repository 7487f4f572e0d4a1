"""`syncd compare OLD NEW`: what differs between two academic years, as text, JSON or a page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mapping.comparison import compare_years
from syncd.commands.shared.data import calendar_here
from syncd.reporting.comparison import render_comparison
from syncd.reporting.entries import years_of


def run(arguments: argparse.Namespace) -> int:
    """Print the comparison, or write it to ``--out``."""
    calendar = calendar_here(arguments.new)
    (old,), (new,) = years_of(calendar, arguments.old), years_of(calendar, arguments.new)
    comparison = compare_years(calendar.university, old, new)
    text = render_comparison(
        comparison, arguments.compare_format, entries={one.id: one for one in new.entries}
    )
    if arguments.compare_out:
        Path(arguments.compare_out).write_text(text, encoding="utf-8")
        print(f"comparison written to {arguments.compare_out}")
    else:
        sys.stdout.write(text)
    return 0
