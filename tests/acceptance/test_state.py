"""The state may be lost, damaged or old: the events tell who they are, and nothing is written for that."""

import shutil

import pytest

from syncd.sandbox.faults import Kind, Rule
from tests.acceptance.sites import Site


def test_a_lost_state_directory_writes_nothing_and_is_said(university: Site) -> None:
    before = university.prints()
    shutil.rmtree(university.state)
    done = university.once()
    assert done.code == 0
    assert "The state is new" in done.err
    assert university.writes() == []
    assert university.prints() == before


@pytest.mark.parametrize("damage", ["overwritten", "cut", "emptied"])
def test_a_damaged_state_file_writes_nothing_and_is_said(filled: Site, damage: str) -> None:
    path = filled.state / "state.db"
    content = path.read_bytes()
    path.write_bytes(
        {
            "overwritten": content[:4096] + b"\x5a" * (len(content) - 4096),
            "cut": content[: len(content) // 2],
            "emptied": b"",
        }[damage]
    )
    done = filled.once()
    assert done.code == 0, done.err
    assert ("damaged" in done.err) or (damage == "emptied" and "The state is new" in done.err)
    assert filled.writes() == []


def test_without_its_state_an_edit_still_changes_the_same_events(filled: Site) -> None:
    event = filled.event(101, "re-registration-autumn:main").id
    row = filled.row("re-registration-autumn:main").id
    shutil.rmtree(filled.state)
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    assert filled.once().code == 0
    assert filled.event(101, "re-registration-autumn:main").id == event
    assert filled.row("re-registration-autumn:main").id == row
    assert {write.split()[0] for write in filled.writes()} == {"PUT"}


def test_without_its_state_a_list_that_hides_its_second_half_doubles_nothing(filled: Site) -> None:
    before = filled.prints()
    shutil.rmtree(filled.state)
    filled.pair.canvas_site.faults.add(Rule(kind=Kind.TRUNCATED_PAGE, method="GET", path="calendar_events$"))
    filled.once()
    assert filled.writes() == []
    assert filled.prints() == before


def test_a_state_restored_from_before_an_edit_writes_nothing(filled: Site) -> None:
    old = filled.folder / "backup"
    shutil.copytree(filled.state, old)
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    assert filled.once().code == 0
    shutil.rmtree(filled.state)
    shutil.copytree(old, filled.state)
    filled.forget()
    assert filled.once().code == 0
    assert filled.writes() == []


def test_a_state_of_another_server_is_refused(filled: Site) -> None:
    elsewhere = filled.pair.canvas_server.url.replace("127.0.0.1", "localhost")
    done = filled.once(canvas__base_url=elsewhere)
    assert done.code == 3
    assert "another SYNCD_STATE_DIR" in done.err
    assert filled.writes() == []


def test_another_owner_name_is_refused_until_adopted(filled: Site) -> None:
    filled.retarget("owner: mnu", "owner: registrar")
    done = filled.once()
    assert done.code == 3
    assert "syncd adopt --from mnu" in done.err
    assert filled.writes() == []


def test_no_secret_is_kept_in_the_state(filled: Site) -> None:
    kept = [path for path in filled.state.rglob("*") if path.is_file()]
    assert {path.name for path in kept} >= {"state.db"}
    for path in kept:
        content = path.read_bytes()
        assert not [secret for secret in filled.secrets if secret.encode() in content], path
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_state_directory_that_cannot_be_written_writes_nothing_anywhere(fresh: Site) -> None:
    fresh.state.parent.mkdir(exist_ok=True)
    fresh.state.write_text("a file where the folder should be", encoding="utf-8")
    done = fresh.once()
    assert done.code == 1
    assert str(fresh.state) in done.err
    assert fresh.writes() == []
