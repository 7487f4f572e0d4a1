"""What `syncd check` asks the services before anything is written."""

from __future__ import annotations

import pytest

from connectors.memory import Behaviour, MemoryConnector, MemoryService
from syncd.checks.online import MOST_SKEW_S, clock_lines
from syncd.exits import FAILED


class Skewed(MemoryConnector):
    """A service whose clock is not this machine's."""

    def __init__(self, skew_s: float | None) -> None:
        super().__init__(MemoryService(Behaviour.GOOGLE), owner="moor")
        self.skew_s = skew_s


@pytest.mark.parametrize(
    ("skew_s", "words"), [(300.0, "5 minutes behind"), (-7200.0, "120 minutes ahead of")]
)
def test_a_clock_that_differs_by_more_than_two_minutes_is_told(skew_s: float, words: str) -> None:
    (line,) = clock_lines("google", Skewed(skew_s))
    assert (line.about, line.code) == ("google", FAILED)
    assert f"this machine's clock is {words} the service's: set it (NTP)" in line.message


@pytest.mark.parametrize("skew_s", [None, 0.0, MOST_SKEW_S, -MOST_SKEW_S])
def test_a_clock_that_is_right_or_unknown_is_no_matter(skew_s: float | None) -> None:
    assert list(clock_lines("google", Skewed(skew_s))) == []
