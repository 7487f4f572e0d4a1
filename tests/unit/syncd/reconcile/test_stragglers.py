"""A calendar that answers slowly holds up nobody who waits; it is read by itself, and only once at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from connectors.errors import ConnectorError, StoppedError, TooSlowError
from connectors.memory import Behaviour, MemoryConnector, MemoryService
from connectors.port import Observation, Unchanged
from mapping.model import Context, Record
from syncd.reconcile.stragglers import AHEAD, FEW, IDLE_S, Outcome, Stragglers
from tests.support.almanac import OWNER
from tests.support.rig import ONE, OPEN, TWO, Rig, Talking, course

PATIENCE_S = 20.0


class Dripping(MemoryConnector):
    """One course's list comes to its end only once it may."""

    may_end = threading.Event()
    lists = 0

    def observe(
        self, contexts: Sequence[Context], known: Mapping[str, Mapping[str, Record]] = {}
    ) -> Iterator[tuple[Context, Observation | ConnectorError]]:
        for context in sorted(contexts, key=lambda one: one.id == TWO):
            if context.id == TWO:
                self.lists += 1
                assert self.may_end.wait(PATIENCE_S)
            yield from super().observe([context], known)


@dataclass
class Clock:
    """Each look at it lets a second pass."""

    now: float = 0.0
    looks: int = field(default=0)

    def __call__(self) -> float:
        self.looks += 1
        self.now += 1.0
        return self.now


@pytest.fixture
def connector() -> Iterator[Dripping]:
    service = MemoryService(Behaviour.CANVAS)
    for name in (ONE, TWO):
        service.add(course(name))
    made = Dripping(service, owner=OWNER)
    made.may_end = threading.Event()
    yield made
    made.may_end.set()


def stragglers(*, hurry: bool) -> Stragglers:
    return Stragglers(in_hurry=lambda: hurry, clock=Clock(), slice_s=0.01)


def read(
    one: Stragglers, connector: Dripping, *names: str
) -> dict[str, Observation | Unchanged | ConnectorError]:
    found: Iterator[Outcome] = one.observe(connector, [course(name) for name in names], {}, threading.Event())
    return {context.id: outcome for context, outcome in found}


def test_in_a_hurry_the_others_are_told_of_while_one_drips(connector: Dripping) -> None:
    clock = Clock()
    one = Stragglers(in_hurry=lambda: True, clock=clock, slice_s=0.01)
    found = read(one, connector, ONE, TWO)
    assert isinstance(found[ONE], Observation)
    late = found[TWO]
    assert isinstance(late, TooSlowError)
    assert (late.operation, late.context) == ("list events", TWO)
    assert late.message == "it is still being read; the others are written meanwhile."
    # Looked at as the wait begins and around the first answer, then until the patience is over.
    assert clock.now > 3 + IDLE_S
    # What still reads holds up no end of the process.
    assert {thread.daemon for thread in threading.enumerate() if thread.name == "read canvas"} == {True}


def test_without_hurry_it_is_waited_for(connector: Dripping) -> None:
    patient = stragglers(hurry=False)
    answers: list[Outcome] = []
    reading = threading.Thread(
        target=lambda: answers.extend(
            patient.observe(connector, [course(ONE), course(TWO)], {}, threading.Event())
        )
    )
    reading.start()
    connector.may_end.set()
    reading.join(PATIENCE_S)
    assert [context.id for context, outcome in answers if isinstance(outcome, Observation)] == [ONE, TWO]


def test_what_is_still_being_read_is_not_read_a_second_time(connector: Dripping) -> None:
    one = stragglers(hurry=True)
    read(one, connector, ONE, TWO)
    found = read(one, connector, ONE, TWO)
    assert isinstance(found[ONE], Observation)
    assert isinstance(found[TWO], TooSlowError)
    assert isinstance(read(one, connector, TWO)[TWO], TooSlowError)
    assert connector.lists == 1


def test_once_it_was_read_it_is_read_as_any_other(connector: Dripping) -> None:
    one = stragglers(hurry=True)
    read(one, connector, TWO)
    connector.may_end.set()
    latest = threading.Event()
    for _ in range(1000):
        if not one._reading:
            break
        latest.wait(0.01)
    assert isinstance(read(one, connector, TWO)[TWO], Observation)


def test_where_many_are_slow_the_service_is_and_all_are_waited_for(connector: Dripping) -> None:
    names = [f"course_9{number}" for number in range(FEW)]
    for name in names:
        connector._service.add(course(name))

    class SlowForAll(Dripping):
        def observe(
            self, contexts: Sequence[Context], known: Mapping[str, Mapping[str, Record]] = {}
        ) -> Iterator[tuple[Context, Observation | ConnectorError]]:
            # The clock is looked at once a slice, and never while more than a few are under way.
            connector.may_end.wait(0.3)
            yield from MemoryConnector.observe(self, contexts, known)

    slow = SlowForAll(connector._service, owner=OWNER)
    found = read(stragglers(hurry=True), slow, ONE, *names)
    assert all(isinstance(outcome, Observation) for outcome in found.values())


def test_more_than_a_few_may_be_left_out_where_as_many_have_answered(connector: Dripping) -> None:
    answering = [f"course_8{number}" for number in range(FEW + 1)]
    for name in answering:
        connector._service.add(course(name))

    class HalfDrips(Dripping):
        def observe(
            self, contexts: Sequence[Context], known: Mapping[str, Mapping[str, Record]] = {}
        ) -> Iterator[tuple[Context, Observation | ConnectorError]]:
            answer = [one for one in contexts if one.id in answering]
            yield from MemoryConnector.observe(self, answer, known)
            assert connector.may_end.wait(PATIENCE_S)

    dripping = [f"course_9{number}" for number in range(FEW + 1)]
    slow = HalfDrips(connector._service, owner=OWNER)
    found = read(stragglers(hurry=True), slow, *answering, *dripping)
    assert {name for name, one in found.items() if isinstance(one, Observation)} == set(answering)
    assert {name for name, one in found.items() if isinstance(one, TooSlowError)} == set(dripping)


def test_however_many_failed_last_time_nobody_else_waits_for_them(connector: Dripping) -> None:
    names = [f"course_9{number}" for number in range(3 * FEW)]

    class DripsForMany(Dripping):
        def observe(
            self, contexts: Sequence[Context], known: Mapping[str, Mapping[str, Record]] = {}
        ) -> Iterator[tuple[Context, Observation | ConnectorError]]:
            yield from MemoryConnector.observe(self, [one for one in contexts if not one.failing], known)
            assert connector.may_end.wait(PATIENCE_S)

    contexts = [course(ONE), *(course(name, failing=True) for name in names)]
    slow = DripsForMany(connector._service, owner=OWNER)
    found = dict(stragglers(hurry=True).observe(slow, contexts, {}, threading.Event()))
    told = {context.id: outcome for context, outcome in found.items()}
    assert isinstance(told[ONE], Observation)
    assert {name for name, outcome in told.items() if isinstance(outcome, TooSlowError)} == set(names)


def test_a_stop_ends_the_wait(connector: Dripping) -> None:
    stop = threading.Event()
    found = stragglers(hurry=False).observe(connector, [course(ONE), course(TWO)], {}, stop)
    assert next(found)[0].id == ONE
    stop.set()
    with pytest.raises(StoppedError):
        next(found)


def test_what_ends_the_read_ends_the_pass_over_it_too(connector: Dripping) -> None:
    class Broken(Dripping):
        def observe(
            self, contexts: Sequence[Context], known: Mapping[str, Mapping[str, Record]] = {}
        ) -> Iterator[tuple[Context, Observation | ConnectorError]]:
            raise ValueError("odd")

    with pytest.raises(ValueError, match="odd"):
        read(stragglers(hurry=True), Broken(connector._service, owner=OWNER), ONE)


def test_an_edit_is_written_everywhere_else_while_one_course_drips(rig: Rig) -> None:
    class DrippingTwo(Dripping, Talking):
        may_end = threading.Event()

    rig.connectors["canvas"] = DrippingTwo(rig.canvas, owner=OWNER)
    rig.stragglers = stragglers(hurry=True)
    report = rig.cycle()
    assert [one.where for one in report.failures] == [TWO]
    assert rig.entries(ONE) == rig.entries(OPEN) == {"entry-1"}
    DrippingTwo.may_end.set()


class Counting(MemoryConnector):
    """Counts the calendars whose events were asked for."""

    asked = 0

    def observe(
        self, contexts: Sequence[Context], known: Mapping[str, Mapping[str, Record]] = {}
    ) -> Iterator[tuple[Context, Observation | ConnectorError]]:
        for context in contexts:
            self.asked += 1
            yield from super().observe([context], known)


@pytest.fixture
def many() -> Counting:
    service = MemoryService(Behaviour.CANVAS)
    for number in range(3 * AHEAD):
        service.add(course(f"course_{number}"))
    return Counting(service, owner=OWNER)


def all_of(connector: Counting) -> list[Context]:
    return [course(f"course_{number}") for number in range(3 * AHEAD)]


def until_it_rests(connector: Counting) -> int:
    """How many were asked for once no more are."""
    waiting, before = threading.Event(), -1
    while connector.asked != before:
        before = connector.asked
        waiting.wait(0.3)
    return before


def test_reading_waits_for_whoever_plans(many: Counting) -> None:
    answers = stragglers(hurry=False).observe(many, all_of(many), {}, threading.Event())
    next(answers)
    assert until_it_rests(many) <= AHEAD + 2
    assert len(list(answers)) == 3 * AHEAD - 1


def test_what_nobody_takes_any_more_ends_and_may_be_read_again(many: Counting) -> None:
    one = stragglers(hurry=False)
    answers = one.observe(many, all_of(many), {}, threading.Event())
    next(answers)
    until_it_rests(many)  # and waits for room
    answers.close()  # type: ignore[attr-defined]  # a generator, which the port does not promise
    waiting = threading.Event()
    for _ in range(2000):
        if not one._reading:
            break
        waiting.wait(0.01)
    found = dict(one.observe(many, all_of(many), {}, threading.Event()))
    assert len(found) == 3 * AHEAD
    assert all(isinstance(outcome, Observation) for outcome in found.values())
