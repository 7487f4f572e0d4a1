"""`syncd entries` tells the canonical calendar, and costs no more than it must."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support import college
from tests.unit.syncd.commands.conftest import Run

FIELDS = {
    *(
        "id",
        "year",
        "unconfirmed",
        "calendar",
        "ref",
        "programme",
        "terms",
        "schools",
        "years",
        "category",
        "audience",
        "audiences",
        "kind",
    ),
    *(
        "from",
        "to",
        "by",
        "follows",
        "days",
        "programmes",
        "shape",
        "start",
        "end",
        "milestones",
        "derived",
        "publish",
        "title",
    ),
}


def listed(run: Run, *words: str) -> list[dict[str, Any]]:
    ran = run("entries", "--json", *words)
    assert ran.code == 0, ran.err
    found: list[dict[str, Any]] = json.loads(ran.out)
    return found


def by_id(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {entry["id"]: entry for entry in entries}


def test_every_entry_has_exactly_the_fields_that_programs_rely_on(run: Run) -> None:
    assert {frozenset(entry) for entry in listed(run)} == {frozenset(FIELDS)}


def test_without_any_setting_it_lists_the_shipped_calendar(run: Run) -> None:
    counts = Counter(entry["calendar"] for entry in listed(run))
    assert counts == {"semester": 71, "trimester": 53, "holidays": 10, "days-off": 7}


def test_a_rule_has_no_date_of_its_own_but_milestones(run: Run) -> None:
    entries = listed(run)
    assert sum(entry["kind"] == "rule" for entry in entries) == 25
    results = by_id(entries)["results-autumn"]
    assert (results["start"], results["end"]) == (None, None)
    assert results["derived"] == results["milestones"][0]["date"] == "2026-01-09"
    assert results["publish"] == "text"


def test_only_rules_say_how_they_are_published(run: Run) -> None:
    assert {entry["publish"] for entry in listed(run) if entry["kind"] != "rule"} == {None}


def test_both_ends_of_a_window_are_days_of_it(run: Run) -> None:
    entry = by_id(listed(run))["re-registration-autumn"]
    assert (entry["start"], entry["end"]) == ("2025-09-02", "2025-09-13")
    assert set(entry["title"]) == {"kk", "ru", "en"}


def test_a_school_sees_what_is_for_all_schools_and_its_own(run: Run) -> None:
    entries = by_id(listed(run, "--school", "law"))
    assert "thesis-preparation-law" in entries
    assert "classes-begin-autumn" in entries
    assert "thesis-preparation-economics" not in entries


def test_a_term_holds_its_entries_and_those_of_the_whole_year(run: Run) -> None:
    entries = by_id(listed(run, "--term", "autumn"))
    assert {"classes-begin-autumn", "republic-day", "thesis-preparation-law"} <= set(entries)
    assert "classes-begin-spring" not in entries


def test_a_day_lists_the_entries_that_lie_on_it(run: Run) -> None:
    assert "independence-day" in by_id(listed(run, "--on", "2025-12-16"))
    inside = by_id(listed(run, "--on", "2025-09-13"))
    after = by_id(listed(run, "--on", "2025-09-14"))
    assert "re-registration-autumn" in inside
    assert "re-registration-autumn" not in after


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--school", "lae"), "did you mean 'law'"),
        (("--term", "autum"), "did you mean 'autumn'"),
        (("--on", "13.09.2025"), "is not a date"),
    ],
)
def test_a_mistyped_condition_is_a_usage_error_that_helps(
    run: Run, words: tuple[str, str], told: str
) -> None:
    ran = run("entries", *words)
    assert ran.code == 64
    assert told in ran.err


def test_the_table_shows_weekdays_and_the_terminals_language(run: Run) -> None:
    out = run("entries", "--on", "2025-12-16").out
    assert "Tue 16 Dec 2025" in out
    assert "Independence Day" in out


def test_a_terminal_of_another_language_gets_the_first_of_the_data(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert "Тәуелсіздік күні" in run("entries", "--on", "2025-12-16").out


def test_it_reads_the_sites_own_calendar(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = college.write(college.college(), tmp_path / "college")
    monkeypatch.setenv("SYNCD_CALENDAR_DIR", str(folder))
    assert {entry["calendar"] for entry in listed(run)} == {"teaching", "closed"}


def test_the_env_file_names_the_calendar_too(run: Run, tmp_path: Path) -> None:
    folder = college.write(college.college(), tmp_path / "college")
    Path(".env").write_text(f"SYNCD_CALENDAR_DIR='{folder}'\n", encoding="utf-8")
    Path(".env").chmod(0o600)
    assert {entry["calendar"] for entry in listed(run)} == {"teaching", "closed"}


def test_an_invalid_calendar_ends_with_its_problems(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = college.write({**college.college(), "routing.yaml": b"course: {\n"}, tmp_path / "college")
    monkeypatch.setenv("SYNCD_CALENDAR_DIR", str(folder))
    ran = run("entries", "--json")
    assert (ran.code, ran.out) == (78, "")
    assert "routing.yaml:" in ran.err


def test_it_loads_no_settings_library_no_state_and_no_service(tmp_path: Path) -> None:
    heavy = ["pydantic_settings", "structlog", "sqlite3", "canvasapi", "googleapiclient", "jinja2", "rich"]
    program = (
        "import sys; from syncd.cli import main; assert main(['entries', '--json']) == 0; "
        f"print([one for one in {heavy} if one in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=_clean(),
    )
    assert done.stderr.splitlines()[-1] == "[]"


def test_help_loads_nothing_of_what_verbs_need(tmp_path: Path) -> None:
    program = (
        "import sys; from syncd.grammar import build_parser; build_parser().format_help(); "
        "print([one for one in ('pydantic', 'yaml', 'mapping', 'connectors') if one in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=_clean(),
    )
    assert done.stdout.strip() == "[]"


def _clean() -> dict[str, str]:
    return {"PYTHONPATH": str(Path(__file__).parents[4]), "PATH": "/usr/bin:/bin"}
