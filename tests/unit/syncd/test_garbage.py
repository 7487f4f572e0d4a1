"""How seldom garbage is looked for, and in what."""

from __future__ import annotations

import gc

import pytest

from syncd.cli import console
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


def test_a_command_ends_without_a_look_through_all_that_is_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["syncd", "--version"])
    try:
        with pytest.raises(SystemExit):
            console()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
    assert capsys.readouterr().out.startswith("syncd ")
