"""Looks before writes: how many courses are read at once, what a failed look costs, what is told meanwhile."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from connectors.errors import AuthenticationError, UnavailableError
from connectors.memory import Step
from connectors.memory.service import MemoryService
from tests.laws.machine import NoLog
from tests.support.almanac import OWNER
from tests.support.rig import EXAM, ONE, TWO, Rig, Talking, course, pool


class Looking(Talking):
    """Notes which contexts are looked at together before they are written; may fail such looks."""

    writes_per_s = 0.1

    def __init__(self, service: MemoryService) -> None:
        super().__init__(service, owner=OWNER)
        self.looks: list[list[str]] = []
        self.planning = False
        self.error: Exception | None = None
        """What looks at several contexts fail with."""

    def observe_changes(self, *args: Any) -> Any:
        self.planning = True
        yield from super().observe_changes(*args)
        self.planning = False

    def observe(self, contexts: Any, known: Any = MappingProxyType({})) -> Any:
        if not self.planning:
            self.looks.append([context.id for context in contexts])
            if self.error is not None and len(contexts) > 1:
                raise self.error
        yield from super().observe(contexts, known)


@pytest.fixture
def looking(rig: Rig) -> Looking:
    """Seven courses in all, each with two writes for a fill: the entry and the term."""
    for number in range(3, 8):
        rig.canvas.add(course(f"course_{number:02}"))
    looking = rig.connectors["canvas"] = Looking(rig.canvas)
    return looking


def test_courses_that_need_few_writes_are_looked_at_together_for_ten_writes(
    rig: Rig, looking: Looking
) -> None:
    rig.cycle()
    assert [len(look) for look in looking.looks] == [5, 2]
    looking.looks.clear()
    rig.lines |= pool(2, 3, 4)
    rig.cycle()
    assert [len(look) for look in looking.looks] == [3, 3, 1]


def test_a_course_that_needs_many_writes_is_looked_at_alone(rig: Rig, looking: Looking) -> None:
    rig.lines = {f"entry-{number}": EXAM for number in range(1, 11)}
    rig.cycle()
    assert {len(look) for look in looking.looks} == {1}
    assert len(looking.looks) == 7


def test_a_course_in_which_something_is_deleted_is_looked_at_alone(rig: Rig, looking: Looking) -> None:
    rig.cycle()
    looking.looks.clear()
    rig.lines = pool(2)
    rig.cycle()
    assert {len(look) for look in looking.looks} == {1}


@pytest.mark.parametrize("error", [UnavailableError("no answer", operation="list"), LookupError()])
def test_a_look_at_several_that_fails_is_made_at_each_by_itself(
    rig: Rig, looking: Looking, error: Exception
) -> None:
    looking.error = error
    assert not rig.cycle().failures
    assert [len(look) for look in looking.looks] == [5, *[1] * 5, 2, 1, 1]
    assert all(rig.entries(name) == {"entry-1"} for name in rig.canvas.contexts)


def test_what_nobody_foresaw_in_a_look_at_several_is_logged_with_its_place(
    rig: Rig, looking: Looking
) -> None:
    logged: list[tuple[str, dict[str, Any]]] = []

    class Log(NoLog):
        def exception(self, *names: object, **values: object) -> None:
            logged.append((str(names[0]), values))

    rig.log = Log()
    looking.error = LookupError()
    rig.cycle()
    firsts = [look[0] for look in looking.looks if len(look) > 1]
    assert logged == [
        ("unexpected", {"operation": "read", "where": first, "kind": "LookupError"}) for first in firsts
    ]


def test_a_course_that_a_look_at_several_could_not_read_is_left_to_the_next_cycle(rig: Rig) -> None:
    looks: list[Step] = []

    def fault(step: Step) -> BaseException | None:
        if step.operation == "observe" and step.context == ONE and step.moment == "before":
            looks.append(step)
            if len(looks) == 2:
                return UnavailableError("no answer", operation="observe", context=ONE)
        return None

    rig.canvas.fault = fault
    assert [one.where for one in rig.cycle().failures] == [ONE]
    assert (rig.entries(ONE), rig.entries(TWO)) == (set(), {"entry-1"})


def test_no_course_is_looked_at_once_the_credential_is_refused(rig: Rig, looking: Looking) -> None:
    rig.strike({"operation": "create"}, AuthenticationError("revoked", operation="create"), times=99)
    assert len(rig.cycle().failures) == 7
    assert [len(look) for look in looking.looks] == [5]


def test_how_far_it_is_is_told_in_calendars(rig: Rig, looking: Looking) -> None:
    told: list[tuple[int, int]] = []
    rig.progress = lambda stage, done, everything: (
        told.append((done, everything)) if stage == "apply" else None
    )
    rig.cycle()
    assert told[-1] == (8, 8)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert all(everything == 8 for _, everything in told)


def test_a_long_fill_is_told_beforehand_with_writes_and_time(rig: Rig, looking: Looking) -> None:
    logged: list[tuple[str, dict[str, Any]]] = []

    class Log(NoLog):
        def info(self, *names: object, **values: object) -> None:
            logged.append((str(names[0]), values))

    rig.log = Log()
    rig.cycle()
    assert [values for name, values in logged if name == "estimate"] == [
        {
            "writes": 17,
            "seconds": 140,
            "words": "17 writes, at least 2 minutes at the pace the services allow",
        }
    ]
