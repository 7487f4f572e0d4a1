"""Wordings of last year, moved on to the next."""

import pytest

from mapping.importing.wording import moved_years


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("Academic calendar for 2025–2026", "Academic calendar for 2026–2027"),
        ("academic calendar 2025–26", "academic calendar 2026–27"),
        ("2025/26 оқу жылы", "2026/27 оқу жылы"),
        ("1999-00", "1999-00"),
        ("2099-00", "2100-01"),
        ("2025-11-03", "2026-11-03"),
        ("12025–26", "12025–26"),
    ],
)
def test_every_year_number_moves_by_one(text: str, moved: str) -> None:
    assert moved_years(text, 1) == moved
