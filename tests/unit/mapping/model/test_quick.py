"""Values that are quickly defined and made are those that dataclasses would make."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, fields, replace
from typing import Any, ClassVar

import pytest

from mapping.model import Context, Create, FieldChange, Marker, ObservedEvent, Record, Update
from mapping.model.quick import dataclass
from mapping.planning.ownership import Judged

Decorator = Callable[[type], Any]
FORMS = (
    {"frozen": True, "slots": True},
    {"frozen": True, "slots": True, "kw_only": True},
    {"slots": True},
    {"slots": True, "kw_only": True},
)


def shape(decorate: Decorator) -> Any:
    class Shape:
        """What fields may be."""

        limit: ClassVar[int] = 3
        left: int
        right: str = "r"
        many: list[int] = field(default_factory=list)
        secret: str = field(default="s", repr=False)
        note: str = field(default="", compare=False)
        weight: int = field(default=0, hash=False)
        total: int = field(init=False, default=7)
        known: dict[str, int] = field(init=False, default_factory=dict, compare=False)

        def __post_init__(self) -> None:
            self.known["seen"] = self.left

    return decorate(Shape)


def bare(decorate: Decorator) -> Any:
    class Bare:
        """One field, and methods of its own."""

        one: int

        def __repr__(self) -> str:
            return f"<{self.one}>"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 5

    return decorate(Bare)


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("write", [shape, bare])
def test_a_class_is_what_dataclasses_would_make_of_it(
    write: Callable[[Decorator], Any], form: dict[str, bool]
) -> None:
    ours, theirs = write(dataclass(**form)), write(dataclasses.dataclass(**form))
    assert str(inspect.signature(ours)) == str(inspect.signature(theirs))
    for name in (
        "__slots__",
        "__match_args__",
        "__doc__",
        "__module__",
        "__qualname__",
        "__annotations__",
    ):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert repr(ours.__dataclass_params__) == repr(theirs.__dataclass_params__)
    assert [str(one) for one in fields(ours)] == [str(one) for one in fields(theirs)]
    assert (ours.__hash__ is None) == (theirs.__hash__ is None)
    assert {name for name in vars(theirs) if callable(getattr(theirs, name))} == {
        name for name in vars(ours) if callable(getattr(ours, name))
    }


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_value_does_what_one_of_dataclasses_does(form: dict[str, bool]) -> None:
    def told(kind: Any) -> list[object]:
        made, same = kind(left=1, many=[2], note="a"), kind(left=1, many=[2], note="b")
        other = replace(made, right="x")
        compared = [made == same, made == other, made == 1, made != same, made == kind(left=1)]
        shown = [repr(made), repr(other), dataclasses.asdict(other), made.known, made.total]
        copied = [copy.copy(made) == made, copy.deepcopy(made).many is made.many]
        return [*compared, *shown, *copied, kind(left=1).many is kind(left=1).many]

    ours, theirs = shape(dataclass(**form)), shape(dataclasses.dataclass(**form))
    assert told(ours) == told(theirs)
    # Once more: what compares has been compiled by now.
    assert told(ours) == told(theirs)
    for wrong in ({}, {"left": 1, "middle": 2}, {"left": 1, "total": 8}):
        with pytest.raises(TypeError) as refused:
            theirs(**wrong)
        with pytest.raises(TypeError) as again:
            ours(**wrong)
        assert str(again.value) == str(refused.value)


def test_a_methods_own_text_stays() -> None:
    made = bare(dataclass(frozen=True, slots=True))(1)
    assert (repr(made), made == 2, hash(made)) == ("<1>", True, 5)


def test_a_frozen_value_is_kept_hashed_and_pickled() -> None:
    made = Marker(owner="o", key="k", context="c", fingerprint="f")
    assert made == Marker(owner="o", key="k", context="c", fingerprint="f", generation=0)
    assert hash(made) == hash(replace(made)) == hash(("o", "k", "c", "f", 0))
    assert replace(made, generation=2).generation == 2
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own
    for name in ("owner", "unknown"):
        with pytest.raises(FrozenInstanceError, match=f"cannot assign to field '{name}'"):
            setattr(made, name, "other")
        with pytest.raises(FrozenInstanceError, match=f"cannot delete field '{name}'"):
            delattr(made, name)


def test_a_class_that_inherits_or_asks_for_more_is_left_to_dataclasses() -> None:
    @dataclass(frozen=True, slots=True)
    class Base:
        left: int

    @dataclass(frozen=True, slots=True)
    class Derived(Base):
        right: int = 2

    @dataclass(frozen=True, slots=True, order=True)
    class Ordered:
        left: int

    @dataclass
    class Open:
        left: int

    assert (Derived(1).left, Derived(1).right, Derived(1) == Derived(1)) == (1, 2, True)
    assert sorted([Ordered(2), Ordered(1)]) == [Ordered(1), Ordered(2)]
    opened = Open(1)
    opened.more = 2  # type: ignore[attr-defined]
    assert vars(opened) == {"left": 1, "more": 2}


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
