"""What is fenced, within one process where that is enough; each with its safeguard taken out beside it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from mapping.model import Action
from syncd.daemon.audit import AuditSelection
from syncd.daemon.remembered import Remembered
from syncd.daemon.schedule import Schedule
from syncd.errors import LockedError, StateError
from syncd.reconcile.fast_lane import Memory
from syncd.state.address import DatabaseAddress
from syncd.state.candidates import Candidates, Kind, Offer
from syncd.state.postgresql.database import claim_lease
from syncd.state.postgresql.fleet_tables import FleetTables
from syncd.state.store import State
from tests.acceptance.sites import PATIENCE_S, PYTHON, ROOT
from tests.support.events import course
from tests.support.rig import KEY, ONE, Rig
from tests.system.fleet.broken import broken
from tests.system.fleet.servers import seconds_until
from tests.system.fleet.test_state import take_over

pytestmark = pytest.mark.system


@pytest.fixture
def address(lasting: DatabaseAddress) -> DatabaseAddress:
    """No lease ends by itself while a test of this file runs."""
    return lasting


# --- a delete that arrives late --------------------------------------------------------------------


def late_delete(rig: Rig, address: DatabaseAddress) -> tuple[bool, bool]:
    """Stopped in a delete, its entry put back meanwhile: is the event there again, and is its loss respected?"""
    rig.state.close()
    rig.state = State.open(address, now=rig.now)
    rig.cycle()
    (event,) = [one for one in rig.canvas.events(ONE) if one.marker and one.marker.key == KEY]
    epoch = rig.state.events.take([course(ONE)])[ONE]
    rig.state.events.open_intent(ONE, epoch, KEY, Action.DELETE, now=rig.now, remote_id=event.id)
    stopped, rig.state = rig.state, take_over(address, rig.state)
    rig.cycle()
    rig.canvas.delete(ONE, event.id)
    rig.cycle()
    rig.cycle()
    stopped.close()
    return KEY in rig.keys(ONE), KEY in rig.state.events.respected(ONE)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path / "state")
    yield made
    made.state.close()


def test_an_event_that_a_late_delete_took_is_back_and_no_deletion_is_respected(
    rig: Rig, address: DatabaseAddress
) -> None:
    assert late_delete(rig, address) == (True, False)


def test_control_without_kept_deletes_it_is_respected_for_ever(rig: Rig, address: DatabaseAddress) -> None:
    with broken("deletes"):
        assert late_delete(rig, address) == (False, True)


# --- a holder stopped inside a transaction ------------------------------------------------------------

HOLD = """\
import os, signal, sys
from syncd.state.address import DatabaseAddress
from syncd.state.store import State
from tests.system.fleet.broken import broken
with broken(*sys.argv[3:]):
    state = State.open(DatabaseAddress(url=sys.argv[1], instance=sys.argv[2], lease_ttl_s=2.0, lease_grace_s=1.0), now=0.0)
    with state.database.write() as connection:
        # More than one, so that they are sent together.
        for name in ("half", "more", "most"):
            stored = connection.execute("INSERT INTO facts (name, value) VALUES (?, 'done')", (name,))
        assert stored.rowcount == 1
        print("inside", flush=True)
        os.kill(os.getpid(), signal.SIGSTOP)
"""


ON_THE_WAY = """\
import os, signal, sys
import psycopg
from syncd.state.address import DatabaseAddress
from syncd.state.store import State
send = psycopg.ClientCursor.execute
def stopped(self, query, *words, **given):
    if b"COMMIT" in bytes(query):
        print("inside", flush=True)
        os.kill(os.getpid(), signal.SIGSTOP)
    return send(self, query, *words, **given)
state = State.open(DatabaseAddress(url=sys.argv[1], instance=sys.argv[2], lease_ttl_s=2.0, lease_grace_s=1.0), now=0.0)
with state.database.write() as connection:
    for name in ("half", "more", "most"):
        connection.execute("INSERT INTO facts (name, value) VALUES (?, 'done')", (name,))
    psycopg.ClientCursor.execute = stopped
"""
"""Stopped where the transaction's end is about to be sent: what of it went ahead, the server must not keep open."""


MOVED = """\
import os, signal, sys
from pathlib import Path
from syncd.state.address import DatabaseAddress
from syncd.state.postgresql.database import PostgresDatabase
from syncd.state.store import State
put = PostgresDatabase.put_rows
def stopped(self, table, columns, rows):
    def some():
        for number, row in enumerate(rows):
            if number == 600:
                print("inside", flush=True)
                os.kill(os.getpid(), signal.SIGSTOP)
            yield row
    put(self, table, columns, some())
PostgresDatabase.put_rows = stopped
address = DatabaseAddress(url=sys.argv[1], instance=sys.argv[2], lease_ttl_s=2.0, lease_grace_s=1.0)
folder = Path(sys.argv[3])
state = State.open(folder, now=0.0)
with state.database.write() as connection:
    for number in range(1000):
        connection.execute("INSERT INTO facts (name, value) VALUES (?, 'done')", (f"fact-{number}",))
state.close()
State.move(folder, address, now=0.0)
"""
"""Stopped where part of a state that is moved has been sent, and more of it is to come."""


def seconds_to_take_over(
    address: DatabaseAddress, *words: str, longest_s: float, program: str = HOLD
) -> float | None:
    """From the stop of a holder inside a transaction to the next claim; None where none came in time."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, address.url, address.instance, *words],
        env=PYTHON, cwd=ROOT, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"inside\n"
        began = time.monotonic()
        while time.monotonic() - began < longest_s:
            try:
                State.open(address, now=0.0).close()
            except (LockedError, StateError):
                time.sleep(0.1)
                continue
            return time.monotonic() - began
        return None
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@pytest.mark.parametrize("program", [HOLD, ON_THE_WAY], ids=["inside", "on the way to its end"])
def test_a_holder_that_was_stopped_inside_a_transaction_bars_nobody(
    address: DatabaseAddress, program: str
) -> None:
    assert seconds_to_take_over(address, longest_s=20.0, program=program) is not None
    view = State.open_for_reading(address)
    assert view.ledger.fact("half") == ""
    view.close()


def test_a_move_of_the_state_that_was_stopped_halfway_bars_nobody_and_stores_nothing(
    address: DatabaseAddress, tmp_path: Path
) -> None:
    folder = tmp_path / "state"
    assert seconds_to_take_over(address, str(folder), longest_s=20.0, program=MOVED) is not None
    view = State.open_for_reading(address)
    assert view.ledger.fact("fact-0") == ""
    view.close()
    assert (folder / "state.db").exists()


def test_control_without_the_servers_timeout_it_bars_everybody(address: DatabaseAddress) -> None:
    assert seconds_to_take_over(address, "idle", longest_s=8.0) is None


STOPPED_IN = """\
import os, signal, sys
from syncd.state.address import DatabaseAddress
from syncd.state.postgresql.fleet_tables import DISPATCH_LOCK, FleetTables
from syncd.state.postgresql.connection import connect
from tests.system.fleet.broken import broken
address = DatabaseAddress(url=sys.argv[1], instance=sys.argv[2])
statement = {
    "claim": "SELECT 1 FROM lease FOR UPDATE",
    "renewal": "UPDATE lease SET free_at = 0",
    "dispatch": f"SELECT pg_advisory_xact_lock({DISPATCH_LOCK})",
}[sys.argv[3]]
with broken(*sys.argv[4:]), connect(address, "fleet") as connection, connection.transaction():
    connection.execute(statement)
    print("inside", flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
"""


@contextmanager
def stopped_in(address: DatabaseAddress, where: str, *breaks: str) -> Iterator[None]:
    """A process that stands still with that lock in its hands."""
    claim_lease(address).give_back()
    with FleetTables(address) as tables:
        tables.register([address.instance])
    process = subprocess.Popen(
        [sys.executable, "-c", STOPPED_IN, address.url, address.instance, where, *breaks],
        env=PYTHON, cwd=ROOT, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"inside\n"
        yield
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@pytest.mark.slow
@pytest.mark.parametrize("where", ["claim", "renewal", "dispatch"])
def test_a_worker_stopped_there_keeps_nobody_from_the_next_claim_and_dispatch(
    address: DatabaseAddress, where: str
) -> None:
    with stopped_in(address, where):
        assert seconds_until(lambda: is_dispatched(address)) < PATIENCE_S
        assert seconds_until(lambda: is_claimed(address)) < PATIENCE_S


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "then"), [("claim", "claimed"), ("renewal", "claimed"), ("dispatch", "dispatched")]
)
def test_control_without_the_servers_timeout_a_worker_stopped_there_does(
    address: DatabaseAddress, where: str, then: str
) -> None:
    """For far longer than that timeout would last."""
    with stopped_in(address, where, "idle"):
        latest = time.monotonic() + 10.0
        while time.monotonic() < latest:
            assert not (is_claimed(address) if then == "claimed" else is_dispatched(address))


def is_dispatched(address: DatabaseAddress) -> bool:
    with FleetTables(address) as tables:
        return address.instance in tables.due()


def is_claimed(address: DatabaseAddress) -> bool:
    try:
        claim_lease(address).give_back()
    except (LockedError, StateError):
        return False
    return True


# --- numbers -------------------------------------------------------------------------------------------


def epochs_around_a_lost_commit(address: DatabaseAddress) -> tuple[int, int]:
    """Of the last holder before a replica without its claim was promoted, and of the first one after."""
    State.open(address, now=0.0).close()
    with psycopg.connect(address.url, autocommit=True) as admin:
        row = admin.execute("SELECT epoch FROM fleet.fence WHERE name = %s", (address.instance,)).fetchone()
        assert row is not None
        last = State.open(address, now=0.0)
        assert last.lease is not None
        admin.execute("UPDATE fleet.fence SET epoch = %s WHERE name = %s", (row[0], address.instance))
        admin.execute("UPDATE fleet.lease SET free_at = 0 WHERE name = %s", (address.instance,))
    first = State.open(address, now=0.0)
    assert first.lease is not None
    numbers = (last.lease.epoch, first.lease.epoch)
    first.close()
    last.close()
    return numbers


def test_a_promoted_replica_hands_out_no_epoch_twice(address: DatabaseAddress) -> None:
    before, after = epochs_around_a_lost_commit(address)
    assert after > before


def test_control_counted_by_one_it_does(address: DatabaseAddress) -> None:
    with broken("numbers"):
        before, after = epochs_around_a_lost_commit(address)
    assert after == before


# --- two folders -----------------------------------------------------------------------------------------


def promotions(state: State, edits: int, seed: int) -> int:
    """How often another edition came to be served, for so many edits on two machines with copies late by chance."""
    dice = random.Random(seed)  # noqa: S311 - which copy is late, not a secret
    candidates, served = Candidates(state.database), 0
    disks = {"one": ["v0"], "two": ["v0"]}
    clock = [0.0]

    def look(machine: str, digest: str) -> bool:
        clock[0] += 1.0
        answer = candidates.offer(
            Kind.CALENDAR, digest, machine=machine, seen_to_change=True, by_hand=False, now=clock[0]
        )
        return answer is Offer.ACCEPTED

    served += sum(look(machine, "v0") for machine in disks) - 1
    for edit in range(1, edits + 1):
        at = dice.choice(sorted(disks))
        # Whoever edits has fetched the newest first; the copy to the other machine comes later, in order.
        newest = f"v{edit - 1}"
        served += look(at, newest)
        served += look(at, f"v{edit}")
        (other,) = set(disks) - {at}
        disks[other].append(f"v{edit}")
        for _ in range(dice.randrange(3)):
            served += look(other, dice.choice(disks[other][:-1]))
    return served


def test_there_are_as_many_promotions_as_edits(address: DatabaseAddress) -> None:
    state = State.open(address, now=0.0)
    assert promotions(state, 20, seed=7) == 20
    state.close()


def test_control_with_folders_believed_late_copies_count_as_edits(address: DatabaseAddress) -> None:
    state = State.open(address, now=0.0)
    with broken("folder"):
        assert promotions(state, 20, seed=7) > 20
    state.close()


# --- removals ---------------------------------------------------------------------------------------------


def removals_held(state: State) -> list[bool]:
    """Whether removals wait, in turns of processes of their own at 0, 900 and 1,800 seconds."""
    held = []
    for turn in range(3):
        now = 1_000_000.0 + 900.0 * turn
        remembered = Remembered(state=state, clock=lambda now=now: now, monotonic=lambda: 5.0)  # type: ignore[misc]
        schedule = Schedule(interval_s=900.0, removal_delay_s=60.0)
        remembered.schedule(schedule)
        schedule.serve("calendar", 5.0)
        held.append(schedule.holds_removals(5.0))
        remembered.keep(schedule, AuditSelection(interval_s=900.0, audit_s=21600.0), Memory(), "")
    return held


def test_removals_are_made_by_changing_processes(address: DatabaseAddress) -> None:
    state = State.open(address, now=0.0)
    assert removals_held(state) == [True, False, False]
    state.close()


def test_control_with_the_schedule_in_memory_they_never_are(address: DatabaseAddress) -> None:
    state = State.open(address, now=0.0)
    with broken("memory"):
        assert removals_held(state) == [True, True, True]
    state.close()


# --- shares -----------------------------------------------------------------------------------------------


def test_a_credential_is_shared_among_those_that_run_and_only_for_as_long(address: DatabaseAddress) -> None:
    with FleetTables(address) as tables:
        names = [f"{address.instance}-{number}" for number in range(3)]
        assert [tables.share(name, [address.instance], for_s=60.0) for name in names] == [1, 2, 3]
        assert tables.share(names[0], ["another"], for_s=60.0) == 1
        tables.leave(names[1])
        assert tables.share(names[0], [address.instance], for_s=60.0) == 2
        tables.share(names[2], [address.instance], for_s=-1.0)
        assert tables.share(names[0], [address.instance], for_s=60.0) == 1


def test_two_instances_are_told_apart_where_they_share_nothing(address: DatabaseAddress) -> None:
    other = replace(address, instance=f"{address.instance}-x")
    with FleetTables(address) as tables:
        assert tables.share(address.instance, [f"{address.instance}-a"], for_s=60.0) == 1
        assert tables.share(other.instance, [f"{address.instance}-b"], for_s=60.0) == 1
