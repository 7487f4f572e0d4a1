"""The daemon: serves at once, follows edits, keeps the last good calendar, waits for people, ends when told.

Waits are for something to come true in the worlds or in the log, never for time.
"""

import signal
from datetime import date

import pytest

from syncd.sandbox.faults import Kind, Rule
from tests.acceptance.sites import CANARY, PATIENCE_S, SMALL, Site
from tests.acceptance.test_guards import ELEVEN, digest_in
from tests.support.state_address import in_a_file

MAIN = "re-registration-autumn:main"
PLENTY = 100_000


def deadline(site: Site, number: int) -> date:
    return site.days(site.event(number, MAIN))[1]


def test_it_fills_at_start_follows_an_edit_and_ends_when_told(fresh: Site) -> None:
    with fresh.running(guards__fill_messages=PLENTY) as daemon:
        daemon.until(lambda: [len(fresh.course(one)) for one in (101, 102, 104)] == [10] * 3, "the fill")
        daemon.until_cycles(1)
        ids = {event.id for event in fresh.course(101)}
        fresh.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
        daemon.until(lambda: {deadline(fresh, one).day for one in (101, 102, 104)} == {12}, "the edit")
        assert {event.id for event in fresh.course(101)} == ids
        daemon.until_cycles(2)
        assert daemon.end() == 0
    fresh.forget()
    assert fresh.once().code == 0
    assert fresh.writes() == []


def test_a_new_course_is_filled_in_the_rhythm_of_the_interval(filled: Site) -> None:
    with filled.running(interval=1) as daemon:
        daemon.until_cycles(1)
        canvas = filled.pair.canvas
        law = next(one for one in canvas.accounts.values() if one.sis_id == "LAW")
        term = next(one for one in canvas.terms.values() if one.sis_id == "2025A")
        canvas.add_course("Moot Court", number=177, account=law, term=term, students=12)
        daemon.until(lambda: len(filled.course(177)) == 10, "the new course")
        daemon.until_cycles(len(daemon.lines("cycle")) + 1)
        assert len(filled.course(177)) == 10


def test_a_bad_edit_keeps_the_last_good_calendar_in_force_also_after_a_restart(filled: Site) -> None:
    good = (filled.event(101, MAIN).title, deadline(filled, 101))
    with filled.running() as daemon:
        daemon.until_cycles(1)
        filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
        filled.edit("fx-retake-autumn", "start: 2026-01-12", "start: 2026-13-12")
        daemon.until(lambda: daemon.lines("data-invalid"), "the bad edit")
        filled.teacher.edit(filled.event(101, MAIN).id, title="Nothing to see")
        daemon.tell(signal.SIGHUP)
        daemon.until(lambda: filled.event(101, MAIN).title == good[0], "the repair")
        assert deadline(filled, 101) == good[1]
    filled.teacher.edit(filled.event(101, MAIN).id, title="Nothing to see")
    with filled.running() as daemon:
        daemon.until_cycles(1)
        assert "fx-retake-autumn" in str(daemon.lines("data-invalid")[0])
        assert (filled.event(101, MAIN).title, deadline(filled, 101)) == good
        filled.edit("fx-retake-autumn", "start: 2026-13-12", "start: 2026-01-12")
        daemon.until(lambda: deadline(filled, 101).day == 12, "the mended edit")
        assert daemon.end() == 0


def test_a_bad_targets_file_keeps_the_last_good_targets(filled: Site) -> None:
    with filled.running() as daemon:
        daemon.until_cycles(1)
        filled.retarget("school: law", "school: lore")
        daemon.until(lambda: daemon.lines("data-invalid"), "the bad targets")
        assert "law" in str(daemon.lines("data-invalid")[0])
        filled.teacher.edit(filled.event(101, MAIN).id, title="Nothing to see")
        daemon.tell(signal.SIGHUP)
        daemon.until(lambda: filled.event(101, MAIN).title != "Nothing to see", "the repair")
        filled.targets_file.write_text(SMALL.replace("[en, kk]", "[ru, kk]"), encoding="utf-8")
        daemon.until(
            lambda: "перерегистрация" in filled.event(101, MAIN).title.casefold(), "the good targets"
        )


def test_removals_wait_and_a_slip_can_be_undone_while_they_do(filled: Site) -> None:
    gone = filled.event(101, "republic-day-transfer:main").id
    with filled.running(removal_delay=3600) as daemon:
        daemon.until_cycles(1)
        path, _ = filled.find("republic-day-transfer")
        before = path.read_text(encoding="utf-8")
        filled.remove("republic-day-transfer")
        filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
        daemon.until(lambda: {deadline(filled, one).day for one in (101, 102, 104)} == {12}, "the edit")
        daemon.until_cycles(2)
        assert filled.event(101, "republic-day-transfer:main").id == gone
        path.write_text(before, encoding="utf-8")
        daemon.until_cycles(3)
        filled.remove("republic-day-transfer")
        daemon.until_cycles(4)
        assert filled.event(101, "republic-day-transfer:main").id == gone
        assert not [write for write in filled.writes() if write.startswith("DELETE")]
        assert daemon.end() == 0
    with filled.running(removal_delay=1) as daemon:
        daemon.until(lambda: len(filled.course(101)) == 9, "the removal")
        daemon.until(
            lambda: len([one for one in filled.writes() if one.startswith("DELETE")]) == 4, "all four"
        )


def test_an_approval_beside_it_lets_a_waiting_plan_through(filled: Site) -> None:
    before = filled.prints()
    with filled.running(removal_delay=0) as daemon:
        daemon.until_cycles(1)
        filled.remove(*ELEVEN)
        daemon.until(lambda: daemon.lines("refused"), "the refusal")
        assert filled.prints() == before
        assert filled.syncd("approve", digest_in(str(daemon.lines("refused")))).code == 0
        daemon.until(lambda: len(filled.course(101)) == 8, "the approved removal")


def test_published_by_hand_an_edit_waits_until_it_is_published(filled: Site) -> None:
    with filled.running(publish="manual") as daemon:
        daemon.until_cycles(1)
        filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
        daemon.until(lambda: daemon.lines("refused"), "the refusal")
        assert filled.writes() == []
        daemon.until_cycles(2)
        digest = str(daemon.lines("cycle")[1]["digest"])
        assert filled.syncd("publish", digest).code == 0
        daemon.until(lambda: {deadline(filled, one).day for one in (101, 102, 104)} == {12}, "the edit")


@in_a_file
def test_only_one_may_run_on_a_state(filled: Site) -> None:
    with filled.running() as daemon:
        daemon.until_cycles(1)
        for words in (("run",), ("--once",)):
            refused = filled.syncd(*words)
            assert refused.code == 1
            assert str(filled.state) in refused.err
        assert daemon.process.poll() is None


def test_told_to_end_with_a_write_in_flight_it_ends_and_nothing_is_doubled_later(fresh: Site) -> None:
    faults = fresh.pair.canvas_site.faults
    faults.add(Rule(kind=Kind.STALL, when="after", method="POST", skip=3, times=None))
    with fresh.running(guards__fill_messages=PLENTY) as daemon:
        daemon.until(lambda: faults.stalled, "a stalled write")
        assert daemon.end() == 0
    faults.clear()
    assert fresh.once(guards__fill_messages=PLENTY).code == 0
    assert [len(fresh.course(one)) for one in (101, 102, 104)] == [10] * 3
    assert [len(fresh.shown(one)) for one in (101, 102, 104)] == [10] * 3


@pytest.mark.parametrize("path", ["/users/self/profile$", "/calendar_events$"])
def test_told_to_end_while_it_reads_it_leaves_no_failure_behind(filled: Site, path: str) -> None:
    faults = filled.pair.canvas_site.faults
    with filled.running() as daemon:
        daemon.until_cycles(1)
        faults.add(Rule(kind=Kind.STALL, method="GET", path=path, times=None))
        daemon.tell(signal.SIGHUP)
        daemon.until(lambda: faults.stalled, "a read that is held")
        daemon.tell(signal.SIGTERM)
        daemon.until(lambda: daemon.lines("stopping"), "the stop")
        faults.clear()
        assert daemon.process.wait(PATIENCE_S) == 0
        assert daemon.lines("cycle-stopped")
    assert (filled.syncd("status").code, filled.syncd("status").err) == (0, "")


def test_killed_in_the_middle_of_a_fill_it_doubles_nothing(fresh: Site) -> None:
    with fresh.running(guards__fill_messages=PLENTY) as daemon:
        daemon.until(lambda: len(fresh.course(101)) > 3, "some events")
        daemon.process.kill()
        daemon.process.wait()
    assert fresh.once(guards__fill_messages=PLENTY).code == 0
    assert [len(fresh.course(one)) for one in (101, 102, 104)] == [10] * 3
    assert len({row.private["syncdKey"] for row in fresh.rows()}) == len(fresh.rows())


def test_a_pretended_day_is_refused_against_real_services(filled: Site) -> None:
    done = filled.syncd("run", canvas__base_url="https://canvas.invalid")
    assert done.code == 78
    assert "SYNCD_TODAY" in done.err


def test_a_renewed_token_is_taken_up_as_soon_as_its_file_changes(filled: Site) -> None:
    tokens = filled.pair.canvas.tokens
    with filled.running(canvas__token_file=filled.token_file) as daemon:
        daemon.until_cycles(1)
        tokens[CANARY].state = "revoked"
        filled.teacher.edit(filled.event(101, MAIN).id, title="Nothing to see")
        daemon.tell(signal.SIGHUP)
        daemon.until(lambda: "Revoked access token" in daemon.said, "the refusal")
        renewed = filled.pair.canvas.add_token(filled.pair.canvas.users[tokens[CANARY].user_id], CANARY + "2")
        filled.token_file.write_text(renewed.secret + "\n", encoding="utf-8")
        daemon.until(lambda: filled.event(101, MAIN).title != "Nothing to see", "the repair")
        assert daemon.end() == 0


def test_a_token_file_that_cannot_be_used_leaves_the_token_in_use(filled: Site) -> None:
    with filled.running(canvas__token_file=filled.token_file) as daemon:
        daemon.until_cycles(1)
        filled.token_file.write_text("", encoding="utf-8")
        daemon.until(lambda: daemon.lines("credentials-invalid"), "the refusal")
        assert "token is empty" in str(daemon.lines("credentials-invalid")[0])
        filled.teacher.edit(filled.event(101, MAIN).id, title="Nothing to see")
        daemon.tell(signal.SIGHUP)
        daemon.until(lambda: filled.event(101, MAIN).title != "Nothing to see", "the repair")
        assert len(daemon.lines("credentials-invalid")) == 1
