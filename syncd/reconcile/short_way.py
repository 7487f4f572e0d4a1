"""The short way: a context that is exactly as its last look left it, and that look settled it, is not planned anew.

It changes what is read and reckoned, never what is written. When it may be taken is `mapping.planning.settled`'s to say
of a look, and this module's of what surrounds it in a pass; a connector says whether the context is as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from connectors.port import KnowsUnchanged, LastLook
from mapping.model import Context, Drift
from mapping.planning.settled import MOST_OTHERS, mark, settled_basis, settles, still_settled
from syncd.config.zone_data import in_use
from syncd.reconcile.passes import Pass
from syncd.state.looks import Look
from syncd.state.plans import Edition

_NEVER = LastLook({})
"""Of a context without records: other people's events count beside ours alone."""


class ShortWay(Mapping[str, LastLook]):
    """The last looks at the contexts of one pass, each looked up when first asked for. Thread-safe."""

    def __init__(self, one_pass: Pass, contexts: Mapping[str, Context]) -> None:
        self._pass = one_pass
        self._contexts = contexts
        self._events = one_pass.runtime.state.events
        self._busy = self._events.with_intents()
        self._with_others = self._events.with_others()
        self._today = one_pass.runtime.today()
        self._held: dict[str, LastLook] = {}
        self._bases = {name: self._basis(name) for name in {one.target for one in contexts.values()}}

    def __getitem__(self, context: str) -> LastLook:
        held = self._held.get(context)
        if held is None:
            held = self._look(context)
            self._held[context] = held
        return held

    def _look(self, context: str) -> LastLook:
        recorded = self._pass.recorded
        if recorded is not None and context not in recorded:
            return _NEVER
        others = self._events.versions_of_others(context) if context in self._with_others else {}
        return LastLook(
            self._events.versions(context), others, suffices=self._suffices(self._contexts[context])
        )

    def let_go(self, context: str) -> int:
        """How many events of ours its last look showed; nothing is asked of the context any more."""
        held = self._held.pop(context, None)
        return len(held.ours) if held is not None else 0

    def remembering(self, look: Look, context: Context) -> Look:
        """The look with what the next one may rest on."""
        if not isinstance(self._pass.runtime.connectors[context.kind], KnowsUnchanged):
            return look
        settled = settles(look.plan, self._pass.targets[context.target])
        return replace(
            look,
            settled=mark(self._bases[context.target], self._today) if settled else "",
            others=look.plan.others if len(look.plan.others) <= MOST_OTHERS else {},
        )

    def _suffices(self, context: Context) -> bool:
        note = self._pass.notes.get(context.id)
        if note is None or note.is_failing or note.look_at is not None or context.id in self._busy:
            return False
        if len(self._pass.desired) > 1 or self._pass.targets[context.target].drift is not Drift.REPAIR:
            return False
        return still_settled(note.settled, self._bases[context.target], self._today)

    def _basis(self, name: str) -> str:
        """By what a plan for the target is made here, but for records and events."""
        runtime, target = self._pass.runtime, self._pass.targets[name]
        desired = self._pass.desired[Edition.IN_FORCE]
        return settled_basis(
            desired.desired(target),
            target,
            desired.digest(target),
            runtime.targets.owner,
            runtime.targets.timezone,
            str(in_use()),
            runtime.version,
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._contexts)

    def __len__(self) -> int:
        return len(self._contexts)
