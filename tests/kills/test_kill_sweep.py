"""The real process is killed before and after every remote write and every commit, and started again.

After that the worlds are as in a run that nobody disturbed, ids included, and nothing is left to do. A few
of the moments in each run of the tests; all of them by `make laws`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

import pytest

from syncd.sandbox.canvas.acts import raw_event
from syncd.sandbox.pair import Pair
from tests.acceptance.sites import CANARY, LAW, ROOT, Site, Stage, Warm, Worlds
from tests.support import made_sites
from tests.support.almanac import FIRST_DAY, Almanac, Line
from tests.support.college import write

SEARCH = os.environ.get("HYPOTHESIS_PROFILE") == "laws"
IN_CI = 14
"""Moments tried in each of the three phases, spread evenly."""
MOST_WRITES = 15

TARGETS = f"""\
owner: moor
timezone: Asia/Almaty
targets:
  - {{name: pilot, kind: canvas, courses: [101], year: 2031-2032, programme: full-time, terms: [michaelmas], languages: [cy]}}
  - {{name: calendar, kind: google, calendar_id: {LAW}, languages: [cy]}}
"""
FILLED = {
    "entry-1": Line(5, 1, 0, "all"),
    "entry-2": Line(9, 5, 0, "all"),
    "entry-3": Line(20, 1, 0, "michaelmas"),
}
EDITED = FILLED | {"entry-1": Line(6, 1, 0, "all"), "entry-2": Line(9, 6, 1, "all")}
REMOVED = {name: line for name, line in EDITED.items() if name != "entry-2"}
PHASES = {"first-fill": ({}, FILLED), "edit": (FILLED, EDITED), "removal": (EDITED, REMOVED)}
"""Phase to the entries that are in step before it, and those that the calendar has then."""
MOMENTS_OF_MADE = 40 if SEARCH else 1
"""Moments tried in the first fill of each made university, spread evenly."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is killed: a site, the calendar that is in step before, None for none, and the one that it has then."""

    targets: str
    today: date
    before: Mapping[str, bytes] | None
    after: Mapping[str, bytes]
    is_in_order: bool = True
    """Whether what is left after a kill is written in the order of an undisturbed run: with one course of Canvas, where
    ids are numbers that count up."""

    @classmethod
    def of_phase(cls, phase: str) -> Self:
        before, after = (dict(Almanac(dict(lines)).candidate().files) for lines in PHASES[phase])
        return cls(TARGETS, FIRST_DAY, before if PHASES[phase][0] else None, after)

    @classmethod
    def of_made(cls, name: str) -> Self:
        """The first fill of one of the made universities, clock times and all."""
        targets = (made_sites.FOLDER / name / "targets.yaml").read_text("utf-8")
        calendar = made_sites.calendar_of(name)
        files = made_sites.files_of(name)
        return cls(targets, made_sites.today_of(calendar), None, files, is_in_order=False)


class Launcher:
    """The program with a kill switch, as `launcher.py` runs it."""

    def __init__(self, folder: Path) -> None:
        self._errors = (folder / "errors").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("launcher.py")), str(folder / "counts")],
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    def once(self, site: Site, kill: str = "") -> tuple[int, dict[str, int]]:
        """Exit status, and how often each moment was passed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        job = {"environment": site.environment({}), "words": ["--once"], "kill": kill}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told["status"], told["counts"]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            assert stream is not None
            stream.close()


@dataclass(frozen=True, slots=True)
class Moment:
    """Worlds, and the state folder that goes with them."""

    worlds: Worlds
    state: Path


class Sweep:
    """One phase: where it begins, where it must end, and the moments in between."""

    def __init__(self, case: Case, stage: Stage, launcher: Launcher, folder: Path) -> None:
        self.case, self.stage, self.launcher, self.folder = case, stage, launcher, folder
        self.runs = 0
        assert stage.empty is not None
        stage.back_to(stage.empty)
        site = self._site(None, case.before or case.after)
        if case.before is not None:
            assert launcher.once(site)[0] == 0
        self.start = Moment(stage.keep(), site.state)
        site = self._site(self.start, case.after)
        status, self.counts = launcher.once(site)
        assert status == 0
        self.undisturbed = self._held()

    def moments(self) -> list[str]:
        """Every moment the undisturbed run passed."""
        return [f"{what} {number}" for what, count in sorted(self.counts.items()) for number in range(count)]

    def kill_and_restart(self, moment: str, *, and_again: bool) -> None:
        """One kill, one restart, and the comparison; then once more, with nothing to do."""
        self.stage.back_to(self.start.worlds)
        site = self._site(self.start, self.case.after)
        status, _ = self.launcher.once(site, moment)
        assert status == -signal.SIGKILL, f"{moment}: ended with {status}"
        status, _ = self.launcher.once(site)
        assert status == 0, f"{moment}: the restart ended with {status}"
        assert self._held() == self.undisturbed, moment
        if and_again:
            site.forget()
            assert self.launcher.once(site)[0] == 0, moment
            assert site.writes() == [], f"{moment}: something was left to do"

    def _held(self) -> object:
        found = held(self.stage.pair)
        if self.case.is_in_order:
            return found
        return sorted(
            (name.split()[0], repr({field: one for field, one in value.items() if field != "id"}))
            if isinstance(value, dict)
            else (name, repr(value))
            for name, value in found.items()
        )

    def _site(self, start: Moment | None, files: Mapping[str, bytes]) -> Site:
        """A fresh folder with the state of the start and this calendar."""
        self.runs += 1
        folder = self.folder / str(self.runs)
        calendar = write(dict(files), folder / "data")
        site = Site.lay_out(self.stage, folder / "site", targets=self.case.targets, calendar=calendar)
        site.variables |= {"SYNCD_TODAY": self.case.today.isoformat(), "SYNCD_WORKERS": "1"}
        site.variables["SYNCD_GUARDS__FILL_MESSAGES"] = "100000"
        if start is not None and start.state.exists():
            site.state.mkdir(parents=True)
            for path in start.state.glob("state.db*"):
                (site.state / path.name).write_bytes(path.read_bytes())
        return site


def held(pair: Pair) -> dict[str, object]:
    """All that both worlds hold, deleted events included, but for the times of writing."""
    with pair.canvas.lock:
        found: dict[str, object] = {
            f"canvas {number}": {
                name: value
                for name, value in raw_event(one).items()
                if name not in {"created_at", "updated_at"}
            }
            for number, one in pair.canvas.events.items()
        }
    with pair.google.lock:
        for name, calendar in pair.google.calendars.items():
            for key, row in calendar.rows.items():
                found[f"google {name} {key}"] = (row.status, row.start, row.end, dict(row.fields))
    return found


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Pair.seeded() as pair:
        admin = next(user for user in pair.canvas.users.values() if user.name == "Calendar service")
        pair.canvas.add_token(admin, CANARY)
        stage = Stage(pair, Warm())
        stage.empty = stage.keep()
        yield stage
        stage.warm.close()


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    launcher = Launcher(tmp_path_factory.mktemp("launcher"))
    yield launcher
    launcher.close()


@pytest.mark.parametrize("phase", PHASES)
def test_a_process_killed_at_any_moment_and_started_again_ends_as_if_nothing_had_been(
    phase: str, stage: Stage, launcher: Launcher, tmp_path: Path
) -> None:
    sweep = Sweep(Case.of_phase(phase), stage, launcher, tmp_path)
    assert 2 <= sweep.counts["write before"] <= MOST_WRITES
    assert sweep.counts["write before"] == sweep.counts["write after"]
    moments = sweep.moments()
    chosen = moments if SEARCH else moments[:: max(1, len(moments) // IN_CI)]
    for number, moment in enumerate(chosen):
        sweep.kill_and_restart(moment, and_again=SEARCH or number % 4 == 0)


@pytest.mark.parametrize("name", made_sites.NAMES)
def test_a_made_university_killed_in_its_first_fill_ends_as_if_nothing_had_been(
    name: str, stage: Stage, launcher: Launcher, tmp_path: Path
) -> None:
    sweep = Sweep(Case.of_made(name), stage, launcher, tmp_path)
    moments = sweep.moments()
    step = max(1, len(moments) // MOMENTS_OF_MADE)
    for moment in moments[step // 2 :: step]:
        sweep.kill_and_restart(moment, and_again=SEARCH)
