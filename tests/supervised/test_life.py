"""The real process under a real notification socket: start, status, reload, stop, exit codes."""

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from syncd.sandbox.canvas.model import Event
from syncd.sandbox.faults import Kind, Rule
from syncd.sandbox.pair import Pair
from tests.supervised.conftest import Service, site_of

IN_STEP = "3 calendars"


def calendar_of(service: Service) -> Path:
    return Path(service.environment()["SYNCD_CALENDAR_DIR"])


def events_in(pair: Pair) -> list[Event]:
    return [event for course in pair.canvas.courses for event in pair.canvas.course_events(course)]


def events(service: Service) -> list[dict[str, object]]:
    return [json.loads(line) for line in service.log if line.startswith("{")]


def test_it_says_ready_once_its_data_is_read_and_then_how_the_cycle_went(service: Service) -> None:
    service.start()
    assert service.until("READY=1")
    assert "create" in service.until(IN_STEP)


def test_the_first_cycle_fills_every_calendar_through_the_credentials_directory(
    service: Service, pair: Pair
) -> None:
    service.start().until(IN_STEP)
    assert pair.canvas_site.faults.writes() > 0
    assert pair.google_faults.writes() > 0


def test_stopping_is_told_and_ends_with_zero(service: Service) -> None:
    service.start().until(IN_STEP)
    service.signal(signal.SIGTERM)
    assert service.until("STOPPING=1")
    assert service.exit_code() == 0


def test_a_reload_with_good_files_is_told_and_their_change_goes_out(service: Service) -> None:
    service.start().until(IN_STEP)
    file = calendar_of(service) / "2025-2026" / "semester.yaml"
    file.write_text(file.read_text() + "\n# a remark\n")
    service.signal(signal.SIGHUP)
    reloading = service.until("RELOADING=1")
    assert "MONOTONIC_USEC=" in reloading
    assert service.until("READY=1")


def test_a_reload_with_bad_files_goes_on_with_the_last_good_calendar_and_says_so(service: Service) -> None:
    service.start().until(IN_STEP)
    (calendar_of(service) / "2025-2026" / "semester.yaml").write_text("entries: [")
    service.signal(signal.SIGHUP)
    service.until("RELOADING=1")
    assert service.until("data files are invalid")
    assert service.until("READY=1")
    assert service.stop() == 0
    assert [one for one in events(service) if one["event"] == "data-invalid"]


def test_a_restart_with_bad_files_goes_on_with_the_last_good_calendar(service: Service) -> None:
    service.start().until(IN_STEP)
    assert service.stop() == 0
    (calendar_of(service) / "2025-2026" / "semester.yaml").write_text("entries: [")
    service.start()
    assert service.until("data files are invalid")
    assert service.until(IN_STEP)


def test_bad_files_at_the_very_first_start_end_it_for_good(service: Service) -> None:
    (calendar_of(service) / "2025-2026" / "semester.yaml").write_text("entries: [")
    assert service.start().exit_code() == 78
    assert "78" in service.unit.one("RestartPreventExitStatus").split()


def test_a_missing_token_ends_it_for_good_with_a_sentence(service: Service) -> None:
    del service.credentials["canvas-token"]
    assert service.start().exit_code() == 78
    assert "SYNCD_CANVAS__TOKEN_FILE" in service.tail()
    assert "the credential canvas-token" in service.until("STATUS=ended")


def test_nothing_configured_ends_it_for_good_with_a_sentence(machine: Callable[..., Service]) -> None:
    bare = machine()
    assert bare.start().exit_code() == 78
    assert "targets.yaml" in bare.tail() or "calendar folder" in bare.tail()


def test_a_second_one_on_the_same_state_ends_so_that_it_is_tried_again(service: Service) -> None:
    service.start().until(IN_STEP)
    command = [str(service.prefix / "bin" / "syncd"), "run"]
    second = subprocess.run(
        command, env=service.environment(), cwd="/", capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert "Another syncd is running" in second.stderr


def test_an_instance_keeps_its_own_folders(machine: Callable[..., Service], pair: Pair) -> None:
    north = machine("syncd@.service", "north")
    site_of(pair, north)
    north.start().until(IN_STEP)
    assert (north.machine / "var/lib/syncd/north/state.db").exists()
    assert not (north.machine / "var/lib/syncd/state.db").exists()


def test_no_secret_and_no_word_of_the_calendar_is_in_the_log(service: Service) -> None:
    service.start().until(IN_STEP)
    assert service.stop() == 0
    log = "\n".join(service.log)
    assert service.credentials["canvas-token"].strip() not in log
    assert "PRIVATE KEY" not in log
    assert "Add/drop" not in log


def test_a_hung_worker_is_named_and_no_longer_vouched_for(service: Service, pair: Pair) -> None:
    pair.canvas_site.faults.add(Rule(kind=Kind.STALL, method="POST", path="calendar_events", seconds=None))
    service.watchdog_s = 3.0
    service.start().until("READY=1")
    hung = service.until_logged("hung")
    assert any(name.startswith("apply course_") for name in hung["workers"])
    pair.canvas_site.faults.release()


def test_stopping_in_the_middle_of_writing_starts_no_new_write_and_the_next_run_completes_it(
    service: Service, pair: Pair
) -> None:
    pair.canvas_site.faults.latency_s = 0.05
    service.start()
    service.until_logged("change")
    assert service.stop() == 0
    faults = pair.canvas_site.faults
    created = faults.count(method="POST", path="calendar_events", applied=True)
    faults.latency_s = 0.0
    service.start().until(IN_STEP)
    assert service.stop() == 0
    held = [(event.context, event.title, event.dates) for event in events_in(pair)]
    assert created < len(held) == len(set(held))
    assert faults.count(method="POST", path="calendar_events", applied=True) == len(held)


def test_people_are_told_once_by_the_notify_command_of_a_plan_that_waits(
    service: Service, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    program = tmp_path / "tell"
    program.write_text(f"#!/bin/sh\ncat >>{told}\n")
    program.chmod(0o755)
    service.settings |= {
        "SYNCD_NOTIFY_COMMAND": str(program),
        "SYNCD_GUARDS__FILL_MESSAGES": "1",
        "SYNCD_INTERVAL": "1",
    }
    service.start()
    service.until_logged("notified")
    for _ in range(3):
        service.until("a plan waits")
    assert service.stop() == 0
    (one,) = map(json.loads, told.read_text().splitlines())
    assert one["event"] == "plan-waits"
    page = Path(one["plan"])
    assert page == service.state / "plan.html"
    assert "syncd approve" in page.read_text(encoding="utf-8")


def test_every_line_about_a_cycle_carries_its_name(service: Service) -> None:
    service.start().until(IN_STEP)
    assert service.stop() == 0
    about = [one for one in events(service) if one["event"] in {"change", "cycle"}]
    assert {one["cycle"] for one in about} == {about[-1]["run"]}
