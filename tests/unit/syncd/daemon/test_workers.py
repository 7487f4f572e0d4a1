"""A worker that falls is logged and counted, and goes on."""

from __future__ import annotations

import threading

import pytest

from mapping.errors import SyncdError
from syncd.daemon.snapshot import SnapshotBoard
from syncd.daemon.workers import Workers
from tests.laws.machine import NoLog


def workers(board: SnapshotBoard, stop: threading.Event | None = None) -> Workers:
    return Workers(NoLog(), board, stop or threading.Event(), pause_s=0.0)


def test_a_worker_that_falls_is_counted_and_begins_anew() -> None:
    board, falls = SnapshotBoard(), iter([ValueError(), OverflowError(), None])

    def work() -> None:
        if error := next(falls):
            raise error

    workers(board).keep("watch", work)
    assert board.read().unexpected == {"watch": 2}


def test_an_error_of_ours_passes_to_whoever_knows_it() -> None:
    with pytest.raises(SyncdError), workers(SnapshotBoard()).unharmed("driver"):
        raise SyncdError


def test_a_stop_ends_a_worker_that_keeps_falling() -> None:
    stop, board = threading.Event(), SnapshotBoard()

    def work() -> None:
        stop.set()
        raise ValueError

    workers(board, stop).keep("web", work)
    assert board.read().unexpected == {"web": 1}
