"""How long a plan's writes will take at least, told before a long one begins. Reckons from quotas, measures nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.port import Connector, Paced
from mapping.model import Context
from syncd.state.plans import Edition, PlanStore

WORTH_TELLING_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """``seconds``: of the slowest service, since services are written side by side."""

    writes: int
    seconds: float

    @property
    def worth_telling(self) -> bool:
        return self.seconds >= WORTH_TELLING_S

    def __str__(self) -> str:
        return f"{self.writes:,} writes, at least {_duration(self.seconds)} at the pace the services allow"


def estimate(
    plans: PlanStore, edition: Edition, contexts: Mapping[str, Context], connectors: Mapping[str, Connector]
) -> Estimate:
    """For all changes of the edition; services that tell no pace count as instant."""
    writes: Counter[str] = Counter()
    for name, count in plans.changes_in(edition).items():
        if name in contexts:
            writes[contexts[name].kind] += count
    seconds = [
        count / rate for kind, count in writes.items() if (rate := _writes_per_s(connectors[kind])) > 0
    ]
    return Estimate(writes=writes.total(), seconds=max(seconds, default=0.0))


def _writes_per_s(connector: Connector) -> float:
    return connector.writes_per_s if isinstance(connector, Paced) else 0.0


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"
