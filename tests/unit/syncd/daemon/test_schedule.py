"""When the next cycle is due by itself: interval, retries of a whole service, the end of the removal delay."""

from syncd.daemon.schedule import FIRST_RETRY_S, JITTER, NEVER, Schedule


def schedule() -> Schedule:
    return Schedule(interval_s=900.0, removal_delay_s=60.0)


def test_the_next_cycle_is_due_an_interval_after_the_last_one_ended_give_or_take() -> None:
    plan = schedule()
    plan.cycle_ended(service_failed=False, now=1000.0)
    why, at = plan.next(retry_at=NEVER, removals_held=False)
    assert why == "interval"
    assert abs(at - 1900.0) <= 900.0 * JITTER


def test_a_service_that_did_not_answer_is_asked_again_soon_and_ever_more_seldom() -> None:
    plan = schedule()
    waits = []
    for _ in range(9):
        plan.cycle_ended(service_failed=True, now=0.0)
        waits.append(plan.next(retry_at=NEVER, removals_held=False)[1])
    assert waits[:5] == [FIRST_RETRY_S * 2**doubled for doubled in range(5)]
    assert max(waits) <= 900.0


def test_a_service_that_answers_again_starts_over_with_the_short_wait() -> None:
    plan = schedule()
    for failed in (True, True, True, False, True):
        plan.cycle_ended(service_failed=failed, now=0.0)
    assert plan.next(retry_at=NEVER, removals_held=False) == ("retry", FIRST_RETRY_S)


def test_a_failing_context_is_due_before_the_interval() -> None:
    plan = schedule()
    plan.cycle_ended(service_failed=False, now=0.0)
    assert plan.next(retry_at=7.0, removals_held=False) == ("retry", 7.0)


def test_removals_of_a_new_calendar_wait_and_are_due_once_their_delay_is_over() -> None:
    plan = schedule()
    plan.serve("a", 100.0)
    plan.cycle_ended(service_failed=False, now=110.0)
    assert plan.holds_removals(159.9)
    assert not plan.holds_removals(160.0)
    assert plan.next(retry_at=NEVER, removals_held=True) == ("removals", 160.0)


def test_the_same_calendar_delays_removals_no_further() -> None:
    plan = schedule()
    plan.serve("a", 100.0)
    plan.serve("a", 150.0)
    assert plan.removals_from == 160.0


def test_where_no_removals_are_held_their_delay_wakes_nobody() -> None:
    plan = schedule()
    plan.serve("a", 100.0)
    plan.cycle_ended(service_failed=False, now=110.0)
    assert plan.next(retry_at=NEVER, removals_held=False)[0] == "interval"
