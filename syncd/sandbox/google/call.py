"""One API request and its answer, free of the transport, so that parts of a batch are served alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import orjson

from syncd.sandbox.google.errors import invalid_parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

JSON_TYPE = "application/json; charset=UTF-8"


class Params:
    """Query parameters: names to all their values, in the order sent."""

    __slots__ = ("_values",)

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    @classmethod
    def parse(cls, text: str) -> Params:
        """From a query string or a form body."""
        return cls(parse_qsl(text, keep_blank_values=True))

    def over(self, outer: Params) -> Params:
        """These parameters, completed by those of `outer` that are not named here."""
        merged = Params()
        merged._values = {**outer._values, **self._values}
        return merged

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def names(self) -> set[str]:
        """Names present."""
        return set(self._values)

    def text(self, name: str) -> str | None:
        """The last value, None if absent."""
        values = self._values.get(name)
        return values[-1] if values else None

    def all(self, name: str) -> list[str]:
        """Every value of a repeatable parameter."""
        return self._values.get(name, [])

    def flag(self, name: str) -> bool | None:
        """`true` or `false`, None if absent. Raises ApiError (400)."""
        text = self.text(name)
        if text is None:
            return None
        if text.lower() not in ("true", "false"):
            raise invalid_parameter(f"Invalid boolean value: '{text}'.", name)
        return text.lower() == "true"

    def number(self, name: str, *, low: int, high: int = 2**31 - 1) -> int | None:
        """A whole number within low..high, None if absent. Raises ApiError (400)."""
        text = self.text(name)
        if text is None:
            return None
        if not text.lstrip("-").isdigit() or not low <= int(text) <= high:
            raise invalid_parameter(
                f"Invalid value '{text}'. Values must be within the range: [{low}, {high}]", name
            )
        return int(text)

    def choice(self, name: str, allowed: Iterable[str]) -> str | None:
        """One of the allowed words, None if absent. Raises ApiError (400)."""
        text = self.text(name)
        if text is not None and text not in set(allowed):
            raise invalid_parameter(f"Invalid value '{text}'. Values must be: {sorted(allowed)}", name)
        return text

    def canonical(self, leave_out: frozenset[str]) -> str:
        """All parameters but those named, in one form for equal requests."""
        return repr(sorted((k, sorted(v)) for k, v in self._values.items() if k not in leave_out))


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request: `path` as sent (percent-encoded, no query), header names in lower case."""

    method: str
    path: str
    params: Params = field(default_factory=Params)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer ready to be sent."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


def json_answer(content: object, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """JSON by orjson."""
    return Answer(status=status, body=orjson.dumps(content), headers=(("content-type", JSON_TYPE), *headers))


def text_answer(text: str, status: int) -> Answer:
    """Plain text, as the front sends it where no API method was found."""
    return Answer(status=status, body=text.encode(), headers=(("content-type", "text/html; charset=UTF-8"),))
