"""A long history is read a few lines at a time."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from syncd.state.store import State
from tests.support.state_address import in_a_file
from tests.unit.syncd.state.kept import line, open_state

pytestmark = in_a_file


def test_what_is_not_asked_for_is_not_read(tmp_path: Path) -> None:
    with open_state(tmp_path) as state, state.database.write():
        for number in range(5_000):
            state.ledger.write_line(line(at=float(number)))
    view = State.open_for_reading(tmp_path)
    reads = [0]
    view.database._connection.set_progress_handler(lambda: reads.__setitem__(0, reads[0] + 1), 100)  # type: ignore[attr-defined]
    assert [one.at for one in islice(view.ledger.history(), 3)] == [0.0, 1.0, 2.0]
    few, reads[0] = reads[0], 0
    assert sum(1 for _ in view.ledger.history()) == 5_000
    assert reads[0] > 10 * few
    view.close()


def test_the_bodies_are_read_only_where_they_are_asked_for(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        state.ledger.write_line(line(text="words"), "hash")
        assert [one.text for one in state.ledger.history()] == [""]
        assert [one.text for one in state.ledger.history(texts=True)] == ["words"]
