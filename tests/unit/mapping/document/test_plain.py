"""Problems met while checking are collected and told once."""

from __future__ import annotations

import pytest

from mapping.document.plain import Problems
from mapping.errors import InvalidCalendarError


def test_problems_are_true_once_there_is_one() -> None:
    problems = Problems()
    assert not problems
    problems.add_file("a.yaml", "is empty")
    assert problems


def test_a_problem_met_twice_is_told_once_and_all_are_told_by_file_and_line() -> None:
    problems = Problems()
    for file, line in (("b.yaml", 1), ("a.yaml", 9), ("a.yaml", 2), ("a.yaml", 9)):
        problems.add_file(file, "is odd", line)
    with pytest.raises(InvalidCalendarError) as caught:
        problems.raise_if_any()
    assert [str(problem) for problem in caught.value.problems] == [
        "a.yaml:2: is odd",
        "a.yaml:9: is odd",
        "b.yaml:1: is odd",
    ]
