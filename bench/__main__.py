"""`python -m bench`: measure, print the table, write docs/performance.md. ``--quick`` is a small part in two minutes."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench import measure_canvas, measure_fleet, measure_other, measure_workers
from bench.measure_fleet import over_postgresql
from bench.table import Growth, Row, against_of, markdown, show, with_growth_anew, with_rows_anew

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
EVENTS = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured."""

    courses: int = 1_000
    many: int = 5_000
    few: int = 500
    fill: int = 200
    fill_many: int = 250
    calendars: int = 15
    calendar_events: int = 150
    growth: tuple[int, ...] = (10, 100, 10_000)


QUICK = Sizes(
    courses=150, many=300, few=50, fill=15, fill_many=30, calendars=5, calendar_events=130, growth=(10, 50)
)
FULL = Sizes(fill_many=5_000)


@dataclass(slots=True)
class Bench:
    """Collects rows; a measurement that fails is a row that says so."""

    sizes: Sizes
    only: frozenset[str] = frozenset()
    """Names of the parts to measure, none for all."""
    rows: list[Row] = field(default_factory=list)
    growth: list[Growth] = field(default_factory=list)

    def run(self) -> None:
        """Everything, in the order of the table."""
        sizes = self.sizes
        self._take("sweep", lambda: self._grown(*measure_canvas.quiet_sweep(sizes.courses, EVENTS)))
        self._take("peoples events", self._peoples)
        self._take("memory", lambda: self._grown(*measure_canvas.memory(sizes.many, sizes.few, 40)))
        self._take(
            "fill memory", lambda: [measure_canvas.fill_memory(sizes.fill_many, sizes.fill_many // 10, 40)]
        )
        self._take("first fill", lambda: measure_canvas.fill(sizes.fill, EVENTS))
        self._take("shared token", lambda: [measure_canvas.shared_token(min(sizes.courses, 300), EVENTS)])
        self._take("google", lambda: measure_other.google(sizes.calendars, sizes.calendar_events))
        self._take("edit", lambda: measure_other.edit(sizes.courses, EVENTS, sizes.calendars))
        self._take("audit", self._audit)
        self._take("planning", lambda: [measure_other.planning(40)])
        self._take("start", measure_other.start)
        self._take("state", over_postgresql(measure_fleet.state, "the state in PostgreSQL"))
        self._take("file", measure_fleet.file)
        self._take("fleet", over_postgresql(measure_workers.fleet, "several machines over PostgreSQL"))
        self._take("growth", self._more_growth)

    def _take(self, name: str, measure: Callable[[], list[Row]]) -> None:
        if self.only and name not in self.only:
            return
        began = time.monotonic()
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            rows = measure()
        except Exception as error:  # noqa: BLE001 - the other rows are still worth having
            rows = [Row(what=name, goal="", reached="failed", met=False, note=repr(error)[:300])]
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        for row in rows:
            print(f"  {row.what}: {row.reached}", file=sys.stderr, flush=True)
        self.rows.extend(rows)

    def _grown(self, growth: Growth, rows: list[Row]) -> list[Row]:
        self.growth.append(growth)
        return rows

    def _peoples(self) -> list[Row]:
        plain = next(one for one in self.growth if one.courses == self.sizes.courses)
        return [measure_canvas.peoples_sweep(self.sizes.courses, EVENTS, plain)]

    def _audit(self) -> list[Row]:
        many = max(self.growth, key=lambda one: one.courses)
        discovery = -(-self.sizes.many // 100) + 3
        lists = many.requests - (-(-many.courses // 100) + 3)
        return [measure_other.audit(self.sizes.many, 40, lists, many.courses, discovery)]

    def _more_growth(self) -> list[Row]:
        self.growth.extend(measure_canvas.growth(list(self.sizes.growth), EVENTS))
        self.growth.sort(key=lambda one: (one.events / one.courses, one.courses))
        alike = [one for one in self.growth if one.events == one.courses * EVENTS]
        small, large = alike[1], alike[-1]
        factor = large.courses / small.courses
        worst = max(large.requests / small.requests, large.seconds / small.seconds, large.cpu_s / small.cpu_s)
        return [
            Row(
                what=f"growth, {small.courses:,} to {large.courses:,} courses",
                goal="requests, time, CPU and memory linear at worst",
                reached=f"{factor:.0f} x the courses: {large.requests / small.requests:.0f} x the requests, "
                f"{large.seconds / small.seconds:.0f} x the time, {large.cpu_s / small.cpu_s:.0f} x the CPU, "
                f"{large.peak_mb / small.peak_mb:.1f} x the memory",
                met=worst <= 1.1 * factor,
                note="seconds, unlike the rest, depend on what else the machine did",
            )
        ]

    def paper(self) -> str:
        """The largest case, from the figures measured."""
        many = max(self.growth, key=lambda one: one.courses)
        return measure_other.on_paper(1e6 * many.cpu_s / many.events, 0.4)


def main() -> int:
    """Measure; the exit code says whether something failed to be measured, never whether a goal was reached."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, about two minutes; writes no page")
    parser.add_argument(
        "--full", action="store_true", help="the first fill of 200,000 events too, half an hour more"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        metavar="PART",
        help="measure parts again, such as edit and start; audit and peoples events need sweep and memory",
    )
    arguments = parser.parse_args()
    sizes = QUICK if arguments.quick else FULL if arguments.full else Sizes()
    bench = Bench(sizes, frozenset(arguments.only))
    began = time.monotonic()
    bench.run()
    show(bench.rows, bench.growth)
    if arguments.only and not arguments.quick:
        text = with_rows_anew(PAGE.read_text(encoding="utf-8"), bench.rows)
        PAGE.write_text(with_growth_anew(text, bench.growth), encoding="utf-8")
    elif not arguments.quick:
        took_s = time.monotonic() - began
        kept = against_of(PAGE.read_text(encoding="utf-8"))
        with PAGE.open("w", encoding="utf-8") as page:
            page.writelines(markdown(bench.rows, bench.growth, bench.paper(), took_s=took_s))
            page.write(kept)
        print(f"written to {PAGE}")
    return any(row.reached == "failed" for row in bench.rows)


if __name__ == "__main__":
    sys.exit(main())
