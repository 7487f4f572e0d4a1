"""Which target a context belongs to: exactly one, or it is refused and reported.

A ``courses:`` list beats discovery by account and term. Any other context that two targets name is
refused for both: writing it from two wishes would never come to rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mapping.model import Context, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A context that several targets claim with equal right; none of them may write it."""

    context: str
    targets: tuple[str, ...]

    def __str__(self) -> str:
        names = " and ".join(self.targets)
        return (
            f"{self.context} is claimed by the targets {names}, so nothing is written there; "
            "leave it to one of them (a courses: list beats discovery)."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Every claimed context once, in a steady order, and the clashes."""

    contexts: tuple[Context, ...]
    clashes: tuple[Clash, ...]


def settle_claims(found: Mapping[str, Sequence[Context]], targets: Sequence[Target]) -> Claims:
    """Give each context to one target. ``found``: target name to the contexts it names right now."""
    claimants: dict[tuple[str, str], list[tuple[Target, Context]]] = defaultdict(list)
    for target in targets:
        for context in {one.id: one for one in found.get(target.name, ())}.values():
            claimants[target.kind, context.id].append((target, context))
    contexts: list[Context] = []
    clashes: list[Clash] = []
    for (_, name), claims in sorted(claimants.items()):
        listed = [claim for claim in claims if claim[0].courses]
        winners = listed if len(listed) == 1 else claims
        if len(winners) == 1:
            contexts.append(winners[0][1])
        else:
            clashes.append(Clash(context=name, targets=tuple(target.name for target, _ in winners)))
    return Claims(contexts=tuple(contexts), clashes=tuple(clashes))
