"""The state file: its mode and lock, a damaged one put aside, views that write nothing, whole transactions."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from syncd.errors import LockedError, StateError
from syncd.state.files import FILE_NAME, LOCK_NAME
from syncd.state.store import State
from tests.support.state_address import in_a_file
from tests.unit.syncd.state.kept import COURSE, look, open_state, record_of

pytestmark = in_a_file
NEW = "The state is new"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def fill(folder: Path) -> None:
    with open_state(folder) as state:
        epoch = state.events.take([COURSE])[COURSE.id]
        state.events.observed([look(epoch, record_of("k"))], now=1.0)
        state.ledger.set_fact("owner", "harbour")


def test_only_its_user_may_read_the_state(tmp_path: Path) -> None:
    os.umask(0)
    try:
        with open_state(tmp_path / "state") as state:
            state.ledger.set_fact("a", "b")
            files = sorted(path for path in (tmp_path / "state").iterdir())
            assert {path.name: mode(path) for path in files} == dict.fromkeys(
                [LOCK_NAME, FILE_NAME, f"{FILE_NAME}-shm", f"{FILE_NAME}-wal"], 0o600
            )
        assert mode(tmp_path / "state") == 0o700
    finally:
        os.umask(0o022)


def test_a_state_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / FILE_NAME).chmod(0o644)
    with open_state(tmp_path):
        assert mode(tmp_path / FILE_NAME) == 0o600


def test_writes_are_on_disk_before_they_are_believed(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        assert state.database.one("PRAGMA journal_mode") == ("wal",)
        assert state.database.one("PRAGMA synchronous") == (2,)


def test_a_second_writer_is_refused_and_told_what_works(tmp_path: Path) -> None:
    with open_state(tmp_path), pytest.raises(LockedError, match="Another syncd is running"):
        State.open(tmp_path, now=0.0)


def test_the_lock_ends_with_its_holder(tmp_path: Path) -> None:
    fill(tmp_path)
    with open_state(tmp_path) as state:
        assert state.ledger.fact("owner") == "harbour"


def test_a_new_state_says_what_is_not_known(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        assert [note[: len(NEW)] for note in state.notes] == [NEW]
    with open_state(tmp_path) as state:
        assert state.notes == ()


def test_an_empty_file_is_a_new_state_too(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).touch()
    with open_state(tmp_path) as state:
        assert [note[: len(NEW)] for note in state.notes] == [NEW]


def spoil_header(path: Path) -> None:
    path.write_bytes(b"not a database at all, " * 100)


def spoil_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    path.write_bytes(content)


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize("spoil", [spoil_header, spoil_middle, cut])
def test_a_damaged_file_is_put_aside_by_name_and_a_new_one_begun(tmp_path: Path, spoil: object) -> None:
    fill(tmp_path)
    spoil(tmp_path / FILE_NAME)  # type: ignore[operator]
    damaged = (tmp_path / FILE_NAME).read_bytes()
    with open_state(tmp_path, now=1234.5) as state:
        assert state.events.counts() == {}
        assert [note.split(" ")[2] for note in state.notes] == ["file", "is"]
        assert f"{FILE_NAME}.damaged-1234" in state.notes[0]
    assert (tmp_path / f"{FILE_NAME}.damaged-1234").read_bytes() == damaged


def test_a_locked_file_is_not_taken_for_a_damaged_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path)
    connect = sqlite3.connect
    monkeypatch.setattr(
        "syncd.state.database.sqlite3.connect",
        lambda *args, **given: connect(*args, **(given | {"timeout": 0})),
    )
    other = connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO facts VALUES ('a', 'b')")
    try:
        with pytest.raises(StateError, match="locked"):
            State.open(tmp_path, now=0.0)
    finally:
        other.execute("ROLLBACK")
        other.close()
    with open_state(tmp_path) as state:
        assert state.events.counts() == {COURSE.id: 1}


def test_a_folder_that_cannot_be_made_is_a_state_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StateError):
        State.open(tmp_path / "file" / "state", now=0.0)


def test_a_view_writes_nothing_to_the_file(tmp_path: Path) -> None:
    fill(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    state = State.open_for_reading(tmp_path)
    epoch = state.events.take([COURSE])[COURSE.id]
    state.events.observed([look(epoch)], now=2.0)
    assert state.events.counts() == {}
    state.close()
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir() if not path.name.endswith("-shm")}
    assert all(before.get(name, b"") == content for name, content in after.items())


def test_a_view_needs_no_lock_and_sees_what_the_writer_has_done(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.ledger.set_fact("owner", "harbour")
        view = State.open_for_reading(tmp_path)
        assert view.ledger.fact("owner") == "harbour"
        state.ledger.set_fact("owner", "other")
        assert view.ledger.fact("owner") == "harbour"
        view.close()


def test_a_view_of_nothing_is_empty_and_makes_no_file(tmp_path: Path) -> None:
    view = State.open_for_reading(tmp_path / "nowhere")
    assert view.events.counts() == {}
    view.close()
    assert not (tmp_path / "nowhere").exists()


def test_a_view_of_a_damaged_file_is_empty_and_leaves_it(tmp_path: Path) -> None:
    spoil_header(tmp_path / FILE_NAME)
    view = State.open_for_reading(tmp_path)
    assert view.events.counts() == {}
    view.close()
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_one_short_write_is_possible_beside_a_writer(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        beside = State.open_beside(tmp_path)
        beside.ledger.approve("abc", who="registrar", now=5.0)
        beside.close()
        assert [one.digest for one in state.ledger.approvals(now=6.0)] == ["abc"]


def test_a_write_beside_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="does not exist yet"):
        State.open_beside(tmp_path)


def interrupted_write(state: State) -> None:
    with state.database.write() as connection:
        connection.execute("INSERT INTO facts VALUES ('a', 'b')")
        raise KeyboardInterrupt


def test_a_transaction_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        with pytest.raises(KeyboardInterrupt):
            interrupted_write(state)
        assert state.ledger.fact("a") == ""
        state.ledger.set_fact("a", "c")
        assert state.ledger.fact("a") == "c"


def test_sqlites_own_errors_become_state_errors(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        with pytest.raises(StateError, match="no such table"), state.database.write() as connection:
            connection.execute("INSERT INTO nowhere VALUES (1)")
        with pytest.raises(StateError, match="no such table"):
            state.database.rows("SELECT * FROM nowhere")


def test_what_was_committed_survives_a_writer_that_never_closed(tmp_path: Path) -> None:
    state = State.open(tmp_path, now=0.0)
    state.ledger.set_fact("owner", "harbour")
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in (FILE_NAME, f"{FILE_NAME}-wal"):
        (copy / name).write_bytes((tmp_path / name).read_bytes())
    state.close()
    with open_state(copy) as after:
        assert after.ledger.fact("owner") == "harbour"


def test_a_write_inside_another_is_stored_with_it_or_not_at_all(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        with pytest.raises(ZeroDivisionError), state.database.write():  # noqa: PT012 - two steps, the second fails
            state.ledger.set_fact("a", "1")
            raise ZeroDivisionError
        with state.database.write():
            state.ledger.set_fact("b", "2")
            state.ledger.set_fact("c", "3")
        assert [state.ledger.fact(name) for name in "abc"] == ["", "2", "3"]
