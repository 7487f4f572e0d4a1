"""What the settings accept as an address of this machine, and nothing that only looks like one."""

from pathlib import Path

import pytest

from syncd.config.settings import load_settings
from syncd.errors import SettingsError


@pytest.mark.parametrize(
    "address", ["127.0.0.1:8571", "localhost:80", "[::1]:8571", "127.8.0.1:1", "unix:/run/syncd-page/socket"]
)
def test_the_page_may_be_served_on_this_machine(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNCD_HTTP_LISTEN", address)
    assert load_settings().http_listen == address


@pytest.mark.parametrize(
    "address",
    [
        *("127.example.org:80", "127.1.example.edu:80", "0.0.0.0:80", ":80", "[::1:80"),
        *("unix:", "unix:socket", "unix:/run/syncd-page/", f"unix:/{107 * 'x'}"),
    ],
)
def test_no_name_that_only_begins_like_loopback_is_served_on(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNCD_HTTP_LISTEN", address)
    with pytest.raises(SettingsError, match="SYNCD_HTTP_LISTEN"):
        load_settings()


@pytest.mark.parametrize(
    ("url", "stays"), [("http://127.0.0.1:3000", True), ("https://127.canvas.example.edu", False)]
)
def test_a_day_is_pretended_only_where_no_service_is_beyond_this_machine(
    url: str, stays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNCD_CANVAS__BASE_URL", url)
    monkeypatch.setenv("SYNCD_GOOGLE__ENDPOINT", "http://localhost:1/")
    assert load_settings().every_endpoint_is_loopback is stays


def test_a_university_of_a_fleet_has_its_calendar_beside_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "north.env"
    path.write_text("SYNCD_WORKERS=3\n", encoding="utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("SYNCD_ENV_FILE", str(path))
    assert load_settings().calendar_dir == ""
    monkeypatch.setenv("SYNCD_INSTANCE", "north")
    settings = load_settings()
    assert settings.calendar_dir == str(tmp_path / "north" / "calendar")
    assert settings.targets_file == tmp_path / "north" / "calendar" / "targets.yaml"
    path.write_text("SYNCD_CALENDAR_DIR=/srv/calendar\n", encoding="utf-8")
    assert load_settings().calendar_dir == "/srv/calendar"


@pytest.mark.parametrize("value", ["x", "1", '{"token"', "[]"])
def test_text_in_place_of_a_section_is_refused_with_the_names_to_set(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNCD_CANVAS", value)
    with pytest.raises(SettingsError, match="SYNCD_CANVAS__BASE_URL"):
        load_settings()


def test_a_line_of_a_file_in_place_of_a_section_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("SYNCD_GUARDS=off\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="SYNCD_GUARDS__"):
        load_settings()
