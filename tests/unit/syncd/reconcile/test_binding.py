"""Binding: a state belongs to one owner, one server of each kind, and the zones it was written under."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.port import Account
from syncd.errors import RefusedError
from syncd.reconcile.binding import bind, check_endpoint, check_owner, guard_zones
from syncd.state.ledger import Ledger
from syncd.state.store import State
from tests.support.state_address import state_address

CANVAS = Account(endpoint="canvas.example/accounts/1", user="7", timezone="Asia/Almaty")
GOOGLE = Account(endpoint="www.example")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    state = State.open(state_address(tmp_path), now=0.0)
    bind(state.ledger, "harbour", "Asia/Almaty", {"canvas": CANVAS, "google": GOOGLE})
    yield state.ledger
    state.close()


def test_a_new_state_belongs_to_whoever_comes(tmp_path: Path) -> None:
    state = State.open(state_address(tmp_path), now=0.0)
    check_owner(state.ledger, "anybody")
    check_endpoint(state.ledger, "canvas", CANVAS)
    assert guard_zones(state.ledger, "Asia/Tokyo", {"canvas": CANVAS}) == ()
    state.close()


def test_a_state_serves_its_own_owner_and_servers_quietly(ledger: Ledger) -> None:
    check_owner(ledger, "harbour")
    check_endpoint(ledger, "canvas", CANVAS)
    check_endpoint(ledger, "google", GOOGLE)
    assert guard_zones(ledger, "Asia/Almaty", {"canvas": CANVAS, "google": GOOGLE}) == ()


def test_another_owner_is_refused_with_the_command_that_takes_over(ledger: Ledger) -> None:
    with pytest.raises(RefusedError, match="syncd adopt --from harbour"):
        check_owner(ledger, "neighbour")


def test_another_owner_may_take_over_from_the_one_known_and_from_no_other(ledger: Ledger) -> None:
    check_owner(ledger, "neighbour", "harbour")
    with pytest.raises(RefusedError):
        check_owner(ledger, "neighbour", "somebody")


@pytest.mark.parametrize("endpoint", ["test.example/accounts/1", "canvas.example/accounts/2"])
def test_another_server_or_root_account_is_refused(ledger: Ledger, endpoint: str) -> None:
    with pytest.raises(RefusedError, match="Use another SYNCD_STATE_DIR"):
        check_endpoint(ledger, "canvas", Account(endpoint=endpoint))


def test_another_zone_of_the_token_user_holds_that_kind(ledger: Ledger) -> None:
    moved = Account(endpoint=CANVAS.endpoint, timezone="America/Denver")
    hits = guard_zones(ledger, "Asia/Almaty", {"canvas": moved, "google": GOOGLE})
    assert [(hit.level, hit.scope) for hit in hits] == [("kind", "canvas")]


def test_another_campus_zone_holds_everything(ledger: Ledger) -> None:
    assert [hit.level for hit in guard_zones(ledger, "Asia/Tokyo", {"canvas": CANVAS})] == ["all"]


def test_a_zone_is_remembered_until_another_one_is_bound(ledger: Ledger) -> None:
    bind(ledger, "harbour", "Asia/Tokyo", {"canvas": CANVAS})
    assert guard_zones(ledger, "Asia/Tokyo", {}) == ()
    assert guard_zones(ledger, "Asia/Almaty", {})


def test_a_service_that_names_no_zone_forgets_none(ledger: Ledger) -> None:
    bind(ledger, "harbour", "Asia/Almaty", {"canvas": Account(endpoint=CANVAS.endpoint)})
    moved = Account(endpoint=CANVAS.endpoint, timezone="America/Denver")
    assert guard_zones(ledger, "Asia/Almaty", {"canvas": moved})
