"""Values that are made in half the time are those that dataclasses would make."""

from __future__ import annotations

import inspect
from dataclasses import FrozenInstanceError, dataclass, fields, replace

import pytest

from mapping.model import Context, Create, FieldChange, Marker, ObservedEvent, Record, Update
from mapping.model.quick import quickly_made
from mapping.planning.ownership import Judged


@pytest.mark.parametrize(
    "kind", [Context, Create, FieldChange, Judged, Marker, ObservedEvent, Record, Update]
)
def test_parameters_and_defaults_are_the_fields(kind: type) -> None:
    told = inspect.signature(kind).parameters
    assert list(told) == [one.name for one in fields(kind)]
    for one in fields(kind):
        keyword = told[one.name].kind is inspect.Parameter.KEYWORD_ONLY
        assert (keyword, told[one.name].annotation) == (one.kw_only, one.type)
    made = kind(**{one.name: one.name for one in fields(kind)})
    assert [getattr(made, one.name) for one in fields(kind)] == [one.name for one in fields(kind)]


def test_a_value_stays_frozen_comparable_and_replaceable() -> None:
    made = Marker(owner="o", key="k", context="c", fingerprint="f")
    assert made == Marker(owner="o", key="k", context="c", fingerprint="f", generation=0)
    assert hash(made) == hash(replace(made))
    assert replace(made, generation=2).generation == 2
    with pytest.raises(FrozenInstanceError):
        made.owner = "other"  # type: ignore[misc]


def test_a_parameter_that_is_missing_or_unknown_is_refused() -> None:
    @quickly_made
    @dataclass(frozen=True, slots=True)
    class Pair:
        left: int
        right: int = 2

    assert Pair(1) == Pair(left=1, right=2)
    with pytest.raises(TypeError, match="left"):
        Pair()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="middle"):
        Pair(1, middle=2)  # type: ignore[call-arg]
