"""How seldom garbage is looked for, and in what."""

from __future__ import annotations

import gc

from syncd.garbage import seldom_collected, without_what_stays


def test_looks_are_as_often_as_before_once_it_is_over() -> None:
    before = gc.get_threshold()
    with seldom_collected(123_456):
        assert gc.get_threshold() == (123_456, *before[1:])
    assert gc.get_threshold() == before


def test_what_is_there_is_left_out_until_it_is_over() -> None:
    stays: list[list[int]] = [[]]
    with without_what_stays():
        assert not any(one is stays for one in gc.get_objects())
    assert any(one is stays for one in gc.get_objects())
