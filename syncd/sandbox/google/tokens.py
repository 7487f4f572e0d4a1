"""Page tokens and sync tokens: opaque to clients, here a JSON list with a check sum."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any

import orjson


def seal(kind: str, *parts: object) -> str:
    """A token of a kind with its parts (JSON values)."""
    content = orjson.dumps([kind, *parts])
    return base64.urlsafe_b64encode(zlib.crc32(content).to_bytes(4, "big") + content).decode().rstrip("=")


def unseal(kind: str, token: str) -> list[Any] | None:
    """The parts of a token; None if it is malformed or of another kind."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    check, content = raw[:4], raw[4:]
    if zlib.crc32(content).to_bytes(4, "big") != check:
        return None
    parts: list[Any] = orjson.loads(content)
    return parts[1:] if parts[0] == kind else None
