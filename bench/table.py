"""The table: goals beside the figures reached, on the terminal and as docs/performance.md."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console
from rich.table import Table

PACKAGES = ("canvasapi", "requests", "google-api-python-client", "orjson", "selectolax", "pydantic")
WIDTH = 180
"""Of the table where there is no terminal."""
SIGNS = {True: "yes", False: "no", None: "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line. ``met``: whether the goal was reached, None where there is no goal or it could not be told."""

    what: str
    goal: str
    reached: str
    met: bool | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """One sweep without changes over so many courses."""

    courses: int
    events: int
    requests: int
    least: int
    seconds: float
    cpu_s: float
    peak_mb: float


def show(rows: Iterable[Row], growth: Iterable[Growth]) -> None:
    """Print both tables."""
    table = Table(title="Goals and figures reached", show_lines=True)
    for heading in ("what", "goal", "reached", "met", "note"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(row.what, row.goal, row.reached, SIGNS[row.met], row.note)
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    console.print(table)
    grown = list(growth)
    if grown:
        second = Table(title="Growth: a sweep without changes")
        for heading in GROWTH_HEADINGS:
            second.add_column(heading, justify="right")
        for one in grown:
            second.add_row(*_cells(one))
        console.print(second)


GROWTH_HEADINGS = (
    "courses",
    "events",
    "requests",
    "least possible",
    "seconds",
    "CPU s",
    "CPU us/event",
    "peak MB",
)


def _cells(one: Growth) -> tuple[str, ...]:
    return (
        f"{one.courses:,}",
        f"{one.events:,}",
        f"{one.requests:,}",
        f"{one.least:,}",
        f"{one.seconds:.1f}",
        f"{one.cpu_s:.2f}",
        f"{1e6 * one.cpu_s / one.events:.0f}",
        f"{one.peak_mb:.0f}",
    )


def markdown(rows: Iterable[Row], growth: Iterable[Growth], paper: str, *, took_s: float) -> Iterator[str]:
    """The page, line by line."""
    yield "# Performance\n\n"
    yield (
        "Written by `make bench` (`python -m bench`); nothing here is edited by hand. Services are simulated in a\n"
        "process of their own: every answer takes 50 ms, the leaky bucket is on with fixed costs (0.12 a list,\n"
        "0.2 a write), worlds are filled directly. What is least possible is reckoned in `bench/bounds.py`.\n"
        "Requests are counts and repeat exactly; seconds depend on the machine and on what else ran there.\n\n"
    )
    yield from (f"- {line}\n" for line in machine())
    yield f"- The whole run took {took_s / 60:.0f} minutes.\n\n"
    yield "| what | goal | reached | met | note |\n| --- | --- | --- | --- | --- |\n"
    yield from (_line(row) for row in rows)
    yield "\n## Growth\n\nA sweep without changes, ids known from the state.\n\n"
    yield f"| {' | '.join(GROWTH_HEADINGS)} |\n|{' ---: |' * len(GROWTH_HEADINGS)}\n"
    yield from (f"| {' | '.join(_cells(one))} |\n" for one in growth)
    yield f"\n## A hundred thousand courses, on paper\n\n{paper}"


AGAINST = "\n## Against another revision\n"


def against_of(page: str) -> str:
    """The part of the page that `bench.against` wrote, '' where there is none."""
    _, heading, rest = page.partition(AGAINST)
    return heading + rest


def with_growth_anew(page: str, growth: Iterable[Growth]) -> str:
    """The page with sweeps measured again, each in the place of the one over the same courses and events."""
    fresh = {cells[:2]: cells for cells in map(_cells, growth)}
    lines = page.splitlines(keepends=True)
    for at, line in enumerate(lines):
        courses, events = [*line.strip("| \n").split(" | "), "", ""][:2]
        if (courses, events) in fresh:
            lines[at] = f"| {' | '.join(fresh[courses, events])} |\n"
    return "".join(lines)


def with_rows_anew(page: str, rows: Iterable[Row]) -> str:
    """The page with lines measured again, each in the place of the one that was about the same; new ones come last."""
    fresh = {row.what: row for row in rows}
    lines = page.splitlines(keepends=True)
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load {os.getloadavg()[0]:.1f}"
    last = 0
    for at, line in enumerate(lines):
        if line.startswith("## "):
            break
        if line.startswith("| "):
            last = at
            row = fresh.pop(line[2:].partition(" | ")[0], None)
            if row is not None:
                lines[at] = _line(
                    replace(row, note="; ".join(filter(None, (row.note, f"measured again {when}"))))
                )
    lines[last + 1 : last + 1] = [
        _line(replace(row, note="; ".join(filter(None, (row.note, f"measured {when}")))))
        for row in fresh.values()
    ]
    return "".join(lines)


def _line(row: Row) -> str:
    cells = (row.what, row.goal, row.reached, SIGNS[row.met], row.note)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


def machine() -> Iterator[str]:
    """Where and with what it was measured."""
    yield f"Date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    yield f"Machine: {os.cpu_count()} cores, {_cpu_model()}, {platform.system()} {platform.machine()}"
    with suppress(OSError):
        yield f"Load when the run ended (1, 5, 15 min): {', '.join(f'{one:.1f}' for one in os.getloadavg())}"
    yield f"Python {platform.python_version()}; {', '.join(_versions())}"


def _versions() -> Iterator[str]:
    for name in PACKAGES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} missing"


def _cpu_model() -> str:
    with suppress(OSError):
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
        if found is not None:
            return found[1].strip()
    return platform.processor() or "unknown processor"
