"""What a plan that waits for a person leaves in the state, so that ``approve DIGEST`` knows what it binds."""

from __future__ import annotations

from mapping.planning.told import told_together
from syncd.reconcile.decide import Verdict
from syncd.state.ledger import Ledger


def remember_waiting(ledger: Ledger, verdict: Verdict, *, now: float) -> None:
    """Keep what the refused plan would let through; nothing where no guard refused.

    A dry run works on a private copy of the state, so whoever ran it calls this again with the real one.
    """
    if not verdict.refused:
        return
    sentences = [one.sentence for one in told_together(verdict.refused)]
    for digest, terms in verdict.offers.items():
        ledger.remember_waiting(digest, terms, sentences, now=now)
