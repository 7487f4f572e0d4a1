"""What one process leaves for the next: removals that wait, cycles that are due, calendars that were read."""

from __future__ import annotations

from pathlib import Path

from syncd.daemon.audit import AuditSelection
from syncd.daemon.remembered import Remembered
from syncd.daemon.schedule import Schedule
from syncd.reconcile.fast_lane import Memory
from syncd.state.store import State
from tests.support.events import course
from tests.unit.syncd.state.kept import open_state


def process(state: State, *, now: float, started: float) -> tuple[Remembered, Schedule, AuditSelection]:
    """A new process: its monotonic clock has nothing in common with another's."""
    remembered = Remembered(state=state, clock=lambda: now, monotonic=lambda: now - started)
    schedule = Schedule(interval_s=900.0, removal_delay_s=60.0)
    remembered.schedule(schedule)
    return remembered, schedule, AuditSelection(interval_s=900.0, audit_s=21600.0)


def test_removals_are_made_once_their_delay_is_over_whoever_began_it(tmp_path: Path) -> None:
    held = []
    with open_state(tmp_path) as state:
        for turn, now in enumerate((1000.0, 1030.0, 1061.0)):
            remembered, schedule, audit = process(state, now=now, started=now - turn)
            schedule.serve("calendar", remembered.monotonic())
            held.append(schedule.holds_removals(remembered.monotonic()))
            schedule.cycle_ended(service_failed=False, now=remembered.monotonic())
            remembered.keep(schedule, audit, Memory(), "")
    assert held == [True, True, False]


def test_a_new_edit_delays_its_removals_anew(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        remembered, schedule, audit = process(state, now=1000.0, started=0.0)
        schedule.serve("calendar", 1000.0)
        remembered.keep(schedule, audit, Memory(), "")
        later, schedule, _ = process(state, now=2000.0, started=1999.0)
        schedule.serve("another", later.monotonic())
        assert schedule.holds_removals(later.monotonic())


def test_a_clock_that_was_set_back_holds_removals_no_longer_than_a_new_edit_would(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        remembered, schedule, audit = process(state, now=1_000_000.0, started=0.0)
        schedule.serve("calendar", 1_000_000.0)
        remembered.keep(schedule, audit, Memory(), "")
        later, schedule, _ = process(state, now=1000.0, started=0.0)
        schedule.serve("calendar", later.monotonic())
        assert schedule.holds_removals(later.monotonic() + 59.0)
        assert not schedule.holds_removals(later.monotonic() + 60.0)


def test_what_was_read_into_a_file_is_read_again_by_the_next_process(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        if state.database.identity:
            return
        remembered, schedule, audit = process(state, now=1000.0, started=0.0)
        audit.seen.add("course_7")
        remembered.keep(schedule, audit, Memory(contexts={"course_7": course("course_7")}), "vantage")
        later, _, audit = process(state, now=2000.0, started=0.0)
        assert later.read(audit, "vantage") == Memory()
        assert audit.seen == set()


def test_what_one_process_read_another_goes_on_from_in_the_very_same_database(tmp_path: Path) -> None:
    memory = Memory(contexts={"course_7": course("course_7")}, seen={"course_7"})
    with open_state(tmp_path) as state:
        if not state.database.identity:
            return
        remembered, schedule, audit = process(state, now=1000.0, started=0.0)
        audit.seen.add("course_7")
        remembered.keep(schedule, audit, memory, "vantage")
        later, _, audit = process(state, now=2000.0, started=0.0)
        assert later.read(audit, "vantage") == memory
        assert audit.seen == {"course_7"}
        assert later.read(audit, "another credential") == Memory()


def test_a_vantage_tells_nothing_of_the_credential_it_was_made_from(tmp_path: Path) -> None:
    with open_state(tmp_path / "a") as one, open_state(tmp_path / "b") as two:
        first, second = Remembered(state=one), Remembered(state=two)
        assert first.vantage("token") == first.vantage("token")
        assert first.vantage("token") != first.vantage("other")
        assert first.vantage("token") != second.vantage("token")
