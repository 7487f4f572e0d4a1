"""Every earlier layout of a state in PostgreSQL becomes the present one, and keeps what it knew."""

from __future__ import annotations

import threading
from contextlib import closing

import psycopg
import pytest

from mapping.model import Action, Unstored
from syncd.errors import StateError
from syncd.state.address import DatabaseAddress
from syncd.state.postgresql.fleet_tables import FleetTables
from syncd.state.postgresql.schema import _LOCK, _bring_up, bring_up_fleet, layout_of
from syncd.state.schema import MIGRATIONS, VERSION
from syncd.state.store import State
from tests.acceptance.sites import PATIENCE_S
from tests.support.postgresql import Cluster
from tests.system.fleet.servers import seconds_until
from tests.unit.syncd.state.kept import COURSE, look, record_of

pytestmark = pytest.mark.system

Columns = list[tuple[object, ...]]


def columns(connection: psycopg.Connection[tuple[object, ...]], schema: str) -> Columns:
    """Every column of a schema with what it may hold, whenever it was added."""
    return connection.execute(
        "SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name"
        " FROM information_schema.columns WHERE table_schema = %s ORDER BY table_name, column_name",
        (schema,),
    ).fetchall()


def at_version(address: DatabaseAddress, version: int) -> None:
    """An instance as an earlier version left it: one course with one event on record, and an approval."""
    with psycopg.connect(address.url) as connection, connection.transaction():
        _bring_up(connection, address.schema, MIGRATIONS[:version])
        connection.execute(
            "INSERT INTO ids VALUES ('course_7', 'k', '100', 'T', '2031-03-11', '2031-03-12', 'f', 'b', 0, '', 0)"
        )
        connection.execute(
            "INSERT INTO contexts (context, kind, target, epoch) VALUES ('course_7', 'canvas', 't', 4)"
        )
        connection.execute("INSERT INTO facts VALUES ('owner', 'moor')")


@pytest.mark.parametrize("version", range(1, VERSION))
def test_an_earlier_layout_becomes_the_present_one_and_keeps_what_it_knew(
    lasting: DatabaseAddress, version: int
) -> None:
    at_version(lasting, version)
    with (
        closing(State.open(lasting, now=0.0)) as state,
        psycopg.connect(lasting.url, autocommit=True) as connection,
    ):
        assert layout_of(connection, lasting.schema) == VERSION
        assert state.events.records("course_7")["k"].remote_id == "100"
        assert state.ledger.fact("owner") == "moor"
        fresh = DatabaseAddress(
            url=lasting.url, instance=f"{lasting.instance[:30]}n{version}", lease_ttl_s=600, lease_grace_s=600
        )
        State.open(fresh, now=0.0).close()
        assert columns(connection, lasting.schema) == columns(connection, fresh.schema)


def test_what_the_later_layouts_brought_can_be_written_in_a_state_of_the_first(
    lasting: DatabaseAddress,
) -> None:
    at_version(lasting, 1)
    with closing(State.open(lasting, now=0.0)) as state:
        epoch = state.events.take([COURSE])[COURSE.id]
        state.events.observed([look(epoch, record_of("k"))], now=1.0)
        wish = Unstored(key="k", wish="w", times=2, stamp="s", made="m", words="title is cut", tried_at=1.5)
        intent = state.events.open_intent(COURSE.id, epoch, "k", Action.UPDATE, now=1.0, remote_id="100")
        state.events.confirm(COURSE.id, epoch, intent, "k", record_of("k"), unstored=wish)
        assert state.events.unstored(COURSE.id) == {"k": wish}
        assert state.ledger.unapproved_share(now=1.0) == 0.0


def test_two_machines_that_start_at_once_make_the_tables_once(postgresql: Cluster) -> None:
    """The second one has found nothing and waits for the lock, under which the first one makes them."""
    postgresql.run("createdb", "-h", "127.0.0.1", "-p", str(postgresql.port), "-U", "postgres", "at_once")
    address = DatabaseAddress(url=postgresql.url.rpartition("/")[0] + "/at_once", instance="north")
    failed: list[Exception] = []

    def start() -> None:
        try:
            FleetTables(address).close()
        except StateError as error:
            failed.append(error)

    second = threading.Thread(target=start)
    with psycopg.connect(address.url, autocommit=True) as first:
        # A session's lock: the transaction in which the tables are made takes it once more.
        first.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        second.start()
        seconds_until(
            lambda: first.execute(
                "SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database AND datname = current_database() "
                "WHERE locktype = 'advisory' AND NOT granted"
            ).fetchone()
        )
        bring_up_fleet(first)
        first.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))
    second.join(PATIENCE_S)
    assert not failed
