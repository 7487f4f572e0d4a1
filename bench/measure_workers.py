"""The rows about more than one machine: servers and workers over one PostgreSQL, each beside its control."""

from __future__ import annotations

import random
import signal
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import university
from bench.bench_site import SiteFiles
from bench.builds import Daemon, this_build
from bench.fleet_site import Fleet, Log, Size, make_fleet, processor_s, until
from bench.simulators import Simulators
from bench.table import Row
from syncd.state.address import DatabaseAddress
from tests.support.postgresql import Cluster
from tests.system.fleet import chaos, stops
from tests.system.fleet.servers import Servers

MACHINES = ("one", "two", "three")
TAKEOVERS = 2
STOPS, STOPS_OF_CONTROLS = 10, 4
MANY, INTERVAL_S = 500, 900
"""The fleet of the goal, and seconds between two turns of one of its universities."""
QUIET = Size(name="quiet", universities=2, courses=500, events=40, places=1)
"""Part of that fleet; the rest is reckoned from it."""
QUIET_TURNS, IDLE_S = 2, 5.0
LONG = Size(name="long", universities=6, courses=300, events=4, places=1, settings={"WORKERS": "1"})
"""Turns that read one answer after the other, and compute little meanwhile."""
EDITED = Size(name="edited", universities=1, courses=30, events=36, places=2)
EDITS = 6


def fleet(postgresql: Cluster) -> list[Row]:
    """All of it."""
    return [
        *takeover(postgresql), *stale(postgresql), scaling(postgresql), edit(postgresql), *quiet(postgresql),
    ]  # fmt: skip


@contextmanager
def _scene(postgresql: Cluster, size: Size) -> Iterator[tuple[Simulators, Path, Fleet]]:
    with tempfile.TemporaryDirectory(prefix="bench-") as name, Simulators() as simulators:
        yield simulators, Path(name), make_fleet(postgresql, simulators, Path(name), size)


# --- a second server ----------------------------------------------------------------------------------


def takeover(postgresql: Cluster) -> Iterator[Row]:
    """How long nobody writes, as a second server and the database's return end it, with the times as they are shipped."""
    with chaos.stages() as stage, tempfile.TemporaryDirectory(prefix="bench-") as name:

        def servers(turn: str) -> Servers:
            address = DatabaseAddress(url=postgresql.url, instance=turn)
            return Servers(chaos.lay_out(stage, Path(name) / turn), address)

        for number, goal_s in ((signal.SIGKILL, 30), (signal.SIGTERM, 5)):
            found = [chaos.takeover_s(servers(f"{number.name}{turn}"), number) for turn in range(TAKEOVERS)]
            yield _longest(f"takeover by a second server after {number.name}", goal_s, found)
        found = [chaos.back_s(servers(f"back{turn}"), postgresql) for turn in range(TAKEOVERS)]
        yield _longest("goes on after PostgreSQL's return, the lease having run out", 15, found)


def _longest(what: str, goal_s: int, found: list[float]) -> Row:
    return Row(
        what=what,
        goal=f"<= {goal_s} s",
        reached=f"{max(found):.1f} s",
        met=max(found) <= goal_s,
        note=f"the longest of {len(found)}, {statistics.median(found):.1f} s in the middle; TTL 12 s, grace 8 s",
    )


def stale(postgresql: Cluster) -> Iterator[Row]:
    """Requests of a holder that was stopped for longer than its lease, after the next one's claim."""
    dice = random.Random(1)  # noqa: S311 - what strikes when, not a secret
    found = {
        place: stops.count(
            postgresql.url, place, STOPS if place == "at the socket" else STOPS_OF_CONTROLS, dice
        )
        for place in stops.PLACES
    }
    struck, requests = found.pop("at the socket")
    controls = "; ".join(f"asked {place}: {its} of {STOPS_OF_CONTROLS}" for place, (its, _) in found.items())
    yield Row(
        what="stale writes after a SIGSTOP longer than TTL + grace",
        goal="at most after 1 stop of 200, every control red",
        reached=f"after {struck} stops of {STOPS}, {requests} requests",
        met=False if struck else None,
        note=f"too few to tell: the count of 200 stands in docs/guarantees.md. Stops with one where the lease is {controls}",
    )


# --- three workers against one ------------------------------------------------------------------------


def scaling(postgresql: Cluster) -> Row:
    """The same turns by one worker and by three."""
    with _scene(postgresql, LONG) as (simulators, _, at):
        with at.workers(*MACHINES):
            at.rest()
        simulators.forget()
        with at.workers(MACHINES[0]) as logs:
            alone_s, used_s = _turns(at, logs)
        with at.workers(*MACHINES) as logs:
            together_s, _ = _turns(at, logs)
        requests = simulators.requests()
    share = used_s / (alone_s * at.places)
    factor = alone_s / together_s
    return Row(
        what=f"three workers against one: {LONG.universities} turns that read one answer of 50 ms after the other",
        goal=">= 2.5 x, where processor time is <= 5 % of a turn",
        reached=f"{factor:.2f} x ({alone_s:.1f} s, {together_s:.1f} s); {100 * share:.1f} % of a turn",
        met=factor >= 2.5 if share <= 0.05 or factor >= 2.5 else None,
        note=f"{at.places} places a worker, {LONG.courses} courses x {LONG.events} a turn; "
        f"{requests.get('refused', 0)} requests refused; a turn's start and its courses' rows take more than 5 % of it, and "
        "services, PostgreSQL and the bench run on the same processors",
    )


def _turns(at: Fleet, logs: list[Log]) -> tuple[float, float]:
    """Seconds of one turn of each university, and of processor time; each worker has made one before."""
    at.turns()
    before = sum(log.cpu_s() for log in logs)
    seconds = at.turns()
    return seconds, sum(log.cpu_s() for log in logs) - before


# --- from an edit to the first write ------------------------------------------------------------------


def edit(postgresql: Cluster) -> Row:
    """A date edited on either of two machines, against the same under today's daemon with its file."""
    with _scene(postgresql, EDITED) as (simulators, folder, at):
        name = at.universities[0].name
        one, two = (at.machine(machine) / name / "calendar" for machine in MACHINES[:2])
        with at.workers(*MACHINES[:2]):
            at.rest()
            there = _edits(simulators, [(one, two), (two, one)], at.rest)
        files = _as_daemon(at, folder)
        with Daemon(this_build(), files) as daemon:
            daemon.await_line("cycle")
            # Each edit has a fast lane, and a cycle after it.
            here = _edits(
                simulators, [(files.calendar,)], lambda: daemon.await_line("cycle", daemon.count("edit") + 1)
            )
    later = statistics.median(there) - statistics.median(here)
    return Row(
        what=f"a date edited on any machine of a fleet, {EDITED.courses} courses: first remote write",
        goal="<= 2 s later than by one daemon",
        reached=f"{later:.2f} s later ({statistics.median(there):.2f} s against {statistics.median(here):.2f} s)",
        met=later <= 2.0,
        note=f"medians of {EDITS}, from the file's last byte; longest {max(there):.2f} s against {max(here):.2f} s",
    )  # fmt: skip


def _edits(
    simulators: Simulators, places: list[tuple[Path, ...]], come_to_rest: Callable[[], object]
) -> list[float]:
    """Seconds until the first write; each edit is made in the first folder of a tuple, and copied to the others."""
    found = []
    for number in range(EDITS):
        simulators.forget()
        first, *others = places[number % len(places)]
        university.write_calendar(first, EDITED.events, moved=number)
        found.append(until(simulators.writes))
        for other in others:
            university.write_calendar(other, EDITED.events, moved=number)
        come_to_rest()
    return found


def _as_daemon(at: Fleet, folder: Path) -> SiteFiles:
    """The first university as a site of its own, with its state in a file."""
    one = at.universities[0]
    given = at.machine(MACHINES[0]) / one.name / "calendar"
    files = SiteFiles(
        folder=folder / "daemon", calendar=given, canvas=at.canvas, google=at.canvas,
        settings=(
            ("TARGETS_FILE", str(given / "targets.yaml")), ("CANVAS__TOKEN", one.name), ("INTERVAL", "3600"),
            *at.settings.items(),
        ),
    )  # fmt: skip
    files.folder.mkdir()
    return files


# --- a fleet with nothing to do -----------------------------------------------------------------------


def quiet(postgresql: Cluster) -> list[Row]:
    """Turns that change nothing: processor time and requests, and the same of a daemon with its file."""
    with _scene(postgresql, QUIET) as (simulators, folder, at):
        with at.workers(MACHINES[0]) as (worker,):
            at.rest()
            at.turns()
            simulators.forget()
            before, server = worker.cpu_s(), _server_cpu_s(postgresql)
            for _ in range(QUIET_TURNS):
                at.turns()
            turns = QUIET.universities * QUIET_TURNS
            turn_s, server_s = (
                (worker.cpu_s() - before) / turns,
                (_server_cpu_s(postgresql) - server) / turns,
            )
            requests = _quiet_requests(simulators) / turns
            idle = worker.cpu_s()
            time.sleep(IDLE_S)
            idle = (worker.cpu_s() - idle) / IDLE_S
        with Daemon(this_build(), _as_daemon(at, folder)) as daemon:
            daemon.await_line("cycle")
            daemons, daemon_s = _cycles(simulators, daemon)
    cores = MANY * turn_s / INTERVAL_S + idle
    more = requests / daemons - 1
    return [
        Row(
            what=f"{MANY} quiet universities of {QUIET.courses} courses x {QUIET.events}, each every {INTERVAL_S} s: processors",
            goal="<= 0.7 core",
            reached=f"{cores:.2f} core",
            met=cores <= 0.7,
            note=f"reckoned from {turns} turns of {QUIET.universities} of them: {turn_s:.2f} s each, and {100 * idle:.1f} % "
            f"of a core for a worker with nothing to do; a daemon's cycle {daemon_s:.2f} s in the same run; "
            f"PostgreSQL takes {MANY * server_s / INTERVAL_S:.2f} core besides",
        ),
        Row(
            what="the same: requests",
            goal="within 10 % of as many daemons",
            reached=f"{requests:.0f} a turn, {daemons:.0f} a cycle ({100 * more:+.1f} %)",
            met=abs(more) <= 0.1,
            note=f"counted over {turns} turns and {QUIET_TURNS} cycles",
        ),
    ]  # fmt: skip


def _cycles(simulators: Simulators, daemon: Daemon) -> tuple[float, float]:
    """Requests and processor seconds of a daemon's quiet cycle, over a few that a person asked for."""
    _cycle(daemon, 2)
    simulators.forget()
    before = daemon.cpu_s()
    for turn in range(QUIET_TURNS):
        _cycle(daemon, 3 + turn)
    return _quiet_requests(simulators) / QUIET_TURNS, (daemon.cpu_s() - before) / QUIET_TURNS


def _cycle(daemon: Daemon, nth: int) -> None:
    daemon.tell(signal.SIGHUP)
    daemon.await_line("cycle", nth)


def _quiet_requests(simulators: Simulators) -> int:
    """Requests since they were forgotten. Raises RuntimeError where one was refused or wrote."""
    told = simulators.requests()
    if told.pop("refused", 0) or simulators.writes():
        raise RuntimeError(f"not quiet: {told}")
    return sum(told.values())


def _server_cpu_s(postgresql: Cluster) -> float:
    """Processor seconds of PostgreSQL, of sessions that are gone too."""
    pid = int((postgresql.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    return processor_s(parent=pid)
