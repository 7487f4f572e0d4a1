"""Pydantic's findings as sentences a registrar can act on, each at the line it concerns.

Knows nothing of any particular file; it reads the shape it is given.
"""

from __future__ import annotations

import re
import types
from collections.abc import Mapping
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, RootModel, ValidationError

from mapping.document.plain import Path, PlainDocument, Problems, did_you_mean, quoted, unknown

_M = TypeVar("_M", bound=BaseModel)

_EXPECTED = {
    "date_type": "a date",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "string_type": "text",
    "list_type": "a list like [a, b]",
    "dict_type": "fields, each on a line of its own",
    "model_type": "fields, each on a line of its own",
    "model_attributes_type": "fields, each on a line of its own",
}
_EMPTY = {"too_short"}
_CHOICES = {"enum", "literal_error"}


def read_shape(shape: type[_M], document: PlainDocument, path: Path, problems: Problems) -> _M | None:
    """The value at the path as the shape, or None with every reason added to ``problems``."""
    found, whole = read_most(shape, document, path, problems)
    return found if whole else None


def read_most(
    shape: type[_M], document: PlainDocument, path: Path, problems: Problems
) -> tuple[_M | None, bool]:
    """As `read_shape`; where only optional fields are wrong, the rest, so that its names can be checked too.

    The second value is True where nothing was wrong.
    """
    value = value_at(document.value, path)
    try:
        return shape.model_validate(value), True
    except ValidationError as error:
        found = error.errors(include_url=False)
    for one in found:
        # Parts in brackets are pydantic's own words, no keys of the file.
        loc = tuple(part for part in one["loc"] if not str(part).startswith("["))
        problems.add(document, path + loc, _sentence(one, loc, shape, "the entry" if path else "the file"))
    if not isinstance(value, dict):
        return None, False
    wrong = {one["loc"][0] for one in found if one["loc"]}
    try:
        return shape.model_validate({key: inner for key, inner in value.items() if key not in wrong}), False
    except ValidationError:
        return None, False


def value_at(value: Any, path: Path) -> Any:
    """What stands at the path of a plain value."""
    for part in path:
        value = value[part]
    return value


def _is_model(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, BaseModel)


def _sentence(error: Mapping[str, Any], loc: Path, shape: Any, whole: str) -> str:
    kind, value, where = error["type"], error["input"], dotted(loc) or whole
    if kind == "missing":
        return f"{where} is missing"
    if kind == "extra_forbidden":
        return f"unknown field {quoted(loc[-1])}{did_you_mean(str(loc[-1]), _fields(shape, loc[:-1]))}"
    if value is None or kind in _EMPTY:
        return f"{where} is empty"
    return f"{where}: {_refusal(kind, value, error)}"


def _refusal(kind: str, value: Any, error: Mapping[str, Any]) -> str:
    context = error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind in _CHOICES:
        choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return unknown("value", str(value), choices)
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, found {_found(value)}"
    return f"{quoted(value)} is not accepted: {error['msg']}"


def dotted(loc: Path) -> str:
    """``rule.steps[0].after``."""
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{quoted(part)[1:-1]}" for part in loc)
    return words.removeprefix(".")


def _found(value: object) -> str:
    if isinstance(value, dict):
        return "fields"
    return "a list" if isinstance(value, list) else quoted(value)


def _fields(shape: Any, loc: Path) -> tuple[str, ...]:
    """The fields a mapping at this place may have."""
    for part in loc:
        shape = _inner(_bare(shape), part)
    shape = _bare(shape)
    return tuple(shape.model_fields) if _is_model(shape) else ()


def _inner(shape: Any, part: str | int) -> Any:
    if _is_model(shape):
        if issubclass(shape, RootModel):
            return _inner(_bare(shape.model_fields["root"].annotation), part)
        field = shape.model_fields.get(str(part))
        return field.annotation if field else None
    arguments = get_args(shape)
    return arguments[-1] if arguments else None


def _bare(shape: Any) -> Any:
    """The type without Annotated and without ``| None``."""
    while True:
        if hasattr(shape, "__metadata__"):
            shape = get_args(shape)[0]
        elif get_origin(shape) in {Union, types.UnionType}:
            options = [_bare(option) for option in get_args(shape) if option is not type(None)]
            shape = next((option for option in options if _is_model(option)), options[0])
        else:
            return shape
