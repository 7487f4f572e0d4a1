"""Which edition counts, where several machines have copies that are never equal at all times."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncd.state.candidates import Candidates, Kind, Offer
from tests.unit.syncd.state.kept import open_state


class Machines:
    """Offers of several machines to one state, each word a digest."""

    def __init__(self, candidates: Candidates) -> None:
        self._candidates = candidates
        self._now = 0.0

    def offer(self, machine: str, digest: str, *, seen: bool = True, by_hand: bool = False) -> Offer:
        self._now += 1.0
        return self._candidates.offer(
            Kind.CALENDAR, digest, machine=machine, seen_to_change=seen, by_hand=by_hand, now=self._now
        )

    @property
    def served(self) -> str:
        return self._candidates.current()[Kind.CALENDAR]


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    with open_state(tmp_path) as state:
        yield Machines(Candidates(state.database))


def test_the_first_machine_says_what_is_served(machines: Machines) -> None:
    assert machines.offer("a", "v1", seen=False) is Offer.ACCEPTED
    assert machines.offer("b", "v1", seen=False) is Offer.CURRENT
    assert machines.served == "v1"


def test_an_edit_of_what_is_served_is_taken_from_any_machine(machines: Machines) -> None:
    machines.offer("a", "v1")
    machines.offer("b", "v1")
    assert machines.offer("a", "v2") is Offer.ACCEPTED
    assert machines.offer("b", "v2") is Offer.CURRENT
    assert machines.offer("b", "v3") is Offer.ACCEPTED


def test_a_late_copy_reverts_nothing(machines: Machines) -> None:
    for machine in "ab":
        machines.offer(machine, "v1")
    machines.offer("a", "v2")
    assert machines.offer("b", "v1", seen=False) is Offer.STALE
    machines.offer("a", "v3")
    assert machines.offer("b", "v2") is Offer.STALE
    assert machines.offer("b", "v3") is Offer.CURRENT
    assert machines.served == "v3"


def test_an_edit_made_from_a_late_copy_waits_for_a_person(machines: Machines) -> None:
    for machine in "ab":
        machines.offer(machine, "v1")
    machines.offer("a", "v2")
    assert machines.offer("b", "v1-edited") is Offer.UNKNOWN
    assert machines.served == "v2"
    assert machines.offer("b", "v1-edited", by_hand=True) is Offer.ACCEPTED
    assert machines.served == "v1-edited"


def test_an_edit_made_while_no_process_ran_is_taken_if_the_machine_was_up_to_date(machines: Machines) -> None:
    machines.offer("a", "v1")
    assert machines.offer("a", "v2", seen=False) is Offer.ACCEPTED
    assert machines.offer("c", "v3", seen=False) is Offer.UNKNOWN


def test_a_folder_put_back_while_no_process_ran_is_a_late_copy_and_one_seen_to_be_put_back_is_an_edit(
    machines: Machines,
) -> None:
    machines.offer("a", "v1")
    machines.offer("a", "v2")
    assert machines.offer("a", "v1", seen=False) is Offer.STALE
    assert machines.offer("a", "v2") is Offer.CURRENT
    assert machines.offer("a", "v1", seen=True) is Offer.ACCEPTED


def test_calendar_and_targets_are_told_apart(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        candidates = Candidates(state.database)
        for kind, digest in ((Kind.CALENDAR, "c1"), (Kind.TARGETS, "t1")):
            candidates.offer(kind, digest, machine="a", seen_to_change=False, by_hand=False, now=1.0)
        assert candidates.current() == {Kind.CALENDAR: "c1", Kind.TARGETS: "t1"}
