"""The newest zone rules at hand are the process's own, and it says which they are."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import tzdata

from syncd.config.zone_data import in_use, use_newest, version_in


@pytest.fixture
def search_path() -> Iterator[None]:
    before = zoneinfo.TZPATH
    yield
    zoneinfo.reset_tzpath(before)
    ZoneInfo.clear_cache()


def system(folder: Path, version: str) -> Path:
    """A system's zone files that put Almaty where Dhaka lies, as before March 2024."""
    (folder / "Asia").mkdir(parents=True)
    (folder / "tzdata.zi").write_text(f"# version {version}\n")
    source = Path(tzdata.__file__).parent / "zoneinfo" / "Asia" / "Dhaka"
    (folder / "Asia" / "Almaty").write_bytes(source.read_bytes())
    return folder


def offset() -> float:
    moment = datetime(2025, 9, 2, tzinfo=UTC).astimezone(ZoneInfo("Asia/Almaty")).utcoffset()
    assert moment is not None
    return moment.total_seconds() / 3600


@pytest.mark.usefixtures("search_path")
@pytest.mark.parametrize("version", ["2023c", ""])
def test_older_rules_of_the_system_and_such_of_no_version_are_not_used(tmp_path: Path, version: str) -> None:
    folder = system(tmp_path / "zones", version)
    if not version:
        (folder / "tzdata.zi").unlink()
    zoneinfo.reset_tzpath([str(folder)])
    ZoneInfo.clear_cache()
    assert offset() == 6
    rules = use_newest()
    assert offset() == 5
    assert str(rules) == str(in_use()) == f"tzdata {tzdata.IANA_VERSION}, installed with syncd"


@pytest.mark.usefixtures("search_path")
def test_newer_rules_of_the_system_are_used(tmp_path: Path) -> None:
    folder = system(tmp_path / "zones", "2099a")
    zoneinfo.reset_tzpath([str(folder)])
    rules = use_newest()
    assert offset() == 6
    assert rules.version == "2099a"
    assert str(folder) in str(rules)


def test_a_folder_without_files_names_no_version(tmp_path: Path) -> None:
    assert version_in(tmp_path) == ""
