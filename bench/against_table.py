"""The table of `bench.against` in docs/performance.md: goals, figures, and why a goal is not reached."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench.table import AGAINST, machine

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
GOALS = {
    "cpu-sweep": ("processor time of a sweep in step, no people's events", 0.5),
    "cpu-sweep-teachers": (
        "the same with a teacher's event in each tenth course, sections, closed courses",
        0.45,
    ),
    "wall-sweep": ("wall of the sweep without people's events, 50 ms an answer", 0.8),
    "cpu-cold": ("processor time of a dry run without a state", 0.7),
    "wall-cold": ("its wall, 50 ms an answer", 0.85),
    "cpu-fill": ("processor time of a first fill", 0.65),
    "cpu-edit": ("processor time from a date edited to the first write", 0.5),
    "cpu-idle": ("processor time of a daemon's quiet hour, status page on", 0.35),
}
"""What each name is about, and the most it may be of the other revision's."""
SWEEP = (
    "half of what is left is the exchange of lists: http.client and their JSON; a fifth is sorting their rows"
)
REASONS = {
    "cpu-sweep": SWEEP,
    "cpu-sweep-teachers": SWEEP,
    "wall-sweep": "lists wait for the service, in 93 to 95 % of the places that the bucket bears beside its reserve "
    "(eight); of discovery's answers four come one after the other, since each one names the next",
    "cpu-cold": "half is the start, the larger part of it libraries; a fifth is making events of rows",
    "wall-cold": "as of its processor time; and pages of the course list name one another, no state telling how many",
    "cpu-fill": "half of a write is its exchange: http.client, its headers' parser, and the form",
    "cpu-edit": "the calendar is built anew, and the records of every course are looked up before the first write",
    "cpu-idle": "at rest: folders looked at each 0.6 s, the server's and the supervisor's clock each second",
}
"""What is known of why a goal may not be reached; told only where it is not."""


NEW_LINE = "\n"


def head(revision: str, sizes: str) -> Iterator[str]:
    """The section's text and the head of its table. ``sizes``: of the worlds, for people."""
    yield (
        f"\nWritten by `make bench-against REV={revision} SIZE=--write` (`python -m bench.against`): both builds as whole\n"
        "processes, in turns on universities of their own; medians. Seconds to seconds on the same machine; those of the\n"
        "wall are the less certain. Of sweeps and fills the start is taken off, as measured over one course in step right\n"
        "before each.\n\n"
    )
    yield from (f"- {line}\n" for line in machine())
    yield f"- {sizes}\n\n"
    yield "| name | what | goal | reached | met | seconds here and there | note |\n"
    yield "| --- | --- | ---: | ---: | --- | --- | --- |\n"


def row(name: str, here: float, there: float, *, is_clear: bool) -> str:
    """One line of the table. ``is_clear``: the turns lie closer together than what they measured."""
    what, goal = GOALS[name]
    if not is_clear:
        note = (
            "the turns differ by more than what they measured: larger worlds or a quieter machine are needed"
        )
        return f"| {name} | {what} | {goal} | - | no | {here:.2f}, {there:.2f} | {note} |\n"
    met = here <= goal * there
    note = "" if met else REASONS.get(name, "")
    sign = "yes" if met else "no"
    return f"| {name} | {what} | {goal} | {here / there:.2f} | {sign} | {here:.2f}, {there:.2f} | {note} |\n"


def with_section(page: str, section: Iterable[str]) -> str:
    """The page with this section written anew."""
    return page.partition(AGAINST)[0] + AGAINST + "".join(section)


def with_rows(page: str, rows: Mapping[str, str]) -> str:
    """The page with lines of the table measured again, each in the place of the one of its name."""
    again = f"measured again {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load {os.getloadavg()[0]:.0f}"
    lines = page.splitlines(keepends=True)
    for at, line in enumerate(lines):
        name = line[2:].partition(" | ")[0]
        if line.startswith("| ") and name in rows:
            before = rows[name].removesuffix(f"|{NEW_LINE}").rstrip()
            lines[at] = f"{before}{' ' if before.endswith('|') else '; '}{again} |{NEW_LINE}"
    return "".join(lines)
