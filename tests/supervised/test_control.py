"""People without settings, credentials or state ask the running service."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from syncd.sandbox.pair import Pair
from tests.supervised.conftest import Service

IN_STEP = "3 calendars"


class Person:
    """Somebody on the same host who owns nothing of the service."""

    def __init__(self, service: Service, home: Path) -> None:
        self._service = service
        self._home = home

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self._home),
            "SYNCD_CONTROL_SOCKET": str(self._service.runtime / "control"),
        }
        return subprocess.run(
            [str(self._service.prefix / "bin" / "syncd"), *words],
            env=environment,
            cwd=self._home,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def person(service: Service, tmp_path: Path) -> Person:
    home = tmp_path / "home"
    home.mkdir()
    return Person(service, home)


def test_a_dry_run_shows_what_the_service_would_do(service: Service, person: Person, pair: Pair) -> None:
    service.start().until(IN_STEP)
    (event, *_) = pair.canvas.course_events(101)
    event.title = "Somebody's own words"
    event.rendered.clear()
    shown = person.run("--dry-run", "--format", "json")
    assert shown.returncode == 2, shown.stderr
    (change,) = json.loads(shown.stdout)["changes"]
    assert (change["context"], change["why"]) == ("course_101", "differs")


def test_a_dry_run_writes_nothing(service: Service, person: Person, pair: Pair) -> None:
    service.start().until(IN_STEP)
    (event, *_) = pair.canvas.course_events(101)
    event.title = "Somebody's own words"
    event.rendered.clear()
    before = pair.canvas_site.faults.writes()
    person.run("--dry-run", "--out", "plan.json")
    assert pair.canvas_site.faults.writes() == before
    assert json.loads((person._home / "plan.json").read_text())["summary"]["update"] == 1


def test_a_plan_that_waits_is_approved_through_the_socket_and_carried_out(
    service: Service, person: Person, pair: Pair
) -> None:
    service.settings["SYNCD_GUARDS__FILL_MESSAGES"] = "1"
    service.start().until("a plan waits")
    assert pair.canvas.course_events(101) == []
    shown = person.run("--dry-run")
    assert shown.returncode == 3, shown.stderr
    found = re.search(r"syncd approve (\w+)", shown.stdout)
    assert found
    approved = person.run("approve", found[1])
    assert approved.returncode == 0, approved.stderr
    service.until(IN_STEP, without="a plan waits")
    assert pair.canvas.course_events(101) != []


def test_a_pause_keeps_everything_as_it_is_until_resumed(
    service: Service, person: Person, pair: Pair
) -> None:
    service.start().until(IN_STEP)
    assert person.run("pause").returncode == 0
    (event, *_) = pair.canvas.course_events(101)
    ours = event.title
    event.title = "Somebody's own words"
    event.rendered.clear()
    assert json.loads(person.run("status", "--json").stdout)["paused"]
    assert person.run("resume").returncode == 0
    service.until("1 update")
    assert event.title == ours


def test_history_and_places_are_told(service: Service, person: Person) -> None:
    service.start().until(IN_STEP)
    assert "course_101" in person.run("history").stdout
    assert "course_101" in person.run("where", "exams-autumn").stdout


def test_what_the_daemon_does_not_answer_is_a_usage_error(service: Service, person: Person) -> None:
    service.start().until(IN_STEP)
    shown = person.run("--dry-run", "--target", "no-such-target")
    assert (shown.returncode, "no-such-target" in shown.stderr) == (64, True)


def test_without_a_daemon_the_command_works_on_what_the_caller_has(service: Service, person: Person) -> None:
    shown = person.run("--dry-run")
    assert shown.returncode == 78
    assert "SYNCD_CALENDAR_DIR" in shown.stderr or "SYNCD_TARGETS_FILE" in shown.stderr


def test_every_question_is_in_the_log_with_who_asked_it(service: Service, person: Person) -> None:
    service.start().until(IN_STEP)
    person.run("status")
    asked = service.until_logged("asked")
    assert (asked["verb"], bool(asked["who"])) == ("status", True)


def test_the_calendar_in_force_is_listed_and_checked_for_whoever_names_none_of_his_own(
    service: Service, person: Person
) -> None:
    semester = service.configuration / "calendar" / "2025-2026" / "semester.yaml"
    service.start().until(IN_STEP)
    good = semester.read_text()
    semester.write_text(
        good.replace("start: 2025-09-02\n    end: 2025-09-13", "start: 2025-08-20\n    end: 2025-09-13")
    )
    listed = json.loads(person.run("entries", "--json", "--on", "2025-08-20").stdout)
    assert "re-registration-autumn" in {entry["id"] for entry in listed}
    assert person.run("check").returncode == 0
    semester.write_text(good.replace("id: re-registration-autumn", "idd: re-registration-autumn"))
    checked = person.run("check", "--offline")
    assert (checked.returncode, "semester.yaml" in checked.stdout) == (78, True)


def test_the_sites_own_calendar_is_exported_for_whoever_names_none_of_his_own(
    service: Service, person: Person, tmp_path: Path
) -> None:
    days_off = service.configuration / "calendar" / "2025-2026" / "days-off.yaml"
    days_off.write_text(days_off.read_text().replace("constitution-day-transfer", "our-own-first-entry"))
    service.start().until(IN_STEP)
    listed = person.run("export", "--format", "csv")
    assert ("our-own-first-entry" in listed.stdout, listed.stderr) == (True, "")
    assert "constitution-day-transfer" not in listed.stdout
    feed = tmp_path / "feed.ics"
    assert person.run("export", "--out", str(feed)).returncode == 0
    assert b"\r\nEND:VCALENDAR\r\n" in feed.read_bytes()
    service.stop()
    shipped = person.run("export", "--format", "csv")
    assert "constitution-day-transfer" in shipped.stdout
    assert "the calendar inside the package" in shipped.stderr


def test_an_answer_that_is_a_refusal_leaves_the_callers_file_as_it_was(
    service: Service, person: Person, tmp_path: Path
) -> None:
    service.start().until(IN_STEP)
    feed = tmp_path / "feed.ics"
    feed.write_text("what stood there")
    assert person.run("export", "--school", "nowhere", "--out", str(feed)).returncode == 64
    assert feed.read_text() == "what stood there"


def test_bare_syncd_shows_how_the_service_stands(service: Service, person: Person) -> None:
    service.start().until(IN_STEP)
    assert "3 of 3 calendars are in step" in person.run().stdout


def test_status_begins_with_what_keeps_the_service_from_all_its_calendars(
    service: Service, person: Person
) -> None:
    service.start().until(IN_STEP)
    service.stop()
    service.credentials["canvas-token"] = "no-such-token"
    service.start().until("failing")
    shown = person.run("status")
    assert (shown.returncode, "token is refused" in shown.stdout.splitlines()[0]) == (1, True)
    assert "3 of 3 calendars" in shown.stdout


def test_status_names_the_mistake_in_a_data_file_that_is_not_in_force(
    service: Service, person: Person
) -> None:
    service.start().until(IN_STEP)
    semester = service.configuration / "calendar" / "2025-2026" / "semester.yaml"
    semester.write_text(
        semester.read_text().replace("id: re-registration-autumn", "idd: re-registration-autumn")
    )
    service.until("data files are invalid")
    shown = person.run("status")
    assert (shown.returncode, "semester.yaml" in shown.stdout) == (1, True)


def test_status_names_a_course_that_two_targets_claim(service: Service, person: Person) -> None:
    targets = service.configuration / "calendar" / "targets.yaml"
    (pilot,) = [line for line in targets.read_text().splitlines() if "pilot" in line]
    targets.write_text(f"{targets.read_text()}{pilot.replace('pilot', 'twice')}\n")
    service.start().until("last cycle")
    shown = person.run("status")
    assert (shown.returncode, "claimed by the targets" in shown.stdout) == (1, True)
