"""The tables, their version, and the steps from each version to the next.

A database of a newer version than this code is refused, one of an older version is migrated in one
transaction; a damaged one is put aside by `syncd.state.store`, never repaired in place.
"""

from __future__ import annotations

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
)
VERSION = len(MIGRATIONS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database to `VERSION`. Raises `RefusedError` for one that is newer."""
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > VERSION:
        raise RefusedError(
            f"The state was written by a newer syncd (layout {found}, this one knows {VERSION}), and is left as "
            "it is. Install that version again, or put the copy of the state back that was made before the upgrade."
        )
    for number in range(found, VERSION):
        connection.executescript(
            f"BEGIN IMMEDIATE; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;"
        )
