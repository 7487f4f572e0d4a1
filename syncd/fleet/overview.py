"""How every instance of a fleet stands, read from the database alone: for the terminal, a page and metrics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from syncd.state.address import DatabaseAddress
from syncd.state.postgresql.fleet_tables import FleetTables, InstanceRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One instance. Times are seconds since 1970, 0 where never."""

    name: str
    holder: str
    due: float
    overdue_s: float
    """Seconds for which a turn has been due that nobody makes."""
    began_at: float
    ended_at: float
    result: str
    contexts: int
    failures: int
    refused: int
    paused: bool
    problem: str
    cut_short: bool
    """The last turn was stopped before it was through: another goes on from there."""

    @property
    def is_failing(self) -> bool:
        """Something needs a look: a failure, or a turn that nobody makes."""
        return bool(self.failures or self.problem or self.overdue_s > OVERDUE_S)

    @property
    def words(self) -> str:
        """How it stands, in a word or two."""
        said = (
            (self.problem, "failed"),
            (self.overdue_s > OVERDUE_S, "overdue"),
            (self.failures, f"{self.failures} failing"),
            (self.refused, "a plan waits"),
            (self.paused, "paused"),
            (self.cut_short, "unfinished"),
            (self.ended_at, "in step"),
        )
        return next((words for holds, words in said if holds), "new")


CUT_SHORT = frozenset({"stopped", "yielded", "killed"})
"""Results of turns that were not through."""
OVERDUE_S = 120.0
"""Seconds after which a turn that is due and that nobody makes is worth a look."""


class Overview:
    """Reads it anew each time."""

    def __init__(self, address: DatabaseAddress) -> None:
        self._address = address

    def read(self) -> list[Standing]:
        """All instances, by name. Raises `StateError`."""
        with FleetTables(self._address) as tables:
            return [_standing(row) for row in tables.instances()]


def as_text(found: Sequence[Standing], *, now: float) -> Iterator[str]:
    """A table, one line an instance."""
    if not found:
        yield "No instance is registered: a worker registers what lies in its folder.\n"
        return
    width = max(len(one.name) for one in found)
    for one in found:
        when = f"last turn {_ago(now - one.ended_at)}" if one.ended_at else "no turn yet"
        where = f", now on {one.holder}" if one.holder else ""
        yield f"{one.name:<{width}}  {one.words:<14} {one.contexts:>6} calendars, {when}{where}\n"
        if one.problem:
            yield f"{'':<{width}}  {one.problem}\n"


def as_json(found: Iterable[Standing]) -> dict[str, Any]:
    """The same for programs; times in UTC, null where never."""
    return {
        "instances": [
            {
                "instance": one.name,
                "standing": one.words,
                "failing": one.is_failing,
                "holder": one.holder or None,
                "due": _moment(one.due),
                "last_turn": _moment(one.ended_at),
                "result": one.result or None,
                "calendars": one.contexts,
                "failures": one.failures,
                "waits": bool(one.refused),
                "paused": one.paused,
                "problem": one.problem or None,
            }
            for one in found
        ]
    }


def _standing(row: InstanceRow) -> Standing:
    board = row.board
    return Standing(
        name=row.name,
        holder=row.holder,
        due=row.due,
        overdue_s=0.0 if row.holder else max(0.0, row.age_s),
        began_at=row.began_at,
        ended_at=row.ended_at,
        result=row.result,
        contexts=int(board.get("contexts", 0)),
        failures=int(board.get("failures", 0)),
        refused=int(board.get("refused", 0)),
        paused=bool(board.get("paused")),
        problem=str(board.get("problem") or board.get("data_problem") or ""),
        cut_short=row.result in CUT_SHORT,
    )


def _moment(at: float) -> str | None:
    return datetime.fromtimestamp(at, tz=UTC).isoformat(timespec="seconds") if at else None


def _ago(seconds: float) -> str:
    for unit, length in (("d", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit} ago"
    return f"{max(0.0, seconds):.0f} s ago"
