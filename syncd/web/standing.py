"""In how many calendars an entry stands, by kind, from the state: nobody's course is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mapping.model import Target
from syncd.reconcile.desired import DesiredSets
from syncd.state.store import State

COURSE, ACCOUNT, GOOGLE = "course", "account", "google"
"""What readers call the kinds of calendars: courses and departments in Canvas, and Google calendars."""
_CANVAS = "canvas"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``done`` of ``wanted`` calendars of a kind hold the entry; in ``removed`` a person deleted it."""

    kind: str
    done: int
    wanted: int
    removed: int


def standings(
    state: State, views: DesiredSets, targets: Mapping[str, Target], year: str, entry: str
) -> Iterator[Standing]:
    """One for each kind of calendar that should hold the entry, or does."""
    prefix = f"{year}:{entry}:"
    wanted_by = {
        name: any(key.startswith(prefix) for key in views.desired(target)) for name, target in targets.items()
    }
    held = {context for context, record in state.events.places(entry) if record.key.startswith(prefix)}
    respected = {context for context, key, _ in state.events.respected_everywhere() if key.startswith(prefix)}
    wanted, done, removed = Counter[str](), Counter[str](), Counter[str]()
    for context, note in state.events.notes().items():
        if not wanted_by.get(note.target):
            continue
        kind = _kind(note.kind, targets[note.target])
        if context in held:
            done[kind] += 1
        elif context in respected:
            removed[kind] += 1
        elif note.is_in_step:
            # As desired without it, such as a past event that was never there.
            continue
        wanted[kind] += 1
    for kind in (COURSE, ACCOUNT, GOOGLE):
        if wanted[kind]:
            yield Standing(kind=kind, done=done[kind], wanted=wanted[kind], removed=removed[kind])


def _kind(kind: str, target: Target) -> str:
    if kind != _CANVAS:
        return GOOGLE
    return ACCOUNT if target.account_calendars else COURSE
