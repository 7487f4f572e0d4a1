"""When a context that is exactly as its last complete look left it needs no new plan.

A look *settles* a context where its plan was spotless: nothing to change, to report or to respect, every event of ours
on record. As long as what that plan rested on (`settled_basis`) is the same and the campus day is no earlier, the same
events at the same versions lead to the same plan: a later day only adds to what is past, and what is past is left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date

from mapping.model import ContextPlan, DesiredEvent, Drift, Target

MOST_OTHERS = 500
"""Events of other people that are remembered of one context; one with more is read with all descriptions."""


def settled_basis(desired: Mapping[str, DesiredEvent], target: Target, *surroundings: str) -> str:
    """Names all that a plan for the target rests on besides day, records and events.

    ``surroundings``: what else decides, such as owner, zone rules, drawing and the version of the program.
    """
    policy = (target.drift, target.respect_deletions, target.copies, target.past, target.timezone)
    digest = hashlib.sha256("\x1f".join([*map(str, policy), *surroundings]).encode())
    for key, event in sorted(desired.items()):
        digest.update(f"\n{key}={event.fingerprint}".encode())
    return digest.hexdigest()[:32]


def settles(plan: ContextPlan, target: Target) -> bool:
    """Whether nothing is left to say of the context as it was seen: every event in it is on record or nobody's matter."""
    spotless = not (
        plan.changes or plan.findings or plan.respected or plan.unstored or plan.unknown or plan.emptied
    )
    return (
        spotless
        and target.drift is Drift.REPAIR
        and bool(plan.records)
        and plan.unchanged == len(plan.records)
        and len(plan.others) <= MOST_OTHERS
    )


def mark(basis: str, today: date) -> str:
    """What is remembered of a look that settles a context."""
    return f"{basis}@{today.isoformat()}"


def still_settled(remembered: str, basis: str, today: date) -> bool:
    """Whether a look of an earlier or the same day rested on the same."""
    before, _, day = remembered.partition("@")
    return bool(basis) and before == basis and bool(day) and day <= today.isoformat()
