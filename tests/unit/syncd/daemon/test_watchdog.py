"""A silent worker is seen, an honest long wait is not mistaken for one."""

import threading

import pytest

from syncd.daemon.watchdog import CYCLE, Watchdog, patient_wait

PERIOD_S = 30.0


class Clock:
    """A clock that only waits move."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class PretendStop(threading.Event):
    """A stop whose wait takes no time but moves the clock; sets itself at ``at``, if ever."""

    def __init__(self, clock: Clock, watchdog: Watchdog, at: float = float("inf")) -> None:
        super().__init__()
        self.clock, self.watchdog, self.at = clock, watchdog, at
        self.overdue: list[list[str]] = []
        self.longest = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.longest = max(self.longest, timeout)
        self.clock.now += timeout
        self.overdue.append(self.watchdog.overdue())
        if self.clock.now >= self.at:
            self.set()
        return self.is_set()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watchdog(clock: Clock) -> Watchdog:
    return Watchdog(PERIOD_S, clock)


def test_nobody_is_overdue_within_the_period(watchdog: Watchdog, clock: Clock) -> None:
    watchdog.beat(CYCLE)
    clock.now += PERIOD_S
    assert watchdog.overdue() == []


def test_who_falls_silent_is_named(watchdog: Watchdog, clock: Clock) -> None:
    watchdog.beat(CYCLE)
    clock.now += PERIOD_S + 1
    assert watchdog.overdue() == [CYCLE]


def test_who_has_finished_owes_nothing(watchdog: Watchdog, clock: Clock) -> None:
    with watchdog.working("apply course_101"):
        pass
    clock.now += 10 * PERIOD_S
    assert watchdog.overdue() == []


def test_a_silent_worker_is_seen_while_others_go_on(watchdog: Watchdog, clock: Clock) -> None:
    watchdog.beat(CYCLE)
    silent, seen = threading.Event(), threading.Event()

    def work() -> None:
        with watchdog.working("apply course_101"):
            seen.set()
            silent.wait()

    worker = threading.Thread(target=work)
    worker.start()
    seen.wait()
    with watchdog.working("apply course_102"):
        clock.now += PERIOD_S / 2
        watchdog.report()
        clock.now += PERIOD_S / 2 + 1
        watchdog.report()
        assert watchdog.overdue() == ["apply course_101"]
    silent.set()
    worker.join()


def test_a_wait_far_longer_than_the_period_is_made_in_thirds_and_nobody_is_overdue(
    watchdog: Watchdog, clock: Clock
) -> None:
    stop = PretendStop(clock, watchdog)
    watchdog.beat(CYCLE)
    with watchdog.working("apply course_101"):
        patient_wait(watchdog, stop, clock)(3600.0)
    assert clock.now == 1000.0 + 3600.0
    assert stop.longest == PERIOD_S / 3
    assert {tuple(names) for names in stop.overdue} == {()}


def test_a_wait_ends_when_the_service_stops(watchdog: Watchdog, clock: Clock) -> None:
    stop = PretendStop(clock, watchdog, at=1000.0 + PERIOD_S)
    assert patient_wait(watchdog, stop, clock)(3600.0)
    assert clock.now == 1000.0 + PERIOD_S


def test_without_a_watchdog_a_wait_is_made_in_one_piece(clock: Clock) -> None:
    watchdog = Watchdog(0.0, clock)
    stop = PretendStop(clock, watchdog)
    patient_wait(watchdog, stop, clock)(600.0)
    assert stop.longest == 600.0


def test_a_report_outside_a_cycle_promises_nothing(watchdog: Watchdog, clock: Clock) -> None:
    watchdog.report()
    clock.now += 10 * PERIOD_S
    assert watchdog.overdue() == []
