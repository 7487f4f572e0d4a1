"""`syncd run`: the daemon in the foreground, from lock to last word."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from typing import Any

from syncd.board import Board
from syncd.commands.common import settings_of, start_logging
from syncd.daemon import Daemon, Wake
from syncd.errors import SettingsError
from syncd.heart import Heart
from syncd.notify import Supervisor, watchdog_s
from syncd.settings import PREFIX, Settings
from syncd.state.store import State
from syncd.watch import watch_paths
from syncd.wiring import calendar_folder

GRACE_S = 4.0
"""Seconds that writes in flight get after SIGTERM; then the process ends with their intents open."""


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM."""
    settings = settings_of(arguments)
    log = start_logging(settings)
    _refuse_pretended_day(settings)
    folder = calendar_folder(settings)
    state = State.open(settings.state_folder, now=time.time())
    stop, wake = threading.Event(), Wake()
    for note in state.notes:
        log.warning("state", note=note)
    heart, supervisor = Heart(watchdog_s()), Supervisor()
    daemon = Daemon(
        settings, state, stop=stop, wake=wake, log=log, supervisor=supervisor, heart=heart, board=Board()
    )
    _listen_to_signals(stop, wake)
    watched = [path for path in (folder, settings.targets_file) if path is not None]
    watch_paths(watched, wake.edit, stop)
    return _serve(daemon, heart, supervisor, stop, log)


def _serve(daemon: Daemon, heart: Heart, supervisor: Supervisor, stop: threading.Event, log: Any) -> int:
    """Drive the daemon in a thread of its own, so that this one can feed the watchdog and end the process."""
    failed: list[BaseException] = []

    def drive() -> None:
        try:
            daemon.run()
        except BaseException as error:  # noqa: BLE001 - handed to the main thread, which ends the process
            failed.append(error)

    driver = threading.Thread(target=drive, name="driver", daemon=True)
    driver.start()
    said: list[str] = []
    while driver.is_alive() and not stop.is_set():
        driver.join(min(heart.slice_s, 1.0))
        overdue = heart.overdue()
        if not overdue:
            supervisor.alive()
        elif overdue != said:
            log.error("hung", workers=overdue)
        said = overdue
    driver.join(GRACE_S)
    if failed:
        raise failed[0]
    log.info("stopped", in_flight=driver.is_alive() or None)
    _end(0)
    return 0


def _end(code: int) -> None:
    """Leave at once: a blocked socket of another thread must not hold the process."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _listen_to_signals(stop: threading.Event, wake: Wake) -> None:
    def end(_number: int, _frame: object) -> None:
        stop.set()
        wake.event.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGHUP, lambda *_: wake.ask_reload())


def _refuse_pretended_day(settings: Settings) -> None:
    if settings.today is not None and not settings.every_endpoint_is_loopback:
        raise SettingsError(
            [f"{PREFIX}TODAY pretends a day, so the daemon refuses it against real services; take it out."]
        )
