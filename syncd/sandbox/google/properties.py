"""Extended properties and their limits, which Google enforces mostly in silence."""

from __future__ import annotations

from typing import Any

from syncd.sandbox.google.errors import invalid

KEY_LIMIT = 44
"""Characters; a longer key vanishes."""
VALUE_LIMIT = 1024
"""Characters; a longer value is cut."""
COUNT_LIMIT = 300
SIZE_LIMIT = 32 * 1024
"""Bytes of all keys and values, private and shared together."""

Kinds = dict[str, dict[str, str]]
"""`private` and `shared`, each name to value; empty kinds are left out."""


def read_properties(told: Any, *, drop_surplus: bool) -> Kinds:
    """What is stored of the properties a request has. Raises ApiError (400)."""
    if told is None:
        return {}
    if not isinstance(told, dict):
        raise invalid("Invalid extended properties.")
    kinds: Kinds = {}
    count = size = 0
    for kind in ("private", "shared"):
        kept: dict[str, str] = {}
        for key, value in _pairs(told.get(kind)):
            count += 1
            size += len(key.encode()) + len(value.encode())
            if count <= COUNT_LIMIT and size <= SIZE_LIMIT:
                kept[key] = value
            elif not drop_surplus:
                raise invalid("The extended properties of the event exceed the limits.")
        if kept:
            kinds[kind] = kept
    return kinds


def _pairs(told: Any) -> list[tuple[str, str]]:
    if told is None:
        return []
    if not isinstance(told, dict):
        raise invalid("Invalid extended properties.")
    pairs = []
    for key, value in told.items():
        if value is None:
            continue
        if not isinstance(value, str):
            raise invalid(f"Invalid value for extended property {key}: not a string.")
        if len(key) <= KEY_LIMIT:
            pairs.append((key, value[:VALUE_LIMIT]))
    return pairs


def matches(kinds: Kinds, kind: str, filters: list[str], *, any_of: bool) -> bool:
    """Whether `name=value` filters let an event through; none lets everything through."""
    if not filters:
        return True
    have = kinds.get(kind, {})
    hits = (have.get(name) == value for name, _, value in (one.partition("=") for one in filters))
    return any(hits) if any_of else all(hits)
