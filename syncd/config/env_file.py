"""Where the ``.env`` is, whether it may be trusted, and one variable read early.

Loads no settings library: verbs that need a single variable answer before the settings could be built.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from syncd.errors import SettingsError

PREFIX = "SYNCD_"
SHIPPED = "shipped"
"""Value of ``SYNCD_CALENDAR_DIR`` that allows publishing the calendar inside the installed package."""


def trusted_env_file() -> Path | None:
    """The ``.env`` to read, None where there is none.

    Raises `SettingsError` where it cannot be read, or where others could have written it.
    """
    named = os.environ.get(f"{PREFIX}ENV_FILE")
    path = Path(named) if named else Path(".env")
    try:
        found = path.stat()
    except OSError as error:
        if named:
            raise SettingsError(
                [f"{PREFIX}ENV_FILE names {path}, which cannot be read: {error.strerror}."]
            ) from None
        return None
    if found.st_uid not in (0, os.getuid()) or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        advice = "chown it to this user and chmod go-w it"
        raise SettingsError([f"{path} is owned or writable by others, so it was not read; {advice}."])
    if not os.access(path, os.R_OK, effective_ids=True):
        raise SettingsError([_unreadable(path)])
    return path


def unreadable_env_file() -> Path | None:
    """The ``.env`` of the current folder where this user may not read it; None else, and where another is named."""
    if os.environ.get(f"{PREFIX}ENV_FILE"):
        return None
    path = Path(".env")
    seen = os.access(path, os.F_OK, effective_ids=True)
    return path if seen and not os.access(path, os.R_OK, effective_ids=True) else None


def _unreadable(path: Path) -> str:
    return (
        f"{path.absolute()} may not be read by this user: have it made readable or taken away, "
        "or type the command in another folder."
    )


def early_setting(name: str, *, skip_unreadable: bool = False) -> str:
    """One variable as the settings would read it: the environment first, then the ``.env``; '' if unset.

    ``skip_unreadable`` takes a ``.env`` of the current folder that this user may not read as none, which is for
    finding a daemon to ask alone: any other answer would rest on settings that nobody has looked at.
    """
    wanted = f"{PREFIX}{name}"
    for key, value in os.environ.items():
        if key.upper() == wanted and value:
            return value
    if skip_unreadable and unreadable_env_file() is not None:
        return ""
    path = trusted_env_file()
    if path is None:
        return ""
    from dotenv import dotenv_values

    found = dotenv_values(path, encoding="utf-8")
    return next((value for key, value in found.items() if key.upper() == wanted and value), "")


def early_calendar_folder() -> Path | None:
    """The calendar's folder as ``SYNCD_CALENDAR_DIR`` names it; None for the shipped one, also where it is unset."""
    given = early_setting("CALENDAR_DIR")
    return Path(given) if given not in {"", SHIPPED} else None


def early_state_folder(*, skip_unreadable: bool = False) -> Path:
    """Where the state lies, without the settings; ``skip_unreadable`` as for `early_setting`."""
    given = early_setting("STATE_DIR", skip_unreadable=skip_unreadable)
    return Path(given) if given else default_state_folder()


def default_state_folder() -> Path:
    """Where the state lies if no setting names a folder: systemd's StateDirectory, else the user's own."""
    if given := os.environ.get("STATE_DIRECTORY", "").split(":")[0]:
        return Path(given)
    home = os.environ.get("XDG_STATE_HOME")
    return (Path(home) if home else Path.home() / ".local" / "state") / "syncd"
