"""A second server: it waits while the first one lives, takes over when that dies, and never writes beside it."""

from __future__ import annotations

import signal
import time

import pytest

from syncd.sandbox.faults import Kind, Rule
from syncd.state.address import DatabaseAddress
from tests.acceptance.conftest import filled, fresh, make, small_moment, stage  # noqa: F401 - fixtures
from tests.acceptance.sites import PATIENCE_S, Site
from tests.support.postgresql import Cluster
from tests.support.supervisor import Supervisor
from tests.system.fleet.servers import Servers

pytestmark = pytest.mark.system

MAIN = "re-registration-autumn:main"
COURSES = """\
owner: mnu
timezone: Asia/Almaty
defaults: {school: law, programme: semester, year: 2025-2026, terms: [autumn], languages: [en]}
targets:
  - {name: courses, kind: canvas, courses: [101, 102, 104]}
"""


@pytest.fixture
def servers(fresh: Site, address: DatabaseAddress) -> Servers:  # noqa: F811 - a fixture
    return Servers(fresh, address)


def test_the_second_server_waits_and_takes_over_from_a_killed_one(servers: Servers) -> None:
    site = servers.site
    with servers.running("one") as one:
        one.until_cycles(1)
        first, _ = servers.lease()
        with servers.running("two") as two:
            two.until(lambda: two.lines("standby"), "standby")
            assert not two.lines("cycle")
            one.process.kill()
            two.until_cycles(1)
            assert servers.holds(two)
            assert servers.lease()[0] > first
            ids = {event.id for event in site.course(101)}
            site.teacher.edit(site.event(101, MAIN).id, title="Nothing to see")
            two.tell(signal.SIGHUP)
            two.until(lambda: site.event(101, MAIN).title != "Nothing to see", "the repair")
            assert {event.id for event in site.course(101)} == ids
            assert two.end() == 0


def test_a_server_that_is_told_to_stop_gives_the_lease_back_at_once(servers: Servers) -> None:
    patient = Servers(servers.site, servers.address, {"lease_ttl": 60, "lease_grace": 60})
    with patient.running("one") as one, patient.running("two") as two:
        one.until(lambda: one.lines("cycle") or two.lines("cycle"), "a first cycle")
        holder, waiting = (one, two) if patient.holds(one) else (two, one)
        waiting.until(lambda: waiting.lines("standby"), "standby")
        assert holder.end() == 0
        waiting.until_cycles(1)
        assert patient.holds(waiting)


def test_a_stopped_server_wakes_as_a_standby_and_writes_nothing_more(servers: Servers) -> None:
    site = servers.site
    with servers.running("one", interval=1) as one, servers.running("two", interval=1) as two:
        one.until(lambda: one.lines("cycle") or two.lines("cycle"), "a first cycle")
        holder, other = (one, two) if servers.holds(one) else (two, one)
        holder.tell(signal.SIGSTOP)
        other.until_cycles(1)
        epoch, _ = servers.lease()
        writes = len(site.writes())
        holder.tell(signal.SIGCONT)
        holder.until(lambda: holder.lines("lease-lost"), "the loss to be noticed")
        holder.until(lambda: holder.lines("standby"), "standby again")
        other.until_cycles(len(other.lines("cycle")) + 2)
        assert servers.lease()[0] == epoch
        assert len(site.writes()) == writes
        assert len(site.course(101)) == 10


def test_a_server_whose_own_note_is_refused_stands_by_and_says_no_stop(servers: Servers) -> None:
    """The loss is met by whatever writes first, here by a reload, and not by the renewal."""
    site = servers.site
    with Supervisor() as supervisor:
        site.variables["NOTIFY_SOCKET"] = supervisor.address
        with servers.running("one", lease_ttl=600, lease_grace=600) as one:
            one.until_cycles(1)
            epoch, _ = servers.lease()
            servers.claim_behind_its_back()
            one.tell(signal.SIGHUP)
            one.until(lambda: one.lines("lease-lost"), "the loss to be noticed")
            one.until_cycles(2)
            assert servers.holds(one)
            assert servers.lease()[0] > epoch
            # A supervisor kills whoever says that it stops and goes on.
            assert "STOPPING=1" not in supervisor.messages
            assert one.end() == 0
    assert "STOPPING=1" in supervisor.messages


def test_a_server_that_has_lost_its_lease_still_ends_when_told_to(servers: Servers) -> None:
    with servers.running("one") as one:
        one.until_cycles(1)
        one.tell(signal.SIGSTOP)
        asleep_since = time.monotonic()
        servers.claim_behind_its_back()
        one.until(
            lambda: time.monotonic() > asleep_since + servers.address.lease_ttl_s, "the end of the lease"
        )
        one.tell(signal.SIGTERM)
        one.tell(signal.SIGCONT)
        assert one.process.wait(PATIENCE_S) == 0


@pytest.mark.slow
def test_a_server_outlives_a_restart_of_the_database(servers: Servers, postgresql: Cluster) -> None:
    site = servers.site
    with servers.running("one", interval=1) as one:
        one.until_cycles(1)
        postgresql.control("stop", "-m", "immediate")
        one.until(
            lambda: one.lines("database-away") or one.lines("cycle-failed"),
            "the database's absence to be noticed",
        )
        postgresql.control("start")
        site.teacher.edit(site.event(101, MAIN).id, title="Nothing to see")
        one.until(lambda: site.event(101, MAIN).title != "Nothing to see", "the repair")
        assert one.end() == 0
    assert len(site.course(101)) == 10


def written_after_the_lease(servers: Servers, postgresql: Cluster, *breaks: str) -> int:
    """Writes that a pass still makes when the database has been away for as long as a lease lasts."""
    site, faults = servers.site, servers.site.pair.canvas_site.faults
    site.targets_file.write_text(COURSES)
    # Every thread of the pass waits to try again, and asks nothing of the database meanwhile.
    faults.add(Rule(kind=Kind.THROTTLE_429, method="POST", path="/calendar_events$", times=None))
    with servers.running("one", *breaks) as one:
        one.until(lambda: faults.count(method="POST"), "the fill to begin")
        postgresql.control("stop", "-m", "immediate")
        try:
            gone_at = time.monotonic()
            one.until(
                lambda: time.monotonic() > gone_at + servers.address.lease_ttl_s, "the end of the lease"
            )
            # What was sent before it may still be on its way.
            one.until(lambda: not faults.inside, "what was under way")
            faults.clear()
            count = len(site.writes())
            # The process begins anew where it has lost the lease: nothing of the pass before is left then.
            one.until(
                lambda: one.lines("database-away") or len(site.writes()) > count,
                "the wait for the database, or a write",
            )
            written = len(site.writes()) - count
        finally:
            postgresql.control("start")
        if not breaks:
            one.until_cycles(1)
            assert [len(site.course(number)) for number in (101, 102, 104)] == [10] * 3
    return written


def test_without_the_database_nothing_is_written_after_the_lease(
    servers: Servers, postgresql: Cluster
) -> None:
    assert written_after_the_lease(servers, postgresql) == 0


@pytest.mark.slow
def test_control_without_the_deadline_what_waits_is_written_all_the_same(
    servers: Servers, postgresql: Cluster
) -> None:
    assert written_after_the_lease(servers, postgresql, "deadline") > 0


@pytest.mark.slow
def test_verbs_of_people_work_from_the_machine_that_waits(servers: Servers) -> None:
    with servers.running("one") as one:
        one.until_cycles(1)
        here = servers.on("two")
        assert here.syncd("pause", **servers.variables()).code == 0
        told = here.syncd("status", "--json", **servers.variables())
        assert '"paused": true' in told.out
        refused = here.syncd("--once", **servers.variables())
        assert refused.code == 1
        assert "Another syncd is running" in refused.err
        assert f"process {one.process.pid}" in refused.err
