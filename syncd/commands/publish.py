"""`syncd publish DIGEST`: put an edited calendar in force where ``SYNCD_PUBLISH=manual``.

Publishes and no more: what other guards hold back in the same plan still needs `syncd approve`. Only a plan that
brings a new year is published whole, guards included, since it is one decision.
"""

from __future__ import annotations

import argparse
import time

from mapping.planning.edit_guards import PUBLISH, guard_publishing, publishing_decides
from syncd.commands.shared.arguments import read_digest, who
from syncd.commands.shared.state import beside
from syncd.errors import RefusedError
from syncd.exits import DECIDE
from syncd.reporting.terminal import to_stderr
from syncd.state.approvals import WaitingPlan

_SENTENCE = guard_publishing("").sentence


def run(arguments: argparse.Namespace) -> int:
    """Approve the publication: alone, or with a new year the whole plan."""
    typed = read_digest(arguments.digest)
    with beside(arguments) as state:
        digest = state.ledger.whole_digest(typed)
        plan = _publishable(typed, state.ledger.waiting_plan(digest))
        guards = {one.guard for one in plan.terms.hits}
        only = () if publishing_decides(guards) else {PUBLISH}
        state.ledger.approve(digest, who=who(), now=time.time(), only=only)
        approved = next(one.terms for one in state.ledger.approvals(now=time.time()) if one.digest == digest)
    print(f"Published, as {who()}: the edited calendar of plan {digest} comes in force in the next cycle.")
    if approved is None or not approved.admits(plan.terms):
        to_stderr("Other guards hold the same plan back, so it goes on waiting:")
        for sentence in plan.sentences:
            if sentence != _SENTENCE:
                to_stderr(f"  - {sentence}")
        to_stderr(f"To approve all of it: syncd approve {digest}")
        return DECIDE
    return 0


def _publishable(typed: str, plan: WaitingPlan | None) -> WaitingPlan:
    if plan is None:
        raise RefusedError(
            f"No plan {typed} is known to be waiting here, so there is nothing to publish. "
            "`syncd --dry-run` shows what waits now."
        )
    if not plan.terms.only({PUBLISH}).hits:
        raise RefusedError(
            f"Plan {plan.digest} does not wait for publication but for: {'; '.join(plan.sentences)}. "
            f"To approve it: syncd approve {plan.digest}"
        )
    return plan
