"""What the data files and the disk say of how things stand, where no daemon is there to be asked."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator

from mapping.errors import InvalidCalendarError
from syncd.config.settings import Settings
from syncd.errors import SettingsError
from syncd.reconcile.health import DATA, Trouble
from syncd.reporting.horizon import horizon
from syncd.reporting.status import SiteFacts
from syncd.wiring import load_candidate, load_site_targets, today_of

LEAST_ROOM = 4 * 1024 * 1024
"""Bytes that must be free where the state lies: the next pass could not even say that it failed."""


def site_facts(settings: Settings) -> SiteFacts:
    """Read the files anew; what cannot be used is a trouble, not an end."""
    full = tuple(_room(settings))
    if settings.targets_file is None:
        return SiteFacts(troubles=full)
    try:
        calendar = load_candidate(settings).calendar
        targets = load_site_targets(settings, calendar)
    except (InvalidCalendarError, SettingsError) as error:
        return SiteFacts(troubles=(Trouble(where=DATA, sentence=str(error), since=time.time()), *full))
    return SiteFacts(
        targets=tuple(target.name for target in targets.targets),
        troubles=full,
        lines=tuple(horizon(calendar, today_of(settings, targets)())),
    )


def _room(settings: Settings) -> Iterator[Trouble]:
    folder = settings.state_folder
    if not folder.is_dir():
        return
    free = shutil.disk_usage(folder).free
    if free < LEAST_ROOM:
        yield Trouble(
            where="state",
            sentence=f"The disk of {folder} is full ({free // 1024} KiB free): make room, or nothing is written.",
            since=time.time(),
        )
