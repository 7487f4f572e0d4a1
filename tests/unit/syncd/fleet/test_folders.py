"""Which edits on this machine are offered to the others."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from syncd.config.settings import Settings
from syncd.fleet.folders import Folders, _Site
from syncd.fleet.instances import settings_digest
from syncd.state.address import DatabaseAddress


class Editing(Folders):
    """Notes what is offered; a registrar edits right after the first offer."""

    __slots__ = ("offered",)
    offered: list[str]

    def offer(self, name: str, *, by_hand: bool = False) -> dict[Any, Any]:
        path = self.folder / f"{name}.env"
        self.offered.append(path.read_text(encoding="utf-8"))
        path.write_text("# edited\n", encoding="utf-8")
        return {}


def test_an_edit_between_the_first_offer_and_the_watch_is_offered_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "north.env").write_text("# as it was\n", encoding="utf-8")
    stop = threading.Event()

    def hears_nothing(*_: Path, **__: Any) -> Iterator[set[Any]]:
        yield set()
        stop.set()

    monkeypatch.setattr("watchfiles.watch", hears_nothing)
    folders = Editing(
        address=DatabaseAddress(url="postgresql:///nowhere", instance=""),
        folder=tmp_path,
        machine="here",
        log=None,
    )
    folders.offered = []
    folders.watch(stop)
    assert folders.offered == ["# as it was\n", "# edited\n"]


class Agreed:
    """What machines agreed on, as an instance's turn finds it."""

    def __init__(self, digest: str) -> None:
        self.digest = digest

    def agreed_settings(self, _: str) -> str:
        return self.digest

    def key(self) -> str:
        return "key"


class Errors:
    """Their names."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def error(self, event: str, **_: object) -> None:
        self.said.append(event)


def test_before_each_turn_a_machine_sees_whether_its_settings_count(tmp_path: Path) -> None:
    path = tmp_path / "north.env"
    path.write_text("# ours\n", encoding="utf-8")
    ours, log, free = settings_digest(path, "key"), Errors(), list[str]()
    folders = Folders(
        address=DatabaseAddress(url="postgresql:///nowhere", instance=""),
        folder=tmp_path,
        machine="here",
        log=log,
        on_agreement=free.append,
    )

    def agrees(digest: str) -> bool:
        tables: Any = Agreed(digest)
        return folders.agrees("north", tables)

    assert agrees("")
    assert agrees(ours)
    # Not offered yet: whose settings count is for the offer to decide.
    assert not agrees("theirs")
    assert log.said == []
    folders._sites["north"] = _Site(Settings(), settings_before=ours)
    assert not agrees("theirs")
    assert not agrees("theirs")
    assert log.said == ["settings-differ"]
    assert (agrees(ours), folders.refused, free) == (True, {}, ["north"])
