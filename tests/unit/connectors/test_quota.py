"""What was spent of a quota: counted until it is free again, told on in few items."""

from __future__ import annotations

from connectors.quota import MOST_SECONDS, SpentUnits


def test_units_count_until_their_moment_whoever_spent_them() -> None:
    spent = SpentUnits([(30.0, 2), (10.0, 1)])
    spent.add(40.0, 4)
    assert [spent.units(now) for now in (9.9, 10.0, 30.0, 40.0)] == [7, 6, 4, 0]


def test_the_moment_is_told_at_which_so_many_are_free() -> None:
    spent = SpentUnits([(10.0, 1), (30.0, 2)])
    assert [spent.free_at(missing) for missing in (1, 2, 3, 4)] == [10.0, 30.0, 30.0, float("-inf")]


def test_only_what_was_spent_here_is_told_on_and_never_as_free_too_early() -> None:
    spent = SpentUnits([(70.0, 5)])
    for moment in (60.2, 60.9, 61.1):
        spent.add(moment, 1)
    assert spent.here(0.0) == [(61.0, 2), (62.0, 1)]
    assert spent.here(61.0) == [(62.0, 1)]


def test_what_is_told_on_stays_small_where_nobody_asks() -> None:
    spent = SpentUnits()
    for second in range(10_000):
        spent.units(second)
        spent.add(second + 60.0, 1)
    assert len(spent.here(0.0)) == MOST_SECONDS
    assert len(spent.here(9_999.0)) == 60
