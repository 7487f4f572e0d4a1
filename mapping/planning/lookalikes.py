"""Events that people typed themselves and that are probably what a first fill is about to write. Reported only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from mapping.identity import day_words, visible_words
from mapping.model import Change, Create, Finding, FindingKind, ObservedEvent

SIMILAR_TITLE = 0.6
"""Ratio from which two titles on the same days are "probably the same"."""


def probably_same(changes: Sequence[Change], foreign: Sequence[ObservedEvent]) -> Iterator[Finding]:
    """A finding for each pair of a planned create and a foreign event of like title on one of its days."""
    for change in changes:
        if not isinstance(change, Create):
            continue
        desired = change.desired
        for event in foreign:
            if not event.writable or event.days is None or not event.days.overlaps(desired.days):
                continue
            if _similar(event.title, desired.title):
                yield Finding(
                    kind=FindingKind.PROBABLY_SAME,
                    context=change.context,
                    key=change.key,
                    title=event.title,
                    detail=f"on {day_words(event.days)}, probably the same as {desired.title!r}",
                )


def _similar(one: str, other: str) -> bool:
    left, right = visible_words(one).casefold(), visible_words(other).casefold()
    if not left or not right:
        return False
    if left in right or right in left:
        return True
    return SequenceMatcher(None, left, right).ratio() >= SIMILAR_TITLE
