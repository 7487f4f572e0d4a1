"""What is known of single events, as rows and as values."""

from __future__ import annotations

from functools import lru_cache

from mapping.model import Days, Record, Unstored
from syncd.state.port import Connection, Row

RECORD = "key, remote_id, title, first_day, end_day, fingerprint, body_hash, has_tail, version, generation, stamp, wish"
UNSTORED = "key, wish, times, stamp, made, words, tried_at"
_PUT_RECORD = (
    f"INSERT INTO ids (context, {RECORD}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608
    "ON CONFLICT (context, key) DO UPDATE SET remote_id = excluded.remote_id, title = excluded.title, "
    "first_day = excluded.first_day, end_day = excluded.end_day, fingerprint = excluded.fingerprint, "
    "body_hash = excluded.body_hash, has_tail = excluded.has_tail, version = excluded.version, "
    "generation = excluded.generation, stamp = excluded.stamp, wish = excluded.wish"
)

_new = object.__new__
(
    _set_key, _set_remote_id, _set_title, _set_days, _set_fingerprint, _set_body_hash, _set_has_tail, _set_version,
    _set_generation, _set_stamp, _set_wish,
) = (getattr(Record, name).__set__ for name in Record.__slots__)  # fmt: skip


def put_unstored(connection: Connection, context: str, one: Unstored) -> None:
    """Keep what a service does not store as it was sent."""
    connection.execute(
        f"INSERT INTO unstored (context, {UNSTORED}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (context, one.key, one.wish, one.times, one.stamp, one.made, one.words, one.tried_at),
    )


def unstored_of(row: Row) -> Unstored:
    """Columns `UNSTORED` as a value."""
    return Unstored(**dict(zip(Unstored.__slots__, row, strict=True)))


def put_record(connection: Connection, context: str, record: Record) -> None:
    """Keep what we know of one event, in place of what we knew."""
    days = record.days
    connection.execute(
        _PUT_RECORD,
        (
            context,
            record.key,
            record.remote_id,
            record.title,
            *(days.as_texts() if days else (None, None)),
            record.fingerprint,
            record.body_hash,
            int(record.has_tail),
            record.version,
            record.generation,
            record.stamp,
            record.wish,
        ),
    )


def record_of(row: Row) -> Record:
    """Columns `RECORD` as a value.

    Built slot by slot: the constructor of a frozen dataclass takes twice as long, and a sweep reads every record.
    """
    (
        key,
        remote_id,
        title,
        first_day,
        end_day,
        fingerprint,
        body_hash,
        has_tail,
        version,
        generation,
        stamp,
        wish,
    ) = row
    record = _new(Record)
    _set_key(record, key)
    _set_remote_id(record, remote_id)
    _set_title(record, title)
    _set_days(record, _days(first_day, end_day) if first_day else None)
    _set_fingerprint(record, fingerprint)
    _set_body_hash(record, body_hash)
    _set_has_tail(record, bool(has_tail))
    _set_version(record, version)
    _set_generation(record, generation)
    _set_stamp(record, stamp)
    _set_wish(record, wish)
    return record


def days_of(row: Row) -> Days | None:
    """The days of columns `RECORD`: all of them that cannot be anything else. Raises ValueError or TypeError."""
    first_day, end_day = row[3], row[4]
    return _days(first_day, end_day) if first_day else None


def placed_of(row: Row) -> tuple[str, Record]:
    """A context, and columns `RECORD` as a value."""
    return row[0], record_of(row[1:])


@lru_cache(maxsize=4096)
def _days(first_day: str, end_day: str) -> Days:
    """A university's events lie on few days, in every context the same."""
    return Days.from_texts(first_day, end_day)
