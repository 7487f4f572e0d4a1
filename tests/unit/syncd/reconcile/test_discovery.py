"""Discovery remembers how long each target's list was, and tells a connector that can use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest

from connectors.port import Discovery
from mapping.model import Target
from syncd.state.ledger import FOUND_FACT
from tests.support.rig import Rig, Talking

Told = list[tuple[str, dict[str, int]]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What each discovery was told, in order."""
    told: Told = []

    def expecting(
        self: Talking, targets: Sequence[Target], expected: Mapping[str, int]
    ) -> Iterator[Discovery]:
        told.append((self.kind, dict(expected)))
        yield from self.discover(targets)

    monkeypatch.setattr(Talking, "discover_expecting", expecting, raising=False)
    return told


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
