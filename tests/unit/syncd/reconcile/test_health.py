"""What the state may have no room to remember is seen anew by whoever asks."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from syncd.reconcile.health import LEAST_ROOM, disk_troubles


@pytest.mark.parametrize(("free", "count"), [(LEAST_ROOM - 1, 1), (LEAST_ROOM, 0)])
def test_a_full_disk_is_a_trouble_of_its_own(
    free: int, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    troubles = disk_troubles(tmp_path, now=9.0)
    assert [one.since for one in troubles] == [9.0] * count
    assert all(str(tmp_path) in one.sentence and "make room" in one.sentence for one in troubles)


def test_a_folder_that_is_not_there_yet_has_no_disk(tmp_path: Path) -> None:
    assert disk_troubles(tmp_path / "state", now=9.0) == ()
