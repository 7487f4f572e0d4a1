"""The calendar that verbs over the data files speak of, and the language of the terminal. Loads no settings library."""

from __future__ import annotations

import os
from pathlib import Path

from mapping.model import CanonicalCalendar
from syncd.config.env_file import early_setting

_SHIPPED = ("", "shipped")


def site_folder() -> Path | None:
    """The calendar's folder as the settings name it; None for the shipped one."""
    given = early_setting("CALENDAR_DIR")
    return None if given in _SHIPPED else Path(given)


def terminal_language(calendar: CanonicalCalendar) -> str:
    """The terminal's language if the data has it, else the data's first."""
    spoken = next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    code = spoken.partition("_")[0].partition(".")[0].casefold()
    return code if code in calendar.university.languages else next(iter(calendar.university.languages))
