"""Turns of changing workers: what they read, how many there are at once, who gives way; each beside its control."""

from __future__ import annotations

import queue
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest import mock

import psycopg
import pytest

from syncd.config.settings import Settings
from syncd.daemon import audit
from syncd.daemon.loop import Daemon, Fittings
from syncd.fleet.instances import read_instance
from syncd.sandbox.faults import Kind, Rule
from syncd.sandbox.google.seed import calendar_id
from syncd.state.address import DatabaseAddress
from syncd.state.postgresql.database import claim_lease
from syncd.state.postgresql.fleet_tables import FleetTables
from syncd.state.store import State
from tests.acceptance.conftest import fresh, make, stage  # noqa: F401 - fixtures
from tests.acceptance.sites import PATIENCE_S, Site
from tests.laws.machine import NoLog
from tests.support.postgresql import Cluster
from tests.system.fleet.broken import broken
from tests.system.fleet.fleet import Fleet

pytestmark = pytest.mark.system

MAIN = "re-registration-autumn:main"
READ = Rule(kind=Kind.STALL, method="GET", path="/calendar_events$", times=None)
WRITE = Rule(kind=Kind.STALL, method="POST", path="/calendar_events$", times=None)


@pytest.fixture
def own(address: DatabaseAddress, postgresql: Cluster) -> DatabaseAddress:
    """A database of this test alone."""
    name = address.instance
    postgresql.run("createdb", "-h", "127.0.0.1", "-p", str(postgresql.port), "-U", "postgres", name)
    return replace(address, url=address.url.rpartition("/")[0] + f"/{name}")


# --- what a turn reads -------------------------------------------------------------------------------

LARGE = """\
owner: north
timezone: Asia/Almaty
defaults: {school: law, programme: semester, year: 2025-2026, languages: [en]}
targets:
  - {name: autumn, kind: canvas, account: "sis_account_id:LAW", enrollment_term: "sis_term_id:2025A", terms: [autumn]}
  - {name: spring, kind: canvas, account: "sis_account_id:LAW", enrollment_term: "sis_term_id:2026S", terms: [spring]}
"""
QUIET: dict[str, Any] = {"AT_LEAST": 5, "QUOTA_SHARE": 0.0}
"""A quiet turn reads five courses here, where it is thirty at least and a share of the quota; all is as much smaller."""


class Cycles(NoLog):
    """The names of what was logged, for whoever waits for one."""

    def __init__(self, said: queue.SimpleQueue[str] | None = None) -> None:
        self.said = said or queue.SimpleQueue()

    def bind(self, **_: Any) -> Any:
        return Cycles(self.said)

    def info(self, *event: object, **_: object) -> None:
        self.said.put(str(event[0]))

    def until(self, event: str) -> list[str]:
        """Everything up to and with it."""
        before = [self.said.get(timeout=PATIENCE_S)]
        while before[-1] != event:
            before.append(self.said.get(timeout=PATIENCE_S))
        return before


@pytest.fixture
def north(fresh: Site, short_lived: DatabaseAddress) -> Fleet:  # noqa: F811 - a fixture
    """One university with many courses in autumn and few in spring; nothing falls due by itself."""
    canvas = fresh.pair.canvas
    law = next(one for one in canvas.accounts.values() if one.sis_id == "LAW")
    for sis_id, count in (("2025A", 20), ("2026S", 4)):
        term = next(one for one in canvas.terms.values() if one.sis_id == sis_id)
        for number in range(count):
            canvas.add_course(f"Course {sis_id} {number}", account=law, term=term, students=12)
    address = replace(short_lived, lease_ttl_s=600.0, lease_grace_s=600.0)
    fleet = Fleet(fresh, address, {"north": []}, {"audit_interval": 100_000})
    (fleet.machine("one") / "north" / "calendar" / "targets.yaml").write_text(LARGE)
    return fleet


def settings_of(fleet: Fleet) -> Settings:
    folder = fleet.machine("one")
    return read_instance("north", folder / "north.env", calendars=folder)


def turn(fleet: Fleet) -> list[str]:
    """A turn that a person asked for, in a process that knows nothing but the state; what it logged."""
    state, log = State.open(fleet.address, now=time.time()), Cycles()
    try:
        state.ledger.ask(now=time.time())
        Daemon(settings_of(fleet), state, Fittings(log=log)).turn()
    finally:
        state.close()
    return log.until("cycle")


def requests_in(fleet: Fleet, act: Callable[[], object]) -> Counter[str]:
    """Requests about events, by method, while that was done."""
    fleet.site.forget()
    act()
    log = fleet.site.pair.canvas_site.faults.log()
    return Counter(one.method for one in log if "/calendar_events" in one.path)


def edit_spring(fleet: Fleet, old: str, new: str) -> None:
    fleet.site_on("one", "north").edit("re-registration-spring", f"end: 2026-01-{old}", f"end: 2026-01-{new}")


def by_turns(fleet: Fleet, old: str, new: str) -> tuple[Counter[str], Counter[str], bool]:
    """Requests of a quiet turn and of one after an edit, and whether the edit took the fast lane."""
    quiet = requests_in(fleet, lambda: turn(fleet))
    edit_spring(fleet, old, new)
    said: list[str] = []
    edit = requests_in(fleet, lambda: said.extend(turn(fleet)))
    return quiet, edit, "fast-lane" in said


def by_one_daemon(fleet: Fleet, old: str, new: str) -> tuple[Counter[str], Counter[str]]:
    """The same of a daemon that lives through both."""
    state, log = State.open(fleet.address, now=time.time()), Cycles()
    fittings = Fittings(log=log)
    daemon = Daemon(settings_of(fleet), state, fittings)
    thread = threading.Thread(target=daemon.run)
    thread.start()
    try:
        log.until("cycle")

        def ask() -> None:
            fittings.wake.ask()
            log.until("cycle")

        def notice() -> None:
            fittings.wake.edit()
            log.until("cycle")

        quiet = requests_in(fleet, ask)
        edit_spring(fleet, old, new)
        return quiet, requests_in(fleet, notice)
    finally:
        fittings.stop.set()
        fittings.wake.ask()
        thread.join()
        state.close()


def is_no_more(one: Counter[str], other: Counter[str]) -> bool:
    """Within a tenth, method by method, and one: a read that was slow may be made once more."""
    return all(one[method] <= 1.1 * other[method] + 1 for method in one | other)


def test_changing_processes_read_and_write_no_more_than_one_daemon(north: Fleet) -> None:
    with mock.patch.multiple(audit, **QUIET):
        turn(north)
        quiet, edit, fast = by_turns(north, "31", "30")
        daemons_quiet, daemons_edit = by_one_daemon(north, "30", "29")
        assert fast
        assert is_no_more(quiet, daemons_quiet)
        assert is_no_more(edit, daemons_edit)
        with broken("memory"):
            quiet, edit, fast = by_turns(north, "29", "28")
    assert not fast, "control: what is remembered in the process alone"
    assert not is_no_more(quiet, daemons_quiet)
    assert not is_no_more(edit, daemons_edit)


# --- one at a time -----------------------------------------------------------------------------------


def most_at_once(fleet: Fleet, *breaks: str) -> int:
    """Turns of one university under way at once, while the worker that is at it is told to end."""
    faults = fleet.site.pair.canvas_site.faults
    faults.add(READ)
    with fleet.worker("one", *breaks) as one:
        one.until(lambda: faults.stalled, "a turn that is held")
        with fleet.worker("two", *breaks) as two:
            two.until(lambda: two.lines("worker"), "the second worker")
            with FleetTables(fleet.address) as tables:
                tables.wake("north")
            if breaks:
                two.until(lambda: faults.stalled > 1, "a second turn beside the first")
            one.tell(signal.SIGTERM)
            most = faults.stalled

            def is_over() -> bool:
                nonlocal most
                most = max(most, faults.stalled)
                return one.process.poll() is not None or most > 1

            two.until(is_over, "the end of the first worker")
            assert one.process.wait(PATIENCE_S) == 0
            faults.clear()
            two.until(lambda: fleet.count(101, "north") == 10, "the fill by the second worker")
    return most


def test_a_worker_that_is_told_to_end_and_another_are_never_at_one_university_at_once(
    fresh: Site,  # noqa: F811 - a fixture
    own: DatabaseAddress,
) -> None:
    assert most_at_once(Fleet(fresh, own, {"north": [101]})) == 1


@pytest.mark.slow
def test_control_with_the_engines_queue_alone_they_are(fresh: Site, own: DatabaseAddress) -> None:  # noqa: F811
    assert most_at_once(Fleet(fresh, own, {"north": [101]}), "lease") == 2


def test_a_restart_of_the_database_during_a_turn_keeps_nobody_from_the_next_one(
    fresh: Site,  # noqa: F811 - a fixture
    own: DatabaseAddress,
    postgresql: Cluster,
) -> None:
    # No lease that is left behind would end by itself here.
    fleet = Fleet(fresh, replace(own, lease_ttl_s=600.0, lease_grace_s=600.0), {"north": [101]})
    faults, told = fresh.pair.canvas_site.faults, "SELECT max(until) FROM credential_use"
    faults.add(READ)
    with fleet.worker("one") as worker:
        worker.until(lambda: faults.stalled, "a turn that is held")
        postgresql.restart()
        before = fleet.rows(told)
        worker.until(lambda: fleet.rows(told) > before, "the worker to tell of its turn again")
        faults.clear()
        worker.until(lambda: fleet.count(101, "north") == 10 and fleet.at_rest(), "the turn's end")
        with FleetTables(fleet.address) as tables:
            tables.wake("north")
        worker.until(fleet.at_rest, "the next turn")
        assert not worker.lines("database-away")


@pytest.mark.slow
def test_control_over_the_same_connections_a_worker_cannot_note_down_how_the_turn_ended(
    fresh: Site,  # noqa: F811 - a fixture
    own: DatabaseAddress,
    postgresql: Cluster,
) -> None:
    fleet = Fleet(fresh, replace(own, lease_ttl_s=600.0, lease_grace_s=600.0), {"north": [101]})
    faults = fresh.pair.canvas_site.faults
    faults.add(READ)
    with fleet.worker("one", "reconnect") as worker:
        worker.until(lambda: faults.stalled, "a turn that is held")
        postgresql.restart()
        faults.clear()
        worker.until(lambda: worker.lines("database-away"), "the turn's end")


def test_of_a_turn_whose_lease_is_anothers_nothing_is_noted_down(own: DatabaseAddress) -> None:
    patient = replace(own, lease_ttl_s=600.0, lease_grace_s=0.0)
    earlier = claim_lease(patient)
    with FleetTables(patient) as tables:
        tables.register([patient.instance])
        tables.wake(patient.instance)
        tables.show(patient.instance, earlier.epoch, {"contexts": 3, "problem": "x", "problem_since": 5.0})
        tables.show(patient.instance, earlier.epoch, {"problem": "y", "problem_since": 7.0})
        with psycopg.connect(patient.url, autocommit=True) as admin:
            admin.execute("UPDATE fleet.lease SET free_at = 0")
        later = claim_lease(patient)
        tables.show(patient.instance, earlier.epoch, {"contexts": 0})
        tables.end(patient.instance, earlier.epoch, wanted=1, due_in_s=900.0, result="done")
        (row,) = tables.instances()
        assert (row.done, row.result) == (0, "")
        assert row.board == {"contexts": 3, "problem": "y", "problem_since": 5.0}
        tables.end(patient.instance, later.epoch, wanted=1, due_in_s=900.0, result="done")
        (row,) = tables.instances()
        assert (row.done, row.result) == (1, "done")
    earlier.abandon()
    later.give_back()


# --- shares of a credential --------------------------------------------------------------------------


def most_writes_at_once(fleet: Fleet, *breaks: str) -> int:
    """Of two universities with one token that are filled at the same time; the count ends beyond that of one."""
    faults = fleet.site.pair.canvas_site.faults
    faults.add(Rule(kind=Kind.STALL, method="GET", path="/users/self/profile$", times=None))
    with fleet.worker("one", *breaks) as worker:
        worker.until(lambda: faults.stalled == 2, "both turns")
        if not breaks:
            worker.until(
                lambda: (
                    {line["instance"] for line in worker.lines("credential-shared")} == {"north", "south"}
                ),
                "both to know of each other",
            )
        faults.clear()
        faults.add(replace(WRITE, seconds=0.1))
        most = 0

        def are_full() -> bool:
            nonlocal most
            most = max(most, faults.stalled)
            return most > MOST or all(
                fleet.count(course, name) == 10
                for name, courses in fleet.courses.items()
                for course in courses
            )

        worker.until(are_full, "the fills")
        return most


@pytest.fixture
def sharing(fresh: Site, own: DatabaseAddress) -> Fleet:  # noqa: F811 - a fixture
    canvas = fresh.pair.canvas
    numbers = [canvas.add_course(f"Shared {number}", students=1).id for number in range(12)]
    return Fleet(fresh, own, {"north": numbers[:6], "south": numbers[6:]})


MOST = 8
"""Requests that one instance alone has in flight at most."""


def test_two_universities_with_one_token_have_no_more_requests_in_flight_than_one(sharing: Fleet) -> None:
    assert most_writes_at_once(sharing) <= MOST


@pytest.mark.slow
def test_control_where_each_takes_the_token_for_its_own_there_are_more(sharing: Fleet) -> None:
    assert most_writes_at_once(sharing, "shares") > MOST


A_MINUTE = 16
"""Units that Google's account may spend; each of the two calendars would take more than half of them by itself."""
GOOGLE = """\
owner: {name}
timezone: Asia/Almaty
targets:
  - {{name: calendar, kind: google, calendar_id: {calendar}, school: law, programme: semester, languages: [en]}}
"""


def spent_in_a_minute(fleet: Fleet, *breaks: str) -> int:
    """Requests of two universities with one service account that fill a calendar each, before the first minute is over."""
    faults = fleet.site.pair.google_faults
    faults.add(Rule(kind=Kind.STALL, method="GET", times=None))
    with fleet.worker("one", *breaks) as worker:
        worker.until(lambda: faults.stalled == 2, "both turns")
        if not breaks:
            worker.until(
                lambda: {line["instance"] for line in worker.lines("credential-shared")} == {"east", "west"},
                "both to know of each other",
            )
        faults.clear()
        worker.until(lambda: len(google_calls(fleet)) >= A_MINUTE, "what may be spent to be spent")
        # What would go beyond it goes out at once.
        later = time.monotonic() + 1.0
        worker.until(lambda: time.monotonic() > later or len(google_calls(fleet)) > A_MINUTE, "a second more")
        return len(google_calls(fleet))


def google_calls(fleet: Fleet) -> list[str]:
    """What was asked of the account's quota so far."""
    return [one.path for one in fleet.site.pair.google_faults.log() if not one.path.endswith("/token")]


@pytest.fixture
def one_account(fresh: Site, own: DatabaseAddress) -> Fleet:  # noqa: F811 - a fixture
    """Nothing but Google calendars, so that Canvas has no say in the pace."""
    fleet = Fleet(fresh, own, {"east": [], "west": []}, {"google__units_per_minute": A_MINUTE})
    for name, calendar in (("east", "law"), ("west", "economics")):
        text = GOOGLE.format(name=name, calendar=calendar_id(calendar))
        (fleet.machine("one") / name / "calendar" / "targets.yaml").write_text(text)
    return fleet


def test_two_universities_with_one_google_account_spend_no_more_than_one(one_account: Fleet) -> None:
    assert spent_in_a_minute(one_account) == A_MINUTE


@pytest.mark.slow
def test_control_where_each_takes_googles_account_for_its_own_they_do(one_account: Fleet) -> None:
    assert spent_in_a_minute(one_account, "shares") > A_MINUTE


def spent_by_two_turns(fleet: Fleet, *breaks: str) -> int:
    """Requests of a turn that was ended once it had spent what a minute allows, and of the next one, under another worker."""
    log = fleet.site.pair.google_faults.log
    with fleet.worker("one", *breaks) as one:
        one.until(lambda: len(google_calls(fleet)) == A_MINUTE, "what may be spent to be spent")
        assert one.end() == 0
    signed_in = sum(one.path.endswith("/token") for one in log())
    with fleet.worker("one", *breaks) as two:
        two.until(lambda: sum(one.path.endswith("/token") for one in log()) > signed_in, "the next turn")
        # What would go beyond it goes out at once.
        later = time.monotonic() + 1.0
        two.until(lambda: time.monotonic() > later or len(google_calls(fleet)) > A_MINUTE, "a second more")
        return len(google_calls(fleet))


def test_turns_one_after_the_other_spend_no_more_of_googles_quota_than_one(one_account: Fleet) -> None:
    (one_account.machine("one") / "west.env").unlink()
    assert spent_by_two_turns(one_account) == A_MINUTE


@pytest.mark.slow
def test_control_where_the_quota_begins_anew_with_each_turn_they_spend_more(one_account: Fleet) -> None:
    (one_account.machine("one") / "west.env").unlink()
    assert spent_by_two_turns(one_account, "quota") > A_MINUTE


# --- long turns --------------------------------------------------------------------------------------


def filled_when_an_edit_is_out(fleet: Fleet, *breaks: str) -> tuple[set[str], set[str]]:
    """Two long fills have both places: which were whole when an ordinary edit was out, and which gave way before."""
    faults = fleet.site.pair.canvas_site.faults
    with fleet.worker("one", "soon", *breaks) as worker:
        worker.until(
            lambda: fleet.count(104, "ordinary") == 10 and fleet.at_rest("ordinary"),
            "the ordinary one's fill",
        )
        faults.add(WRITE)
        for name in ("long-a", "long-b"):
            path = fleet.machine("one") / f"{name}.waiting"
            path.rename(path.with_suffix(".env"))
        worker.until(lambda: faults.stalled == 4, "both long fills to write")
        own = fleet.site_on("one", "ordinary")
        own.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
        worker.until(
            lambda: fleet.rows("SELECT 1 FROM instance WHERE name = 'ordinary' AND wanted > done"),
            "the edit to be offered",
        )
        if "places" not in breaks:
            worker.until(lambda: worker.lines("turn-yields"), "one to be asked for its place")
        gave_way = {line["instance"] for line in worker.lines("turn-yields")}
        faults.clear()
        worker.until(lambda: own.days(own.event(104, MAIN))[1].day == 12, "the edit")
        whole = {
            name
            for name in ("long-a", "long-b")
            if all(fleet.count(course, name) == 10 for course in fleet.courses[name])
        }
        return whole, gave_way


@pytest.fixture
def crowded(fresh: Site, own: DatabaseAddress) -> Fleet:  # noqa: F811 - a fixture
    """Two courses of each long one are filled at once: after the first, there is another to stop before."""
    numbers = [fresh.pair.canvas.add_course(f"Long {number}", students=1).id for number in range(40)]
    fleet = Fleet(
        fresh,
        own,
        {"ordinary": [104], "long-a": numbers[:20], "long-b": numbers[20:]},
        {"workers": 2},
        places=2,
    )
    for name in ("long-a", "long-b"):
        path = fleet.machine("one") / f"{name}.env"
        path.rename(path.with_suffix(".waiting"))
    return fleet


def test_an_ordinary_edit_does_not_wait_for_the_end_of_a_long_fill(crowded: Fleet) -> None:
    whole, gave_way = filled_when_an_edit_is_out(crowded)
    assert len(gave_way) == 1
    assert not gave_way & whole


@pytest.mark.slow
def test_control_where_a_turn_keeps_its_place_it_does(crowded: Fleet) -> None:
    whole, gave_way = filled_when_an_edit_is_out(crowded, "places")
    assert not gave_way
    assert whole
