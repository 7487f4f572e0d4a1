"""Which edits on this machine are offered to the others."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from syncd.fleet.folders import Folders
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
