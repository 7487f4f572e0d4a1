"""When a machine tries again to serve an instance that it could not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest

from syncd.errors import SettingsError
from syncd.fleet import turns
from syncd.state.address import DatabaseAddress


def tries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[turns.Turns], None]) -> int:
    """How often settings are read, that cannot be, of an instance that is due twice. ``meanwhile``: during each read."""
    (tmp_path / "north.env").touch()
    worker = turns.Turns(
        address=DatabaseAddress(url="postgresql://127.0.0.1:1/x", instance="north"),
        folder=tmp_path, places=1, log=Mock(), log_format="json",
    )  # fmt: skip
    read = 0

    def half_saved(*_: object, **__: object) -> None:
        nonlocal read
        read += 1
        meanwhile(worker)
        raise SettingsError("north.env: its last line ends in the middle")

    monkeypatch.setattr(turns, "read_instance", half_saved)
    worker.serve("north")
    worker.serve("north")
    return read


def test_an_instance_whose_settings_cannot_be_read_rests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tries(tmp_path, monkeypatch, lambda _: None) == 1


def test_an_edit_that_is_offered_while_a_turn_reads_the_file_puts_it_off_by_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tries(tmp_path, monkeypatch, lambda worker: worker.may_serve("north")) == 2
