"""What a process would otherwise forget with its end: the schedule, what it has read, what the fast lane knows.

Kept in the state, so that another process on another machine goes on from there: removals are made once their
delay is over, whoever began it, and a calendar read completely yesterday need not be read for that alone today.
What was read counts only in the very database it was read under: one that was restored begins anew.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from mapping.model import Context
from syncd.daemon.audit import AuditSelection
from syncd.daemon.schedule import NEVER, Schedule
from syncd.reconcile.fast_lane import Memory
from syncd.state.store import State

SCHEDULE, READ, TURN = "schedule", "read", "turn"
KEY = "fingerprint-key"
"""Fact: a random key of this state. Without it a hash of a credential could be compared between databases."""
_COLUMNS = ("id", "kind", "target", "name", "students", "published", "created")


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnNote:
    """What one turn leaves for the next. ``at``: seconds since 1970 when ``next_why`` is due by itself.

    ``served``: of what calendar, targets and credentials. ``asked``: what people had asked for by then.
    """

    served: str = ""
    asked: str = ""
    next_why: str = "start"
    at: float = 0.0

    def why_now(self, *, served: str, asked: str, now: float) -> str:
        """Why a cycle is to be made; '' where nothing is due."""
        if not self.served:
            return "start"
        if served != self.served:
            return "edit"
        if asked != self.asked:
            return "asked"
        return self.next_why if self.at <= now else ""


@dataclass(slots=True, kw_only=True)
class Remembered:
    """One process's way to it. ``clock``: seconds since 1970; the schedule itself counts monotonic seconds."""

    state: State
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    _stored: dict[str, bytes] = field(default_factory=dict)

    def schedule(self, schedule: Schedule) -> None:
        """Go on with what an earlier process planned."""
        kept = self._load(SCHEDULE)
        if kept is None:
            return
        ago = self.monotonic() - self.clock()
        schedule.resume(
            served=kept["served"],
            # A clock that was set back must not hold removals for longer than a new edit would.
            removals_from=min(kept["removals_from"] + ago, self.monotonic() + schedule.removal_delay_s),
            interval_at=kept["interval_at"] + ago,
            services_at=kept["services_at"] + ago if kept["services_at"] else NEVER,
            failed_in_a_row=kept["failed_in_a_row"],
        )

    def turn(self) -> TurnNote:
        """What the turn before left."""
        kept = self._load(TURN)
        return TurnNote(**kept) if kept is not None else TurnNote()

    def keep_turn(self, note: TurnNote) -> None:
        """Leave it for the next turn."""
        self._store(TURN, asdict(note))

    def vantage(self, *pieces: str) -> str:
        """What the fast lane's memory holds for: targets and credentials, unreadable from outside."""
        key = self.state.ledger.fact(KEY)
        if not key:
            key = secrets.token_hex(16)
            self.state.ledger.set_fact(KEY, key)
        return hmac.new(key.encode(), "\x1f".join(pieces).encode(), hashlib.sha256).hexdigest()[:32]

    def read(self, audit: AuditSelection, vantage: str) -> Memory:
        """What earlier processes read; an empty memory where that was from another vantage or database."""
        identity = self.state.database.identity
        kept = self._load(READ) if identity else None
        if kept is None or kept["identity"] != identity:
            return Memory()
        audit.seen |= set(kept["audited"])
        if kept["vantage"] != vantage:
            return Memory()
        contexts = [Context(**dict(zip(_COLUMNS, row, strict=True))) for row in kept["contexts"]]
        return Memory(contexts={one.id: one for one in contexts}, seen=set(kept["seen"]))

    def keep(self, schedule: Schedule, audit: AuditSelection, memory: Memory, vantage: str) -> None:
        """Store what has changed since."""
        identity = self.state.database.identity
        kept = schedule.as_kept(self.clock() - self.monotonic())
        if not identity:
            # One process serves a file for its whole life: only what a restart must not begin anew.
            kept |= {"interval_at": 0.0, "services_at": 0.0, "failed_in_a_row": 0}
        self._store(SCHEDULE, kept)
        if not identity:
            return
        rows = [[getattr(one, name) for name in _COLUMNS] for one in memory.contexts.values()]
        self._store(
            READ,
            {
                "identity": identity, "vantage": vantage, "contexts": rows,
                "seen": sorted(memory.seen), "audited": sorted(audit.seen),
            },
        )  # fmt: skip

    def _load(self, name: str) -> dict[str, Any] | None:
        packed = self.state.ledger.remembered(name)
        if packed is None:
            return None
        self._stored[name] = packed
        found: dict[str, Any] = json.loads(zlib.decompress(packed))
        return found

    def _store(self, name: str, value: dict[str, Any]) -> None:
        packed = zlib.compress(json.dumps(value, ensure_ascii=False).encode(), level=1)
        if self._stored.get(name) != packed:
            self.state.ledger.remember(name, packed)
            self._stored[name] = packed
