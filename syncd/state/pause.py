"""Whether the service is paused, since when and by whom: three facts of the state."""

from __future__ import annotations

from datetime import UTC, datetime

from syncd.state.ledger import Ledger

PAUSED = "paused"
PAUSED_BY = "paused-by"
PAUSED_AT = "paused-at"


def is_paused(ledger: Ledger) -> bool:
    """True while nothing is to be written."""
    return ledger.fact(PAUSED) == "yes"


def pause(ledger: Ledger, who: str, *, now: float) -> None:
    """Stop writing; who paused first stays named."""
    if is_paused(ledger):
        return
    ledger.set_fact(PAUSED_BY, who)
    ledger.set_fact(PAUSED_AT, datetime.fromtimestamp(now, tz=UTC).isoformat(timespec="seconds"))
    ledger.set_fact(PAUSED, "yes")


def resume(ledger: Ledger) -> bool:
    """Write again. False where it was not paused."""
    was = is_paused(ledger)
    ledger.set_fact(PAUSED, "no")
    return was
