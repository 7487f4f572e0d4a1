"""A terminal shows one line a target where a journal has one for each event; loudness is the caller's."""

import argparse
import json
import logging
import subprocess
import sys
from typing import Any

import pytest

from syncd.commands.shared.arguments import log_level, shows_progress
from syncd.logs import FromLibraries, leaves_out, set_up_logging


def written(capsys: pytest.CaptureFixture[str], log: Any) -> list[str]:
    for course in (101, 102):
        for key in ("a", "b"):
            log.info("change", context=f"course_{course}", target="law", action="create", key=key)
    log.info("change", context="g", target="wall", action="update", key="a")
    log.info("change", context="g", target="wall", action="update", key="b", deviation="title cut")
    log.info("cycle", run="r-1", digest="0123", contexts=3, unchanged=7, failures=0, applied={"create": 4})
    return capsys.readouterr().err.splitlines()


def test_a_terminal_is_told_of_each_target_once(capsys: pytest.CaptureFixture[str]) -> None:
    lines = written(capsys, set_up_logging("console"))
    assert len(lines) == 4
    deviation, law, wall, cycle = lines
    assert "title cut" in deviation
    assert ("target=law" in law, "create=4" in law) == (True, True)
    assert ("target=wall" in wall, "update=1" in wall) == (True, True)
    assert ("unchanged=7" in cycle, "digest" in cycle, "failures" in cycle) == (True, False, False)


def test_targets_are_counted_anew_for_every_cycle(capsys: pytest.CaptureFixture[str]) -> None:
    log = set_up_logging("console")
    written(capsys, log)
    log.info("cycle", run="r-2", unchanged=12)
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_who_asks_for_it_sees_every_write(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(written(capsys, set_up_logging("console", each_change=True))) == 7


def test_what_is_told_in_words_is_no_line_of_a_terminal_and_one_of_a_journal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told: dict[str, list[str]] = {}
    for kind in ("console", "json"):
        log = set_up_logging(kind, told_elsewhere=frozenset({"refused"}))
        log.warning("refused", guard="moved")
        log.warning("failed", where="canvas")
        told[kind] = capsys.readouterr().err.splitlines()
    assert ["failed" in line for line in told["console"]] == [True]
    assert [json.loads(line)["event"] for line in told["json"]] == ["refused", "failed"]


def test_a_terminal_is_told_once_why_a_guard_refuses_several_targets(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told: dict[str, list[str]] = {}
    for kind in ("console", "json"):
        log = set_up_logging(kind)
        for cycle in ("c1", "c2"):
            for scope in ("law", "arts"):
                about = {"cycle": cycle, "scope": scope, "decide": "syncd approve 1"}
                log.warning("refused", guard="fill-messages", why="too many", **about)
        told[kind] = capsys.readouterr().err.splitlines()
    assert ["too many" in line for line in told["console"]] == [True, False, True, False]
    assert ["law" in line for line in told["console"]] == [True, False, True, False]
    assert [json.loads(line)["why"] for line in told["json"]] == ["too many"] * 4


def test_a_journal_keeps_every_line_whole(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.loads(line) for line in written(capsys, set_up_logging("json"))]
    assert [one["event"] for one in lines] == ["change"] * 6 + ["cycle"]
    assert lines[-1]["digest"] == "0123"
    assert lines[-1]["failures"] == 0


@pytest.mark.parametrize(
    ("given", "level", "progress"),
    [
        ({}, "INFO", True),
        ({"quiet": True}, "WARNING", False),
        ({"verbose": True}, "DEBUG", True),
        ({"quiet": True, "log_level": "error"}, "ERROR", False),
        ({"log_level": "info"}, "INFO", True),
    ],
)
def test_loudness_is_what_was_typed(
    given: dict[str, Any], level: str, monkeypatch: pytest.MonkeyPatch, *, progress: bool
) -> None:
    monkeypatch.delenv("SYNCD_LOG_LEVEL", raising=False)
    arguments = argparse.Namespace(**given)
    assert (log_level(arguments), shows_progress(arguments)) == (level, progress)


def test_what_is_typed_wins_over_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNCD_LOG_LEVEL", "error")
    assert log_level(argparse.Namespace()) == "ERROR"
    assert log_level(argparse.Namespace(verbose=True)) == "DEBUG"


def test_what_a_site_does_not_use_is_not_loaded() -> None:
    used = "syncd.commands.run, syncd.commands.cycle, syncd.wiring, connectors.canvas.connector"
    names = {
        "google",
        "googleapiclient",
        "httplib2",
        "starlette",
        "uvicorn",
        "psycopg",
        "procrastinate",
        "rich",
        "pygments",
        "babel",
        "cryptography",
        "holidays",
        "icalendar",
        "jinja2",
        "jsonschema",
        "prometheus_client",
    }
    script = f"import sys, {used}; print(sorted({{one.partition('.')[0] for one in sys.modules}} & {names}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("log_format", "each_change", "leaves"),
    [("console", False, True), ("console", True, False), ("json", False, False)],
)
def test_what_the_log_has_is_not_told_a_second_time(
    log_format: str, *, each_change: bool, leaves: bool
) -> None:
    set_up_logging(log_format, each_change=each_change, told_elsewhere=frozenset({"failed"}))
    assert leaves_out("failed") is leaves
    assert not leaves_out("cycle")


def test_what_a_library_logs_is_one_line_like_ours_without_secrets(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logging("json")
    theirs = logging.Logger("somebody.else")  # noqa: LOG001 - one that the tests' own handlers do not hear
    theirs.addHandler(FromLibraries())
    theirs.error("went wrong\nwith Bearer %s", "abc123", exc_info=ValueError("one\ntwo"))
    theirs.warning("a %d that is no number", "text")
    told, unfit = map(json.loads, capsys.readouterr().err.splitlines())
    assert (told["event"], told["level"], told["library"]) == ("library", "error", "somebody.else")
    assert (told["said"], told["error"]) == ("went wrong with Bearer ***", "ValueError: one\ntwo")
    assert (unfit["level"], unfit["said"]) == ("warning", "a %d that is no number")
