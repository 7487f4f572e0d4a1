"""Names that people give to time zones are answered with the one they meant."""

from zoneinfo import ZoneInfo, available_timezones

import pytest

from mapping.document import zone_names
from mapping.document.zone_names import meant

ZONES = available_timezones()


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Asia/Astana", "Asia/Almaty"),
        ("Almaty", "Asia/Almaty"),
        ("West Asia Standard Time", "Asia/Tashkent"),
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("europe/berlin", "Europe/Berlin"),
    ],
)
def test_a_city_a_windows_and_a_rails_name_are_answered_with_the_zone(name: str, zone: str) -> None:
    assert meant(name, ZONES).rpartition("/")[2] == zone.rpartition("/")[2]


def test_nothing_is_guessed_of_what_nobody_knows() -> None:
    assert meant("Middle Earth", ZONES) == ""


def test_every_answer_is_a_zone() -> None:
    assert all(ZoneInfo(zone) for zone in set(zone_names._MEANT.values()))
