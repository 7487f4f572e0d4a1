"""Contexts are packed into calls so that their pages are as few as can be."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.canvas.packing import pack, pages_for
from mapping.model import Context


def contexts(*counts: int) -> list[Context]:
    return [
        Context(id=f"course_{number}", kind="canvas", target="t", expected_events=count)
        for number, count in enumerate(counts)
    ]


def pages(batches: Sequence[tuple[Context, ...]]) -> int:
    return sum(pages_for(sum(one.expected_events for one in batch)) for batch in batches)


@pytest.mark.parametrize(
    ("courses", "events", "calls"),
    [
        (1000, 36, 375),
        (1000, 40, 400),
        (1000, 0, 100),
        (1000, 10, 100),
        (8, 36, 3),
        (10, 100, 10),
        (1, 250, 3),
    ],
)
def test_uniform_courses_cost_the_fewest_pages(courses: int, events: int, calls: int) -> None:
    assert pages(pack(contexts(*[events] * courses))) == calls


def test_a_sweep_of_a_thousand_courses_stays_within_a_twentieth_of_the_least_possible() -> None:
    for events in (0, 5, 10, 20, 36, 40, 50):
        least = max(1000 / 10, 1000 * events / 100)
        assert pages(pack(contexts(*[events] * 1000))) <= 1.05 * least, events


def test_equal_pages_take_fewer_calls() -> None:
    assert len(pack(contexts(*[10] * 20))) == 2


@given(st.lists(st.integers(0, 300), max_size=60))
def test_every_context_is_in_exactly_one_call_of_at_most_ten(counts: list[int]) -> None:
    asked = contexts(*counts)
    packed = pack(asked)
    assert [one for batch in packed for one in batch] == asked
    assert all(1 <= len(batch) <= 10 for batch in packed)


@given(st.lists(st.integers(0, 300), min_size=1, max_size=40))
def test_packing_never_costs_more_pages_than_tens_or_singles(counts: list[int]) -> None:
    asked = contexts(*counts)
    tens = [tuple(asked[at : at + 10]) for at in range(0, len(asked), 10)]
    singles = [(one,) for one in asked]
    assert pages(pack(asked)) <= min(pages(tens), pages(singles))
