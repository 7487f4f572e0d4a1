"""Which edition of the data files is to be served, where several machines have copies of them.

Copies are never equal at all times, so that what lies on a disk proves nothing: a machine may only put an
edition in place of the one it had itself. Everything else is a late copy, or waits for a person.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from syncd.state.port import Connection, StateDatabase


class Kind(StrEnum):
    """What an edition is of; each is put in force by itself."""

    CALENDAR = "calendar"
    TARGETS = "targets"
    SETTINGS = "settings"
    """Told apart alone: what they are stays on each machine."""


class Offer(StrEnum):
    """What became of an edition that a machine has on its disk."""

    CURRENT = "current"
    """It is what is to be served anyway."""
    ACCEPTED = "accepted"
    """It is what is to be served from now on."""
    STALE = "stale"
    """It was once: a late copy, left alone."""
    UNKNOWN = "unknown"
    """Nobody knows where it comes from: a person decides, by `syncd push`."""


class Candidates:
    """Editions by kind; what they hold is kept by `Ledger.keep_calendar` under the same digest."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def current(self) -> dict[Kind, str]:
        """Digest of the calendar and the targets that are to be served."""
        served = (Kind.CALENDAR, Kind.TARGETS)
        rows = self._database.rows(
            "SELECT name, value FROM facts WHERE name IN (?, ?)", tuple(fact_of(kind) for kind in served)
        )
        return {kind: value for kind in served for name, value in rows if name == fact_of(kind)}

    def offer(
        self,
        kind: Kind,
        digest: str,
        *,
        machine: str,
        seen_to_change: bool,
        by_hand: bool,
        now: float,
        then: Callable[[Connection], object] = lambda _connection: None,
    ) -> Offer:
        """What a machine has on its disk, put in force by compare-and-set where that is right.

        ``seen_to_change``: this process saw its disk go from another edition to this one. ``by_hand``: a person
        says so. ``then``: done in the same transaction where it is accepted. Several machines may offer at once.
        """
        while True:
            with self._database.write() as connection:
                answer = _offer(
                    connection, kind, digest, machine, seen_to_change=seen_to_change, by_hand=by_hand, now=now
                )
                if answer is Offer.ACCEPTED:
                    then(connection)
            if answer is not None:
                return answer


def _offer(
    connection: Connection,
    kind: Kind,
    digest: str,
    machine: str,
    *,
    seen_to_change: bool,
    by_hand: bool,
    now: float,
) -> Offer | None:
    """None where another machine was faster."""
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (fact_of(kind),)).fetchone()
    current = str(row[0]) if row else ""
    if current == digest:
        _note_copy(connection, kind, digest, machine, now)
        return Offer.CURRENT
    known = connection.execute(
        "SELECT 1 FROM candidates WHERE kind = ? AND digest = ?", (kind.value, digest)
    ).fetchone()
    copy = connection.execute(
        "SELECT digest FROM copies WHERE machine = ? AND kind = ?", (machine, kind.value)
    ).fetchone()
    had_current = copy is not None and copy[0] == current
    if current and not by_hand and not (had_current and (seen_to_change or not known)):
        return Offer.STALE if known else Offer.UNKNOWN
    if current:
        changed = connection.execute(
            "UPDATE facts SET value = ? WHERE name = ? AND value = ?", (digest, fact_of(kind), current)
        ).rowcount
    else:
        changed = connection.execute(
            "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
            (fact_of(kind), digest),
        ).rowcount
    if not changed:
        return None
    connection.execute(
        "INSERT INTO candidates (kind, digest, at, machine) VALUES (?, ?, ?, ?) ON CONFLICT (kind, digest) "
        "DO UPDATE SET at = excluded.at, machine = excluded.machine",
        (kind.value, digest, now, machine),
    )
    _note_copy(connection, kind, digest, machine, now)
    return Offer.ACCEPTED


def _note_copy(connection: Connection, kind: Kind, digest: str, machine: str, now: float) -> None:
    connection.execute(
        "INSERT INTO copies (machine, kind, digest, at) VALUES (?, ?, ?, ?) ON CONFLICT (machine, kind) "
        "DO UPDATE SET digest = excluded.digest, at = excluded.at",
        (machine, kind.value, digest, now),
    )


def fact_of(kind: Kind) -> str:
    """Name of the fact that holds the digest of what is to be served."""
    return f"candidate-{kind.value}"
