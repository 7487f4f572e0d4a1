"""Discovery remembers how long each target's list was, and takes nothing from a service before it knows who we are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import pytest

from connectors.errors import UnavailableError
from connectors.port import Account, Discovery
from mapping.model import Target
from syncd.errors import RefusedError
from syncd.state.ledger import FOUND_FACT
from tests.support.almanac import OWNER
from tests.support.rig import ONE, OPEN, Rig, Talking

Told = list[tuple[str, dict[str, int]]]


@pytest.fixture
def told(rig: Rig) -> Told:
    """What each discovery was told, in order."""
    told: Told = []

    class Expecting(Talking):
        def discover_expecting(
            self, targets: Sequence[Target], expected: Mapping[str, int]
        ) -> Iterator[Discovery]:
            told.append((self.kind, dict(expected)))
            yield from self.discover(targets)

    talk_through(rig, Expecting)
    return told


def talk_through(rig: Rig, connector: type[Talking]) -> None:
    """A class of its own for each test: what a class can do is asked once."""
    for kind, service in (("canvas", rig.canvas), ("google", rig.google)):
        rig.connectors[kind] = connector(service, owner=OWNER)


def test_the_next_pass_is_told_how_many_contexts_each_target_had(rig: Rig, told: Told) -> None:
    rig.cycle()
    rig.cycle(targets=frozenset({"open"}))
    rig.cycle()
    first, *later = [expected for kind, expected in told if kind == "canvas"]
    assert first == {}
    assert later == [{"autumn": 2, "open": 1}] * 2


def test_what_could_not_be_read_counts_as_it_did_before(rig: Rig, told: Told) -> None:
    rig.cycle()
    rig.connectors["canvas"].unread = frozenset({"autumn"})
    rig.cycle()
    rig.connectors["canvas"].broken = True
    rig.cycle()
    rig.connectors["canvas"].broken = False
    rig.cycle()
    assert [expected for kind, expected in told if kind == "canvas"][1:] == [{"autumn": 2, "open": 1}] * 3


@pytest.mark.parametrize("kept", ["[]", '{"autumn": "many"}', '{"autumn": null}', "none"])
def test_an_odd_value_in_the_state_is_no_length(rig: Rig, told: Told, kept: str) -> None:
    rig.state.ledger.set_fact(FOUND_FACT, kept)
    assert not rig.cycle().failures
    assert next(expected for kind, expected in told if kind == "canvas") == {}


def test_a_service_that_lists_its_courses_but_not_our_account_is_left_out(rig: Rig) -> None:
    class HalfSilent(Talking):
        def sign_in(self) -> Callable[[], Account]:
            return self._account

        def _account(self) -> Account:
            if self.kind == "canvas":
                raise UnavailableError("no answer", operation="read account")
            return self.account()

    talk_through(rig, HalfSilent)
    report = rig.cycle()
    assert [one.where for one in report.failures] == ["canvas"]
    assert {*report.contexts} == {OPEN}
    assert rig.keys(ONE) == {}


def test_of_another_server_nothing_is_taken_that_was_asked_beside_the_account(rig: Rig) -> None:
    rig.cycle()

    class Another(Talking):
        def sign_in(self) -> Callable[[], Account]:
            return lambda: replace(self.account(), endpoint="another.example.edu")

    talk_through(rig, Another)
    before = rig.state.ledger.fact(FOUND_FACT), rig.keys()
    with pytest.raises(RefusedError, match=r"another\.example\.edu"):
        rig.cycle()
    assert (rig.state.ledger.fact(FOUND_FACT), rig.keys()) == before
