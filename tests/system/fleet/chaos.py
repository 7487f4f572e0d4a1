"""Stops, kills, restarts and edits, and what they came to: at a size for CI, or for as long as one likes.

`make fleet-chaos` runs `python -m tests.system.fleet.chaos` in full and prints the tables of docs/guarantees.md.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from syncd.sandbox.faults import Kind, Rule
from syncd.sandbox.pair import Pair
from syncd.state.address import DatabaseAddress
from tests.acceptance import sites
from tests.acceptance.conftest import SHIPPED
from tests.acceptance.sites import CANARY, SMALL, Daemon, Site, Stage, Warm
from tests.support.postgresql import Cluster, cluster
from tests.system.fleet.fleet import Fleet
from tests.system.fleet.servers import Servers

COURSES = (101, 102, 104)
EVENTS = 10
"""Of each course, once it is filled."""
WATCH_S = 3.0
"""Seconds after a stopped server goes on in which any write is its own."""


# --- one stop, in the middle of a fill ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stop:
    """``stale``: writes of the stopped server after its successor had done all. ``doubled``: events at rest."""

    stale: int
    doubled: int
    missing: int


def one_stop(servers: Servers, dice: random.Random, *breaks: str) -> Stop:
    """SIGSTOP a server while it fills, let another do the rest, SIGCONT: what does the first one still write?"""
    site = servers.site
    slow = Rule(kind=Kind.STALL, method="POST", seconds=0.15, times=None)
    site.pair.canvas_site.faults.add(slow)
    with servers.running("one", *breaks, interval=3600) as one:
        some = dice.randrange(1, 12)
        one.until(lambda: sum(len(site.course(number)) for number in COURSES) >= some, "the fill to begin")
        time.sleep(dice.uniform(0.0, 0.3))
        one.tell(signal.SIGSTOP)
        site.pair.canvas_site.faults.clear()
        with servers.running("two", *breaks, interval=3600) as two:
            two.until_cycles(1)
            time.sleep(0.5)
            before, ours = len(site.writes()), len(two.lines("change"))
            one.tell(signal.SIGCONT)
            time.sleep(WATCH_S)
            # What the successor wrote meanwhile, mending a copy for instance, it has logged.
            stale = len(site.writes()) - before - (len(two.lines("change")) - ours)
    keys = Counter(
        (number, (event.description or "").partition("v1;mnu;")[2].partition(";")[0])
        for number in COURSES
        for event in site.course(number)
    )
    have = sum(keys.values())
    doubled = sum(count - 1 for count in keys.values())
    return Stop(stale=stale, doubled=doubled, missing=len(COURSES) * EVENTS - (have - doubled))


# --- a fleet under everything at once -----------------------------------------------------------------


@dataclass(slots=True)
class Tally:
    """What happened in a run, and what was found at rest."""

    minutes: float = 0.0
    kills: int = 0
    stops: int = 0
    restarts: int = 0
    edits: int = 0
    cycles: int = 0
    writes: int = 0
    doubled: int = 0
    lost: int = 0
    foreign: int = 0
    wrong_day: int = 0

    def lines(self) -> Iterator[str]:
        """As the row of a table."""
        yield (
            f"| {self.minutes:.0f} | {self.kills} | {self.stops} | {self.restarts} | {self.edits} | {self.cycles} | "
            f"{self.writes} | {self.doubled} | {self.lost} | "
            f"{self.foreign} | {self.wrong_day} |"
        )


def run_fleet(fleet: Fleet, postgresql: Cluster, dice: random.Random, *, minutes: float) -> Tally:
    """Three workers, and one thing after another done to them; then rest, and a look at every calendar."""
    tally, site = Tally(minutes=minutes), fleet.site
    foreign = {
        number: site.teacher.add(
            f"course_{number}", title="A colleague's own event", start_at="2025-10-01T08:00:00Z"
        )
        for number in COURSES
    }
    machines = ("one", "two", "three")
    day = dict.fromkeys(fleet.courses, 13)
    with ExitStack() as running:
        workers = {machine: running.enter_context(fleet.worker(machine)) for machine in machines}
        latest = time.monotonic() + minutes * 60
        while time.monotonic() < latest:
            time.sleep(dice.uniform(1.0, 5.0))
            what = dice.choices(("edit", "kill", "stop", "restart"), (8, 4, 3, 1))[0]
            machine = dice.choice(machines)
            if what == "edit":
                instance = dice.choice(sorted(fleet.courses))
                day[instance] = _edit(fleet, dice, instance, day[instance])
                tally.edits += 1
            elif what == "kill":
                os.killpg(workers[machine].process.pid, signal.SIGKILL)
                workers[machine].process.wait()
                workers[machine] = running.enter_context(fleet.worker(machine))
                tally.kills += 1
            elif what == "stop":
                os.killpg(workers[machine].process.pid, signal.SIGSTOP)
                time.sleep(dice.uniform(1.0, 3.0) * (fleet.address.lease_ttl_s + fleet.address.lease_grace_s))
                os.killpg(workers[machine].process.pid, signal.SIGCONT)
                tally.stops += 1
            else:
                postgresql.restart()
                tally.restarts += 1
        _rest(fleet, workers, day)
        tally.writes = len(site.writes())
    tally.cycles = sum(
        path.read_text(encoding="utf-8").count('"event": "cycle"')
        for path in fleet.site.folder.parent.glob("worker-*.log")
    )
    for instance, (course,) in fleet.courses.items():
        ours = [one for one in site.course(course) if f"v1;{instance};" in (one.description or "")]
        keys = Counter(
            (one.description or "").partition(f"v1;{instance};")[2].partition(";")[0] for one in ours
        )
        tally.doubled += sum(count - 1 for count in keys.values())
        tally.lost += EVENTS - len(keys)
        found = site.days(site.event(course, "re-registration-autumn:main"))[1].day
        tally.wrong_day += found != day[instance]
        tally.foreign += not any(
            one.id == foreign[course].id and one.title == foreign[course].title for one in site.course(course)
        )
    return tally


def _edit(fleet: Fleet, dice: random.Random, instance: str, day: int) -> int:
    """A person edits on the machine that is up to date, and the folder reaches the others a moment later."""
    new = dice.choice([one for one in range(10, 14) if one != day])
    site = fleet.site_on("one", instance)
    site.edit("re-registration-autumn", f"end: 2025-09-{day}", f"end: 2025-09-{new}")
    time.sleep(dice.uniform(0.0, 2.0))
    for machine in ("two", "three"):
        shutil.copytree(
            fleet.machine("one") / instance / "calendar",
            fleet.machine(machine) / instance / "calendar",
            dirs_exist_ok=True,
        )
    return new


def _rest(fleet: Fleet, workers: dict[str, Daemon], day: dict[str, int]) -> None:
    """Until nothing is due, under way or wanted any more; an edit that no machine could tell is pushed by hand."""
    for instance in fleet.courses:
        fleet.verb("push", instance, machine="one")
    latest = time.monotonic() + 5 * sites.PATIENCE_S
    while time.monotonic() < latest:
        time.sleep(1.0)
        left = fleet.rows(
            "SELECT count(*) FROM instance i LEFT JOIN lease l USING (name) WHERE i.wanted > i.done OR i.due < "
            "extract(epoch FROM clock_timestamp()) OR l.free_at > extract(epoch FROM clock_timestamp())"
        )
        if left == [(0,)] and all(
            fleet.site.days(fleet.site.event(course, "re-registration-autumn:main"))[1].day == day[instance]
            for instance, (course,) in fleet.courses.items()
        ):
            return


def takeover_s(servers: Servers, number: signal.Signals) -> float:
    """From a signal to the holder until the other server has claimed."""
    with servers.running("one", interval=3600) as one, servers.running("two", interval=3600) as two:
        one.until(lambda: one.lines("cycle") or two.lines("cycle"), "a first cycle")
        holder, other = (one, two) if servers.holds(one) else (two, one)
        other.until(lambda: other.lines("standby"), "standby")
        began = time.monotonic()
        holder.tell(number)
        while not servers.holds(other):
            time.sleep(0.02)
        return time.monotonic() - began


def back_s(servers: Servers, postgresql: Cluster) -> float:
    """From PostgreSQL's return, once the lease had run out without it, until the server holds a new one."""
    with servers.running("one", interval=3600) as one:
        one.until_cycles(1)
        before, _ = servers.lease()
        postgresql.control("stop", "-m", "immediate")
        one.until(lambda: len(one.lines("database-away")) >= 2, "the server to wait for the database")
        postgresql.control("start")
        began = time.monotonic()
        while servers.lease()[0] == before:
            time.sleep(0.02)
        return time.monotonic() - began


# --- by hand --------------------------------------------------------------------------------------------


@contextmanager
def stages() -> Iterator[Stage]:
    """Both simulators, for one run by hand."""
    with Pair.seeded() as pair:
        admin = next(user for user in pair.canvas.users.values() if user.name == "Calendar service")
        pair.canvas.add_token(admin, CANARY)
        stage = Stage(pair, Warm())
        stage.empty = stage.keep()
        try:
            yield stage
        finally:
            stage.warm.close()


def lay_out(stage: Stage, folder: Path) -> Site:
    """A law school's site in both simulators, put back to empty calendars."""
    assert stage.empty is not None
    stage.back_to(stage.empty)
    folder.mkdir(parents=True)
    return Site.lay_out(stage, folder / "site", targets=SMALL, calendar=SHIPPED)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stops", type=int, default=200)
    parser.add_argument("--controls", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--takeovers", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    # A long run shares its machine with whatever else goes on there.
    sites.PATIENCE_S = 300.0
    dice = random.Random(given.seed)  # noqa: S311 - what strikes when, not a secret
    with cluster() as postgresql, stages() as stage, tempfile.TemporaryDirectory() as root:
        base = Path(root)

        def address(name: str, **times: float) -> DatabaseAddress:
            return DatabaseAddress(url=postgresql.url, instance=name, **times)

        for signal_number in (signal.SIGKILL, signal.SIGTERM):
            found = [
                takeover_s(
                    Servers(
                        lay_out(stage, base / f"{signal_number.name}{turn}"),
                        address(f"t{signal_number.name}{turn}"),
                    ),
                    signal_number,
                )
                for turn in range(given.takeovers)
            ]
            if found:
                _say(f"takeover after {signal_number.name}, TTL 12 s, grace 8 s: p50 {statistics.median(found):.1f} s, "
                      f"max {max(found):.1f} s of {len(found)}")  # fmt: skip
        returned = [
            back_s(Servers(lay_out(stage, base / f"back{turn}"), address(f"back{turn}")), postgresql)
            for turn in range(given.takeovers)
        ]
        if returned:
            _say(f"goes on after PostgreSQL's return, TTL 12 s, grace 8 s: p50 {statistics.median(returned):.1f} s, "
                  f"max {max(returned):.1f} s of {len(returned)}")  # fmt: skip
        _say("| safeguards | stops | with a stale write | stale writes | doubled at rest | missing at rest |")
        _say("| --- | --- | --- | --- | --- | --- |")
        rounds: list[tuple[tuple[str, ...], int]] = [((), given.stops)]
        rounds += [(breaks, given.controls) for breaks in (("deadline",), ("deadline", "epoch"))]
        for breaks, count in rounds:
            struck = []
            for turn in range(count):
                name = f"s{len(breaks)}-{turn}"
                servers = Servers(
                    lay_out(stage, base / name), address(name, lease_ttl_s=2.0, lease_grace_s=1.0)
                )
                struck.append(one_stop(servers, dice, *breaks))
                shutil.rmtree(base / name, ignore_errors=True)
            words = f"without {' and '.join(breaks)}" if breaks else "all"
            _say(f"| {words} | {count} | {sum(bool(one.stale) for one in struck)} | {sum(one.stale for one in struck)} | "
                  f"{sum(one.doubled for one in struck)} | {sum(one.missing for one in struck)} |")  # fmt: skip
        if given.minutes:
            postgresql.run(
                "createdb", "-h", "127.0.0.1", "-p", str(postgresql.port), "-U", "postgres", "chaos"
            )
            url = postgresql.url.rpartition("/")[0] + "/chaos"
            fleet = Fleet(
                lay_out(stage, base / "fleet"),
                DatabaseAddress(url=url, instance="chaos", lease_ttl_s=4.0, lease_grace_s=2.0),
                {"north": [101], "south": [102], "west": [104]},
                {"interval": 5, "removal_delay": 1},
            )
            _say(
                "| minutes | kills | stops | restarts | edits | cycles | writes | doubled | lost | foreign | wrong day |"
            )
            for line in run_fleet(fleet, postgresql, dice, minutes=given.minutes).lines():
                _say(line)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
