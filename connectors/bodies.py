"""Bodies from outside: how large they may be, and JSON that is read within bounded memory.

A few bytes of JSON can make a value fifty times their size, so a large body's values are counted before
any is made. Knows no service.
"""

from __future__ import annotations

import threading
from typing import Any

import orjson

LARGEST_BODY = 32 * 1024 * 1024
"""Bytes, unpacked; a hundred events with descriptions of the greatest length that Canvas keeps are 6 MB."""
MOST_VALUES = 400_000
"""Values in a large body: fifty times those of a full page of a hundred events."""
_COUNTED_FROM = 1024 * 1024
"""Bytes from which values are counted: below, no body can hold enough to matter."""
_ONE_AT_A_TIME = 4 * 1024 * 1024
_PIECE = 65_536

_large = threading.Lock()


class NotJsonError(ValueError):
    """The body is no JSON."""


class TooManyValuesError(ValueError):
    """The body holds more values than any answer of the services needs."""


def read_json(body: bytes | bytearray) -> Any:
    """The value of a body. Raises `NotJsonError`, `TooManyValuesError`."""
    if len(body) > _COUNTED_FROM and count_values(body) > MOST_VALUES:
        raise TooManyValuesError
    if len(body) > _ONE_AT_A_TIME:
        with _large:
            return _load(body)
    return _load(body)


def _load(body: bytes | bytearray) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotJsonError from error


def count_values(body: bytes | bytearray) -> int:
    """At least as many as there are values in the body, words in quotes left out; makes none of them."""
    counted, quoted, carry = 0, False, b""
    with memoryview(body) as view:
        for first in range(0, len(view), _PIECE):
            piece = carry + bytes(view[first : first + _PIECE])
            carry = b"\\" if (len(piece) - len(piece.rstrip(b"\\"))) % 2 else b""
            piece = piece[: len(piece) - len(carry)].replace(b"\\\\", b"").replace(b'\\"', b"")
            parts = piece.split(b'"')
            bare = b"".join(parts[quoted::2])
            counted += bare.count(b",") + bare.count(b"[") + bare.count(b"{")
            quoted ^= len(parts) % 2 == 0
    return counted
