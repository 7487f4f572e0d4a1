"""`syncd check --offline` and `--review`: every problem at once, in words; the registrar's list whole."""

from pathlib import Path

import pytest

from syncd.reporting.schemas import CheckDocument, StatusDocument
from syncd.source.folder import load_calendar
from tests.support import college
from tests.unit.syncd.commands.conftest import Run

TARGETS = """\
owner: college
timezone: Europe/London
targets:
  - {name: pilot, kind: canvas, courses: [7], year: 2031-2032, languages: [cy]}
  - {name: wall, kind: google, calendar_id: wall@group.calendar.google.com, languages: [cy]}
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The invented college, everything in order."""
    folder = college.write(college.college(), tmp_path / "site")
    (folder / "targets.yaml").write_text(TARGETS, encoding="utf-8")
    token = folder / "token"
    token.touch(mode=0o600)
    token.write_text("a-token", encoding="utf-8")
    key = folder / "key.json"
    key.touch(mode=0o600)
    key.write_text("{}", encoding="utf-8")
    for name, value in {
        "CALENDAR_DIR": folder,
        "TARGETS_FILE": folder / "targets.yaml",
        "CANVAS__BASE_URL": "https://canvas.example.edu",
        "CANVAS__TOKEN_FILE": token,
        "GOOGLE__CREDENTIALS_FILE": key,
    }.items():
        monkeypatch.setenv(f"SYNCD_{name}", str(value))
    return folder


def problems(out: str) -> list[str]:
    return [line for line in out.splitlines() if line.lstrip().startswith("PROBLEM")]


def test_nothing_configured_is_an_error_that_tells_what_to_do(run: Run) -> None:
    ran = run("check")
    assert ran.code == 78
    assert "syncd init" in ran.out
    assert "SYNCD_TARGETS_FILE" in ran.out
    assert "SYNCD_CALENDAR_DIR" in ran.out


def test_a_sound_site_has_no_problem(site: Path, run: Run) -> None:
    ran = run("check", "--offline")
    assert problems(ran.out) == []
    assert ran.code == 0
    assert "owner college" in ran.out
    assert "--offline" in ran.out


def test_a_bad_setting_hides_no_fault_of_the_data(
    site: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNCD_INTERVAL", "soon")
    monkeypatch.setenv("SYNCD_WORKERS", "0")
    (site / "routing.yaml").write_text("course: {\n", encoding="utf-8")
    ran = run("check", "--offline")
    assert ran.code == 78
    told = "\n".join(problems(ran.out))
    assert "SYNCD_INTERVAL" in told
    assert "SYNCD_WORKERS" in told
    assert "routing.yaml" in told


def test_every_fault_of_the_targets_and_every_missing_credential_is_told(
    site: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SYNCD_CANVAS__TOKEN_FILE")
    (site / "key.json").chmod(0o644)
    ran = run("check", "--offline")
    assert ran.code == 78
    told = "\n".join(problems(ran.out))
    assert "SYNCD_CANVAS__TOKEN_FILE" in told
    assert "chmod 600" in told
    (site / "targets.yaml").write_text(TARGETS.replace("[cy]", "[cz]"), encoding="utf-8")
    assert len(problems(run("check", "--offline").out)) == 2


def test_no_secret_is_printed(site: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYNCD_CANVAS__TOKEN_FILE")
    monkeypatch.setenv("SYNCD_CANVAS__TOKEN", "canary-token-ä")
    ran = run("check", "--offline")
    assert ran.code == 78
    assert "canary-token" not in ran.out + ran.err


def test_days_off_that_the_holidays_package_does_not_know_are_told_and_no_problem(
    site: Path, run: Run
) -> None:
    ran = run("check", "--offline")
    assert "holidays package" in ran.out
    assert ran.code == 0, ran.out


def test_review_prints_every_question_with_its_place(run: Run) -> None:
    ran = run("check", "--review")
    calendar, _ = load_calendar(None)
    questions = [note for year in calendar.years.values() for one in year.entries for note in one.review]
    assert ran.code == 0
    assert questions
    assert all(f"- {note}\n" in ran.out for note in questions)
    assert "survey-teaching-spring" in ran.out
    assert "source lines 113-116, column 2" in ran.out
    assert f"{len(questions)} questions" in ran.out


def test_a_check_is_as_its_schema_says(run: Run) -> None:
    ran = run("check", "--json")
    found = CheckDocument.model_validate_json(ran.out, strict=True)
    assert found.code == ran.code == 78
    assert found.problems == sum(one.severity == "problem" for one in found.lines)
    assert found.questions > 100


def test_a_status_of_nothing_is_as_its_schema_says(run: Run) -> None:
    assert not StatusDocument.model_validate_json(run("status", "--json").out, strict=True).configured


def test_a_year_that_lost_a_file_is_said_to_have_lost_one(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("init", str(tmp_path / "site")).code == 0
    monkeypatch.setenv("SYNCD_CALENDAR_DIR", str(tmp_path / "site"))
    (tmp_path / "site/2025-2026/holidays.yaml").unlink()
    told = run("check", "--offline").out
    assert "is a file missing?" in told
    assert "days-off.yaml" in told.rpartition("is a file missing?")[2]


def test_nothing_is_told_twice_and_one_thing_is_told_of_in_the_singular(site: Path, run: Run) -> None:
    lines = [line for line in run("check", "--offline").out.splitlines() if line.startswith("  ")]
    findings = [line for line in lines if line.split()[:1] in (["ok"], ["look"], ["PROBLEM"])]
    assert len(findings) == len(set(findings))
    (site / "targets.yaml").write_text(TARGETS.rpartition("  - {name: wall")[0], encoding="utf-8")
    assert "1 target, owner college" in run("check", "--offline").out


@pytest.mark.parametrize("words", [("--today", "2040-10-01", "check"), ("check", "--today", "2040-10-01")])
def test_the_day_to_pretend_may_stand_before_and_behind_the_verb(
    site: Path, run: Run, words: tuple[str, ...]
) -> None:
    assert "is over since" in run(*words, "--offline").out
    assert "is over since" not in run("check", "--offline", "--today", "2031-10-20").out
    assert run("check", "--today", "tomorrow").code == 64
