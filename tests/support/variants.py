"""Every value that differs from a given one in a single place: what a test of keys and digests has to tell apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any


def variants(value: Any) -> Iterator[Any]:
    """Dataclasses, mappings, tuples and sets as deep as they go; a place whose type allows no other value has none."""
    if is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            for other in variants(getattr(value, one.name)):
                try:
                    yield replace(value, **{one.name: other})
                except ValueError:
                    continue
    elif isinstance(value, Mapping):
        for key, inside in value.items():
            yield {name: one for name, one in value.items() if name != key}
            yield from (dict(value) | {key: other} for other in variants(inside))
    elif isinstance(value, tuple):
        yield from (value[:at] + value[at + 1 :] for at in range(len(value)))
        for at, inside in enumerate(value):
            yield from ((*value[:at], other, *value[at + 1 :]) for other in variants(inside))
        yield value[::-1]
    elif isinstance(value, frozenset):
        yield from (value - {one} for one in sorted(value))
    else:
        yield from _leaves(value)


def _leaves(value: object) -> Iterator[object]:
    match value:
        case bool():
            yield not value
        case Enum():
            yield from (one for one in type(value) if one is not value)
        case str():
            yield f"{value}!"
            yield ""
        case int():
            yield value + 1
        case datetime() | date():
            yield value + timedelta(days=1)
        case time():
            yield value.replace(minute=(value.minute + 1) % 60)
        case _:
            return
