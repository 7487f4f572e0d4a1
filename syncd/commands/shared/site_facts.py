"""What the data files and the disk say of how things stand, where no daemon is there to be asked."""

from __future__ import annotations

import time

from mapping.errors import InvalidCalendarError
from syncd.config.settings import Settings
from syncd.errors import SettingsError
from syncd.reconcile.health import DATA, Trouble, disk_troubles
from syncd.reporting.horizon import horizon
from syncd.reporting.status import SiteFacts
from syncd.wiring import load_candidate, load_site_targets, today_of


def site_facts(settings: Settings) -> SiteFacts:
    """Read the files anew; what cannot be used is a trouble, not an end."""
    full = disk_troubles(settings.state_folder, now=time.time())
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
