"""Variables that are named like settings and are none: `Settings` reads on without a word."""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import get_close_matches

from dotenv import dotenv_values
from pydantic import BaseModel

from syncd.config.env_file import PREFIX, trusted_env_file
from syncd.config.settings import Settings

_OTHERS = frozenset(
    f"{PREFIX}{name}"
    for name in (
        "ENV_FILE",
        "LOG_LEVEL",
        "ASKED_BY",
        "LEASE_HOLDER",
        "MAIL_SERVER",
        "MAIL_FROM",
        "CHAT_WEBHOOK_FILE",
        "TEST_DATABASE",
    )
)
"""Read by something else: the program before its settings, a turn of a fleet, the notify recipes, the tests."""


def strays() -> list[str]:
    """A sentence for each. Raises `SettingsError` where the ``.env`` may not be used."""
    known = set(_variables())
    return [_sentence(name, known) for name in sorted(_named() - known - _OTHERS)]


def _variables() -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        yield f"{PREFIX}{name}".upper()
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            yield from (f"{PREFIX}{name}__{part}".upper() for part in section.model_fields)


def _named() -> set[str]:
    path = trusted_env_file()
    names = set(os.environ)
    if path is not None:
        names |= dotenv_values(path, encoding="utf-8").keys()
    return {name.upper() for name in names if name.upper().startswith(PREFIX)}


def _sentence(name: str, known: set[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1, cutoff=0.8)
    meant = f"; did you mean {near[0]}?" if near else ": correct the name or take it out."
    return f"{name} is no setting and has no effect{meant}"
