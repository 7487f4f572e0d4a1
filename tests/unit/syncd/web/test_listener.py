"""What the pages are served on: a loopback port or a socket file that nobody else can take or be led away from."""

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncd.errors import SettingsError
from syncd.web.listener import MODE, Listener, folder_problem, listen


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder as systemd makes one, under a umask that takes nothing away."""
    path = tmp_path / "page"
    path.mkdir(mode=0o750)
    before = os.umask(0)
    yield path
    os.umask(before)


def answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as caller:
        try:
            caller.connect(str(path))
        except OSError:
            return False
        return True


def left_by_an_earlier_process(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as earlier:
        earlier.bind(str(path))


def refused(path: Path, why: str) -> None:
    with pytest.raises(SettingsError, match=why) as error:
        listen(f"unix:{path}")
    assert "SYNCD_HTTP_LISTEN" in str(error.value)


def test_owner_and_group_may_connect_and_nobody_else(folder: Path) -> None:
    listener = listen(f"unix:{folder}/socket")
    assert answers(folder / "socket")
    assert stat.S_IMODE((folder / "socket").stat().st_mode) == MODE
    assert (listener.port, listener.path) == (0, folder / "socket")
    listener.close()


def test_the_socket_never_has_more_rights_than_in_the_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    real = os.chmod

    def watching(path: str, mode: int, **how: bool) -> None:
        seen.append(stat.S_IMODE((folder / "socket").stat().st_mode))
        real(path, mode, **how)

    monkeypatch.setattr(os, "chmod", watching)
    listen(f"unix:{folder}/socket").close()
    assert seen == [MODE], "made with these rights, before any were set"


def test_the_group_is_that_of_a_folder_with_the_setgid_bit(folder: Path) -> None:
    group = next((one for one in os.getgroups() if one != os.getegid()), None)
    if os.geteuid() == 0:
        group = 65_534
    if group is None:
        pytest.skip("this user is in one group alone")
    os.chown(folder, -1, group)
    folder.chmod(0o2750)
    listener = listen(f"unix:{folder}/socket")
    assert (folder / "socket").stat().st_gid == group
    listener.close()


def test_a_socket_at_which_nobody_answers_is_replaced(folder: Path) -> None:
    left_by_an_earlier_process(folder / "socket")
    assert not answers(folder / "socket")
    listener = listen(f"unix:{folder}/socket")
    assert answers(folder / "socket")
    listener.close()


def test_a_socket_at_which_somebody_answers_is_left_to_him(folder: Path) -> None:
    first = listen(f"unix:{folder}/socket")
    refused(folder / "socket", "another service answers there")
    assert answers(folder / "socket")
    first.close()


@pytest.mark.parametrize("kind", ["file", "folder", "pipe", "link to a socket", "link to nothing"])
def test_whatever_is_no_socket_is_left_alone(kind: str, folder: Path) -> None:
    path, elsewhere = folder / "socket", folder / "elsewhere"
    if kind == "file":
        path.write_text("somebody's")
    elif kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        if kind == "link to a socket":
            left_by_an_earlier_process(elsewhere)
        path.symlink_to(elsewhere)
    before = path.lstat().st_ino
    refused(path, "no socket lies there")
    assert folder_problem(path)
    assert path.lstat().st_ino == before
    assert elsewhere.exists() == (kind == "link to a socket")


def test_no_link_on_the_way_is_followed(folder: Path, tmp_path: Path) -> None:
    (folder / "inner").mkdir(mode=0o750)
    (tmp_path / "way").symlink_to(folder)
    for path in (tmp_path / "way" / "socket", tmp_path / "way" / "inner" / "socket"):
        refused(path, "links are not followed")
    assert not (folder / "socket").exists()


@pytest.mark.parametrize("mode", [0o770, 0o757])
def test_a_folder_into_which_others_may_write_is_refused(mode: int, folder: Path) -> None:
    folder.chmod(mode)
    refused(folder / "socket", "others may write")
    assert "others may write" in folder_problem(folder / "socket")


def test_a_folder_that_is_not_there_is_named(folder: Path) -> None:
    refused(folder / "nowhere" / "socket", "No such file")
    assert folder_problem(folder / "nowhere" / "socket") == "No such file or directory"
    assert folder_problem(folder / "socket") == ""


def test_the_socket_is_taken_away_at_the_end_unless_it_is_anothers_by_then(folder: Path) -> None:
    first = listen(f"unix:{folder}/socket")
    first.close()
    assert not (folder / "socket").exists()
    second = listen(f"unix:{folder}/socket")
    kept = folder / "kept"
    (folder / "socket").rename(kept)  # so that its inode is not given out again
    left_by_an_earlier_process(folder / "socket")
    second.close()
    assert (folder / "socket").is_socket()


def test_a_port_is_still_a_port() -> None:
    listener = listen("127.0.0.1:0")
    assert isinstance(listener, Listener)
    assert (listener.port > 0, listener.path) == (True, None)
    listener.close()
