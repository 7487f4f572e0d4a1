"""Asking the daemon, and being kept from it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncd.control import client as relay
from syncd.errors import RefusedError
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
    monkeypatch.setattr(relay, "SYSTEM_SOCKET", folder / "control")
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
        relay.relayed(build_parser().parse_args(words))


@pytest.mark.usefixtures("stranger")
def test_the_shipped_calendar_may_be_listed_by_anybody() -> None:
    assert relay.relayed(build_parser().parse_args(["entries"])) is None
