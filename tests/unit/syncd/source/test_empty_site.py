"""The beginning of a site: its week, and that its sample rows are known for what they are."""

from datetime import date

import pytest

from syncd.checks.years import year_lines
from syncd.source.empty_site import empty_site
from syncd.source.folder import SourceFolder


def _lines(files: dict[str, bytes]) -> list[str]:
    return [line.message for line in year_lines(SourceFolder.from_files(files).calendar())]


def _site(*languages: str, country: str = "") -> dict[str, bytes]:
    return empty_site(languages, country=country, timezone="UTC", today=date(2026, 11, 29))


@pytest.mark.parametrize(
    ("country", "week"), [("EG", "[1, 2, 3, 4, 7]"), ("CL", "[1, 2, 3, 4, 5]"), ("", "[1, 2, 3, 4, 5]")]
)
def test_the_week_is_the_countrys(country: str, week: str) -> None:
    files = _site("en", country=country)
    assert f"working_week: {week}" in files["2026-2027/calendar.yaml"].decode()


@pytest.mark.parametrize("language", ["es", "ar"])
def test_sample_rows_are_named_until_they_are_replaced(language: str) -> None:
    files = _site(language)
    assert any("exam-registration, teaching-autumn came with `syncd init`" in line for line in _lines(files))

    name = "2026-2027/calendar.yaml"
    text = files[name].decode()
    titles = [line for line in text.splitlines() if line.startswith(f"      {language}: ")]
    for title in titles:
        text = text.replace(title, f"      {language}: X")
    assert not any("syncd init" in line for line in _lines({**files, name: text.encode()}))
