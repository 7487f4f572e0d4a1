"""Which language a reader is shown."""

import pytest

from syncd.web.words import choose_language

KNOWN = {"kk": 1, "ru": 1, "en": 1}


@pytest.mark.parametrize(
    ("asked", "accepted", "shown"),
    [
        ("en", "kk", "en"),
        ("", "", "kk"),
        ("xx", "", "kk"),
        ("", "ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("", "de, en;q=0.5, ru;q=0.7", "ru"),
        ("", "de-DE, fr", "kk"),
        ("", "en;q=zero", "en"),
        ("", ",;;q=,", "kk"),
        ("", "x" * 100_000, "kk"),
    ],
)
def test_the_language_asked_for_wins_then_the_browsers_then_the_first(
    asked: str, accepted: str, shown: str
) -> None:
    assert choose_language(KNOWN, asked, accepted) == shown
