"""What a plan that waits for a person leaves in the state, so that ``approve DIGEST`` knows what it binds."""

from __future__ import annotations

from syncd.reconcile.report import CycleReport
from syncd.state.ledger import Ledger


def remember_waiting(ledger: Ledger, report: CycleReport, *, now: float) -> None:
    """Keep what the refused plan would let through; nothing where no guard refused.

    A dry run works on a private copy of the state, so whoever ran it calls this again with the real one.
    """
    if not report.refused:
        return
    for digest, terms in report.offers.items():
        ledger.remember_waiting(digest, terms, [hit.sentence for hit in report.refused], now=now)
