"""What a turn shares with others that use the same credentials: its part of their quotas, and what was spent of them.

Google tells nobody how much of a minute's quota is left, so that whoever begins must be told what was spent before:
by the turn before it, and by other universities with the same account.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from syncd.config.credentials import credential_files
from syncd.config.settings import Settings
from syncd.state.postgresql.fleet_tables import FleetTables

RENEW_S = 3.0
"""Seconds between two tellings that a credential is in use, and of what was spent."""
_ITEMS = 64
"""Of what a turn spent, an item for each second of a minute and a little more."""


class SpentTold:
    """What a turn has spent, as it tells its worker: in memory that both see, free moments by the monotonic clock.

    Written by one process, and read by another without a lock: what is half written is right a moment later.
    """

    def __init__(self, context: Any) -> None:
        self._values = context.Array("d", 2 * _ITEMS, lock=False)

    def tell(self, spent: Iterable[tuple[float, int]]) -> None:
        """In place of what was told before."""
        flat = [value for item in list(spent)[-_ITEMS:] for value in item]
        self._values[:] = flat + [0.0] * (2 * _ITEMS - len(flat))

    def read(self, now: float) -> Iterator[tuple[float, int]]:
        """Seconds until each item is free again, and its units."""
        values = list(self._values)
        for free_at, units in zip(values[::2], values[1::2], strict=True):
            if free_at > now and units > 0:
                yield free_at - now, int(units)


@dataclass(slots=True, kw_only=True)
class Shares:
    """One turn's, for its worker. ``use_s``: how long a use counts that is not told again."""

    name: str
    settings: Settings
    tables: FleetTables
    context: Any
    log: Any
    use_s: float
    among: Any = field(init=False)
    """Shared with the turn: among how many turns the credentials are."""
    told: SpentTold = field(init=False)
    before: list[tuple[float, int]] = field(init=False)
    """What of Google's quota was spent before the turn, by whoever: seconds until it is free again, and units."""
    _credentials: list[str] = field(init=False)
    _account: str = field(init=False)
    _own: list[tuple[float, int]] = field(init=False)
    """What this instance's earlier turns spent: when it is free again by the monotonic clock, and units."""
    _noted: list[int] = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        key = self.tables.key()
        self._credentials = [_fingerprint(one, key) for one in _contents(self.settings)]
        google = self.settings.google.credentials_file
        self._account = _fingerprint(content, key) if google and (content := _read(google)) else ""
        self.among = self.context.Value("i", 1, lock=False)
        self.told = SpentTold(self.context)
        self._noted, self._at = [], time.monotonic()
        spent = self.tables.spent(self._account) if self._account else {}
        self.before = [item for items in spent.values() for item in items]
        self._own = [(self._at + free_in_s, units) for free_in_s, units in spent.get(self.name, ())]
        self._tell_share()

    def renew(self) -> None:
        """Tell once more, where it is time to, and be told. Raises `StateError`."""
        if time.monotonic() - self._at > RENEW_S:
            self._at = time.monotonic()
            self._tell_share()
            self.keep()

    def keep(self) -> None:
        """Note for other turns, and the next one, what was spent. Raises `StateError`."""
        now = time.monotonic()
        here = list(self.told.read(now))
        if not self._account or [units for _, units in here] == self._noted:
            return
        earlier = [(free_at - now, units) for free_at, units in self._own if free_at > now]
        self.tables.note_spent(self.name, self._account, [*earlier, *here])
        self._noted = [units for _, units in here]

    def leave(self) -> None:
        """Give the credentials free for others. Raises `StateError`."""
        self.tables.leave(self.name)

    def _tell_share(self) -> None:
        """Have the turn go on with its part of what a credential may spend."""
        among = self.tables.share(self.name, self._credentials, for_s=self.use_s)
        if among != self.among.value:
            self.log.info("credential-shared", instance=self.name, among=among)
            self.among.value = among


def _contents(settings: Settings) -> Iterator[bytes]:
    """Of each credential."""
    if settings.canvas.token is not None:
        yield settings.canvas.token.get_secret_value().encode()
    for path in credential_files(settings):
        if content := _read(path):
            yield content


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes().strip()
    except OSError:
        return b""


def _fingerprint(credential: bytes, key: str) -> str:
    """So that instances that share one are told apart by nobody else."""
    return hmac.new(key.encode(), credential, hashlib.sha256).hexdigest()[:32]
