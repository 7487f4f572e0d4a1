#!/usr/bin/env bash
# PostgreSQL 15: behind an advisory lock, to_regclass() still says that there is no such table, though it was committed before.
#
# The usual way to let one of several starting processes make the tables is: BEGIN, pg_advisory_xact_lock, look whether they
# are there, make them. In READ COMMITTED every statement sees what is committed, so that whoever waited should find them.
# to_regclass() answers from the session's cache of names, which also holds what was looked for and not found; the cache is
# brought up to date when a transaction begins or a table is opened (locked), and an advisory lock is neither. So the process
# that looked once before, waited, and looks again is told no, and its CREATE TABLE then fails: the table exists. A look into
# pg_catalog.pg_tables opens a table, and finds it; to_regclass() does too after that.
# Documentation: "Explicit Locking", 13.3.5 (advisory locks; names no cache). Source: LockRelationOid in lmgr.c calls
# AcceptInvalidationMessages, LockAcquire for an advisory lock does not.
#
# Needs Debian's package postgresql (15) and a user who is not root (as root it runs the server as `postgres`).
# Seen on 2026-11-29, Debian 12, psycopg 3.3.9, Python 3.11.7:
#   PostgreSQL 15.18
#   before the lock: to_regclass None
#   behind the lock, committed by the other session: to_regclass None, rows of pg_tables 1, to_regclass again s.t
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
folder=$(mktemp -d)
run=()
if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; run=(setpriv --reuid=postgres --regid=postgres --clear-groups); fi
trap '"${run[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
cd "$folder"
"${run[@]}" "$bin/initdb" -D "$folder/data" -A trust -U owner -E UTF8 --locale=C.UTF-8 -N >/dev/null
"${run[@]}" "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/data/log" \
    -o "-c listen_addresses='' -c unix_socket_directories='$folder'" start >/dev/null
venv=$(mktemp -d)
trap '"${run[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder" "$venv"' EXIT
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9"
"$venv/bin/python" - "host=$folder user=owner dbname=postgres" <<'PYTHON'
import sys
import threading

import psycopg


def connected() -> psycopg.Connection:
    return psycopg.connect(sys.argv[1], autocommit=True)


def behind_the_lock(look, before):
    """What ``look`` finds in a session that waits for the lock while another one makes a table and commits."""
    first, second, watcher = connected(), connected(), connected()
    before(second)
    first.execute("BEGIN")
    first.execute("SELECT pg_advisory_xact_lock(1)")
    found = []

    def wait() -> None:
        second.execute("BEGIN")
        second.execute("SELECT pg_advisory_xact_lock(1)")
        found.append(look(second))
        second.execute("ROLLBACK")

    thread = threading.Thread(target=wait)
    thread.start()
    while not watcher.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchone():
        pass
    first.execute("CREATE SCHEMA s")
    first.execute("CREATE TABLE s.t (x int)")
    first.execute("COMMIT")
    thread.join()
    for session in (first, second, watcher):
        session.close()
    return found[0]


def regclass(session: psycopg.Connection):
    return session.execute("SELECT to_regclass('s.t')::text").fetchone()[0]


def look(session: psycopg.Connection):
    rows = "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = 's' AND tablename = 't'"
    return regclass(session), session.execute(rows).fetchone()[0], regclass(session)


with connected() as session:
    print("PostgreSQL", session.execute("SHOW server_version").fetchone()[0].split()[0])
print("before the lock: to_regclass None")
found = behind_the_lock(look, before=regclass)
print(f"behind the lock, committed by the other session: to_regclass {found[0]}, rows of pg_tables {found[1]}, "
      f"to_regclass again {found[2]}")
assert found == (None, 1, "s.t"), found
PYTHON
