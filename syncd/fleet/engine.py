"""Who takes the next turn: Procrastinate behind two calls, `defer` and `serve`.

It carries "this instance is due" from whoever dispatches to a worker that has a free place: coalesced, spread over
machines, told at once by NOTIFY. Its locks, retries and heartbeats are no ground for safety: a job that is handed
to two workers ends at the instance's lease. The only module that knows the library.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from psycopg import conninfo, sql

from syncd.errors import StateError
from syncd.state.address import DatabaseAddress
from syncd.state.postgresql.connection import as_state_error

SCHEMA = "engine"
"""PostgreSQL schema of the library's own tables."""
LAYOUT = "3.10"
"""Version of those tables; another one is brought in by its own migration, never by this code."""
QUEUE, TASK = "turns", "turn"
POLL_S, BEAT_S, STALLED_S = 2.0, 5.0, 20.0
REAP_S = 5.0
AGAIN_S = 1.0
"""Seconds until a worker that lost the database begins anew."""
_LOCK = 7_239_104_313


class Engine:
    """One process's way to it; `defer` and `serve` may be called from different threads."""

    def __init__(self, address: DatabaseAddress, *, places: int, name: str, log: Any) -> None:
        self._address = address
        self._places = places
        self._name = name
        self._log = log
        self._loop: asyncio.AbstractEventLoop | None = None
        self._app: App | None = None
        self._stopped = threading.Event()
        self._worker: asyncio.Task[None] | None = None

    def prepare(self) -> None:
        """Make the library's tables where there are none. Raises `StateError` for those of another version."""
        with (
            as_state_error(self._address),
            psycopg.connect(self._conninfo(), autocommit=True) as connection,
            connection.transaction(),
        ):
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)))
            connection.execute("CREATE TABLE IF NOT EXISTS engine_layout (version TEXT NOT NULL)")
            row = connection.execute("SELECT version FROM engine_layout").fetchone()
            if row is None:
                app = App(connector=PsycopgConnector(conninfo=self._conninfo()))
                connection.execute(app.schema_manager.get_schema())
                connection.execute("INSERT INTO engine_layout (version) VALUES (%s)", (LAYOUT,))
            elif row[0] != LAYOUT:
                raise StateError(
                    str(self._address),
                    f"the engine's tables are of version {row[0]}, this syncd knows {LAYOUT}",
                    "Bring every machine to the same version of syncd[fleet].",
                )

    def defer(self, instance: str) -> None:
        """Have some worker take a turn of it; nothing where one is waiting to be taken already."""
        loop, app = self._loop, self._app
        if loop is None or app is None or self._stopped.is_set():
            return
        with contextlib.suppress(RuntimeError):
            asyncio.run_coroutine_threadsafe(_defer(app, instance), loop)

    def serve(self, handler: Callable[[str], None]) -> None:
        """Call ``handler`` with each instance whose turn came to this worker, until `stop`. In several threads."""
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
        pool = ThreadPoolExecutor(self._places, thread_name_prefix="turn")
        try:
            asyncio.run(self._serve(handler, pool))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def stop(self) -> None:
        """End `serve`; turns under way are its caller's to end."""
        self._stopped.set()
        loop, worker = self._loop, self._worker
        if loop is not None and worker is not None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(worker.cancel)

    async def _serve(self, handler: Callable[[str], None], pool: ThreadPoolExecutor) -> None:
        self._loop = asyncio.get_running_loop()
        while not self._stopped.is_set():
            try:
                await self._serve_once(handler, pool)
            except (ConnectorException, psycopg.Error, OSError) as error:
                # It ends with any fault of the database; a worker that was pruned ends too.
                self._log.warning("engine-away", kind=type(error).__name__)
            except asyncio.CancelledError:
                break
            if not self._stopped.is_set():
                await asyncio.sleep(AGAIN_S)

    async def _serve_once(self, handler: Callable[[str], None], pool: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        app = App(connector=PsycopgConnector(conninfo=self._conninfo(), min_size=1, max_size=4, timeout=5.0))

        @app.task(name=TASK, queue=QUEUE)
        async def turn(instance: str) -> None:
            await loop.run_in_executor(pool, handler, instance)

        async with app.open_async():
            self._app = app
            reaper = asyncio.create_task(self._reap(app))
            try:
                self._worker = asyncio.create_task(
                    app.run_worker_async(
                        queues=[QUEUE],
                        name=self._name,
                        concurrency=self._places,
                        fetch_job_polling_interval=POLL_S,
                        listen_notify=True,
                        update_heartbeat_interval=BEAT_S,
                        stalled_worker_timeout=STALLED_S,
                        shutdown_graceful_timeout=0.1,
                        delete_jobs="always",
                        install_signal_handlers=False,
                    )
                )
                await self._worker
            finally:
                self._app = None
                reaper.cancel()

    async def _reap(self, app: App) -> None:
        """Take jobs from workers that are gone, so that their places in the queue do not stay barred."""
        while True:
            await asyncio.sleep(REAP_S)
            with contextlib.suppress(ConnectorException, psycopg.Error):
                for job in await app.job_manager.get_stalled_jobs(
                    task_name=TASK, seconds_since_heartbeat=STALLED_S
                ):
                    if job.id is not None:
                        await app.job_manager.finish_job_by_id_async(
                            job_id=job.id, status=Status.FAILED, delete_job=True
                        )
                await app.job_manager.prune_stalled_workers(STALLED_S)

    def _conninfo(self) -> str:
        """With the timeouts that keep a stopped process from holding what others wait for."""
        return conninfo.make_conninfo(
            self._address.url,
            options=(
                f"-c search_path={SCHEMA} -c idle_in_transaction_session_timeout=4000 -c lock_timeout=3000 "
                "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
            ),
            connect_timeout=5,
            tcp_user_timeout=10_000,
            application_name="syncd-engine",
        )


async def _defer(app: App, instance: str) -> None:
    # No lock=, retry= or schedule_at=: the row of a worker that is gone would bar its instance until it is reaped.
    # Two workers that are handed one instance meet at its lease.
    with contextlib.suppress(AlreadyEnqueued, ConnectorException, psycopg.Error):
        await app.configure_task(TASK, queue=QUEUE, queueing_lock=instance).defer_async(instance=instance)
