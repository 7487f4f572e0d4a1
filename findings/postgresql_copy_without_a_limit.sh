#!/usr/bin/env bash
# PostgreSQL 15: no timeout ends a COPY FROM STDIN whose client stands still.
#
# A client that stands still (stopped, swapped out, on a machine that was suspended) must not keep its row locks for ever.
# One reaches for statement_timeout, since idle_in_transaction_session_timeout cannot run while a statement does. Inside
# COPY FROM STDIN neither does anything, nor idle_session_timeout: the server waits for the client's next row, where it
# heeds no cancellation, so that it stays in step with the protocol. The session is `active`, wait_event ClientRead, and
# holds every lock of its transaction for as long as the client's connection lives; pg_cancel_backend does nothing either,
# pg_terminate_backend does. The control: the same limit ends a statement that computes. So rows that are to be
# stored under a lock that others wait for go in INSERTs, each a message of its own, with the idle limit between them.
# Documentation: "Client Connection Defaults" (statement_timeout: any statement that takes more than that), "COPY".
# Source: ProcessClientReadInterrupt in tcop/postgres.c looks at cancellations only while it reads a command.
#
# Needs Debian's package postgresql (15) and a user who is not root (as root it runs the server as `postgres`).
# Seen on 2026-11-29, Debian 12, psycopg 3.3.9, Python 3.11.7:
#   PostgreSQL 15.18
#   statement_timeout: active, ClientRead, row locked
#   idle_in_transaction_session_timeout: active, ClientRead, row locked
#   idle_session_timeout: active, ClientRead, row locked
#   pg_cancel_backend: active, ClientRead, row locked
#   control, statement_timeout on pg_sleep: QueryCanceled
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
folder=$(mktemp -d)
venv=$(mktemp -d)
run=()
if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; run=(setpriv --reuid=postgres --regid=postgres --clear-groups); fi
trap '"${run[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder" "$venv"' EXIT
cd "$folder"
"${run[@]}" "$bin/initdb" -D "$folder/data" -A trust -U owner -E UTF8 --locale=C.UTF-8 -N >/dev/null
"${run[@]}" "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/data/log" \
    -o "-c listen_addresses='' -c unix_socket_directories='$folder'" start >/dev/null
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9"
"$venv/bin/python" - "host=$folder user=owner dbname=postgres" <<'PYTHON'
import sys
import time

import psycopg

LIMIT_S = 1
WATCHED_S = 5


def connected(setting: str = "") -> psycopg.Connection:
    session = psycopg.connect(sys.argv[1], autocommit=True)
    if setting:
        session.execute(f"SET {setting} = '{LIMIT_S}s'")
    return session


def stands_still(client: psycopg.Connection, meanwhile: str = "SELECT 1") -> str:
    """How the server has a client that locked a row, began a COPY, and sent one row of it."""
    number = client.info.backend_pid
    client.execute("BEGIN")
    client.execute("SELECT 1 FROM fence FOR SHARE")
    client.pgconn.send_query(b"COPY seats FROM STDIN")
    client.pgconn.get_result()
    client.pgconn.put_copy_data(b"1\n")
    client.pgconn.flush()
    watcher = connected()
    watcher.execute(meanwhile.replace("PID", str(number)))
    time.sleep(WATCHED_S * LIMIT_S)
    found = watcher.execute(
        "SELECT state, wait_event FROM pg_stat_activity WHERE pid = %s", (number,)
    ).fetchone()
    free = watcher.execute("SELECT count(*) FROM (SELECT 1 FROM fence FOR UPDATE SKIP LOCKED) AS free").fetchone()[0]
    client.close()
    watcher.close()
    state = f"{found[0]}, {found[1]}" if found else "ended by the server"
    return f"{state}, row {'free' if free else 'locked'}"


def control() -> str:
    client = connected("statement_timeout")
    try:
        client.execute("SELECT pg_sleep(5)")
    except psycopg.Error as error:
        return type(error).__name__
    finally:
        client.close()
    return "it went on"


with connected() as session:
    print("PostgreSQL", session.execute("SHOW server_version").fetchone()[0].split()[0])
    session.execute("CREATE TABLE seats (free int)")
    session.execute("CREATE TABLE fence (epoch int)")
    session.execute("INSERT INTO fence VALUES (1)")
limits = ("statement_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout")
found = {name: stands_still(connected(name)) for name in limits}
found["pg_cancel_backend"] = stands_still(connected(), "SELECT pg_cancel_backend(PID)")
found["control, statement_timeout on pg_sleep"] = control()
for name, words in found.items():
    print(f"{name}: {words}")
held = "active, ClientRead, row locked"
assert found == {
    **dict.fromkeys((*limits, "pg_cancel_backend"), held),
    "control, statement_timeout on pg_sleep": "QueryCanceled",
}, found
PYTHON
