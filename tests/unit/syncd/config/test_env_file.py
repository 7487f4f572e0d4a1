"""The `.env` is trusted only where nobody else could have written it, and read as the settings read it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from syncd.config.env_file import early_setting, trusted_env_file
from syncd.config.settings import load_settings
from syncd.errors import SettingsError


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SYNCD_ENV_FILE", raising=False)
    monkeypatch.delenv("SYNCD_CALENDAR_DIR", raising=False)


def env(text: str, mode: int = 0o600) -> Path:
    path = Path(".env")
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_no_env_file_is_fine() -> None:
    assert trusted_env_file() is None
    assert early_setting("CALENDAR_DIR") == ""


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_one_that_others_can_write_is_refused(mode: int) -> None:
    env("SYNCD_CALENDAR_DIR=/elsewhere\n", mode)
    with pytest.raises(SettingsError, match="chmod go-w"):
        early_setting("CALENDAR_DIR")


def test_one_that_is_named_but_missing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNCD_ENV_FILE", "nowhere.env")
    with pytest.raises(SettingsError, match=r"nowhere\.env.*cannot be read"):
        trusted_env_file()


@pytest.mark.parametrize(
    "text",
    [
        "SYNCD_CALENDAR_DIR=/srv/calendar\n",
        "SYNCD_CALENDAR_DIR='/srv/calendar'  # ours\n",
        'export SYNCD_CALENDAR_DIR="/srv/calendar"\n',
        "syncd_calendar_dir=/srv/calendar\n",
    ],
)
def test_a_variable_read_early_is_what_the_settings_read(text: str) -> None:
    env(text)
    assert early_setting("CALENDAR_DIR") == load_settings().calendar_dir == "/srv/calendar"


def test_the_environment_wins_and_an_empty_variable_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    env("SYNCD_CALENDAR_DIR=/from/file\n")
    monkeypatch.setenv("SYNCD_CALENDAR_DIR", "")
    assert early_setting("CALENDAR_DIR") == load_settings().calendar_dir == "/from/file"
    monkeypatch.setenv("SYNCD_CALENDAR_DIR", "/from/environment")
    assert early_setting("CALENDAR_DIR") == load_settings().calendar_dir == "/from/environment"


@pytest.mark.parametrize("named", [False, True])
def test_one_that_this_user_may_not_read_is_refused(named: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    path = env("SYNCD_CALENDAR_DIR=/elsewhere\n", 0o600 if os.geteuid() == 0 else 0)
    if named:
        monkeypatch.setenv("SYNCD_ENV_FILE", str(path))
    with as_nobody(), pytest.raises(SettingsError, match=r"\.env may not be read by this user"):
        trusted_env_file()


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root reads everything, so it steps down for a moment."""
    mighty = os.geteuid() == 0
    if mighty:
        os.seteuid(65534)
    try:
        yield
    finally:
        if mighty:
            os.seteuid(0)
