"""Fields of a JSON row that promise one type and may hold any other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.errors import MalformedResponseError, TooLargeError

LONGEST_TEXT = 1_000_000
"""Characters of one field: both services keep far less, and what people read is made of it."""
_NAMES: Mapping[type, str] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
    str: "a text",
}


def text_in(row: Mapping[str, Any], name: str, context: str) -> str:
    """The text of a field, '' for none. Raises `MalformedResponseError` naming event and field for anything else."""
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise odd_field(row, name, value, "a text", context)
    if len(value) > LONGEST_TEXT:
        raise TooLargeError(
            f"{name} of event {str(row.get('id'))[:80]} has more than {LONGEST_TEXT:,} characters.",
            operation="read events",
            context=context,
        )
    return value


def object_in(row: Mapping[str, Any], name: str, context: str) -> Mapping[str, Any]:
    """The object of a field, an empty one for none. Raises as `text_in`."""
    value = row.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise odd_field(row, name, value, "an object", context)
    return value


def odd_field(
    row: Mapping[str, Any], name: str, value: object, promised: str, context: str
) -> MalformedResponseError:
    """The error of a field that holds something else than the API promises; its value is not quoted."""
    kind = _NAMES.get(type(value), "something odd")
    return MalformedResponseError(
        f"{name} of event {str(row.get('id'))[:80]} holds {kind} where {promised} belongs.",
        operation="read events",
        context=context,
    )
