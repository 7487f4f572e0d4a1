#!/usr/bin/env bash
# PostgreSQL 15 with psycopg 3: the limit on idle transactions does not run while a pipeline has no end.
#
# idle_in_transaction_session_timeout is what keeps a client that stands still (stopped, swapped out, on a machine that was
# suspended) from holding its row locks for ever. In pipeline mode statements are sent without waiting, and the server
# carries out what it has received; it calls a session idle only once it reads the message that ends the pipeline (Sync).
# A client that stands still before it has sent that one holds all that its statements locked: pg_stat_activity says
# `active`, wait_event ClientRead, and the session outlives the limit many times over. The same statements without a
# pipeline, or as one message of the simple protocol, are answered before the client can stand still, and the limit runs.
# Documentation: "Client Connection Defaults" (idle_in_transaction_session_timeout: a session that is idle within an open
# transaction), "Pipeline Mode". Source: PostgresMain in tcop/postgres.c arms the timer where it sends ReadyForQuery.
#
# Needs Debian's package postgresql (15) and a user who is not root (as root it runs the server as `postgres`).
# Seen on 2026-11-29, Debian 12, psycopg 3.3.9, Python 3.11.7:
#   PostgreSQL 15.18
#   alone: ended by the server
#   in_one_message: ended by the server
#   in_half_a_pipeline: active, ClientRead, locks on the table 1
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
UPDATE = b"UPDATE seats SET free = free - 1"


def connected() -> psycopg.Connection:
    return psycopg.connect(sys.argv[1], autocommit=True)


def after_the_limit(stand_still) -> str:
    """How the server has a session that stands still in its transaction for five times as long as it may."""
    client, watcher = connected(), connected()
    client.execute(f"SET idle_in_transaction_session_timeout = '{LIMIT_S}s'")
    number = client.info.backend_pid
    client.execute("BEGIN")
    stand_still(client)
    time.sleep(5 * LIMIT_S)
    found = watcher.execute(
        "SELECT state, wait_event FROM pg_stat_activity WHERE pid = %s", (number,)
    ).fetchone()
    locked = watcher.execute(
        "SELECT count(*) FROM pg_locks WHERE pid = %s AND relation = 'seats'::regclass AND mode = 'RowExclusiveLock'",
        (number,),
    ).fetchone()[0]
    client.close()
    watcher.close()
    return f"{found[0]}, {found[1]}, locks on the table {locked}" if found else "ended by the server"


def alone(client: psycopg.Connection) -> None:
    client.execute(UPDATE)


def in_one_message(client: psycopg.Connection) -> None:
    client.execute(UPDATE + b"; " + UPDATE)


def in_half_a_pipeline(client: psycopg.Connection) -> None:
    client.pgconn.enter_pipeline_mode()
    client.pgconn.send_query_params(UPDATE, None)
    client.pgconn.flush()


with connected() as session:
    print("PostgreSQL", session.execute("SHOW server_version").fetchone()[0].split()[0])
    session.execute("CREATE TABLE seats (free int)")
    session.execute("INSERT INTO seats VALUES (30)")
found = {one.__name__: after_the_limit(one) for one in (alone, in_one_message, in_half_a_pipeline)}
for name, words in found.items():
    print(f"{name}: {words}")
assert found == {
    "alone": "ended by the server",
    "in_one_message": "ended by the server",
    "in_half_a_pipeline": "active, ClientRead, locks on the table 1",
}, found
PYTHON
