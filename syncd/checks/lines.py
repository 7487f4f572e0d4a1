"""One finding of `syncd check`, as a line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from connectors.port import Severity
from syncd.exits import DECIDE, FAILED, INVALID


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One finding. ``code``: the exit code it calls for, 0 where it is no problem."""

    about: str
    severity: Severity
    message: str
    code: int = 0


def worst(lines: Iterable[Line]) -> int:
    """The exit code of all lines together."""
    codes = {line.code for line in lines}
    return next((code for code in (INVALID, DECIDE, FAILED) if code in codes), 0)


def ok(about: str, message: str) -> Line:
    """What was found sound."""
    return Line(about=about, severity=Severity.OK, message=message)


def note(about: str, message: str) -> Line:
    """What is worth a look and stops nothing."""
    return Line(about=about, severity=Severity.WARNING, message=message)


def invalid(about: str, message: str) -> Line:
    """Data or settings that cannot be used: exit 78."""
    return Line(about=about, severity=Severity.PROBLEM, message=message, code=INVALID)


def refused(about: str, message: str) -> Line:
    """What a person must decide first: exit 3."""
    return Line(about=about, severity=Severity.PROBLEM, message=message, code=DECIDE)


def failed(about: str, message: str) -> Line:
    """What did not work and may the next time: exit 1."""
    return Line(about=about, severity=Severity.PROBLEM, message=message, code=FAILED)
