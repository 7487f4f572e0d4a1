"""Asking the daemon, and being kept from it."""

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncd.control import client
from syncd.errors import RefusedError, SettingsError
from syncd.grammar import build_parser

NOBODY = 65534


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A user with nothing of his own, and a service whose folder he may not enter."""
    for name in [name for name in os.environ if name.startswith("SYNCD_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "run"
    folder.mkdir(mode=0)
    monkeypatch.setattr(client, "SYSTEM_SOCKET", folder / "control")
    mighty = os.geteuid() == 0
    if mighty:
        os.seteuid(NOBODY)
    yield
    if mighty:
        os.seteuid(0)
    folder.chmod(0o700)


@pytest.mark.parametrize("words", [["status"], ["approve", "0123456789ab"], ["--dry-run"], []])
@pytest.mark.usefixtures("stranger")
def test_whoever_may_not_ask_is_told_to_join_the_group(words: list[str]) -> None:
    with pytest.raises(RefusedError, match="usermod --append --groups syncd"):
        client.relayed(build_parser().parse_args(words))


@pytest.mark.usefixtures("stranger")
def test_the_shipped_calendar_may_be_listed_by_anybody() -> None:
    assert client.relayed(build_parser().parse_args(["entries"])) is None


@pytest.fixture
def secret_settings(tmp_path: Path) -> Path:
    """The operator's `.env`, in the folder that the registrar works in."""
    tmp_path.chmod(0o777)
    path = tmp_path / ".env"
    path.write_text("SYNCD_TARGETS_FILE=targets.yaml\n")
    path.chmod(0 if os.geteuid() else 0o600)
    return path


@pytest.fixture
def listening(stranger: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A daemon that answers one question."""
    path = Path("control")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen()

        def answer() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.recv(65536)
                peer.sendall(b'{"out": "4 of 4 calendars are in step.\\n"}\n{"exit": 0}\n')

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        monkeypatch.setattr(client, "SYSTEM_SOCKET", path)
        yield
        thread.join()


@pytest.mark.parametrize("words", [["status"], ["entries"], ["check"], ["--dry-run"]])
@pytest.mark.usefixtures("secret_settings", "listening")
def test_settings_that_may_not_be_read_are_skipped_with_a_note_where_a_daemon_answers(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert client.relayed(build_parser().parse_args(words)) == 0
    shown = capsys.readouterr()
    assert shown.out == "4 of 4 calendars are in step.\n"
    assert shown.err.count("may not be read by this user and was skipped") == 1


@pytest.mark.parametrize("words", [["entries"], ["check"], ["export"]])
@pytest.mark.usefixtures("secret_settings", "stranger")
def test_settings_that_may_not_be_read_are_refused_where_nobody_answers(words: list[str]) -> None:
    with pytest.raises(SettingsError, match=r"\.env may not be read by this user"):
        client.relayed(build_parser().parse_args(words))
