"""Workers of a fleet: each university filled and kept by whoever is there, and by nobody twice."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace

import pytest

from syncd.sandbox.faults import Kind, Rule
from syncd.state.address import DatabaseAddress
from syncd.state.postgresql.fleet_tables import FleetTables
from tests.acceptance.conftest import fresh, make, stage  # noqa: F401 - fixtures
from tests.acceptance.sites import PATIENCE_S, Site
from tests.support.postgresql import Cluster
from tests.system.fleet.fleet import Fleet

pytestmark = pytest.mark.system

MAIN = "re-registration-autumn:main"
OURS = {"north": [101], "south": [102], "west": [104]}


@pytest.fixture
def fleet(fresh: Site, address: DatabaseAddress, postgresql: Cluster) -> Fleet:  # noqa: F811 - a fixture
    """Three universities in a database of their own."""
    name = address.instance
    postgresql.run("createdb", "-h", "127.0.0.1", "-p", str(postgresql.port), "-U", "postgres", name)
    url = address.url.rpartition("/")[0] + f"/{name}"
    return Fleet(fresh, replace(address, url=url), OURS)


def filled(fleet: Fleet) -> list[int]:
    return [fleet.count(course, name) for name, (course,) in OURS.items()]


def test_a_worker_fills_every_university_follows_an_edit_and_stores_no_token(
    fleet: Fleet, postgresql: Cluster
) -> None:
    with fleet.worker("one") as worker:
        worker.until(lambda: filled(fleet) == [10, 10, 10], "the fills")
        site = fleet.site_on("one", "south")
        site.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
        worker.until(lambda: site.days(site.event(102, MAIN))[1].day == 12, "the edit")
        assert site.days(site.event(101, MAIN))[1].day == 13
        worker.until(fleet.at_rest, "every turn to its end")
        assert worker.end() == 0
    assert filled(fleet) == [10, 10, 10]
    assert [(name, one["standing"], one["calendars"]) for name, one in fleet.standing().items()] == [
        ("north", "in step", 1),
        ("south", "in step", 1),
        ("west", "in step", 1),
    ]
    assert worker.lines("fast-lane")
    dump = postgresql.run("pg_dump", fleet.address.url)
    assert "CREATE TABLE fleet.lease" in dump
    assert "north" in dump
    for secret in fleet.site.secrets:
        assert secret not in dump


def test_a_turn_cut_short_by_the_end_of_its_worker_is_no_failure(fleet: Fleet) -> None:
    faults = fleet.site.pair.canvas_site.faults
    with fleet.worker("one") as worker:
        worker.until(lambda: filled(fleet) == [10, 10, 10] and fleet.at_rest(), "the fills")
        faults.add(Rule(kind=Kind.STALL, method="GET", path="/calendar_events$", times=None))
        assert fleet.verb("retry", instance="south").code == 0
        worker.until(lambda: faults.stalled, "a read that is held")
        worker.tell(signal.SIGTERM)
        worker.until(lambda: worker.lines("stopping"), "the turn to be told")
        faults.clear()
        assert worker.process.wait(PATIENCE_S) == 0
    south = fleet.standing()["south"]
    assert (south["standing"], south["calendars"], south["failing"]) == ("unfinished", 1, False)
    assert fleet.verb("status", instance="south").code == 0


def test_what_a_killed_worker_left_another_takes_up(fleet: Fleet) -> None:
    with fleet.worker("one") as one:
        one.until(lambda: sum(filled(fleet)) >= 3, "the fills to begin")
        with fleet.worker("two") as two:
            os.killpg(one.process.pid, signal.SIGKILL)
            two.until(lambda: filled(fleet) == [10, 10, 10], "the rest")
            site = fleet.site_on("two", "north")
            site.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
            two.until(lambda: site.days(site.event(101, MAIN))[1].day == 12, "an edit on the other machine")
    assert filled(fleet) == [10, 10, 10]


def test_a_persons_word_reaches_an_instance_from_every_machine(fleet: Fleet) -> None:
    with fleet.worker("one") as worker:
        worker.until(lambda: filled(fleet) == [10, 10, 10], "the fills")
        assert fleet.verb("pause", machine="two", instance="north").code == 0
        told = json.loads(fleet.verb("status", "--json", machine="one", instance="north").out)
        assert told["paused"] is True
        worker.until(
            lambda: any("paused" in str(row[0]) and '"paused": true' in str(row[0]) for row in fleet.rows(
                "SELECT board FROM instance WHERE name = 'north'"
            )),
            "the turn that was asked for",
        )  # fmt: skip


@pytest.mark.slow
def test_a_machine_with_other_settings_leaves_an_instance_to_the_others(fleet: Fleet) -> None:
    with fleet.worker("one") as one:
        one.until(lambda: filled(fleet) == [10, 10, 10], "the fills")
    path = fleet.machine("two") / "north.env"
    path.write_text(path.read_text() + "SYNCD_WORKERS=3\n")
    with fleet.worker("two") as two:
        two.until(lambda: two.lines("settings-differ"), "the difference to be told")
        assert [line["instance"] for line in two.lines("settings-differ")] == ["north"]
        assert fleet.verb("push", "north", machine="two").code == 0
        two.until(lambda: fleet.at_rest("north"), "its turn on the machine whose settings count now")


@pytest.mark.slow
def test_a_machine_learns_of_anothers_settings_before_its_next_turn(fleet: Fleet) -> None:
    path, other = (fleet.machine(machine) / "north.env" for machine in ("one", "two"))
    with fleet.worker("one") as one:
        one.until(lambda: filled(fleet) == [10, 10, 10] and fleet.at_rest(), "the fills")
        with fleet.worker("two") as two:
            two.until(lambda: two.lines("worker"), "the second worker")
            two.until(lambda: fleet.copies("north") == 2, "its copy to be seen")
            other.write_text(other.read_text() + "SYNCD_WORKERS=3\n")
            two.until(lambda: two.lines("offered"), "its edit to be accepted")
            assert two.end() == 0
        with FleetTables(fleet.address) as tables:
            tables.wake("north")
        one.until(lambda: one.lines("settings-differ"), "the difference to be told")
        assert not fleet.at_rest("north")
        path.write_text(other.read_text())
        one.until(lambda: fleet.at_rest("north"), "its turn in step")
