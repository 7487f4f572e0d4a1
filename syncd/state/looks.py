"""What one complete read of a context leaves in the state, in place of what was known before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mapping.model import ContextPlan, Record, Unstored
from syncd.errors import StaleEpochError
from syncd.state.event_rows import RECORD, UNSTORED, put_record, put_unstored, record_of, unstored_of
from syncd.state.port import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one complete read of a context came to. ``view``: digest of what was desired there."""

    context: str
    epoch: int
    plan: ContextPlan
    events_seen: int
    view: str
    known: Mapping[str, Record] | None = None
    """Records before it, by event key; None: not at hand."""
    settled: str = ""
    """What it rested on, where it leaves nothing to say of the context."""
    others: Mapping[str, str] | None = None
    """Remote id to version of other people's events, to be remembered in place of those of before; None: as they are."""


@dataclass(frozen=True, slots=True)
class ShortLook:
    """A complete read that showed a context exactly as its last look left it, in step. ``view``: as of `Look`."""

    context: str
    epoch: int
    view: str


def check_epoch(connection: Connection, context: str, epoch: int) -> None:
    """Raises `StaleEpochError` where the context was taken over since."""
    row = connection.execute("SELECT epoch FROM contexts WHERE context = ?", (context,)).fetchone()
    if row is None or int(row[0]) != epoch:
        raise StaleEpochError(context)


def store_look(connection: Connection, look: Look, now: float) -> None:
    """Keep what a look came to. Raises `StaleEpochError`."""
    check_epoch(connection, look.context, look.epoch)
    plan = look.plan
    known = look.known if look.known is not None else records_of(connection, look.context)
    _replace_records(connection, look.context, known, plan.records)
    _replace_respected(connection, look.context, plan.respected, now)
    _replace_unstored(connection, look.context, plan.unstored)
    if look.others is not None:
        _replace_others(connection, look.context, look.others)
    in_step = not plan.changes
    connection.execute(
        "UPDATE contexts SET observed_at = ?, events_seen = ?, filled_at = coalesce(filled_at, ?), in_step_at = "
        "CASE WHEN ? THEN ? ELSE in_step_at END, view = CASE WHEN ? THEN ? ELSE '' END, failing_since = NULL, "
        "failures = 0, retry_at = NULL, error = NULL, look_at = CASE WHEN look_at > ? THEN look_at END, "
        "settled = ? WHERE context = ?",
        (
            now,
            look.events_seen,
            now if plan.records else None,
            in_step,
            now,
            in_step,
            look.view,
            now,
            look.settled if in_step else "",
            look.context,
        ),
    )


def records_of(connection: Connection, context: str) -> dict[str, Record]:
    """Records by event key, inside a transaction."""
    rows = connection.execute(f"SELECT {RECORD} FROM ids WHERE context = ?", (context,))  # noqa: S608
    return {row[0]: record_of(row) for row in rows}


def _replace_records(
    connection: Connection, context: str, known: Mapping[str, Record], records: Iterable[Record]
) -> None:
    left = set(known)
    for record in records:
        before = known.get(record.key)
        left.discard(record.key)
        # Mostly the very same record: comparing its fields would cost more than planning the context.
        if before is not record and before != record:
            put_record(connection, context, record)
    for key in left:
        connection.execute("DELETE FROM ids WHERE context = ? AND key = ?", (context, key))


def _replace_respected(connection: Connection, context: str, keys: frozenset[str], now: float) -> None:
    known = {row[0] for row in connection.execute("SELECT key FROM respected WHERE context = ?", (context,))}
    for key in known - keys:
        connection.execute("DELETE FROM respected WHERE context = ? AND key = ?", (context, key))
    for key in keys - known:
        connection.execute(
            "INSERT INTO respected (context, key, since) VALUES (?, ?, ?)", (context, key, now)
        )


def _replace_unstored(connection: Connection, context: str, found: Iterable[Unstored]) -> None:
    rows = connection.execute(f"SELECT {UNSTORED} FROM unstored WHERE context = ?", (context,))  # noqa: S608
    known = {row[0]: unstored_of(row) for row in rows}
    left = set(known)
    for one in found:
        left.discard(one.key)
        if known.get(one.key) != one:
            connection.execute("DELETE FROM unstored WHERE context = ? AND key = ?", (context, one.key))
            put_unstored(connection, context, one)
    for key in left:
        connection.execute("DELETE FROM unstored WHERE context = ? AND key = ?", (context, key))


def _replace_others(connection: Connection, context: str, others: Mapping[str, str]) -> None:
    rows = connection.execute("SELECT remote_id, version FROM others WHERE context = ?", (context,))
    known: dict[str, str] = dict(rows.fetchall())
    if known == others:
        return
    for remote_id in known.keys() - others.keys():
        connection.execute("DELETE FROM others WHERE context = ? AND remote_id = ?", (context, remote_id))
    for remote_id, version in others.items():
        if known.get(remote_id) != version:
            connection.execute(
                "INSERT INTO others (context, remote_id, version) VALUES (?, ?, ?) "
                "ON CONFLICT (context, remote_id) DO UPDATE SET version = excluded.version",
                (context, remote_id, version),
            )
