"""A status that is told again and again."""

from __future__ import annotations

import io
import sys

import pytest

from syncd.commands.shared.watching import EVERY_S, again_and_again


class Screen(io.TextIOWrapper):
    """A terminal that keeps what was drawn on it."""

    def isatty(self) -> bool:
        return True


def slept(times: int, waits: list[float]) -> object:
    """A sleep that somebody interrupts after so many times."""

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) > times:
            raise KeyboardInterrupt

    return sleep


def told(codes: list[int]) -> object:
    def run() -> int:
        sys.stdout.write(f"{len(codes)} left\n")
        return codes.pop(0)

    return run


def test_it_is_told_until_somebody_interrupts_and_the_last_answer_is_the_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    waits: list[float] = []
    assert again_and_again(told([0, 3, 1]), sleep=slept(2, waits)) == 1  # type: ignore[arg-type]
    assert waits == [EVERY_S] * 3
    assert capsys.readouterr().out == "3 left\n\n2 left\n\n1 left\n\n"


@pytest.mark.parametrize(("kind", "cleared"), [("xterm", 2), ("dumb", 0)])
def test_a_terminal_that_can_shows_the_last_answer_alone(
    kind: str, cleared: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = io.BytesIO()
    monkeypatch.setenv("TERM", kind)
    monkeypatch.setattr(sys, "stdout", Screen(kept, encoding="utf-8"))
    again_and_again(told([0, 0]), sleep=slept(1, []))  # type: ignore[arg-type]
    assert kept.getvalue().count(b"\x1b[2J") == cleared
    assert kept.getvalue().endswith(b"1 left\n\n")
