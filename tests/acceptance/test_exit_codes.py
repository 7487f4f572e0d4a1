"""Each way to end has its code, the first of 64, 78, 3, 1, 2, 0 that applies, and the answer stands on stdout."""

import json
from datetime import date

import pytest

from syncd.sandbox.faults import Kind, Rule
from tests.acceptance.sites import SMALL, Outcome, Site

REVOKED = Rule(
    kind=Kind.JSON,
    status=401,
    body='{"errors":[{"message":"Revoked access token."}]}',
    headers={"www-authenticate": 'Bearer realm="canvas-lms"'},
    times=None,
)


def break_everything(site: Site) -> None:
    """Reasons for every code at once: a credential died, a target clashes, a change is pending."""
    site.pair.canvas_site.faults.add(REVOKED)
    clash = "  - {name: more, kind: google, calendar_id: law@group.calendar.google.com, languages: [en]}\n"
    site.retarget(SMALL, SMALL + clash)
    site.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")


def test_usage_comes_first(filled: Site) -> None:
    break_everything(filled)
    filled.edit("re-registration-autumn", "start: 2025-09-02", "start: 2025-13-02")
    done = filled.syncd("--once", "--format", "yaml")
    assert done.code == 64
    assert done.out == ""
    assert "yaml" in done.err


def test_invalid_data_comes_before_all_that_is_wrong_out_there_and_names_its_line(filled: Site) -> None:
    break_everything(filled)
    path, block = filled.find("re-registration-autumn")
    text = path.read_text(encoding="utf-8")
    first = text[: text.index(block)].count("\n")
    line = first + next(at for at, one in enumerate(block.splitlines(), 1) if "start:" in one)
    filled.edit("re-registration-autumn", "start: 2025-09-02", "start: 2025-13-02")
    for done in (filled.syncd("--once"), filled.syncd("--dry-run", "--format", "json")):
        assert done.code == 78
        assert done.out == ""
        assert f"{path.name}:{line}" in done.err or f"{path.name}, line {line}" in done.err, done.err
        assert "re-registration-autumn" in done.err
    assert not filled.pair.canvas_site.faults.log()
    assert not filled.pair.google_faults.log()


def test_a_decision_comes_before_a_failure_and_a_failure_before_pending_changes(filled: Site) -> None:
    break_everything(filled)
    assert filled.syncd("--dry-run", "--format", "json").code == 3
    filled.targets_file.write_text(SMALL, encoding="utf-8")
    assert filled.syncd("--dry-run", "--format", "json").code == 1
    filled.pair.canvas_site.faults.clear()
    pending = filled.syncd("--dry-run", "--format", "json")
    assert pending.code == 2
    assert {change["end"] for change in pending.changes if change["key"].endswith(":main")} == {"2025-09-12"}
    assert filled.writes() == []


def test_stdout_carries_the_answer_and_stderr_the_log(filled: Site) -> None:
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    done = filled.syncd("--once")
    assert done.code == 0
    assert done.out.splitlines() == ["5 updated; 91 unchanged; 4 calendars."]
    lines = [json.loads(line) for line in done.err.splitlines()]
    assert {line["event"] for line in lines} == {"change", "cycle"}
    assert filled.days(filled.event(101, "re-registration-autumn:main"))[1] == date(2025, 9, 12)


def missing(site: Site, name: str) -> Outcome:
    return site.syncd("--once", **{name: None})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("calendar_dir", "syncd init DIR"),
        ("canvas__token_file", "SYNCD_CANVAS__TOKEN"),
        ("google__credentials_file", "SYNCD_GOOGLE__CREDENTIALS_FILE"),
    ],
)
def test_what_is_not_configured_is_an_error_that_tells_what_to_do(filled: Site, name: str, said: str) -> None:
    done = missing(filled, name)
    assert done.code == 78
    assert done.out == ""
    assert said in done.err
    assert not filled.pair.canvas_site.faults.log()


def test_nothing_configured_at_all_is_an_error_too(fresh: Site) -> None:
    fresh.variables = {}
    done = fresh.syncd("--once")
    assert done.code == 78
    assert "syncd init DIR" in done.err


def test_a_key_file_that_others_can_read_is_refused(filled: Site) -> None:
    filled.token_file.chmod(0o644)
    done = filled.syncd("--once")
    assert done.code == 78
    assert str(filled.token_file) in done.err
    assert filled.writes() == []
