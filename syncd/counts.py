"""Numbers of things in English, as the command line, the status line and the plans say them."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """``1 calendar``, ``1,214 calendars``. The noun's plural takes an s."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
