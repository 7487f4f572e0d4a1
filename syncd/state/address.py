"""Where a state lies: a folder with a SQLite file, or one instance's schema in PostgreSQL."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

INSTANCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,47}")
DEFAULT_INSTANCE = "syncd"
FLEET_SCHEMA = "fleet"
"""PostgreSQL schema of what all instances share: leases, fences, who is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseAddress:
    """One instance's state in PostgreSQL. Times in seconds.

    ``lease_ttl_s``: how long a holder may write after its last renewal. ``lease_grace_s``: how much
    longer nobody else may, so that what is under way has come to rest.
    """

    url: str = field(repr=False)
    instance: str = DEFAULT_INSTANCE
    lease_ttl_s: float = 12.0
    lease_grace_s: float = 8.0

    @property
    def schema(self) -> str:
        """The PostgreSQL schema that holds this instance alone."""
        return f"u_{self.instance}"

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        port = f":{parts.port}" if parts.port else ""
        return f"postgresql://{parts.hostname or ''}{port}{parts.path} (instance {self.instance})"


Address = Path | DatabaseAddress
