"""Stops, kills, restarts and edits at a size for CI; `make fleet-chaos` does the same in full."""

from __future__ import annotations

import random
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from syncd.sandbox.faults import Kind, Rule
from syncd.state.address import DatabaseAddress
from tests.acceptance.conftest import fresh, make, stage  # noqa: F401 - fixtures
from tests.acceptance.sites import PATIENCE_S, Site, Stage
from tests.support.postgresql import Cluster
from tests.system.fleet.chaos import EVENTS, Stop, lay_out, one_stop, run_fleet
from tests.system.fleet.fleet import Fleet
from tests.system.fleet.servers import Servers

pytestmark = [pytest.mark.system, pytest.mark.slow]

MAIN = "re-registration-autumn:main"


@pytest.fixture
def servers(fresh: Site, address: DatabaseAddress) -> Servers:  # noqa: F811 - a fixture
    return Servers(fresh, address)


@pytest.fixture
def own(address: DatabaseAddress, postgresql: Cluster) -> DatabaseAddress:
    """A database of this test alone."""
    name = address.instance
    postgresql.run("createdb", "-h", "127.0.0.1", "-p", str(postgresql.port), "-U", "postgres", name)
    return replace(address, url=address.url.rpartition("/")[0] + f"/{name}")


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - what strikes when, not a secret


@pytest.mark.parametrize("seed", [1, 2])
def test_a_stopped_server_writes_nothing_after_its_successor(servers: Servers, seed: int) -> None:
    assert one_stop(servers, dice(seed)) == Stop(stale=0, doubled=0, missing=0)


def test_control_without_the_deadline_a_stopped_server_writes_again(
    stage: Stage,  # noqa: F811 - a fixture
    address: DatabaseAddress,
    tmp_path: Path,
) -> None:
    """In most stops; one of five is enough to show that the count above can be another than none."""
    stale = 0
    for seed in range(5):
        site = lay_out(stage, tmp_path / str(seed))
        own = replace(address, instance=f"{address.instance}-{seed}")
        stale += one_stop(Servers(site, own), dice(seed), "deadline").stale
        if stale:
            break
    assert stale > 0


@pytest.mark.parametrize("number", [3, 8, 15, 22, 40])
def test_a_server_killed_around_any_commit_leaves_each_event_once(servers: Servers, number: int) -> None:
    """Even numbers die before a transaction, odd ones right after its commit."""
    site = servers.site
    with servers.running("one", f"kill-{number}", interval=3600) as one:
        one.process.wait(PATIENCE_S)
    with servers.running("one", interval=3600) as again:
        again.until_cycles(1)
    assert [len(site.course(course)) for course in (101, 102, 104)] == [EVENTS] * 3


def test_a_fleet_under_kills_stops_restarts_and_edits_loses_and_doubles_nothing(
    fresh: Site,  # noqa: F811 - a fixture
    own: DatabaseAddress,
    postgresql: Cluster,
) -> None:
    fleet = Fleet(
        fresh, own, {"north": [101], "south": [102], "west": [104]}, {"interval": 5, "removal_delay": 1}
    )
    found = run_fleet(fleet, postgresql, dice(3), minutes=0.5)
    assert (found.doubled, found.lost, found.foreign, found.wrong_day) == (0, 0, 0, 0)
    assert found.writes >= 30


def test_workers_that_are_restarted_one_after_another_end_in_time_and_double_nothing(
    fresh: Site,  # noqa: F811 - a fixture
    own: DatabaseAddress,
) -> None:
    courses = {"north": [101], "south": [102], "west": [104]}
    fleet = Fleet(fresh, own, courses)
    fresh.pair.canvas_site.faults.add(Rule(kind=Kind.STALL, method="POST", seconds=0.2, times=None))
    with fleet.worker("one") as one:
        one.until(lambda: fresh.course(101), "the fills to begin")
        with fleet.worker("two") as two:
            two.until(lambda: two.lines("worker"), "the second worker")
            one.tell(signal.SIGTERM)
            assert one.process.wait(PATIENCE_S) == 0
            with fleet.worker("one") as again:
                again.until(lambda: again.lines("worker"), "the first one again")
                two.tell(signal.SIGTERM)
                assert two.process.wait(PATIENCE_S) == 0
                again.until(
                    lambda: all(fleet.count(course, name) == EVENTS for name, (course,) in courses.items()),
                    "the fills",
                )
    assert [len(fresh.course(course)) for course in (101, 102, 104)] == [EVENTS] * 3


def edit_before_the_fills_end(fleet: Fleet, *breaks: str) -> bool:
    """Whether an ordinary instance's edit went out while two long fills had the only two places."""
    site = fleet.site
    with fleet.worker("one", *breaks) as worker:
        worker.until(lambda: fleet.count(104, "ordinary") == EVENTS, "the ordinary one's fill")
        site.pair.canvas_site.faults.add(Rule(kind=Kind.STALL, method="POST", seconds=12.0, times=None))
        for name in ("long-a", "long-b"):
            path = fleet.machine("one") / f"{name}.waiting"
            path.rename(path.with_suffix(".env"))
        worker.until(
            lambda: all(fleet.count(course, name) for name, course in (("long-a", 101), ("long-b", 102))),
            "the long fills to begin",
        )
        own = fleet.site_on("one", "ordinary")
        own.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
        worker.until(
            lambda: (
                own.days(own.event(104, MAIN))[1].day == 12
                or all(
                    fleet.count(course, name) == EVENTS for name, course in (("long-a", 101), ("long-b", 102))
                )
            ),
            "the edit, or the end of the fills",
        )
        return own.days(own.event(104, MAIN))[1].day == 12


@pytest.fixture
def crowded(fresh: Site, own: DatabaseAddress) -> Fleet:  # noqa: F811 - a fixture
    fleet = Fleet(fresh, own, {"ordinary": [104], "long-a": [101], "long-b": [102]}, places=2)
    for name in ("long-a", "long-b"):
        path = fleet.machine("one") / f"{name}.env"
        path.rename(path.with_suffix(".waiting"))
    return fleet


def test_long_fills_do_not_keep_an_ordinary_edit_waiting(crowded: Fleet) -> None:
    assert edit_before_the_fills_end(crowded)
