"""When a context that is exactly as its last look left it is planned all the same."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mapping.model import Action, Drift
from syncd.reconcile.runtime import Runtime
from syncd.state.store import State
from tests.support.almanac import TARGETS, Line
from tests.support.rig import KEY, ONE, OPEN, TWO, Rig, pool
from tests.support.state_address import state_address


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """Everything filled, and looked at once more: no context has anything left to say."""
    rig = Rig(tmp_path, lines=pool(1, 2, 3))
    for _ in range(2):
        rig.cycle().close()
    yield rig
    rig.state.close()


def planned(rig: Rig, **scope: Any) -> int:
    """How many contexts the next cycle plans."""
    with closing(rig.cycle(**scope)) as report:
        return len(report.observed) - report.as_recorded


def test_what_nobody_touched_is_not_planned_and_counts_as_before(rig: Rig) -> None:
    with closing(rig.cycle()) as report:
        assert report.as_recorded == len(report.observed) == 3
        assert report.unchanged == sum(len(rig.keys(context)) for context in (ONE, TWO, OPEN))
        assert not report.pending()
    assert {note.in_step_at for note in rig.state.events.notes().values()} == {rig.now}
    assert {note.observed_at for note in rig.state.events.notes().values()} == {rig.now}


def with_targets(**given: Any) -> Callable[[Rig], None]:
    def change(rig: Rig) -> None:
        rig.targets = tuple(replace(target, **given) for target in TARGETS.targets)

    return change


def put_entry(rig: Rig) -> None:
    rig.lines["entry-1"] = Line(11, 1, 0, "all")


def open_intents(rig: Rig) -> None:
    for name in (ONE, TWO, OPEN):
        note = rig.state.events.notes()[name]
        with rig.state.database.write() as connection:
            row = connection.execute("SELECT epoch FROM contexts WHERE context = ?", (name,)).fetchone()
            assert row is not None
        rig.state.events.open_intent(note.context, row[0], KEY, Action.UPDATE, now=rig.now)


def day_before(rig: Rig) -> None:
    rig.today -= timedelta(days=1)


def look_again(rig: Rig) -> None:
    rig.state.events.look_again((ONE, TWO, OPEN), now=rig.now)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(put_entry, id="another calendar"),
        pytest.param(with_targets(timezone="Europe/Lisbon"), id="another zone"),
        pytest.param(with_targets(drift=Drift.REPORT), id="drift that is reported"),
        pytest.param(with_targets(languages=("en",)), id="another language"),
        pytest.param(open_intents, id="a write that was begun"),
        pytest.param(day_before, id="an earlier day"),
        pytest.param(look_again, id="a look that was asked for"),
    ],
)
def test_with_something_else_different_every_context_is_planned(
    rig: Rig, change: Callable[[Rig], None]
) -> None:
    change(rig)
    assert planned(rig) == 3


@pytest.mark.parametrize(
    ("place", "other"),
    [
        pytest.param("syncd.reconcile.short_way.in_use", lambda: "tzdata 2099a", id="zone rules"),
        pytest.param("tests.support.rig.Runtime", partial(Runtime, version="9.9"), id="version"),
        pytest.param(
            "tests.support.rig.TARGETS", replace(TARGETS, timezone="Europe/Lisbon"), id="campus zone"
        ),
    ],
)
def test_under_other_surroundings_every_context_is_planned(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, place: str, other: object
) -> None:
    monkeypatch.setattr(place, other)
    assert planned(rig, dry=True) == 3


def test_of_too_many_events_of_others_none_is_remembered(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("syncd.reconcile.short_way", "mapping.planning.settled"):
        monkeypatch.setattr(f"{module}.MOST_OTHERS", 1)
    typed = replace(rig.canvas.events(ONE)[0], marker=None, body="")
    rig.canvas.write(ONE, replace(typed, id="own", title="Consultation"))
    assert planned(rig) == 1
    assert rig.state.events.versions_of_others(ONE).keys() == {"own"}
    rig.canvas.write(ONE, replace(typed, id="second", title="Field trip"))
    assert planned(rig) == 1
    assert rig.state.events.versions_of_others(ONE) == {}
    assert planned(rig) == 1


def test_a_later_day_alone_changes_nothing(rig: Rig) -> None:
    rig.today += timedelta(days=1)
    assert planned(rig) == 0


def test_an_edit_that_waits_is_planned_beside_the_calendar_in_force(rig: Rig) -> None:
    rig.publish = "manual"
    put_entry(rig)
    assert planned(rig) == 3
    assert planned(rig) == 3


def test_a_target_to_be_emptied_is_planned(rig: Rig) -> None:
    assert planned(rig, retire=True, targets=frozenset({"autumn"}), dry=True) == 2


def test_a_deletion_that_is_respected_is_told_of_each_time(rig: Rig) -> None:
    rig.canvas.erase(ONE, rig.keys()[KEY])
    for _ in range(3):
        with closing(rig.cycle()) as report:
            assert {one.context for one in report.findings} == {ONE}
    assert planned(rig) == 1


def test_a_context_that_was_written_is_planned_until_it_was_read_in_step(rig: Rig) -> None:
    put_entry(rig)
    assert planned(rig) == 3
    assert planned(rig) == 3
    assert planned(rig) == 0


def test_events_of_others_are_remembered_and_a_change_to_one_is_seen(rig: Rig) -> None:
    typed = replace(rig.canvas.events(ONE)[0], id="own", title="Consultation", marker=None, body="")
    rig.canvas.write(ONE, typed)
    assert planned(rig) == 1
    assert planned(rig) == 0
    assert rig.state.events.versions_of_others(ONE).keys() == {"own"}
    rig.canvas.write(ONE, replace(typed, title="Moved"))
    assert planned(rig) == 1
    rig.canvas.erase(ONE, "own")
    assert planned(rig) == 1
    assert rig.state.events.versions_of_others(ONE) == {}


def test_a_new_process_goes_on_with_what_the_last_one_settled(rig: Rig) -> None:
    rig.state.close()
    rig.state = State.open(state_address(rig.folder), now=rig.now)
    assert planned(rig) == 0
