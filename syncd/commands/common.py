"""What several verbs share: settings with the command line's today, logging, state."""

from __future__ import annotations

import argparse
import os
from datetime import date
from typing import Any

from syncd.errors import SettingsError
from syncd.logs import set_up_logging
from syncd.relay import ASKED_BY
from syncd.settings import PREFIX, Settings, load_settings


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Settings from the environment, with ``--today`` on top. Raises `SettingsError`."""
    settings = load_settings()
    given = getattr(arguments, "verb_today", None) or arguments.today
    if not given:
        return settings
    try:
        return settings.model_copy(update={"today": date.fromisoformat(given)})
    except ValueError:
        raise SettingsError([f"--today: {given!r} is not a date such as 2025-09-01."]) from None


def start_logging(settings: Settings) -> Any:
    """The root logger, set up as the settings say."""
    return set_up_logging(settings.log_format, os.environ.get(f"{PREFIX}LOG_LEVEL", "INFO").upper())


def who() -> str:
    """The person at the keyboard, or at the other end of the control socket, for the journal."""
    import getpass

    try:
        return os.environ.get(ASKED_BY) or os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
