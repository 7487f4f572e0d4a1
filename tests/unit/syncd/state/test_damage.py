"""A damaged state: random bytes anywhere end in a clean run, or in a refusal that names what to do."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from mapping.errors import SyncdError
from mapping.planning.guards import Limits
from syncd.errors import DamagedStateError, RefusedError, StateError
from syncd.state.files import FILE_NAME, LOCK_NAME
from syncd.state.store import State
from tests.support.rig import ONE, Rig, pool
from tests.support.state_address import in_a_file
from tests.unit.syncd.state.kept import COURSE, line, look, open_state, record_of

pytestmark = in_a_file
TRIES = int(os.environ.get("SYNCD_DAMAGES", "60"))
"""Damages of one test run; 1,500 were tried once."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state that knows something of everything, as a stopped service left it."""
    folder = tmp_path_factory.mktemp("kept") / "state"
    rig = Rig(folder, lines=pool(1, 2, 3, 4, 5))
    rig.cycle()
    rig.canvas.delete(ONE, rig.canvas.events(ONE)[0].id)
    rig.lines |= pool(6, 7)
    rig.publish = "manual"
    rig.approve(rig.cycle())
    rig.limits = Limits(fill_messages=0)
    rig.lines |= pool(8)
    rig.cycle()
    rig.state.ledger.set_fact("told", '{"a": {"b": "c"}}')
    rig.state.close()
    return folder


def spoil(path: Path, dice: random.Random, count: int) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(count):
        content[dice.randrange(len(content))] = dice.randrange(256)
    path.write_bytes(content)


@pytest.mark.parametrize("count", [1, 8, 64])
def test_random_damage_ends_in_a_clean_run_or_says_what_to_do(kept: Path, tmp_path: Path, count: int) -> None:
    """Each time the service starts, reads everything, writes, looks back, and starts once more."""
    dice, ends = random.Random(count), Counter[str]()  # noqa: S311 - no secret
    for number in range(TRIES // 3):
        folder = tmp_path / str(number)
        shutil.copytree(kept, folder)
        spoil(folder / FILE_NAME, dice, count)
        try:
            ends[two_runs(folder)] += 1
        except SyncdError as error:
            said = str(error)
            assert any(
                word in said
                for word in ("move", "kept as", "Install", "put the copy", "owner", "Use another")
            ), said
            ends[type(error).__name__] += 1
        shutil.rmtree(folder)
    assert ends["clean"] > 0, ends


def two_runs(folder: Path) -> str:
    for _ in range(3):
        view = State.open_for_reading(folder)
        view.events.notes()
        view.close()
        try:
            rig = Rig(folder, lines=pool(1, 2, 3, 4, 5))
        except DamagedStateError:
            continue
        try:
            rig.cycle()
            rig.cycle()
            list(rig.state.ledger.history())
            rig.state.ledger.runs()
        except DamagedStateError:
            continue
        finally:
            rig.state.close()
        return "clean"
    raise AssertionError("it never came to rest")


def filled(folder: Path) -> None:
    with open_state(folder) as state:
        epoch = state.events.take([COURSE])[COURSE.id]
        state.events.observed([look(epoch, record_of("k"))], now=1.0)
        state.ledger.write_line(line(text="words"), "hash")


def change(folder: Path, sql: str) -> None:
    connection = sqlite3.connect(folder / FILE_NAME)
    connection.execute(sql)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ids SET first_day = '20x1-01-01'",
        "UPDATE ids SET end_day = NULL",
        "UPDATE ids SET title = CAST(x'ff41' AS TEXT)",
        "UPDATE ids SET generation = 'many'",
        "UPDATE contexts SET epoch = x'00'",
        "UPDATE contexts SET retry_at = 'soon'",
        "INSERT INTO facts VALUES ('told', '{')",
        "INSERT INTO waiting VALUES ('d', 1.0, '{}', '[]', 0)",
        "INSERT INTO waiting VALUES ('d', 1.0, 'x', '[]', 0)",
        "INSERT INTO approvals VALUES ('d', 1.0, 'w', '{\"hits\": 1}')",
        "PRAGMA user_version = 1",
        "PRAGMA user_version = 100000",
        "PRAGMA user_version = -5",
        "DROP TABLE texts",
        "ALTER TABLE ids RENAME COLUMN title TO titel",
    ],
)
def test_one_value_that_was_never_written_is_damage(tmp_path: Path, sql: str) -> None:
    filled(tmp_path)
    change(tmp_path, sql)
    view = State.open_for_reading(tmp_path)
    view.close()
    with open_state(tmp_path) as state:
        assert state.events.counts() == {}
        assert any("was damaged" in note for note in state.notes)
    assert len(list(tmp_path.glob(f"{FILE_NAME}.damaged-*"))) >= 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal SET first_day = 'x'",
        "UPDATE journal SET fields = '['",
        "UPDATE journal SET title = CAST(x'ff41' AS TEXT)",
    ],
)
def test_damaged_history_is_put_aside_by_the_first_read_that_meets_it(tmp_path: Path, sql: str) -> None:
    filled(tmp_path)
    change(tmp_path, sql)
    view = State.open_for_reading(tmp_path)
    with pytest.raises(DamagedStateError, match=r"move state\.db"):
        list(view.ledger.history())
    view.close()
    with open_state(tmp_path) as state:
        with pytest.raises(DamagedStateError, match="kept as"):
            list(state.ledger.history())
        assert list(state.ledger.history()) == []
        state.ledger.write_line(line())
        assert len(list(state.ledger.history())) == 1


def test_a_calendar_that_cannot_be_unpacked_is_damage(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.ledger.keep_calendar("d", {"a.yaml": b"x"}, now=1.0)
    change(tmp_path, "UPDATE calendars SET files = x'00'")
    with open_state(tmp_path) as state, pytest.raises(DamagedStateError):
        state.ledger.calendar_files("d")


def test_a_full_disk_is_no_damage(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_state(tmp_path) as state:
        state.database.one("PRAGMA max_page_count = 1")
        with pytest.raises(StateError, match="full") as caught:
            state.ledger.set_fact("f", "x" * 4_000_000)
        assert not isinstance(caught.value, DamagedStateError)
    assert list(tmp_path.glob("*.damaged-*")) == []


# --- whose files they are --------------------------------------------------------------------------


@pytest.mark.parametrize("name", [FILE_NAME, LOCK_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"])
def test_a_link_in_place_of_a_file_is_refused_and_what_it_names_left_alone(tmp_path: Path, name: str) -> None:
    folder, goal = tmp_path / "state", tmp_path / "precious"
    filled(folder)
    (folder / name).unlink(missing_ok=True)
    goal.write_text("precious")
    goal.chmod(0o644)
    (folder / name).symlink_to(goal)
    with pytest.raises(RefusedError, match="symbolic link"):
        State.open(folder, now=0.0)
    assert (goal.read_text(), goal.stat().st_mode & 0o777) == ("precious", 0o644)


def test_a_dangling_link_makes_no_file_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    for name in (FILE_NAME, LOCK_NAME):
        (folder / name).symlink_to(tmp_path / "elsewhere")
        with pytest.raises(RefusedError, match="symbolic link"):
            State.open(folder, now=0.0)
        (folder / name).unlink(missing_ok=True)
    assert not (tmp_path / "elsewhere").exists()


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "state").symlink_to(tmp_path / "room")
    filled(tmp_path / "state")
    assert (tmp_path / "room" / FILE_NAME).exists()


def test_an_existing_folder_gets_its_mode(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    folder.chmod(0o777)
    filled(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_may_write_and_that_holds_more_is_refused_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").touch()
    tmp_path.chmod(0o777)
    with pytest.raises(RefusedError, match="folder of its own"):
        State.open(tmp_path, now=0.0)
    assert tmp_path.stat().st_mode & 0o777 == 0o777
    tmp_path.chmod(0o755)
    filled(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o755


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
@pytest.mark.parametrize("name", ["", FILE_NAME, LOCK_NAME])
def test_what_belongs_to_somebody_else_is_refused_with_the_command_that_mends_it(
    tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "state"
    filled(folder)
    os.chown(folder / name if name else folder, 4242, -1)
    with pytest.raises(RefusedError, match="chown --recursive --no-dereference root"):
        State.open(folder, now=0.0)
