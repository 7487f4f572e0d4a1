"""Arguments as several verbs read them: settings with the day asked for, logging, digests, the calendar's folder."""

from __future__ import annotations

import argparse
import os
import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

from connectors.registry import course_context
from mapping.planning.approval import DIGEST_LENGTH
from syncd.config.settings import PREFIX, Settings, load_settings
from syncd.control.protocol import ASKED_BY
from syncd.errors import SettingsError, UsageError
from syncd.logs import set_up_logging
from syncd.reporting.terminal import has_colours

_DIGEST = re.compile(rf"[0-9a-f]{{6,{DIGEST_LENGTH}}}")


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Settings from the environment, with ``--today`` on top. Raises `SettingsError`."""
    settings = load_settings()
    given = arguments.today
    if not given:
        return settings
    try:
        return settings.model_copy(update={"today": date.fromisoformat(given)})
    except ValueError:
        raise SettingsError([f"--today: {given!r} is not a date such as 2025-09-01."]) from None


def start_logging(
    settings: Settings,
    arguments: argparse.Namespace | None = None,
    *,
    told_elsewhere: frozenset[str] = frozenset(),
) -> Any:
    """The root logger, set up as the command line says, else the settings. ``told_elsewhere``: see `set_up_logging`."""
    return set_up_logging(
        settings.log_format,
        log_level(arguments),
        colours=has_colours(sys.stderr),
        each_change=bool(getattr(arguments, "verbose", False)),
        told_elsewhere=told_elsewhere,
    )


def log_level(arguments: argparse.Namespace | None) -> str:
    """``--log-level``, else ``-v`` or ``-q``, else SYNCD_LOG_LEVEL."""
    if given := getattr(arguments, "log_level", None):
        return str(given).upper()
    if getattr(arguments, "verbose", False):
        return "DEBUG"
    if getattr(arguments, "quiet", False):
        return "WARNING"
    return os.environ.get(f"{PREFIX}LOG_LEVEL", "INFO").upper()


def shows_progress(arguments: argparse.Namespace) -> bool:
    """False for who wants to see nothing but what went wrong."""
    return log_level(arguments) in {"DEBUG", "INFO"}


def who() -> str:
    """The person at the keyboard, or at the other end of the control socket, for the journal."""
    import getpass

    try:
        name = os.environ.get(ASKED_BY) or os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
    # A shell that several share is nobody's: the login behind it says who typed.
    person = login_name() if name == "root" else ""
    return f"{person} (as root)" if person not in {"", "root"} else name


def login_name(session: Path = Path("/proc/self/loginuid")) -> str:
    """Who logged in, which neither su nor a shell of root's changes; '' where the system does not tell."""
    import pwd

    try:
        return pwd.getpwuid(int(session.read_text())).pw_name
    except (OSError, ValueError, KeyError, OverflowError):
        return ""


def read_digest(text: str) -> str:
    """A plan's digest as typed, or its beginning. Raises `UsageError`."""
    digest = text.strip().casefold()
    if not _DIGEST.fullmatch(digest):
        raise UsageError(
            f"{text!r} is not a plan's digest: {DIGEST_LENGTH} hex digits as `syncd --dry-run` prints them, or "
            "at least the first 6 of them"
        )
    return digest


def context_of(course: str) -> str:
    """``101`` or ``course_101``; anything else is taken as a context by its name."""
    return course_context(course) if course.isdecimal() else course
