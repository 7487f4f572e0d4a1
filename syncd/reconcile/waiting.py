"""What a plan that waits for a person leaves in the state, so that ``approve DIGEST`` knows what it binds."""

from __future__ import annotations

from syncd.reconcile.decide import Verdict
from syncd.state.ledger import Ledger


def remember_waiting(ledger: Ledger, verdict: Verdict, *, now: float) -> None:
    """Keep what the refused plan would let through; nothing where no guard refused.

    A dry run works on a private copy of the state, so whoever ran it calls this again with the real one.
    """
    if not verdict.refused:
        return
    for digest, terms in verdict.offers.items():
        ledger.remember_waiting(digest, terms, [hit.sentence for hit in verdict.refused], now=now)
