"""Dataclasses with slots that are quickly defined and quickly made.

`dataclasses` of Python 3.11 compiles each method of each class by itself, six for a frozen one, in every process: more
than a tenth of what a short command takes. And a frozen one's ``__init__`` sets each field through `object.__setattr__`.
Here ``__init__`` alone is compiled at once, and fills the slots themselves.
"""

from __future__ import annotations

import dataclasses
import reprlib
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

_Fields = tuple[Field[Any], ...]
_Methods = dict[str, Callable[..., Any]]


class _Factory:
    """Default of a parameter that stands for what its field's factory makes."""

    def __repr__(self) -> str:
        return "<factory>"


_FACTORY = _Factory()


def _quickly(
    kind: type | None = None,
    /,
    *,
    frozen: bool = False,
    slots: bool = False,
    kw_only: bool = False,
    **more: bool,
) -> Any:
    """`dataclasses.dataclass`: whoever uses the class sees no difference.

    A class without slots, one with bases, and whatever else is asked for is left to `dataclasses` as a whole.
    """

    def made(plain: type) -> type:
        if not slots or more or plain.__bases__ != (object,):
            return dataclasses.dataclass(frozen=frozen, slots=slots, kw_only=kw_only, **more)(plain)
        return _made(plain, frozen=frozen, kw_only=kw_only)

    return made if kind is None else made(kind)


# Type checkers know a dataclass by this name alone.
if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _quickly


def _made(plain: type, *, frozen: bool, kw_only: bool) -> type:
    written = frozenset(plain.__dict__)
    kind: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(plain)
    params = kind.__dataclass_params__
    params.init, params.repr, params.eq, params.frozen = True, True, True, frozen
    fields = dataclasses.fields(kind)
    methods = {
        "__init__": _init(kind, fields, frozen=frozen),
        "__repr__": _repr(fields),
        "__eq__": _eq(kind, fields),
    }
    if frozen:
        methods |= {"__hash__": _hash(kind, fields), **_kept(kind, fields)}
    for name, method in methods.items():
        if name not in written:
            method.__qualname__ = f"{kind.__qualname__}.{name}"
            setattr(kind, name, method)
    if not frozen and "__hash__" not in written:
        kind.__hash__ = None
    return kind  # type: ignore[no-any-return]


def _compiled(name: str, lines: Sequence[str], known: dict[str, Any]) -> Callable[..., Any]:
    exec("\n".join(lines), known)  # noqa: S102 - as dataclasses does
    method: Callable[..., Any] = known[name]
    return method


def _init(kind: Any, fields: _Fields, *, frozen: bool) -> Callable[..., None]:
    known: dict[str, Any] = {"FACTORY": _FACTORY, "__name__": kind.__module__}
    positional, named, lines = ["self"], list[str](), list[str]()
    for one in fields:
        name, value, default = one.name, one.name, ""
        if one.default is not MISSING:
            known[f"default_{name}"] = one.default
            value, default = (name if one.init else f"default_{name}"), f"=default_{name}"
        elif one.default_factory is not MISSING:
            known[f"factory_{name}"] = one.default_factory
            made = f"factory_{name}()"
            value, default = (f"{made} if {name} is FACTORY else {name}" if one.init else made), "=FACTORY"
        elif not one.init:
            continue
        if one.init:
            (named if one.kw_only else positional).append(f"{name}{default}")
        if frozen:
            known[f"fill_{name}"] = kind.__dict__[name].__set__
        lines.append(f" fill_{name}(self, {value})" if frozen else f" self.{name} = {value}")
    if hasattr(kind, "__post_init__"):
        lines.append(" self.__post_init__()")
    parameters = ", ".join([*positional, *(["*", *named] if named else [])])
    init = _compiled("__init__", [f"def __init__({parameters}):", *(lines or [" pass"])], known)
    init.__annotations__ = {one.name: one.type for one in fields if one.init} | {"return": None}
    return init


def _eq(kind: Any, fields: _Fields) -> Callable[[object, object], bool]:
    names = [one.name for one in fields if one.compare]

    def compare(self: object, other: object) -> bool:
        """Compile what compares the fields, which is used from then on: most classes are never compared."""
        kind.__eq__ = _compiled(
            "__eq__",
            [
                "def __eq__(self, other):",
                " if other.__class__ is self.__class__:",
                f"  return {_tuple('self', names)} == {_tuple('other', names)}",
                " return NotImplemented",
            ],
            {"__name__": kind.__module__},
        )
        return kind.__eq__(self, other)  # type: ignore[no-any-return]

    return compare


def _hash(kind: Any, fields: _Fields) -> Callable[[object], int]:
    names = [one.name for one in fields if (one.compare if one.hash is None else one.hash)]

    def compute(self: object) -> int:
        """Compile it likewise."""
        kind.__hash__ = _compiled(
            "__hash__",
            ["def __hash__(self):", f" return hash({_tuple('self', names)})"],
            {"__name__": kind.__module__},
        )
        return kind.__hash__(self)  # type: ignore[no-any-return]

    return compute


def _tuple(value: str, names: list[str]) -> str:
    return f"({''.join([f'{value}.{name},' for name in names])})"


def _repr(fields: _Fields) -> Callable[[object], str]:
    names = [one.name for one in fields if one.repr]

    @reprlib.recursive_repr()
    def shown(self: object) -> str:
        told = ", ".join([f"{name}={getattr(self, name)!r}" for name in names])
        return f"{type(self).__qualname__}({told})"

    return shown


def _kept(kind: Any, fields: _Fields) -> _Methods:
    """What keeps a frozen value as it was made, and lets it be copied and pickled nevertheless."""
    names = tuple([one.name for one in fields])

    def refuse_to_set(self: object, name: str, value: object) -> None:
        if type(self) is kind or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(kind, self).__setattr__(name, value)

    def refuse_to_delete(self: object, name: str) -> None:
        if type(self) is kind or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(kind, self).__delattr__(name)

    def state(self: object) -> list[Any]:
        return [getattr(self, name) for name in names]

    def set_state(self: object, state: list[Any]) -> None:
        for name, value in zip(names, state, strict=False):
            object.__setattr__(self, name, value)

    return {
        "__setattr__": refuse_to_set,
        "__delattr__": refuse_to_delete,
        "__getstate__": state,
        "__setstate__": set_state,
    }
