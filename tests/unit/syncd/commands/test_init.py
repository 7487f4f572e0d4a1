"""`syncd init` gives a site everything it edits, sound as it is, and overwrites nothing."""

import re
import stat
from pathlib import Path

import pytest

from connectors.registry import TARGET_FIELDS
from mapping.model import Targets
from mapping.text.keys import KEYS
from syncd.config.settings import load_settings
from syncd.source.folder import load_calendar, targets_from
from syncd.source.languages import LANGUAGES
from tests.unit.syncd.commands.conftest import Run

ROOT = Path(__file__).parents[4]


@pytest.fixture
def site(run: Run, tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    ran = run("init", str(folder))
    assert ran.code == 0, ran.err
    return folder


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def targets(folder: Path, text: str) -> Targets:
    return targets_from("targets.yaml", text.encode(), load_calendar(folder)[0], TARGET_FIELDS)


def test_the_copy_says_what_the_shipped_calendar_says(site: Path) -> None:
    assert load_calendar(site)[0].digest == load_calendar(None)[0].digest


def test_it_holds_the_source_and_the_schemas_and_no_code(site: Path) -> None:
    found = names(site)
    assert any(name.startswith("2025-2026/source/") for name in found)
    assert "schema/targets.schema.json" in found
    assert not [name for name in found if name.endswith((".py", ".pyc", "py.typed", ".example.yaml"))]


def test_the_settings_name_the_folder_and_are_for_this_user_alone(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = site / ".env"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    monkeypatch.setenv("SYNCD_ENV_FILE", str(path))
    settings = load_settings()
    assert settings.calendar_dir == str(site)
    assert settings.targets_file == site / "targets.yaml"


def test_a_folder_with_blanks_and_quotes_in_its_name_is_named_as_it_is(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "the registrar's $HOME #1"
    assert run("init", str(folder)).code == 0
    monkeypatch.setenv("SYNCD_ENV_FILE", str(folder / ".env"))
    assert load_settings().calendar_dir == str(folder)


def test_the_targets_file_is_valid_as_it_is_and_with_every_example_in_force(site: Path) -> None:
    text = (site / "targets.yaml").read_text(encoding="utf-8")
    assert [one.name for one in targets(site, text).targets] == ["pilot"]
    whole = re.sub(r"^(  |)# (?=- name|  [a-z_]+:|    - \{|defaults:)", r"\1", text, flags=re.MULTILINE)
    found = targets(site, whole)
    assert [one.name for one in found.targets] == [
        *("pilot", "law-autumn", "law-account", "law-calendar", "office-calendar")
    ]
    assert found.targets[0].include == {"thesis"}


def test_offline_check_then_only_misses_the_address_of_canvas(
    site: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNCD_ENV_FILE", str(site / ".env"))
    ran = run("check", "--offline")
    assert ran.code == 78
    (problem,) = [line for line in ran.out.splitlines() if "PROBLEM" in line]
    assert "SYNCD_CANVAS__BASE_URL" in problem


def test_it_overwrites_nothing_and_then_copies_nothing(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "routing.yaml").write_text("mine", encoding="utf-8")
    ran = run("init", str(folder))
    assert ran.code == 3
    assert "routing.yaml" in ran.err
    assert names(folder) == {"routing.yaml"}
    assert (folder / "routing.yaml").read_text(encoding="utf-8") == "mine"


def test_an_existing_folder_with_other_files_will_do(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "README").write_text("ours", encoding="utf-8")
    assert run("init", str(folder)).code == 0
    assert (folder / "README").read_text(encoding="utf-8") == "ours"


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = run("init", str(tmp_path / "file" / "site"))
    assert ran.code == 1
    assert ran.err.startswith(f"syncd: {tmp_path / 'file'}")


def test_schemas_are_written_where_asked(run: Run, tmp_path: Path) -> None:
    ran = run("schema", str(tmp_path / "schema"))
    assert ran.code == 0
    assert len(ran.out.splitlines()) == len(names(tmp_path / "schema"))
    assert (tmp_path / "schema" / "targets.schema.json").read_bytes() == (
        ROOT / "data" / "schema" / "targets.schema.json"
    ).read_bytes()


# --- an empty site --------------------------------------------------------------------------------------


def check(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    monkeypatch.setenv("SYNCD_ENV_FILE", str(folder / ".env"))
    ran = run("check", "--offline")
    return ran.code, ran.out


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_site_is_sound_in_every_language(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    folder = tmp_path / "own"
    assert run("init", str(folder), "--empty", "--language", language).code == 0
    calendar = load_calendar(folder)[0]
    assert list(calendar.university.languages) == [language]
    assert calendar.taken == ()
    assert set(calendar.phrases) >= KEYS
    (year,) = calendar.years.values()
    assert len(year.entries) == 2
    code, said = check(run, folder, monkeypatch)
    assert (code, "PROBLEM" in said) == (0, False)


def test_several_languages_and_a_country_are_what_was_asked_for(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    words = ("--empty", "--language", "de", "--language", "en", "--country", "de")
    assert run("init", str(folder), *words).code == 0
    university = load_calendar(folder)[0].university
    assert [code for code, one in university.languages.items() if one.official] == ["de"]
    assert (university.country, university.timezone) == ("DE", "Europe/Berlin")
    assert not any("\u0400" <= one <= "\u04ff" for one in (folder / "phrases.yaml").read_text("utf-8"))


def test_its_targets_file_is_sound_once_it_is_named(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    assert run("init", str(folder), "--empty", "--language", "tr", "--timezone", "Europe/Istanbul").code == 0
    text = (folder / "targets.yaml").read_text("utf-8")
    assert targets(folder, text).timezone == "Europe/Istanbul"
    assert all("schema=" in path.read_text("utf-8").splitlines()[0] for path in folder.rglob("*.yaml"))


@pytest.mark.parametrize(
    "words", [("--language", "xx"), ("--country", "Utopia"), ("--timezone", "Mars/Olympus")]
)
def test_what_nobody_knows_is_refused_before_anything_is_written(
    run: Run, tmp_path: Path, words: tuple[str, str]
) -> None:
    folder = tmp_path / "own"
    assert run("init", str(folder), "--empty", *words).code == 64
    assert not folder.exists()


def test_options_of_an_empty_site_say_that_they_are(run: Run, tmp_path: Path) -> None:
    assert run("init", str(tmp_path / "own"), "--language", "en").code == 64


def test_a_copy_says_first_whose_calendar_it_is(run: Run, tmp_path: Path) -> None:
    said = run("init", str(tmp_path / "copy")).out.splitlines()[0]
    assert "Maqsut Narikbayev University" in said
    assert "--empty" in said
