"""Which looks leave nothing to say, and what the next one must find the same so that this still holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mapping.model import (
    ContextPlan,
    Copies,
    Delete,
    Drift,
    Finding,
    FindingKind,
    Past,
    Target,
    Unstored,
    Why,
)
from mapping.planning.settled import MOST_OTHERS, mark, settled_basis, settles, still_settled
from tests.support.events import desired, observed, record

TARGET = Target(name="autumn", kind="canvas", place="", languages=("en",))
WISH = desired()
PLAN = ContextPlan(
    context="course_7",
    changes=(),
    unchanged=1,
    findings=(),
    records=(record(WISH),),
    respected=frozenset(),
)
REST = Unstored(key="k", wish="w", times=2, stamp="s", made="m", words="cut", tried_at=1.0)
BASIS = settled_basis({WISH.key: WISH}, TARGET, "mnu")
DAY = date(2031, 10, 9)


def others(count: int) -> dict[str, str]:
    return {str(number): "v" for number in range(count)}


def test_a_spotless_look_settles() -> None:
    assert settles(PLAN, TARGET)
    assert settles(replace(PLAN, others=others(MOST_OTHERS)), TARGET)


@pytest.mark.parametrize(
    "given",
    [
        {"changes": (Delete(context="course_7", key="k", why=Why.EDIT, observed=observed(WISH)),)},
        {"findings": (Finding(kind=FindingKind.NOT_STORED, context="course_7", key="k", title="T"),)},
        {"respected": frozenset({"k"})},
        {"unstored": (REST,)},
        {"unknown": frozenset({"k"})},
        {"emptied": True},
        {"records": (), "unchanged": 0},
        {"unchanged": 0},
        {"unchanged": 2},
        {"others": others(MOST_OTHERS + 1)},
    ],
    ids=" ".join,
)
def test_whatever_is_left_to_say_keeps_a_look_from_settling(given: dict[str, Any]) -> None:
    assert not settles(replace(PLAN, **given), TARGET)


@pytest.mark.parametrize("drift", [Drift.REPORT, Drift.KEEP])
def test_where_drift_is_not_repaired_no_look_settles(drift: Drift) -> None:
    assert not settles(PLAN, replace(TARGET, drift=drift))


@pytest.mark.parametrize(
    "other",
    [
        {"drift": Drift.REPORT},
        {"respect_deletions": True},
        {"copies": Copies.REPORT},
        {"past": Past.SYNC},
        {"timezone": "Europe/Lisbon"},
    ],
    ids=" ".join,
)
def test_each_policy_of_the_target_is_part_of_what_a_look_rests_on(other: dict[str, Any]) -> None:
    assert settled_basis({WISH.key: WISH}, replace(TARGET, **other), "mnu") != BASIS


def test_wishes_and_surroundings_are_part_of_what_a_look_rests_on() -> None:
    new, second = desired(title="Another title"), desired("b")
    bases = {
        BASIS,
        settled_basis({}, TARGET, "mnu"),
        settled_basis({WISH.key: new}, TARGET, "mnu"),
        settled_basis({second.key: WISH}, TARGET, "mnu"),
        settled_basis({WISH.key: WISH, second.key: second}, TARGET, "mnu"),
        settled_basis({WISH.key: WISH}, TARGET, "other"),
        settled_basis({WISH.key: WISH}, TARGET, "m", "nu"),
        settled_basis({WISH.key: WISH}, TARGET),
    }
    assert len(bases) == 8
    both = {WISH.key: WISH, second.key: second}
    assert settled_basis(both, TARGET) == settled_basis(dict(reversed(both.items())), TARGET)
    assert len(settled_basis(both, TARGET)) == 32


def test_what_was_settled_is_so_on_the_same_day_and_later_and_never_earlier() -> None:
    remembered = mark(BASIS, DAY)
    assert still_settled(remembered, BASIS, DAY)
    assert still_settled(remembered, BASIS, date(2032, 1, 1))
    assert not still_settled(remembered, BASIS, date(2031, 10, 8))


@pytest.mark.parametrize(
    "remembered", ["", "@", "@2031-10-01", BASIS, f"{BASIS}@", f"{BASIS[:-1]}@2031-10-01"]
)
def test_nothing_else_that_is_remembered_settles(remembered: str) -> None:
    assert not still_settled(remembered, BASIS, DAY)
    assert not still_settled(remembered, "", DAY)
