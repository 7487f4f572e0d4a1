"""Guards as people are told of them: what is the same of several targets or calendars is one sentence that lists them.

Plans, approvals and logs go on with each hit by itself (`mapping.planning.guards`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from mapping.planning.guards import GuardHit

_TOGETHER = {
    "fill-messages": "{found:,} messages may be sent by first fills{others}, the limit is {limit:,}: {scopes}",
    "messages-each": (
        "up to {found:,} messages may reach one participant from this one cycle, the limit is {limit:,}: {scopes}"
    ),
    "removed-there": (
        "{found:,} entries would disappear from each of these targets, the limit is {limit:,}: {scopes}"
    ),
    "target-emptied": "every event of these targets would be deleted: {scopes}",
    "context-emptied": (
        "these calendars were filled before and are empty now; approval fills them again: {scopes}"
    ),
    "unknown-marks": (
        "events that bear our mark and are on no record would be removed from these calendars, the limit is "
        "{limit:,} in each: {scopes}"
    ),
    "state-older": (
        "events of these targets already show the edit that waits, so this state is older than they are; approving "
        "the edit ends this: {scopes}"
    ),
}
"""What is said of several at once. Guards of an edit have a year each, and are told one by one."""
_ADDED_UP = "fill-messages"
"""Its limit is on all targets together; of the others the largest figure is told."""
_ALIKE = "removed-there"
"""Told together only where the figure is the same."""
_LISTED = 12
"""Names in one sentence; of a thousand emptied courses the rest is counted."""
TOTAL = "total"
"""The name under which a hit of first fills tells the messages of all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One guard as it is told. ``shares``: each scope to its figure, in order of their names."""

    guard: str
    shares: Mapping[str, int]
    found: int
    limit: int
    sentence: str
    """In English, without a full stop."""
    names: Mapping[str, str | int] = field(default_factory=dict)
    hits: tuple[GuardHit, ...]

    def scopes(self, number: Callable[[int], str], blank: str = " ") -> str:
        """``law (1,370), arts (900)``; the figures only where there are several.

        ``number``: how one is written; ``blank``: what stands before it.
        """
        differ = len(set(self.shares.values())) > 1
        named = [
            f"{scope}{blank}({number(found)})" if differ else scope
            for scope, found in list(self.shares.items())[:_LISTED]
        ]
        rest = len(self.shares) - _LISTED
        return ", ".join([*named, *([f"... +{number(rest)}"] if rest > 0 else [])])


def told_together(
    hits: Iterable[GuardHit], apart: Callable[[GuardHit], object] = lambda _: None
) -> tuple[Told, ...]:
    """The hits in their order, each guard once. ``apart``: what must be the same of those that share a sentence."""
    groups: dict[object, list[GuardHit]] = {}
    for hit in hits:
        alike = hit.found if hit.guard == _ALIKE else None
        alone = None if hit.guard in _TOGETHER else hit.scope
        groups.setdefault((hit.guard, hit.limit, alike, alone, apart(hit)), []).append(hit)
    return tuple(_told(sorted(ones, key=lambda one: one.scope)) for ones in groups.values())


def _told(hits: list[GuardHit]) -> Told:
    first = hits[0]
    shares: dict[str, int] = {}
    for hit in hits:
        shares[hit.scope] = max(hit.found, shares.get(hit.scope, 0))
    found = sum(shares.values()) if first.guard == _ADDED_UP else max(shares.values())
    names = dict(first.names)
    total = int(names.pop(TOTAL, 0))
    if total > found:
        names[TOTAL] = total
    told = Told(
        guard=first.guard,
        shares=shares,
        found=found,
        limit=first.limit,
        sentence=first.sentence,
        names=names,
        hits=tuple(hits),
    )
    if len(shares) == 1:
        return told
    others = f" ({total:,} with other fills of the last 24 hours)" if total > found else ""
    scopes = told.scopes(lambda one: f"{one:,}")
    sentence = _TOGETHER[first.guard].format(found=found, limit=first.limit, scopes=scopes, others=others)
    return replace(told, sentence=sentence)
