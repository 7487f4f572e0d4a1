"""Changes as a registrar counts them: one edit of one entry is one change, however many calendars it reaches.

A plan's rows are events in contexts. Here they are put together again: the opening day in Canvas, the last
day in Canvas and the banner in Google that all follow one moved deadline are one change with its places.
Arithmetic only: no words, no colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from enum import StrEnum
from types import MappingProxyType

from mapping.identity import read_day_words, split_key
from mapping.model import Action, Days, Field, Part, Why
from syncd.state.plans import PlanGroup

_OPENING = Part.OPENING.value
_WHOLE = frozenset({Part.MAIN.value, _OPENING})
"""Parts that only together are the entry; each of several single days is a change by itself."""


class Edge(StrEnum):
    """Which end of an entry an event stands for."""

    BEGINS = "begins"
    ENDS = "ends"


Point = tuple[date, time | None]
"""A day, and the minute of it where there is one."""
Step = tuple[Point | None, Point | None]
"""Old and new; None where there was, or will be, nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """One change of one entry. ``groups``: its events by target, the most telling first.

    ``edges``: what becomes of its first and last day, as far as the plan touches them.
    """

    action: Action
    why: Why
    year: str
    entry: str
    groups: tuple[PlanGroup, ...]
    edges: Mapping[Edge, Step] = field(default_factory=dict)

    @property
    def contexts(self) -> tuple[str, ...]:
        """The calendars it is made in, each once."""
        return tuple(sorted({context for group in self.groups for context in group.contexts}))

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(sorted({group.target for group in self.groups}))

    @property
    def messages(self) -> int:
        """The most that services may send for it."""
        return sum(group.messages for group in self.groups)

    @property
    def fields(self) -> frozenset[Field]:
        """What of its events changes."""
        return frozenset(one.name for group in self.groups for one in group.fields)

    @property
    def moves(self) -> bool:
        """True where a day or an hour becomes another."""
        return any(old is not None and new is not None for old, new in self.edges.values())

    @property
    def before(self) -> Days | None:
        """Its days as they were, as far as the plan tells them."""
        return _days(self.edges, 0)

    @property
    def after(self) -> Days | None:
        """Its days as they will be, as far as the plan tells them."""
        return _days(self.edges, 1) or (self._shown() if self.action is Action.UPDATE else None)

    @property
    def days(self) -> Days | None:
        """The days it is listed under: the new ones, or those that go."""
        return self.after or self.before

    def students(self, known: Mapping[str, int]) -> int:
        """Those whom it concerns. ``known``: context to its students."""
        return sum(known.get(context, 0) for context in self.contexts)

    def _shown(self) -> Days | None:
        return next((group.days for group in self.groups if group.days is not None), None)


def entry_changes(groups: Iterable[PlanGroup]) -> list[EntryChange]:
    """The changes of a plan by their day, then by entry. The order of ``groups`` decides nothing else."""
    found: dict[tuple[str, ...], list[EntryChange]] = {}
    # Events that only get other words follow the one that moves, wherever it stands.
    for group in sorted(groups, key=lambda one: (not _edges_of(one), one.target, one.key)):
        year, entry, part = split_key(group.key)
        slot = "" if part in _WHOLE else part
        of_entry = found.setdefault((year, entry, slot, group.action, group.why), [])
        edges = _edges_of(group)
        place = next((n for n, one in enumerate(of_entry) if _agree(one.edges, edges)), None)
        if place is None:
            of_entry.append(_begun(group, year, entry, edges))
        else:
            of_entry[place] = _joined(of_entry[place], group, edges)
    return sorted((one for many in found.values() for one in many), key=_order)


def _begun(group: PlanGroup, year: str, entry: str, edges: Mapping[Edge, Step]) -> EntryChange:
    return EntryChange(
        action=group.action, why=group.why, year=year, entry=entry, groups=(group,), edges=edges
    )


def _joined(change: EntryChange, group: PlanGroup, edges: Mapping[Edge, Step]) -> EntryChange:
    return replace(
        change,
        groups=(*change.groups, group),
        edges=MappingProxyType({**change.edges, **edges}),
    )


def _order(change: EntryChange) -> tuple[str, str, str, str]:
    day = change.days.start.isoformat() if change.days is not None else ""
    return day, f"{change.year}:{change.entry}", change.action.value, change.why.value


def _agree(known: Mapping[Edge, Step], edges: Mapping[Edge, Step]) -> bool:
    return all(known.get(edge, step) == step for edge, step in edges.items())


def _edges_of(group: PlanGroup) -> dict[Edge, Step]:
    """What one event says of its entry's first and last day."""
    before, after = _before_and_after(group)
    is_opening = split_key(group.key)[2] == _OPENING
    return dict(_steps(before, after, is_opening=is_opening))


def _before_and_after(group: PlanGroup) -> tuple[Days | None, Days | None]:
    match group.action:
        case Action.CREATE:
            return None, group.days
        case Action.DELETE:
            return group.days, None
        case _:
            moved = next((one for one in group.fields if one.name is Field.DAYS), None)
            if moved is None:
                return None, None
            return read_day_words(moved.old), read_day_words(moved.new)


def _steps(before: Days | None, after: Days | None, *, is_opening: bool) -> Iterator[tuple[Edge, Step]]:
    begins, ends = (_first(before), _first(after)), (_last(before), _last(after))
    if not is_opening and ends[0] != ends[1]:
        yield Edge.ENDS, ends
    if (is_opening or _is_wide(before) or _is_wide(after)) and begins[0] != begins[1]:
        yield Edge.BEGINS, begins


def _is_wide(days: Days | None) -> bool:
    """True for what has a beginning besides its end: several days, or hours."""
    return days is not None and (days.count > 1 or (bool(days.clock) and days.clock[0] != days.clock[1]))


def _first(days: Days | None) -> Point | None:
    return (days.start, days.clock[0] if days.clock else None) if days is not None else None


def _last(days: Days | None) -> Point | None:
    return (days.last, days.clock[1] if days.clock else None) if days is not None else None


def _days(edges: Mapping[Edge, Step], side: int) -> Days | None:
    begins, ends = (edges[edge][side] if edge in edges else None for edge in Edge)
    first, last = begins or ends, ends or begins
    if first is None or last is None or last[0] < first[0]:
        return None
    clock: tuple[time, ...] = ()
    if first[1] is not None or last[1] is not None:
        opens, closes = first[1] or last[1], last[1] or first[1]
        assert opens is not None and closes is not None  # noqa: S101, PT018 - one of them is there
        clock = (opens, closes) if first[0] < last[0] or opens <= closes else (closes, closes)
    return Days.inclusive(first[0], last[0], clock)
