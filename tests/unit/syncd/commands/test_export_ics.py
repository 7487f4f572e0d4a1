"""The iCalendar file of `syncd export`: the revisions that readers go by, with a state, without one, on two machines."""

import os
import re
import shutil
from pathlib import Path

import pytest

from syncd.config.settings import Settings
from syncd.reconcile.editions import put_in_force
from syncd.state.store import State
from syncd.wiring import load_candidate
from tests.support import college
from tests.unit.syncd.commands.conftest import Run

WRITTEN_AT = 1_950_000_000
MOVED = "2031-2032.teaching-michaelmas.main@syncd"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A calendar folder whose files are older than everything that is done with them."""
    made = college.write(college.college(), tmp_path / "calendar")
    for file in made.rglob("*.yaml"):
        os.utime(file, (WRITTEN_AT, WRITTEN_AT))
    monkeypatch.setenv("SYNCD_CALENDAR_DIR", str(made))
    return made


def exported(run: Run, out: Path) -> bytes:
    assert run("export", "--out", str(out)).code == 0
    return out.read_bytes()


def sequences(raw: bytes) -> dict[str, int]:
    events = raw.decode().split("BEGIN:VEVENT")[1:]
    found = {}
    for one in events:
        uid, number = (re.search(rf"^{name}:(.+?)\r$", one, re.MULTILINE) for name in ("UID", "SEQUENCE"))
        assert uid is not None
        assert number is not None
        found[uid[1]] = int(number[1])
    return found


def publish(folder: Path, state: Path) -> None:
    settings = Settings(_env_file=None, calendar_dir=str(folder), state_dir=state)
    opened = State.open(state, now=0.0)
    try:
        put_in_force(load_candidate(settings), opened.ledger, now=2_100_000_000.0)
    finally:
        opened.close()


def move(folder: Path, *, at: float) -> None:
    file = folder / college.TEACHING
    text = file.read_text()
    assert "start: 2031-10-06" in text
    file.write_text(text.replace("start: 2031-10-06", "start: 2031-10-07"))
    os.utime(file, (at, at))


def test_the_same_data_give_the_same_bytes_with_a_history_without_and_on_a_second_machine(
    folder: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the files were published long after they had been written."""
    out, state = tmp_path / "out.ics", tmp_path / "state"
    without = exported(run, out)
    publish(folder, state)
    with_history = exported(run, out)
    shutil.rmtree(state)
    again = exported(run, out)
    monkeypatch.setenv("SYNCD_CALENDAR_DIR", str(shutil.copytree(folder, tmp_path / "copy")))
    assert without == with_history == again == exported(run, out)


@pytest.mark.parametrize("at", [WRITTEN_AT + 1, WRITTEN_AT - 86_400], ids=["younger", "older"])
def test_a_moved_event_alone_is_newer_where_there_is_a_history(
    at: float, folder: Path, tmp_path: Path, run: Run
) -> None:
    publish(folder, tmp_path / "state")
    before = sequences(exported(run, tmp_path / "out.ics"))
    move(folder, at=at)
    unpublished = sequences(exported(run, tmp_path / "out.ics"))
    publish(folder, tmp_path / "state")
    after = sequences(exported(run, tmp_path / "out.ics"))
    assert unpublished == after
    assert {uid: after[uid] - before[uid] for uid in after if after[uid] != before[uid]} == {MOVED: 1}


def test_a_moved_event_is_newer_where_there_is_none(folder: Path, tmp_path: Path, run: Run) -> None:
    before = sequences(exported(run, tmp_path / "out.ics"))
    move(folder, at=WRITTEN_AT + 1)
    after = sequences(exported(run, tmp_path / "out.ics"))
    assert after[MOVED] > before[MOVED]
    assert all(after[uid] >= before[uid] for uid in after)
