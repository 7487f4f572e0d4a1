"""A write to Google that arrives after the next holder of the lease has done all: at rest every event is there once."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from syncd.sandbox.faults import Faults, Kind, Rule, Served
from syncd.state.address import DatabaseAddress
from tests.acceptance.conftest import filled, small_moment, stage  # noqa: F401 - fixtures
from tests.acceptance.sites import LAW, Daemon, Site, days_of, key_of
from tests.system.fleet.servers import Servers, seconds_until

pytestmark = pytest.mark.system

ENTRY, RETAKE = "re-registration-autumn", "fx-retake-autumn"


@pytest.fixture
def servers(filled: Site, address: DatabaseAddress) -> Servers:  # noqa: F811 - a fixture
    """In step, the state in the database. People may delete in the Google calendar too: that is what a late delete hits."""
    text = filled.targets_file.read_text(encoding="utf-8")
    kind = "    kind: google\n"
    filled.targets_file.write_text(
        text.replace(kind, f"{kind}    respect_deletions: true\n"), encoding="utf-8"
    )
    made = Servers(filled, address)
    assert made.on("one").syncd("--once", **made.variables()).code == 0
    return made


@contextmanager
def stopped_in(servers: Servers, method: str) -> Iterator[Faults]:
    """A pass on the first machine, stopped while its write is on the way; what it holds arrives with the release."""
    one, faults = servers.on("one"), servers.site.pair.google_faults
    faults.add(Rule(kind=Kind.STALL, method=method, path="/events"))
    process = subprocess.Popen(
        [sys.executable, "-m", "syncd", "--once"],
        env=one.environment(servers.variables()),
        cwd=one.folder / "home",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        seconds_until(lambda: faults.stalled)
        process.send_signal(signal.SIGSTOP)
        yield faults
    finally:
        process.kill()
        process.wait()
        faults.release()


def arrive(faults: Faults) -> int | None:
    """Let the write that was held take its effect; what the service said to it."""
    faults.release()
    seconds_until(lambda: _held(faults))
    return _held(faults)[0].answered


def _held(faults: Faults) -> list[Served]:
    return [one for one in faults.log() if one.fault is Kind.STALL]


def copy_to_the_second(servers: Servers) -> Site:
    shutil.copytree(servers.on("one").calendar, servers.on("two").calendar, dirs_exist_ok=True)
    return servers.on("two")


def look_again(two: Daemon) -> None:
    """Two more cycles, each of which lists the calendar."""
    for _ in range(2):
        count = len(two.lines("cycle"))
        two.tell(signal.SIGHUP)
        two.until_cycles(count + 1)


def keys(servers: Servers) -> list[str]:
    return sorted(key_of(row) for row in servers.site.rows(LAW))


def put_back(servers: Servers, site: Site) -> None:
    """The removed entry, with an edit beside it: the very files of before would be a late copy of them."""
    before, _ = servers.site.find(RETAKE)
    after, _ = site.find(ENTRY)
    text = before.read_text(encoding="utf-8")
    after.write_text(text.replace("end: 2025-09-13", "end: 2025-09-11"), encoding="utf-8")


def after_a_late_delete(servers: Servers, *breaks: str) -> bool:
    """Stopped in a removal whose entry was put back meanwhile: is the event there again?"""
    before = keys(servers)
    servers.on("one").remove(RETAKE)
    with stopped_in(servers, "DELETE") as faults:
        site = copy_to_the_second(servers)
        with servers.running("two", *breaks, interval=3600, removal_delay=3600) as two:
            two.until_cycles(1)
            put_back(servers, site)
            two.until(lambda: days_of(servers.site.row(f"{ENTRY}:main"))[1].day == 11, "the edit")
            two.until_cycles(2)
            assert keys(servers) == before
            assert arrive(faults) == 204
            assert keys(servers) != before
            look_again(two)
    return keys(servers) == before


def test_an_event_that_a_late_delete_took_is_back(servers: Servers) -> None:
    assert after_a_late_delete(servers)


@pytest.mark.slow
def test_control_without_kept_deletes_it_stays_away(servers: Servers) -> None:
    assert not after_a_late_delete(servers, "deletes")


@pytest.mark.slow
def test_a_late_update_is_refused_by_its_version(servers: Servers) -> None:
    site = servers.on("one")
    site.edit(ENTRY, "end: 2025-09-13", "end: 2025-09-12")
    with stopped_in(servers, "PUT") as faults:
        second = copy_to_the_second(servers)
        with servers.running("two", interval=3600) as two:
            two.until_cycles(1)
            second.edit(ENTRY, "end: 2025-09-12", "end: 2025-09-11")
            two.until(lambda: days_of(servers.site.row(f"{ENTRY}:main"))[1].day == 11, "the edit")
            assert arrive(faults) == 412
            assert days_of(servers.site.row(f"{ENTRY}:main"))[1].day == 11


@pytest.mark.slow
def test_a_late_create_makes_no_second_event(servers: Servers) -> None:
    before, one = keys(servers), servers.on("one")
    one.remove(RETAKE)
    assert one.syncd("--once", **servers.variables()).code == 0
    put_back(servers, one)
    with stopped_in(servers, "POST") as faults:
        copy_to_the_second(servers)
        with servers.running("two", interval=3600) as two:
            two.until_cycles(1)
            assert keys(servers) == before
            assert arrive(faults) == 409
            look_again(two)
    assert keys(servers) == before
