"""Two servers with folders of their own: an edit counts once, a late copy reverts nothing, `syncd push` decides."""

from __future__ import annotations

import shutil

import pytest

from syncd.state.address import DatabaseAddress
from tests.acceptance.conftest import fresh, make, stage  # noqa: F401 - fixtures
from tests.acceptance.sites import Site
from tests.system.fleet.servers import Servers

pytestmark = pytest.mark.system

MAIN = "re-registration-autumn:main"


@pytest.fixture
def servers(fresh: Site, address: DatabaseAddress) -> Servers:  # noqa: F811 - a fixture
    return Servers(fresh, address)


def last_day(site: Site) -> int:
    return site.days(site.event(101, MAIN))[1].day


def move_deadline(site: Site, old: int, new: int) -> None:
    site.edit("re-registration-autumn", f"end: 2025-09-{old}", f"end: 2025-09-{new}")


def test_a_server_that_takes_over_with_an_older_folder_reverts_nothing(servers: Servers) -> None:
    site, one, two = servers.site, servers.on("one"), servers.on("two")
    with servers.running("one") as first:
        first.until_cycles(1)
        move_deadline(one, 13, 12)
        first.until(lambda: last_day(site) == 12, "the edit")
        first.process.kill()
    with servers.running("two") as second:
        second.until_cycles(1)
        assert second.lines("stale-copy")
        assert last_day(site) == 12
        shutil.copytree(one.calendar, two.calendar, dirs_exist_ok=True)
        second.until(lambda: servers.is_up_to_date("two"), "the copy to arrive")
        move_deadline(two, 12, 11)
        second.until(lambda: last_day(site) == 11, "an edit of what is served")


def test_an_edit_from_an_older_folder_waits_until_it_is_pushed(servers: Servers) -> None:
    site, one, two = servers.site, servers.on("one"), servers.on("two")
    with servers.running("one", interval=3600) as first:
        first.until_cycles(1)
        move_deadline(one, 13, 12)
        first.until(lambda: last_day(site) == 12, "the edit")
        move_deadline(two, 13, 10)
        pushed = two.syncd("push", **servers.variables())
        assert (pushed.code, pushed.err) == (0, "")
        assert "The calendar on" in pushed.out
        first.until(lambda: last_day(site) == 10, "what was pushed")
        again = two.syncd("push", **servers.variables())
        assert "is what is served already" in again.out


def test_one_cycle_on_another_machine_is_refused_what_nobody_knows(servers: Servers) -> None:
    site, one, two = servers.site, servers.on("one"), servers.on("two")
    assert one.syncd("--once", **servers.variables()).code == 0
    move_deadline(two, 13, 10)
    refused = two.syncd("--once", **servers.variables())
    assert refused.code == 3
    assert "syncd push" in refused.err
    assert last_day(site) == 13
    move_deadline(one, 13, 12)
    assert one.syncd("--once", **servers.variables()).code == 0
    assert last_day(site) == 12


@pytest.mark.slow
def test_removals_are_made_though_each_turn_is_another_process(servers: Servers) -> None:
    site, one = servers.site, servers.on("one")
    with servers.running("one", removal_delay=3) as first:
        first.until_cycles(1)
        one.remove("fx-retake-autumn")
        first.until(
            lambda: any(line["held_removals"] for line in first.lines("cycle") if "held_removals" in line),
            "held",
        )
        first.process.kill()
    with servers.running("one", removal_delay=3) as second:
        second.until(lambda: len(site.course(101)) < 10, "the removal")
