"""`python -m bench.against REVISION`: this build and another one on the same worlds, in turns; ratios, ours to theirs.

Both are run as whole processes by the same script, over the sandbox of this build; the state of each is its own.
The last lines are ``NAME RATIO``, medians of the rounds. Needs the packages of this tree's lock from a package index.
"""

from __future__ import annotations

import argparse
import math
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench import university
from bench.against_table import GOALS, PAGE, head, row, with_rows, with_section
from bench.bench_site import SiteFiles
from bench.builds import Build, Daemon, Spent, other_build, spend, this_build
from bench.simulators import LATENCY_S, Simulators

CYCLE_S, IDLE_S, REST_S = 20, 8.0, 1.5
"""Seconds between the daemon's cycles while it is watched at rest, those at rest, and from a cycle's last line on."""
AUDIT_CYCLES = 24
"""Cycles within which every course is read, as by default."""
CYCLES_AN_HOUR, HOUR_S = 4, 3600.0
MOVED = 3
"""Number of the entry whose date is edited."""
CLOSED_EACH = 20
"""Courses to one that was concluded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """``idle_courses``: of the quiet hour. ``fill``: courses filled from empty."""

    courses: int = 1_000
    events: int = 36
    fill: int = 100
    idle_courses: int = 5_000
    rounds: int = 5


QUICK = Sizes(courses=200, fill=20, idle_courses=500, rounds=3)


@dataclass(frozen=True, slots=True)
class _Place:
    """A build with a university and a site of its own."""

    build: Build
    simulators: Simulators
    files: SiteFiles

    def run(self, *arguments: str) -> Spent:
        """One command, the simulators answering at once."""
        return spend(self.build, self.files, *arguments)

    def run_slowly(self, *arguments: str) -> Spent:
        """The same with 50 ms an answer and the bucket on, begun empty."""
        self.simulators.set_latency(LATENCY_S)
        self.simulators.set_bucket(enabled=True)
        self.simulators.drain_bucket()
        try:
            return self.run(*arguments)
        finally:
            self.simulators.set_latency(0.0)
            self.simulators.set_bucket(enabled=False)

    def forget(self) -> None:
        """Lose the state."""
        shutil.rmtree(self.files.folder / "state", ignore_errors=True)

    def edit(self, events: int, *, moved: bool) -> None:
        """Write the calendar with one date later, or as it was."""
        shipped = self.build.data()
        university.write_calendar(
            self.files.calendar, events, moved=MOVED if moved else None, shipped=shipped
        )


_WITHOUT_START = frozenset({"cpu-sweep", "cpu-sweep-teachers", "cpu-fill", "wall-sweep"})
"""Names of which the start is no part: it is measured right before each turn, over one course in step, and taken off."""


@dataclass(slots=True)
class Against:
    """Collects what each round took, by name and build."""

    builds: Sequence[Build]
    sizes: Sizes
    taken: dict[str, dict[str, list[float]]] = field(default_factory=dict)

    def sweeps(self) -> None:
        """Sweeps in step without people's events, and dry runs without a state, at 50 ms an answer."""
        with self._places(self.sizes.courses) as places:
            for build, spent in self._beyond_start(places, lambda place: place.run_slowly("--once")):
                self._note("cpu-sweep", build, spent.cpu_s)
                self._note("wall-sweep", build, spent.wall_s)
            for place in self._turns(places):
                place.forget()
                spent = place.run_slowly("--dry-run")
                self._note("cpu-cold", place.build, spent.cpu_s)
                self._note("wall-cold", place.build, spent.wall_s)

    def sweeps_with_teachers(self) -> None:
        """Sweeps in step with events of teachers, with sections and closed courses."""
        with self._places(self.sizes.courses, peoples=True) as places:
            for build, spent in self._beyond_start(places, lambda place: place.run_slowly("--once")):
                self._note("cpu-sweep-teachers", build, spent.cpu_s)

    def fills(self) -> None:
        """First fills without latency; processor time of the whole, since both write the same number of events."""

        def fill(place: _Place) -> Spent:
            place.simulators.empty_courses()
            place.forget()
            return place.run("--once")

        with self._places(self.sizes.fill, filled=False) as places:
            for build, spent in self._beyond_start(places, fill):
                self._note("cpu-fill", build, spent.cpu_s)

    def edits(self) -> None:
        """From a date edited on disk to the first write, under a running daemon."""
        with self._places(self.sizes.courses) as places:
            for turn, place in enumerate(self._turns(places)):
                with Daemon(place.build, place.files) as daemon:
                    daemon.await_line("cycle")
                    time.sleep(REST_S)
                    place.simulators.forget()
                    before = daemon.cpu_s()
                    # There and back, so that each turn edits something.
                    place.edit(self.sizes.events, moved=turn // len(places) % 2 == 0)
                    while not place.simulators.writes():
                        time.sleep(0.002)
                    self._note("cpu-edit", place.build, daemon.cpu_s() - before)
                    daemon.await_line("cycle", 2)

    def idles(self) -> None:
        """A quiet hour of a daemon with its status page: four audits, and rest in between."""
        watched = (
            ("INTERVAL", str(CYCLE_S)),
            ("AUDIT_INTERVAL", str(CYCLE_S * AUDIT_CYCLES)),
            ("HTTP_LISTEN", "127.0.0.1:0"),
        )
        with self._places(self.sizes.idle_courses, peoples=True) as places:
            for place in self._turns(places):
                with Daemon(place.build, replace(place.files, settings=watched)) as daemon:
                    daemon.await_line("cycle")
                    time.sleep(REST_S)
                    began, cpu = time.monotonic(), daemon.cpu_s()
                    time.sleep(IDLE_S)
                    rest = (daemon.cpu_s() - cpu) / (time.monotonic() - began)
                    began, cpu = time.monotonic(), daemon.cpu_s()
                    daemon.await_line("cycle", 2)
                    time.sleep(REST_S)
                    audit = daemon.cpu_s() - cpu - rest * (time.monotonic() - began)
                self._note("cpu-idle", place.build, CYCLES_AN_HOUR * audit + HOUR_S * rest)

    def show(self) -> None:
        """Medians of both, and last one line for each name with the ratio."""
        ratios = []
        for name in GOALS:
            if name in self.taken:
                here, there = self._medians(name)
                ratios.append(f"{name} {here / there if self._is_clear(name) else math.nan:.3f}")
                without = ", without the start" if name in _WITHOUT_START else ""
                print(
                    f"{name}: {here:.3f} s here ({self._spread(name, 0)}), "
                    f"{there:.3f} s at {self.builds[1].name} ({self._spread(name, 1)}){without}"
                )
        print("\n".join(ratios))

    def _medians(self, name: str) -> list[float]:
        """Seconds of both builds, ours first."""
        return [statistics.median(self.taken[name][build.name]) for build in self.builds]

    def _is_clear(self, name: str) -> bool:
        """Whether each build's turns lie closer together than what they measured; else the ratio says nothing."""
        return all(max(taken) - min(taken) < statistics.median(taken) for taken in self.taken[name].values())

    def _spread(self, name: str, build: int) -> str:
        taken = self.taken[name][self.builds[build].name]
        return f"{min(taken):.3f} to {max(taken):.3f}"

    def page(self) -> Iterator[str]:
        """The part of docs/performance.md, line by line."""
        sizes = self.sizes
        yield from head(
            self.builds[1].name,
            f"{sizes.courses:,} courses x {sizes.events}; a fill of {sizes.fill} courses; the quiet hour over "
            f"{sizes.idle_courses:,} courses; {sizes.rounds} rounds.",
        )
        yield from self.rows().values()

    def rows(self) -> dict[str, str]:
        """By name, the line of the table."""
        return {
            name: row(name, *self._medians(name), is_clear=self._is_clear(name))
            for name in GOALS
            if name in self.taken
        }

    def _beyond_start(
        self, places: Sequence[_Place], command: Callable[[_Place], Spent]
    ) -> Iterator[tuple[Build, Spent]]:
        """What the command took in each turn, less what a university of one course in step took right before it."""
        with self._places(1) as small:
            starts = {place.build.name: place for place in small}
            for place in self._turns(places):
                start = starts[place.build.name].run("--once")
                yield place.build, command(place).less(start)

    def _turns(self, places: Sequence[_Place]) -> Iterator[_Place]:
        """Each build once a round, the other one first in every second round."""
        for number in range(self.sizes.rounds):
            yield from (places if number % 2 == 0 else reversed(places))

    def _note(self, name: str, build: Build, seconds: float) -> None:
        print(f"  {name} {build.name}: {seconds:.3f} s", file=sys.stderr, flush=True)
        self.taken.setdefault(name, {}).setdefault(build.name, []).append(seconds)

    @contextmanager
    def _places(self, courses: int, *, filled: bool = True, peoples: bool = False) -> Iterator[list[_Place]]:
        """A university for each build, alike but for the wording, which is the build's own."""
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
            places = []
            for number, build in enumerate(self.builds):
                simulators = stack.enter_context(Simulators())
                place = _Place(build, simulators, _files(folder / str(number), simulators))
                place.edit(self.sizes.events, moved=False)
                simulators.set_latency(0.0)
                simulators.set_bucket(enabled=False)
                simulators.add_courses(1, 1 if filled else courses)
                if filled:
                    place.run("--once")
                    simulators.add_courses(2, courses)
                    simulators.copy_course(1, 2, courses)
                    if peoples:
                        simulators.add_peoples_events(1, courses)
                        simulators.conclude_courses(1, courses // CLOSED_EACH)
                    place.run("--once")
                places.append(place)
            yield places


def _files(folder: Path, simulators: Simulators) -> SiteFiles:
    addresses = simulators.addresses
    return SiteFiles(
        folder=folder, calendar=folder / "calendar", canvas=addresses["canvas"], google=addresses["google"]
    )


def main() -> int:
    """Measure and print; the exit code says nothing of the ratios."""
    parser = argparse.ArgumentParser(prog="python -m bench.against", description=__doc__)
    parser.add_argument("revision", help="what to measure against, as git names it")
    parser.add_argument("--python", type=Path, help="interpreter of an environment that already holds it")
    parser.add_argument("--quick", action="store_true", help="small worlds, a few minutes")
    parser.add_argument("--rounds", type=int, help="measurements of each build")
    parser.add_argument("--courses", type=int, help="courses of the sweeps, the cold run and the edit")
    parser.add_argument("--events", type=int, help="events in each course")
    parser.add_argument("--fill", type=int, help="courses of the first fill")
    parser.add_argument("--idle-courses", type=int, help="courses of the quiet hour")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    parser.add_argument("--only", default="", metavar="PART", help="sweep, teachers, fill, edit or idle")
    arguments = parser.parse_args()
    asked = {
        name: getattr(arguments, name) for name in ("rounds", "courses", "events", "fill", "idle_courses")
    }
    sizes = replace(
        QUICK if arguments.quick else Sizes(), **{name: one for name, one in asked.items() if one}
    )
    with ExitStack() as stack:
        if arguments.python is not None:
            other = Build(arguments.revision, arguments.python.absolute())
        else:
            other = stack.enter_context(other_build(arguments.revision))
        against = Against((this_build(), other), sizes)
        parts = {
            "sweep": against.sweeps,
            "teachers": against.sweeps_with_teachers,
            "fill": against.fills,
            "edit": against.edits,
            "idle": against.idles,
        }
        for name, part in parts.items():
            if arguments.only in {"", name}:
                part()
        against.show()
        if arguments.write:
            page = PAGE.read_text(encoding="utf-8")
            # One part measured again: its lines alone are new.
            text = with_rows(page, against.rows()) if arguments.only else with_section(page, against.page())
            PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
