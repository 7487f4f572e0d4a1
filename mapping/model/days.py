"""Days at the campus: half-open inside the program, inclusive only in YAML and reports; with a clock where timed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from mapping.model.fields import added


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """Whole days at the campus: ``start`` is the first, ``end`` the day after the last.

    ``clock``: empty for whole days; else the wall-clock minute on the first day at which it begins and that
    on the last day at which it ends, the same twice for a moment.
    """

    start: date
    end: date
    clock: tuple[time, ...] = added(())

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"days end before they start: {self.start} .. {self.end}")
        if self.clock and (len(self.clock) != 2 or (self.count == 1 and self.clock[1] < self.clock[0])):
            raise ValueError(f"a clock that runs backward: {self.clock}")

    @classmethod
    def inclusive(cls, first: date, last: date, clock: tuple[time, ...] = ()) -> Days:
        """Days from ``first`` to ``last``, both included."""
        return cls(first, last + timedelta(days=1), clock)

    @property
    def last(self) -> date:
        """The last day, included."""
        return self.end - timedelta(days=1)

    @property
    def count(self) -> int:
        return (self.end - self.start).days

    @property
    def whole(self) -> Days:
        """The days without their clock."""
        return Days(self.start, self.end) if self.clock else self

    def overlaps(self, other: Days) -> bool:
        return self.start < other.end and other.start < self.end

    def as_texts(self) -> tuple[str, str]:
        """Two texts to keep: first day and day after the last; of timed ones first and last moment, with a T."""
        if not self.clock:
            return self.start.isoformat(), self.end.isoformat()
        begins, ends = self.clock
        return f"{self.start.isoformat()}T{begins:%H:%M}", f"{self.last.isoformat()}T{ends:%H:%M}"

    @classmethod
    def from_texts(cls, first: str, last: str) -> Days:
        """What `as_texts` kept."""
        if "T" not in first:
            return cls(date.fromisoformat(first), date.fromisoformat(last))
        (first_day, begins), (last_day, ends) = first.split("T"), last.split("T")
        clock = (time.fromisoformat(begins), time.fromisoformat(ends))
        return cls.inclusive(date.fromisoformat(first_day), date.fromisoformat(last_day), clock)
