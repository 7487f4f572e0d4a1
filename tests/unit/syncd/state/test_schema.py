"""Migrations: every earlier layout is brought up, a later one is refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mapping.model import Action
from syncd.errors import RefusedError
from syncd.state.files import FILE_NAME
from syncd.state.schema import MIGRATIONS, VERSION, migrate
from syncd.state.store import State
from tests.support.state_address import in_a_file
from tests.unit.syncd.state.kept import COURSE, look, open_state, record_of


def layout(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Every table and index with its columns, however it came about."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
    return [
        (name, str(connection.execute(f"PRAGMA table_info({name})").fetchall()))
        for (name,) in tables.fetchall()
    ]


def at_version(path: Path, version: int) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for number in range(version):
        connection.executescript(MIGRATIONS[number])
    connection.execute(f"PRAGMA user_version = {version}")
    return connection


@pytest.mark.parametrize("version", range(VERSION))
def test_every_earlier_layout_becomes_the_present_one(tmp_path: Path, version: int) -> None:
    earlier, new = (
        at_version(tmp_path / "a.db", version),
        sqlite3.connect(tmp_path / "b.db", isolation_level=None),
    )
    migrate(earlier)
    migrate(new)
    assert layout(earlier) == layout(new)
    assert earlier.execute("PRAGMA user_version").fetchone() == (VERSION,)
    earlier.close()
    new.close()


@in_a_file
def test_a_state_of_the_first_layout_is_opened_and_keeps_what_it_knew(tmp_path: Path) -> None:
    first = at_version(tmp_path / FILE_NAME, 1)
    first.execute(
        "INSERT INTO ids VALUES ('course_7', 'k', '100', 'T', '2031-03-11', '2031-03-12', 'f', 'b', 0, '', 0)"
    )
    first.execute("INSERT INTO contexts (context, kind, target, epoch) VALUES ('course_7', 'canvas', 't', 4)")
    first.execute(
        "INSERT INTO intents (context, key, action, opened_at) VALUES ('course_7', 'k', 'delete', 1.0)"
    )
    first.close()
    with open_state(tmp_path) as state:
        assert state.events.records("course_7")["k"].remote_id == "100"
        assert state.events.deletes_under_way("course_7") == frozenset()
        assert state.notes == ()
        epoch = state.events.take([COURSE])[COURSE.id]
        state.events.open_intent(COURSE.id, epoch, "k", Action.DELETE, now=2.0, remote_id="100")
        assert state.events.deletes_under_way("course_7") == {"100"}


@in_a_file
def test_what_went_out_unapproved_before_an_upgrade_still_counts(tmp_path: Path) -> None:
    with closing(at_version(tmp_path / FILE_NAME, 6)) as earlier:
        earlier.execute(
            "INSERT INTO journal (run, at, target, context, key, action, why, remote_id, outcome, fields, title, unapproved) "
            "VALUES ('r', 5.0, 't', 'course_7', 'k', 'create', 'fill', '1', 'done', '{}', 'T', 0.25)"
        )
    with open_state(tmp_path) as state:
        assert state.ledger.unapproved_share(now=6.0) == 0.25
        assert len(list(state.ledger.history())) == 1


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        epoch = state.events.take([COURSE])[COURSE.id]
        state.events.observed([look(epoch, record_of("k"))], now=1.0)
    with open_state(tmp_path) as state:
        assert set(state.events.records(COURSE.id)) == {"k"}


@in_a_file
def test_a_state_of_a_newer_syncd_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    with closing(at_version(tmp_path / FILE_NAME, VERSION)) as newer:
        newer.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(RefusedError, match="newer syncd"):
        State.open(tmp_path, now=0.0)
    with pytest.raises(RefusedError, match="newer syncd"):
        State.open_for_reading(tmp_path)
    found = sqlite3.connect(tmp_path / FILE_NAME)
    assert found.execute("PRAGMA user_version").fetchone() == (VERSION + 1,)
    found.close()
    assert [path.name for path in tmp_path.glob("*.damaged*")] == []


@in_a_file
def test_a_refused_state_is_not_left_locked(tmp_path: Path) -> None:
    newer = at_version(tmp_path / FILE_NAME, VERSION)
    newer.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(RefusedError):
        State.open(tmp_path, now=0.0)
    newer.execute(f"PRAGMA user_version = {VERSION}")
    newer.close()
    with open_state(tmp_path):
        pass
