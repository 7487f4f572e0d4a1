"""The sliding windows: units in any 60 s per account and per project, writes per calendar in a short time.

It counts and answers; which numbers apply and what a refusal looks like is said by the switches.
"""

from __future__ import annotations

from collections import deque

WINDOW_S = 60.0


class Window:
    """Amounts of the last `length_s` seconds."""

    __slots__ = ("_amounts", "_total", "length_s")

    def __init__(self, length_s: float = WINDOW_S) -> None:
        self.length_s = length_s
        self._amounts: deque[tuple[float, int]] = deque()
        self._total = 0

    def total(self, now: float) -> int:
        """Sum of what is less than `length_s` old."""
        while self._amounts and self._amounts[0][0] <= now - self.length_s:
            self._total -= self._amounts.popleft()[1]
        return self._total

    def add(self, now: float, amount: int) -> None:
        """Count an amount."""
        self._amounts.append((now, amount))
        self._total += amount


class Quota:
    """All windows of one world."""

    def __init__(self) -> None:
        self._accounts: dict[str, Window] = {}
        self._project = Window()
        self._calendars: dict[str, Window] = {}

    def charge(
        self, account: str, units: int, now: float, *, limit: int | None, project_limit: int | None
    ) -> bool:
        """Charge the units, unless they do not fit: then nothing is charged and the answer is False."""
        window = self._accounts.setdefault(account, Window())
        if limit is not None and window.total(now) + units > limit:
            return False
        if project_limit is not None and self._project.total(now) + units > project_limit:
            return False
        window.add(now, units)
        self._project.add(now, units)
        return True

    def write(self, calendar: str, now: float, *, limit: int | None, length_s: float) -> bool:
        """Count a write to one calendar; False, and not counted, if too many came within `length_s`."""
        window = self._calendars.setdefault(calendar, Window(length_s))
        window.length_s = length_s
        if limit is not None and window.total(now) >= limit:
            return False
        window.add(now, 1)
        return True

    def used(self, account: str, now: float) -> int:
        """Units an account used in the last 60 s."""
        return self._accounts[account].total(now) if account in self._accounts else 0

    def clear(self) -> None:
        """Forget everything."""
        self._accounts.clear()
        self._calendars.clear()
        self._project = Window()
