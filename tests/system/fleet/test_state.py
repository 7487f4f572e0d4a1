"""The state in PostgreSQL: who may write, what a view sees, what comes back after the server was away."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import psycopg
import pytest

from mapping.model import Action
from mapping.planning.approval import Terms
from syncd.errors import LeaseLostError, LockedError, RefusedError, StateError
from syncd.state.address import DatabaseAddress
from syncd.state.events import Events
from syncd.state.intents import KEEP_DELETES_S, LOOK_AGAIN_S
from syncd.state.postgresql.database import claim_lease
from syncd.state.store import State
from tests.support.events import course
from tests.support.postgresql import Cluster
from tests.system.fleet.broken import broken
from tests.system.fleet.servers import seconds_until
from tests.unit.syncd.state.kept import COURSE, line, look, record_of

pytestmark = pytest.mark.system


@pytest.fixture
def address(lasting: DatabaseAddress) -> DatabaseAddress:
    """No lease ends by itself while a test of this file runs."""
    return lasting


def admin(address: DatabaseAddress) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(address.url, autocommit=True)


def take_over(address: DatabaseAddress, state: State) -> State:
    """Open the state on another machine, as if this one had not renewed for long."""
    with admin(address) as connection:
        connection.execute("UPDATE fleet.lease SET free_at = 0 WHERE name = %s", (address.instance,))
    return State.open(address, now=0.0)


def test_a_second_server_is_refused_and_told_which_machine_holds_the_lease(address: DatabaseAddress) -> None:
    state = State.open(address, now=0.0)
    with pytest.raises(LockedError, match=r"Another syncd is running .* on \S+ \(process \d+\) since 20"):
        State.open(address, now=0.0)
    state.close()
    State.open(address, now=0.0).close()


def test_each_holder_has_a_higher_epoch_and_what_the_earlier_one_writes_is_refused(
    address: DatabaseAddress,
) -> None:
    earlier = State.open(address, now=0.0)
    epoch = earlier.events.take([COURSE])[COURSE.id]
    later = take_over(address, earlier)
    assert earlier.lease is not None
    assert later.lease is not None
    assert later.lease.epoch > earlier.lease.epoch
    writes: tuple[Callable[[], object], ...] = (
        lambda: earlier.events.observed([look(epoch, record_of("k"))], now=1.0),
        lambda: earlier.events.in_step(COURSE.id, "view", now=1.0),
        lambda: earlier.events.failed(COURSE, "no", now=1.0, retry_at=2.0),
        lambda: earlier.ledger.set_fact("calendar-in-force", "old"),
        lambda: earlier.ledger.spend("abc"),
        lambda: earlier.ledger.end_run("run", "done"),
    )
    for write in writes:
        with pytest.raises(LeaseLostError):
            write()
    assert not earlier.lease.is_held()
    assert later.ledger.fact("calendar-in-force") == ""
    assert later.events.notes()[COURSE.id].failing_since is None
    earlier.close()
    later.close()


def test_control_under_no_epoch_it_is_stored(address: DatabaseAddress) -> None:
    with broken("epoch"):
        earlier = State.open(address, now=0.0)
        later = take_over(address, earlier)
        earlier.ledger.set_fact("calendar-in-force", "old")
        assert later.ledger.fact("calendar-in-force") == "old"
        earlier.close()
        later.close()


def test_the_epoch_does_not_repeat_where_a_replica_lost_the_last_commits(address: DatabaseAddress) -> None:
    first = State.open(address, now=0.0)
    assert first.lease is not None
    first.close()
    with admin(address) as connection:
        connection.execute("UPDATE fleet.fence SET epoch = 0 WHERE name = %s", (address.instance,))
    second = State.open(address, now=0.0)
    assert second.lease is not None
    assert second.lease.epoch > first.lease.epoch
    second.close()


def test_a_lease_whose_state_cannot_be_opened_is_free_at_once(
    address: DatabaseAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Renewed by nobody's work, it would keep this very server waiting for itself."""
    with monkeypatch.context() as broken:
        broken.setattr(
            Events, "inherit", Mock(side_effect=StateError(str(address), "the server is going away"))
        )
        with pytest.raises(StateError):
            State.open(address, now=1.0)
    State.open(address, now=2.0).close()


def test_a_persons_word_needs_no_lease(address: DatabaseAddress) -> None:
    with pytest.raises(StateError, match="does not exist yet"):
        State.open_beside(address)
    state = State.open(address, now=0.0)
    beside = State.open_beside(address)
    beside.ledger.approve("abc", who="registrar", now=5.0)
    beside.close()
    assert [one.digest for one in state.ledger.approvals(now=6.0)] == ["abc"]
    state.close()


def test_a_view_is_a_private_copy(address: DatabaseAddress) -> None:
    assert State.open_for_reading(address).events.counts() == {}
    state = State.open(address, now=0.0)
    epoch = state.events.take([COURSE])[COURSE.id]
    state.events.observed([look(epoch, record_of("k"))], now=1.0)
    state.ledger.keep_calendar("d", {"a.yaml": b"x"}, now=1.0)
    view = State.open_for_reading(address)
    assert view.events.records(COURSE.id) == state.events.records(COURSE.id)
    assert view.ledger.calendar_files("d") == {"a.yaml": b"x"}
    view.events.observed([look(view.events.take([COURSE])[COURSE.id])], now=2.0)
    assert view.events.counts() == {}
    assert state.events.counts() == {COURSE.id: 1}
    view.close()
    state.close()


def test_two_instances_share_a_database_and_nothing_else(address: DatabaseAddress) -> None:
    other = replace(address, instance=f"{address.instance}-2")
    one, two = State.open(address, now=0.0), State.open(other, now=0.0)
    one.ledger.set_fact("owner", "north")
    assert two.ledger.fact("owner") == ""
    one.close()
    two.close()


def stored_after_a_restart(address: DatabaseAddress, postgresql: Cluster) -> tuple[str, str]:
    """What is known of before, and of after. Raises `StateError`."""
    state = State.open(replace(address, lease_ttl_s=30.0), now=0.0)
    try:
        # Often enough that the server has planned the statements: the one after the restart knows nothing of that.
        for value in ("3", "2", "1", "0"):
            state.ledger.set_fact("a", value)
        postgresql.restart()
        state.events.in_step(COURSE.id, "view", now=1.0)
        state.ledger.set_fact("b", "2")
        return state.ledger.fact("a"), state.ledger.fact("b")
    finally:
        state.close()


def test_a_restart_of_the_server_is_outlived(address: DatabaseAddress, postgresql: Cluster) -> None:
    assert stored_after_a_restart(address, postgresql) == ("0", "2")


def test_control_over_the_same_connection_it_is_not(address: DatabaseAddress, postgresql: Cluster) -> None:
    with broken("reconnect"), pytest.raises(StateError):
        stored_after_a_restart(address, postgresql)


def test_a_write_that_meets_a_claim_waits_for_it_and_is_refused(address: DatabaseAddress) -> None:
    state = State.open(address, now=0.0)
    with admin(address) as connection, ThreadPoolExecutor(1) as another_thread:
        with connection.transaction():
            connection.execute(
                "UPDATE fleet.fence SET epoch = epoch + 1 WHERE name = %s", (address.instance,)
            )
            stored = another_thread.submit(state.ledger.set_fact, "a", "1")
            seconds_until(lambda: stored.done() or waits_for_a_lock(address))
        with pytest.raises(LeaseLostError):
            stored.result()
    assert state.ledger.fact("a") == ""
    state.close()


def waits_for_a_lock(address: DatabaseAddress) -> bool:
    with admin(address) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%INTO facts%'"
        ).fetchone()
    return row is not None and row[0] == 1


def test_a_transaction_cut_by_the_server_leaves_nothing_and_is_told(address: DatabaseAddress) -> None:
    state = State.open(address, now=0.0)

    def cut() -> None:
        with state.database.write() as connection:
            stored = connection.execute(
                "INSERT INTO facts (name, value) VALUES (?, ?) RETURNING name", ("a", "1")
            )
            assert stored.fetchone() == ("a",)
            with admin(address) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE state = 'idle in transaction' AND query LIKE '%INSERT INTO facts%'"
                )
            connection.execute("INSERT INTO facts (name, value) VALUES (?, ?)", ("b", "1"))

    with pytest.raises(StateError, match="cannot be used"):
        cut()
    assert state.ledger.fact("a") == ""
    state.ledger.set_fact("a", "2")
    assert state.ledger.fact("a") == "2"
    state.close()


def test_a_newer_layout_is_refused_and_left_as_it_is(address: DatabaseAddress) -> None:
    State.open(address, now=0.0).close()
    with admin(address) as connection:
        connection.execute(f'UPDATE "{address.schema}".layout SET version = version + 1'.encode())  # noqa: S608
    with pytest.raises(RefusedError, match="newer syncd"):
        State.open(address, now=0.0)
    with pytest.raises(RefusedError, match="newer syncd"):
        State.open_for_reading(address)


NAMES = ("course_b", "course_B", "course_a", "course_\u04d9", "course_\u044f")


def order_of(address: DatabaseAddress) -> list[str]:
    """Contexts as the state tells of them."""
    state = State.open(address, now=0.0)
    state.events.take([course(name) for name in NAMES])
    told = list(state.events.notes())
    state.close()
    return told


def test_texts_are_sorted_by_code_points_whatever_the_database_does_by_itself(
    address: DatabaseAddress,
) -> None:
    assert order_of(address) == sorted(NAMES)


def test_control_without_a_collation_of_their_own_they_are_not(address: DatabaseAddress) -> None:
    claim_lease(address).give_back()
    with broken("collation"):
        assert order_of(address) != sorted(NAMES)


def test_a_nul_in_a_text_is_kept_as_the_sign_of_what_cannot_be_shown(address: DatabaseAddress) -> None:
    state = State.open(address, now=0.0)
    state.ledger.set_fact("a", "x\0y")
    assert state.ledger.fact("a") == "x\ufffdy"
    state.close()


def test_an_address_with_a_password_is_shown_without_it() -> None:
    address = DatabaseAddress(url="postgresql://north:canary-9f2@127.0.0.1:1/syncd", instance="north")
    with pytest.raises(StateError) as caught:
        State.open(address, now=0.0)
    assert "canary" not in f"{caught.value} {address!r} {address}"


def everything(state: State) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, in an order of its own."""
    names = (
        "candidates", "copies", "remembered", "unapproved",
        "facts", "contexts", "ids", "respected", "intents", "journal", "texts", "runs", "approvals", "waiting",
        "calendars",
    )  # fmt: skip
    return {
        name: sorted(state.database.rows(f"SELECT * FROM {name}"), key=repr)  # noqa: S608
        for name in names
    }


def test_a_state_moves_to_postgresql_and_back_with_nothing_lost(
    address: DatabaseAddress, tmp_path: Path
) -> None:
    folder = tmp_path / "state"
    state = State.open(folder, now=0.0)
    epoch = state.events.take([COURSE])[COURSE.id]
    state.events.observed(
        [look(epoch, record_of("k"), record_of("l", "5"), respected=frozenset("x"))], now=1.1
    )
    state.events.open_intent(COURSE.id, epoch, "k", Action.DELETE, now=1.5, remote_id="100")
    for number in range(3):
        state.ledger.write_line(line(at=number + 0.123456789, text="<p>Сабақ</p>"), "hash")
    state.ledger.begin_run("run", calendar="c", why="start", now=1.0)
    state.ledger.remember_waiting("abc", Terms(calendar="c"), ["one"], now=1.0)
    state.ledger.approve("abc", who="registrar", now=2.0)
    state.ledger.keep_calendar("d", {"a.yaml": b"x"}, now=1.0)
    state.ledger.set_fact("owner", "harbour")
    before = everything(state)
    state.close()
    State.move(folder, address, now=7.0)
    assert sorted(path.name for path in folder.iterdir()) == ["lock", "state.db.moved-7"]
    view = State.open_for_reading(address)
    assert everything(view) == before
    view.close()
    there = State.open(address, now=8.0)
    there.ledger.write_line(line(at=9.0))
    assert there.events.open_intent(COURSE.id, epoch, "m", Action.CREATE, now=9.0) == 2
    after = everything(there)
    there.close()
    with pytest.raises(RefusedError, match="knows something already"):
        State.move(_copied(folder), address, now=10.0)
    State.move(address, folder, now=11.0)
    back = State.open(folder, now=12.0)
    assert everything(back) == after
    back.close()
    assert not State.exists(address)


def _copied(folder: Path) -> Path:
    other = folder.with_name("other")
    other.mkdir()
    shutil.copy(folder / "state.db.moved-7", other / "state.db")
    return other


def test_a_delete_of_an_earlier_holder_explains_for_a_day_that_an_event_is_gone(
    address: DatabaseAddress,
) -> None:
    earlier = State.open(address, now=0.0)
    epoch = earlier.events.take([COURSE])[COURSE.id]
    earlier.events.observed([look(epoch, record_of("k"), record_of("l", "200"))], now=1.0)
    earlier.events.open_intent(COURSE.id, epoch, "k", Action.DELETE, now=2.0, remote_id="100")
    earlier.events.open_intent(COURSE.id, epoch, "l", Action.UPDATE, now=2.0, remote_id="200")
    assert earlier.events.in_flight == {COURSE.id}
    later = take_over(address, earlier)
    assert later.events.notes()[COURSE.id].look_at == 0.0
    assert later.events.open_intents() == {COURSE.id: ["k", "l"]}
    epoch = later.events.take([COURSE])[COURSE.id]
    later.events.observed([look(epoch, record_of("k"), record_of("l", "200"))], now=10.0)
    assert later.events.deletes_under_way(COURSE.id) == {"100"}
    assert later.events.open_intents() == {}
    assert later.events.notes()[COURSE.id].look_at == 10.0 + LOOK_AGAIN_S
    later.events.observed([look(epoch, record_of("k"))], now=11.0 + LOOK_AGAIN_S)
    assert later.events.deletes_under_way(COURSE.id) == {"100"}
    assert later.events.notes()[COURSE.id].look_at is None
    later.close()
    next_day = State.open(address, now=3.0 + KEEP_DELETES_S)
    assert next_day.events.deletes_under_way(COURSE.id) == frozenset()
    next_day.close()
    earlier.close()


def test_who_lost_the_lease_has_what_was_in_flight_looked_at_and_writes_nothing_else(
    address: DatabaseAddress,
) -> None:
    earlier = State.open(address, now=0.0)
    epoch = earlier.events.take([COURSE])[COURSE.id]
    earlier.events.open_intent(COURSE.id, epoch, "k", Action.CREATE, now=1.0)
    later = take_over(address, earlier)
    epoch = later.events.take([COURSE])[COURSE.id]
    later.events.observed([look(epoch)], now=2.0)
    later.events.observed([look(epoch)], now=3.0 + LOOK_AGAIN_S)
    earlier.look_again_at_what_was_in_flight(now=5000.0)
    assert later.events.notes()[COURSE.id].look_at == 5000.0
    earlier.close()
    later.close()


def test_a_restored_schema_is_told_from_the_one_before(address: DatabaseAddress) -> None:
    state = State.open(address, now=0.0)
    before = state.database.identity
    assert state.database.identity == before
    state.close()
    with admin(address) as connection:
        connection.execute(f'DROP SCHEMA "{address.schema}" CASCADE'.encode())
    state = State.open(address, now=0.0)
    assert state.database.identity != before
    state.close()
