"""`syncd approve DIGEST`: a person's word on one plan, one short write beside a running daemon."""

from __future__ import annotations

import argparse
import time

from syncd.commands.shared.arguments import read_digest, who
from syncd.commands.shared.state import beside
from syncd.errors import RefusedError


def run(arguments: argparse.Namespace) -> int:
    """Record the approval and say what it admits."""
    typed = read_digest(arguments.digest)
    with beside(arguments, begin=True) as state:
        digest = state.ledger.whole_digest(typed)
        if not digest:
            raise RefusedError(
                f"No plan that begins with {typed} is known to be waiting here, so nothing was approved. Type the "
                "whole digest, as `syncd --dry-run` prints it."
            )
        plan = state.ledger.waiting_plan(digest)
        state.ledger.approve(digest, who=who(), now=time.time())
    if plan is None:
        print(
            f"No plan {digest} is known to be waiting here. The approval is recorded and admits exactly that"
        )
        print("plan, should a cycle of the next 24 hours come to it.")
        return 0
    print(f"Approved, as {who()}, plan {digest}:")
    for sentence in plan.sentences:
        print(f"  - {sentence}")
    print("The next cycle carries it out; the approval ends with that, or after 24 hours.")
    return 0
