"""The made university: sound on every day of the year, and with something to see on that day."""

from datetime import date, timedelta

import pytest

from connectors.registry import TARGET_FIELDS
from syncd.sandbox.made_calendar import DEADLINE, made_site
from syncd.source.folder import SourceFolder, targets_from

DAYS = [date(2026, 1, 1) + timedelta(days=13 * step) for step in range(28)] + [date(2028, 2, 29)]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_it_is_sound_and_shows_something_today(today: date) -> None:
    site = made_site(today)
    targets = site.pop("targets.yaml")
    calendar = SourceFolder.from_files(site).calendar()
    assert targets_from("targets.yaml", targets, calendar, TARGET_FIELDS).targets
    (year,) = calendar.years.values()
    assert any(span.start <= today < span.end for entry in year.entries for span in entry.spans)
    assert any(entry.id == DEADLINE and entry.hours.is_deadline for entry in year.entries)
    assert any(entry.follows for entry in year.entries)
