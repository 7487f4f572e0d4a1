"""Which zone rules the process lives by: those of the pinned tzdata, or the system's where these are newer.

Python asks the system's files first, whatever their age, and a rule that changed meanwhile puts every day an
hour off. Called once, before any zone is read.
"""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass
from pathlib import Path

import tzdata

_VERSION = re.compile(r"\d{4}[a-z]{1,2}")
_FIRST_BYTES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneRules:
    """``version``: of the IANA database, such as 2026a. ``source``: where it comes from, for people."""

    version: str
    source: str

    def __str__(self) -> str:
        return f"tzdata {self.version}, {self.source}"


def use_newest() -> ZoneRules:
    """Make the newest rules at hand the process's own, and say which they are."""
    global _in_use  # noqa: PLW0603 - zoneinfo's search path is the process's as well
    found = [(version, folder) for folder in zoneinfo.TZPATH if (version := version_in(Path(folder)))]
    version, folder = max(found, default=("", ""))
    if version > tzdata.IANA_VERSION:
        zoneinfo.reset_tzpath([folder])
        _in_use = ZoneRules(version=version, source=f"the system's ({folder})")
    else:
        zoneinfo.reset_tzpath([])
        _in_use = ZoneRules(version=tzdata.IANA_VERSION, source="installed with syncd")
    zoneinfo.ZoneInfo.clear_cache()
    return _in_use


def in_use() -> ZoneRules:
    """The rules in use."""
    return _in_use if _in_use is not None else use_newest()


def version_in(folder: Path) -> str:
    """The version of a folder of zone files; '' where it names none, which counts as older than any."""
    for name in ("+VERSION", "tzdata.zi"):
        try:
            with (folder / name).open("rb") as file:
                found = _VERSION.search(file.read(_FIRST_BYTES).decode("ascii", "replace"))
        except OSError:
            continue
        if found is not None:
            return found[0]
    return ""


_in_use: ZoneRules | None = None
