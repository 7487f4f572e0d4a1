"""The tables, their version, and the steps from each version to the next.

A database of a newer version than this code is refused, one of an older version is migrated in one
transaction; a damaged one is put aside by `syncd.state.database`, never repaired in place.
"""

from __future__ import annotations

import re
import sqlite3

from syncd.errors import RefusedError

MIGRATIONS: tuple[str, ...] = (
    # 1: the first layout
    """
    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE contexts (
        context TEXT PRIMARY KEY, kind TEXT NOT NULL, target TEXT NOT NULL, name TEXT NOT NULL DEFAULT '',
        epoch INTEGER NOT NULL DEFAULT 0, events_seen INTEGER NOT NULL DEFAULT 0,
        filled_at REAL, observed_at REAL, in_step_at REAL,
        failing_since REAL, failures INTEGER NOT NULL DEFAULT 0, retry_at REAL, error TEXT,
        view TEXT NOT NULL DEFAULT ''
    ) WITHOUT ROWID;
    CREATE TABLE ids (
        context TEXT NOT NULL, key TEXT NOT NULL, remote_id TEXT NOT NULL, title TEXT NOT NULL,
        first_day TEXT, end_day TEXT, fingerprint TEXT NOT NULL, body_hash TEXT NOT NULL,
        has_tail INTEGER NOT NULL, version TEXT NOT NULL, generation INTEGER NOT NULL,
        PRIMARY KEY (context, key)
    ) WITHOUT ROWID;
    CREATE TABLE respected (
        context TEXT NOT NULL, key TEXT NOT NULL, since REAL NOT NULL, PRIMARY KEY (context, key)
    ) WITHOUT ROWID;
    CREATE TABLE intents (
        intent INTEGER PRIMARY KEY, context TEXT NOT NULL, key TEXT NOT NULL, action TEXT NOT NULL,
        opened_at REAL NOT NULL
    );
    CREATE INDEX intents_by_context ON intents (context);
    CREATE TABLE journal (
        entry INTEGER PRIMARY KEY, run TEXT NOT NULL, at REAL NOT NULL, target TEXT NOT NULL,
        context TEXT NOT NULL, key TEXT NOT NULL, action TEXT NOT NULL, why TEXT NOT NULL,
        remote_id TEXT NOT NULL, outcome TEXT NOT NULL, fields TEXT NOT NULL,
        title TEXT NOT NULL, first_day TEXT, end_day TEXT, text TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX journal_by_context ON journal (context, at);
    CREATE INDEX journal_by_time ON journal (at);
    CREATE TABLE texts (hash TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE runs (
        run TEXT PRIMARY KEY, at REAL NOT NULL, calendar TEXT NOT NULL, why TEXT NOT NULL, summary TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE approvals (
        digest TEXT PRIMARY KEY, at REAL NOT NULL, who TEXT NOT NULL, subjects TEXT
    ) WITHOUT ROWID;
    CREATE TABLE waiting (
        digest TEXT PRIMARY KEY, at REAL NOT NULL, subjects TEXT NOT NULL, sentences TEXT NOT NULL,
        calendar TEXT NOT NULL DEFAULT ''
    ) WITHOUT ROWID;
    CREATE TABLE calendars (digest TEXT PRIMARY KEY, at REAL NOT NULL, files BLOB NOT NULL) WITHOUT ROWID;
    """,
    # 2: which event a delete was about, so that one we never saw confirmed is not taken for a person's
    "ALTER TABLE intents ADD COLUMN remote_id TEXT NOT NULL DEFAULT '';",
    # 3: under which lease a write was begun, when a context must be looked at once more, what processes remember
    """
    ALTER TABLE intents ADD COLUMN lease INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE intents ADD COLUMN settled_at REAL;
    ALTER TABLE contexts ADD COLUMN look_at REAL;
    CREATE TABLE remembered (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE candidates (
        kind TEXT NOT NULL, digest TEXT NOT NULL, at REAL NOT NULL, machine TEXT NOT NULL,
        PRIMARY KEY (kind, digest)
    ) WITHOUT ROWID;
    CREATE TABLE copies (
        machine TEXT NOT NULL, kind TEXT NOT NULL, digest TEXT NOT NULL, at REAL NOT NULL,
        PRIMARY KEY (machine, kind)
    ) WITHOUT ROWID;
    """,
    # 4: approvals as contracts over whole digests (those of before name less than they would now have to bind),
    # and what fills that nobody approved may have sent
    """
    DROP TABLE approvals;
    DROP TABLE waiting;
    CREATE TABLE approvals (
        digest TEXT PRIMARY KEY, at REAL NOT NULL, who TEXT NOT NULL, terms TEXT
    ) WITHOUT ROWID;
    CREATE TABLE waiting (
        digest TEXT PRIMARY KEY, at REAL NOT NULL, terms TEXT NOT NULL, sentences TEXT NOT NULL,
        contested INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;
    ALTER TABLE journal ADD COLUMN unapproved REAL NOT NULL DEFAULT 0;
    """,
    # 5: what a service does not store as it is sent; the service's own time of our last write, and what that sent
    """
    ALTER TABLE ids ADD COLUMN stamp TEXT NOT NULL DEFAULT '';
    ALTER TABLE ids ADD COLUMN wish TEXT NOT NULL DEFAULT '';
    CREATE TABLE unstored (
        context TEXT NOT NULL, key TEXT NOT NULL, wish TEXT NOT NULL, times INTEGER NOT NULL, stamp TEXT NOT NULL,
        made TEXT NOT NULL, words TEXT NOT NULL, tried_at REAL NOT NULL,
        PRIMARY KEY (context, key)
    ) WITHOUT ROWID;
    """,
    # 6: which looks left nothing to say, and other people's events that they showed, so that neither is looked into anew
    """
    ALTER TABLE contexts ADD COLUMN settled TEXT NOT NULL DEFAULT '';
    CREATE TABLE others (
        context TEXT NOT NULL, remote_id TEXT NOT NULL, version TEXT NOT NULL, PRIMARY KEY (context, remote_id)
    ) WITHOUT ROWID;
    """,
    # 7: what fills that nobody approved take of the limit, noted before each write is sent: the journal tells of a
    # write only once its answer is there, and a kill in between is no reason to send as much once more
    """
    CREATE TABLE unapproved (at REAL NOT NULL, share REAL NOT NULL, intent INTEGER);
    CREATE INDEX unapproved_by_time ON unapproved (at);
    INSERT INTO unapproved (at, share) SELECT at, unapproved FROM journal WHERE unapproved > 0;
    ALTER TABLE journal DROP COLUMN unapproved;
    """,
    # 8: two indexes that no statement reads: each write stored a row of theirs, and they take a fifth of the history's room
    "DROP INDEX journal_by_context; DROP INDEX unapproved_by_time;",
)
VERSION = len(MIGRATIONS)

_WORDS = (
    (re.compile(r"\)\s*WITHOUT ROWID"), ")"),
    (re.compile(r"\bINTEGER PRIMARY KEY\b"), "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"),
    (re.compile(r"\bINTEGER\b"), "BIGINT"),
    # Four bytes in PostgreSQL: a time would not be found again by its own value.
    (re.compile(r"\bREAL\b"), "DOUBLE PRECISION"),
    (re.compile(r"\bBLOB\b"), "BYTEA"),
    # Sorted by code points, as SQLite does, whatever the database's own collation is.
    (re.compile(r"\bTEXT\b"), 'TEXT COLLATE "C"'),
)


def for_postgresql(script: str) -> str:
    """A step of `MIGRATIONS` in PostgreSQL's words: only types and table options differ."""
    for pattern, word in _WORDS:
        script = pattern.sub(word, script)
    return script


def newer_layout(found: int) -> RefusedError:
    """What is said of a state that a later version wrote."""
    return RefusedError(
        f"The state was written by a newer syncd (layout {found}, this one knows {VERSION}), and is left as "
        "it is. Install that version again, or put the copy of the state back that was made before the upgrade. "
        "Where no newer one ever ran, the file is damaged: move state.db, with its -wal and -shm, out of the way."
    )


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database to `VERSION`. Raises `RefusedError` for one that is newer."""
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > VERSION:
        raise newer_layout(found)
    migrate_to(connection, VERSION)


def migrate_to(connection: sqlite3.Connection, version: int) -> None:
    """Bring the database to one layout, each step in a transaction of its own."""
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    for number in range(max(found, 0), version):
        connection.executescript(
            f"BEGIN IMMEDIATE; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;"
        )
