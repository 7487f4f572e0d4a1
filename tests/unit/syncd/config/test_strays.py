"""Variables that are named like settings and are none."""

import os
from pathlib import Path

import pytest

from syncd.config.strays import strays

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("SYNCD_")]:
        monkeypatch.delenv(name)


def test_a_name_that_is_no_setting_is_told_with_the_one_that_was_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / ".env"
    path.write_text("SYNCD_GUARDS_REMOVED=3\nsyncd_interval=60\nSYNCD_CANVAS__RESERVE=0.2\nOTHER=1\n")
    monkeypatch.setenv("SYNCD_ENV_FILE", str(path))
    monkeypatch.setenv("SYNCD_FROM_LONG_AGO", "1")
    monkeypatch.setenv("SYNCD_MAIL_SERVER", "mail")
    assert strays() == [
        "SYNCD_FROM_LONG_AGO is no setting and has no effect: correct the name or take it out.",
        "SYNCD_GUARDS_REMOVED is no setting and has no effect; did you mean SYNCD_GUARDS__REMOVED?",
    ]


@pytest.mark.parametrize("file", [".env.example", "deploy/systemd/syncd.env"])
def test_the_files_that_ship_name_settings_alone(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNCD_ENV_FILE", str(ROOT / file))
    assert strays() == []
