"""The root of every error syncd raises, and the pure core's own.

Errors carry fields; the sentence is built from them once, in ``__str__``, and says what happened,
where, and what to do. What depends on the command that was typed, the command adds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mapping.model import Place


class SyncdError(Exception):
    """Root of all errors of this product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in the data: where, what, and what to do about it."""

    place: Place
    message: str

    def __str__(self) -> str:
        where = f"{self.place.file}:{self.place.line}" if self.place.line else self.place.file
        entry = f" [{self.place.entry}]" if self.place.entry else ""
        return f"{where}{entry}: {self.message}"


class InvalidCalendarError(SyncdError):
    """Raised when calendar or targets files cannot be used; holds every problem found, none is dropped."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        first = "\n".join(f"  {problem}" for problem in self.problems[:50])
        more = f"\n  ... and {count - 50} more" if count > 50 else ""
        found = f"{count:,} problem{'' if count == 1 else 's'} in the data files"
        return f"{found}, nothing of them was used; mend them and run again:\n{first}{more}"


class OwnershipConflictError(SyncdError):
    """Raised when an id we derive is held by an event that is not ours; the event is left alone."""

    def __init__(self, *, context: str, key: str, remote_id: str) -> None:
        self.context, self.key, self.remote_id = context, key, remote_id
        self.advice = (
            f"Remove that event by hand (its id: {remote_id}), or exclude the entry for this target."
        )
        super().__init__(context, key, remote_id)

    @property
    def message(self) -> str:
        """What happened, without where and what to do."""
        return f"the id of {self.key} is held by an event that is not ours; it was left alone."

    def __str__(self) -> str:
        return f"{self.context}: {self.message} {self.advice}"
