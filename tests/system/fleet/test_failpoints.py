"""Killed before or after each step of a write under the lease: the next holder leaves each event once, and none is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter

import pytest

from syncd.state.address import DatabaseAddress
from tests.acceptance.conftest import filled, small_moment, stage  # noqa: F401 - fixtures
from tests.acceptance.sites import Site
from tests.system.fleet.broken import MOMENTS
from tests.system.fleet.servers import Servers

pytestmark = pytest.mark.system

COURSES = (101, 102, 104)
MAIN = "re-registration-autumn:main"
RETAKE = "fx-retake-autumn"
IN_CI = {"after:write", "after:promotion"}
POINTS = [
    pytest.param(f"{when}:{what}", marks=() if f"{when}:{what}" in IN_CI else pytest.mark.slow)
    for what in MOMENTS
    for when in ("before", "after")
]


@pytest.fixture
def servers(filled: Site, address: DatabaseAddress) -> Servers:  # noqa: F811 - a fixture
    """In step; the state is in the database, and an edit and a removal wait to be brought out."""
    made = Servers(filled, address)
    site = made.on("one")
    assert site.syncd("--once", **made.variables()).code == 0
    site.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    site.remove(RETAKE)
    return made


def killed(servers: Servers, *breaks: str) -> None:
    """One cycle with those safeguards and that kill in it."""
    site = servers.on("one")
    done = subprocess.run(
        [sys.executable, "-m", "tests.system.fleet.broken", ",".join(breaks), "--once"],
        env=site.environment(servers.variables()),
        cwd=site.folder / "home",
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def keys(site: Site, course: int) -> Counter[str]:
    return Counter(
        (event.description or "").partition("v1;mnu;")[2].partition(";")[0] for event in site.course(course)
    )


@pytest.mark.parametrize("point", POINTS)
def test_killed_there_the_next_cycle_brings_out_the_rest_and_nothing_twice(
    servers: Servers, point: str
) -> None:
    site, one = servers.site, servers.on("one")
    number = 0 if point.endswith(("claim", "promotion", "release")) else 2
    killed(servers, f"kill:{point}:{number}")
    assert one.syncd("--once", **servers.variables()).code == 0
    for course in COURSES:
        found = keys(site, course)
        assert len(found) == 9
        assert set(found.values()) == {1}
        assert site.days(site.event(course, MAIN))[1].day == 12
    site.forget()
    assert one.syncd("--once", **servers.variables()).code == 0
    assert site.writes() == []


def back_after_a_killed_removal(servers: Servers, *breaks: str) -> list[bool]:
    """Killed once a removal was answered, its entry put back meanwhile: in which courses is the event there again?"""
    one = servers.on("one")
    before, _ = servers.site.find(RETAKE)
    after, _ = one.find("re-registration-autumn")
    killed(servers, *breaks, "kill:after:write:5")
    # With an edit of its own: the very files of before would be a late copy of them.
    text = before.read_text(encoding="utf-8").replace("end: 2025-09-13", "end: 2025-09-11")
    after.write_text(text, encoding="utf-8")
    assert one.syncd("--once", **servers.variables()).code == 0
    return [any(RETAKE in key for key in keys(servers.site, course)) for course in COURSES]


@pytest.mark.slow
def test_a_removal_that_a_kill_left_unconfirmed_is_taken_for_nobodys_wish(servers: Servers) -> None:
    assert back_after_a_killed_removal(servers) == [True, True, True]


@pytest.mark.slow
def test_control_without_intents_it_is_taken_for_a_persons(servers: Servers) -> None:
    assert not all(back_after_a_killed_removal(servers, "intents"))
