"""Whole days at the campus: half-open inside the program, inclusive only in YAML and reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """Whole days at the campus: ``start`` is the first, ``end`` the day after the last."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"days end before they start: {self.start} .. {self.end}")

    @classmethod
    def inclusive(cls, first: date, last: date) -> Days:
        """Days from ``first`` to ``last``, both included."""
        return cls(first, last + timedelta(days=1))

    @property
    def last(self) -> date:
        """The last day, included."""
        return self.end - timedelta(days=1)

    @property
    def count(self) -> int:
        return (self.end - self.start).days

    def overlaps(self, other: Days) -> bool:
        return self.start < other.end and other.start < self.end
