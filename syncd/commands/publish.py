"""`syncd publish DIGEST`: put an edited calendar in force where ``SYNCD_PUBLISH=manual``.

Publishes and no more: what other guards hold back in the same plan still needs `syncd approve`.
"""

from __future__ import annotations

import argparse
import sys
import time

from mapping.planning.guards import guard_publishing
from syncd.commands.shared.arguments import read_digest, who
from syncd.commands.shared.state import beside
from syncd.errors import RefusedError
from syncd.exits import DECIDE
from syncd.state.ledger import WaitingPlan

_PUBLISHING = guard_publishing("")
_PREFIX = min(_PUBLISHING.subjects)
"""What the subjects of publishing begin with; the calendar's digest follows."""


def run(arguments: argparse.Namespace) -> int:
    """Approve the publication alone."""
    digest = read_digest(arguments.digest)
    with beside(arguments) as state:
        plan = state.ledger.waiting_plan(digest)
        subjects = _publishing(digest, plan)
        before = {one.digest: one for one in state.ledger.approvals(now=time.time())}.get(digest)
        already = before.subjects if before is not None and before.subjects is not None else frozenset()
        state.ledger.approve(digest, who=who(), now=time.time(), only=subjects | already)
    print(f"Published, as {who()}: the edited calendar of plan {digest} comes in force in the next cycle.")
    others = _others(plan)
    if others and not (plan is not None and plan.subjects <= subjects | already):
        print("Other guards hold the same plan back, so it goes on waiting:", file=sys.stderr)
        for sentence in others:
            print(f"  - {sentence}", file=sys.stderr)
        print(f"To approve all of it: syncd approve {digest}", file=sys.stderr)
        return DECIDE
    return 0


def _publishing(digest: str, plan: WaitingPlan | None) -> frozenset[str]:
    if plan is None:
        raise RefusedError(
            f"No plan {digest} is known to be waiting here, so there is nothing to publish. "
            "`syncd --dry-run` shows what waits now."
        )
    found = frozenset(subject for subject in plan.subjects if subject.startswith(_PREFIX))
    if not found:
        raise RefusedError(
            f"Plan {digest} does not wait for publication but for: {'; '.join(plan.sentences)}. "
            f"To approve it: syncd approve {digest}"
        )
    return found


def _others(plan: WaitingPlan | None) -> list[str]:
    return [one for one in plan.sentences if one != _PUBLISHING.sentence] if plan is not None else []
