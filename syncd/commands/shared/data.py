"""The calendar that verbs over the data files speak of, and the language of the terminal. Loads no settings library."""

from __future__ import annotations

from collections.abc import Mapping

from mapping.model import CanonicalCalendar
from syncd.config.env_file import early_calendar_folder
from syncd.reporting.terminal import spoken_here, to_stderr
from syncd.source.folder import load_served


def calendar_here(year: str | None = None, *, whole: bool = False) -> CanonicalCalendar:
    """The calendar that the settings name. The shipped one is never given without a word on stderr.

    A draft that cannot be read is only in the way of who asks for it by ``year``, or for the ``whole``.
    Raises `InvalidCalendarError`.
    """
    return calendar_and_times(year, whole=whole)[0]


def calendar_and_times(
    year: str | None = None, *, whole: bool = False
) -> tuple[CanonicalCalendar, Mapping[str, float]]:
    """As `calendar_here`, with `SourceFolder.edited_at`."""
    folder = early_calendar_folder()
    calendar, source = load_served(folder)
    if calendar.unread_drafts and (whole or year in calendar.unread_drafts):
        calendar = source.calendar()
    if folder is None:
        university = calendar.university.say(calendar.university.name, terminal_language(calendar))
        to_stderr(
            f"syncd: this is the calendar inside the package ({university}); "
            "SYNCD_CALENDAR_DIR names one of your own."
        )
    return calendar, source.edited_at


def terminal_language(calendar: CanonicalCalendar) -> str:
    """The terminal's language if the data has it, else the data's first."""
    code = spoken_here().partition("_")[0].partition(".")[0].casefold()
    return code if code in calendar.university.languages else next(iter(calendar.university.languages))
