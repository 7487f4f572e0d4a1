"""Whether this state belongs to these targets: owner, services, zones.

A state brought from a test instance, or an owner renamed in the targets file, would make every event
look foreign or every copy look ours: both are refused before anything is read for writing.
"""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.port import Account
from mapping.planning.guards import CAMPUS_SCOPE, GuardHit, guard_zone
from syncd.errors import RefusedError
from syncd.state.ledger import Ledger

OWNER = "owner"
CAMPUS_ZONE = "zone:campus"


def check_owner(ledger: Ledger, owner: str, adopt_from: str = "") -> None:
    """Raises `RefusedError` where the state was written under another owner, but for one taken over from."""
    known = ledger.fact(OWNER)
    if known and known not in {owner, adopt_from}:
        raise RefusedError(
            f"The targets file names the owner {owner!r}, but this state and the events out there carry {known!r}. "
            f"Put the name back, or take the events over with: syncd adopt --from {known}"
        )


def check_endpoint(ledger: Ledger, kind: str, account: Account) -> None:
    """Raises `RefusedError` where the state was written against another server."""
    known = ledger.fact(f"endpoint:{kind}")
    if known and known != account.endpoint:
        raise RefusedError(
            f"This state was written against {known} ({kind}), but the settings name {account.endpoint}. "
            "Use another SYNCD_STATE_DIR for another server."
        )


def campus_zone(ledger: Ledger) -> tzinfo:
    """The campus zone under which this state was written; UTC before the first write."""
    try:
        return ZoneInfo(ledger.fact(CAMPUS_ZONE) or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def guard_zones(ledger: Ledger, campus: str, accounts: dict[str, Account]) -> tuple[GuardHit, ...]:
    """Hits where the campus zone or a token user's zone is not the one remembered."""
    hits = list(guard_zone(CAMPUS_SCOPE, ledger.fact(CAMPUS_ZONE), campus))
    for kind, account in sorted(accounts.items()):
        hits.extend(
            guard_zone(f"zone of the {kind} user", ledger.fact(f"zone:{kind}"), account.timezone, kind=kind)
        )
    return tuple(hits)


def bind(ledger: Ledger, owner: str, campus: str, accounts: dict[str, Account]) -> None:
    """Remember all of it; done before the first write and once a changed zone is approved."""
    ledger.set_fact(OWNER, owner)
    ledger.set_fact(CAMPUS_ZONE, campus)
    for kind, account in accounts.items():
        ledger.set_fact(f"endpoint:{kind}", account.endpoint)
        if account.timezone:
            ledger.set_fact(f"zone:{kind}", account.timezone)
