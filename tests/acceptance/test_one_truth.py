"""Whoever asks how things stand gets the same answer: the state's owner with and without a daemon, and a stranger."""

import json
import re
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from syncd.sandbox.faults import Kind, Rule
from tests.acceptance.sites import Outcome, Site

EVERYTHING = 100_000
UNAUTHORIZED = json.dumps({"errors": [{"message": "user not authorized to perform that action"}]})

Break = Callable[[Site], None]


def dead_token(site: Site) -> None:
    site.token_file.write_text("never-issued\n", encoding="utf-8")


def dead_key(site: Site) -> None:
    refused = Rule(
        kind=Kind.JSON, status=400, path="/token", body=json.dumps({"error": "invalid_grant"}), times=None
    )
    site.pair.google_faults.add(refused)


def broken_calendar(site: Site) -> None:
    site.edit("fx-retake-autumn", "start: 2026-01-12", "start: 2026-13-12")


def missing_term(site: Site) -> None:
    site.retarget("sis_term_id:2025A", "sis_term_id:1999Z")


def forbidden_course(site: Site) -> None:
    site.targets_file.write_text(
        site.targets_file.read_text(encoding="utf-8")
        + "  - {name: moot, kind: canvas, courses: [401], year: 2025-2026, terms: [autumn], languages: [en]}\n",
        encoding="utf-8",
    )
    site.pair.canvas_site.faults.add(
        Rule(
            kind=Kind.JSON,
            status=403,
            method="GET",
            path="/api/v1/courses/401$",
            body=UNAUTHORIZED,
            times=None,
        )
    )


BREAKS = {
    "token": (dead_token, "canvas"),
    "key": (dead_key, "google"),
    "calendar": (broken_calendar, "fx-retake-autumn"),
    "course": (forbidden_course, "401"),
}


def stranger(site: Site, *words: str) -> Outcome:
    """Somebody without settings on the same host, who may ask at the socket."""
    own = dict.fromkeys(site.variables, None)
    return site.syncd(*words, **_lower(own), control_socket=site.state / "control")


def _lower(variables: dict[str, None]) -> dict[str, None]:
    return {name.removeprefix("SYNCD_").lower(): value for name, value in variables.items()}


@pytest.mark.parametrize("name", BREAKS)
def test_status_knows_after_a_single_run_what_failed_in_it(filled: Site, name: str) -> None:
    break_it, named = BREAKS[name]
    assert filled.syncd("status").code == 0
    break_it(filled)
    assert filled.once().code in {1, 78}
    told = filled.syncd("status")
    assert (told.code, named in told.out) == (1, True), told.out


@pytest.mark.parametrize("name", BREAKS)
def test_owner_and_stranger_get_the_same_answer_from_a_daemon(filled: Site, name: str) -> None:
    break_it, named = BREAKS[name]
    break_it(filled)
    with filled.running(interval=1, guards__fill_messages=EVERYTHING) as daemon:
        daemon.until_cycles(1)
        owner, other = filled.syncd("status"), stranger(filled, "status")
    assert (owner.code, named in owner.out) == (1, True), owner.out
    assert without_moments(other.out) == without_moments(owner.out)
    assert other.code == owner.code


def test_whatever_is_to_be_said_is_said_to_the_owner_and_to_a_stranger_alike(filled: Site) -> None:
    """A finished course, a plan that waits, a year that is over soon; then a term that is not there in time."""
    today = "2026-08-01"
    filled.pair.canvas.courses[101].state = "completed"
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")

    def told(*words: str) -> Outcome:
        owner, other = filled.syncd(*words, publish="manual", today=today), stranger(filled, *words)
        assert without_moments(other.out) == without_moments(owner.out)
        assert other.code == owner.code
        return owner

    with filled.running(interval=900, publish="manual", today=today) as daemon:
        daemon.until_cycles(1)
        status = told("status")
        assert status.code == 3
        for line in ("no longer looked after", "syncd publish", "no later year is prepared"):
            assert line in status.out, status.out
        for one in (status, told("where", "re-registration-autumn"), told("history")):
            assert "UTC+5" in one.out, "moments are in campus time"
        missing_term(filled)
        daemon.until(lambda: daemon.lines("cycle")[-1]["failures"], "a cycle that misses the term")
        status = told("status")
        assert (status.code, "1999Z" in status.out) == (3, True), "a person comes before a failure"


def test_a_pause_and_a_calendar_that_is_over_are_said_to_both_alike(filled: Site) -> None:
    today = "2026-11-28"
    with filled.running(interval=900, today=today) as daemon:
        daemon.until_cycles(1)
        for code, words in ((0, "is over"), (3, "Paused")):
            owner, other = filled.syncd("status", today=today), stranger(filled, "status")
            assert (owner.code, words in owner.out) == (code, True), owner.out
            assert (other.code, without_moments(other.out)) == (code, without_moments(owner.out))
            filled.syncd("pause")


def test_since_when_it_fails_is_one_moment_for_both_and_stays(filled: Site) -> None:
    dead_token(filled)
    with filled.running(interval=1) as daemon:
        moments = set()
        for cycles in (1, 3):
            daemon.until_cycles(cycles)
            for ask in (filled.syncd, lambda *words: stranger(filled, *words)):
                (trouble,) = json.loads(ask("status", "--json").out)["troubles"]
                moments.add(trouble["since"])
    assert len(moments) == 1, moments


def without_moments(text: str) -> str:
    return re.sub(r"\d\d:\d\d|\(\d+ times\)|Tried again .*", "", text)


def test_a_term_that_canvas_lacks_is_a_line_until_its_first_day_and_then_a_failure(filled: Site) -> None:
    missing_term(filled)
    assert filled.once().code == 0
    told = filled.syncd("status")
    assert (told.code, "1999Z" in told.out) == (0, True), told.out
    assert filled.once(today="2025-10-01").code == 1
    told = filled.syncd("status", today="2025-10-01")
    assert (told.code, "law-autumn" in told.out) == (1, True), told.out


def test_what_failed_is_forgotten_once_it_works_again(filled: Site) -> None:
    token = filled.token_file.read_text(encoding="utf-8")
    dead_token(filled)
    assert filled.once().code == 1
    assert filled.syncd("status").code == 1
    filled.token_file.write_text(token, encoding="utf-8")
    assert filled.once().code == 0
    assert filled.syncd("status").code == 0


def test_since_when_it_fails_stays_while_it_fails(filled: Site) -> None:
    dead_token(filled)
    moments = []
    for _ in range(2):
        filled.once()
        (trouble,) = json.loads(filled.syncd("status", "--json").out)["troubles"]
        moments.append(trouble["since"])
    assert moments[0] == moments[1]


def test_a_run_over_one_target_leaves_the_others_named_as_never_read(fresh: Site) -> None:
    assert fresh.once("--target", "law-calendar").code == 0
    told = fresh.syncd("status")
    assert told.code == 1
    assert re.search(r"Never read or written: .*law-autumn", told.out), told.out


def empty(site: Site) -> None:
    """The state's file holds nothing any more, as after a disk that was full."""
    (site.state / "state.db").write_bytes(b"")
    for left in ("state.db-wal", "state.db-shm"):
        (site.state / left).unlink(missing_ok=True)


def test_a_state_that_was_emptied_is_no_state_in_step(filled: Site) -> None:
    empty(filled)
    told = filled.syncd("status")
    assert (told.code, "in step" in told.out) == (1, False), told.out


def test_a_daemon_tells_both_alike_what_an_earlier_run_of_one_target_left_unread(fresh: Site) -> None:
    assert fresh.once("--target", "law-calendar").code == 0
    dead_token(fresh)
    with fresh.running(interval=900) as daemon:
        daemon.until_cycles(1)
        owner, other = fresh.syncd("status"), stranger(fresh, "status")
    assert (owner.code, "law-autumn" in owner.out) == (1, True), owner.out
    assert (other.code, without_moments(other.out)) == (1, without_moments(owner.out))


def test_a_daemon_over_an_emptied_state_tells_both_alike_that_nothing_is_read_yet(filled: Site) -> None:
    empty(filled)
    dead_token(filled)
    dead_key(filled)
    with filled.running(interval=900) as daemon:
        daemon.until_cycles(1)
        owner, other = filled.syncd("status"), stranger(filled, "status")
    assert (owner.code, "are in step" in owner.out) == (1, False), owner.out
    assert (other.code, without_moments(other.out)) == (1, without_moments(owner.out))


def test_a_disk_that_fills_up_is_told_to_both_alike_and_forgotten_once_there_is_room(filled: Site) -> None:
    """No file of the daemon's may grow any more: neither the state nor the log that it writes to."""
    with filled.running(interval=1) as daemon:
        daemon.until_cycles(1)
        _, most = resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (0, most))
        daemon.until(lambda: stranger(filled, "status").code == 1, "the full disk to be told")
        owner, other = filled.syncd("status"), stranger(filled, "status")
        assert owner.code == other.code == 1
        assert str(filled.state) in owner.out, owner.out
        assert without_moments(other.out) == without_moments(owner.out)
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (most, most))
        daemon.until(lambda: filled.syncd("status").code == 0, "the next cycle")


def test_a_paused_service_waits_for_a_person(filled: Site) -> None:
    filled.syncd("pause")
    assert filled.syncd("status").code == 3


def test_a_waiting_plan_comes_before_a_failure(filled: Site) -> None:
    dead_key(filled)
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    filled.once(publish="manual")
    assert filled.syncd("status", publish="manual").code == 3


def test_a_finished_course_is_no_longer_counted_as_in_step(filled: Site) -> None:
    filled.pair.canvas.courses[101].state = "completed"
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    assert filled.once().code == 0
    told = filled.syncd("status")
    assert "3 of 3 calendars are in step" in told.out
    assert "no longer looked after" in told.out
    assert "course_101" in json.loads(filled.syncd("status", "--json").out)["left_behind"]
    where = filled.syncd("where", "re-registration-autumn")
    assert "in 4 of 4 places" in where.out, where.out
    assert "1 more in calendars that no target claims any more" in where.out


def test_retiring_what_cannot_be_read_does_not_say_that_it_is_empty(filled: Site) -> None:
    dead_key(filled)
    told = filled.syncd("retire", "law-calendar")
    assert told.code == 1
    assert "holds nothing" not in told.out
    assert "could not be read" in told.out + told.err


# --- what people decide beside a daemon --------------------------------------------------------------


def deadline(site: Site) -> int:
    return site.days(site.event(101, "re-registration-autumn:main"))[1].day


def test_an_undo_typed_by_the_owner_is_out_at_once_also_with_manual_publishing(filled: Site) -> None:
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    assert filled.once().code == 0
    with filled.running(interval=900, publish="manual") as daemon:
        daemon.until_cycles(1)
        undone = filled.syncd("undo", publish="manual")
        assert undone.code == 0, undone.err
        daemon.until(lambda: deadline(filled) == 13, "the undo")
        daemon.until_cycles(2)
        told = filled.syncd("status", publish="manual")
        assert "undo" in told.out
        assert told.code == 0, told.out
        other = stranger(filled, "status")
        assert (other.code, without_moments(other.out)) == (0, without_moments(told.out))


@pytest.mark.parametrize("verb", ["publish", "approve"])
def test_a_word_of_the_owner_wakes_the_daemon(filled: Site, verb: str) -> None:
    with filled.running(interval=900, publish="manual") as daemon:
        daemon.until_cycles(1)
        filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
        daemon.until(lambda: daemon.lines("refused"), "the refusal")
        shown = filled.syncd("--dry-run", publish="manual")
        (digest,) = set(re.findall(r"syncd publish (\w+)", shown.out + shown.err))
        assert filled.syncd(verb, digest, publish="manual").code == 0
        daemon.until(lambda: deadline(filled) == 12, "the edit")


def test_a_restore_by_the_owner_wakes_the_daemon(filled: Site) -> None:
    filled.teacher.delete(filled.event(101, "re-registration-autumn:main").id)
    with filled.running(interval=900) as daemon:
        daemon.until_cycles(1)
        assert len(filled.course(101)) == 9
        assert filled.syncd("restore", "re-registration-autumn", "--course", "101").code == 0
        daemon.until(lambda: len(filled.course(101)) == 10, "the event")


def test_the_owner_finds_a_daemon_that_listens_elsewhere(filled: Site, tmp_path: Path) -> None:
    dead_token(filled)
    with filled.running(interval=900, control_socket=tmp_path / "ctl") as daemon:
        daemon.until_cycles(1)
        assert (filled.state / "control").is_symlink()
        assert filled.syncd("status").code == 1
        assert daemon.end() == 0
    assert not (filled.state / "control").is_symlink()


# --- the end of the calendar --------------------------------------------------------------------------


def test_a_calendar_that_is_over_is_said(filled: Site) -> None:
    told = filled.syncd("status", today="2026-11-28")
    assert "is over since" in told.out
    assert told.code == 0, "it is a line, not a failure"
    assert "is over since" in filled.syncd("check", "--offline", today="2026-11-28").out


def test_that_no_later_year_is_prepared_is_said_sixty_days_before_the_end(filled: Site) -> None:
    assert "no later year is prepared" in filled.syncd("status", today="2026-08-01").out
    assert "no later year" not in filled.syncd("status", today="2026-02-01").out
