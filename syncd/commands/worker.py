"""`syncd worker`: one machine of a fleet, in the foreground."""

from __future__ import annotations

import argparse
import os
import queue
import signal
import sys

from syncd.commands.shared.arguments import settings_of, start_logging
from syncd.config.settings import PREFIX
from syncd.errors import SettingsError
from syncd.state.address import DatabaseAddress
from syncd.wiring import state_address


def run(arguments: argparse.Namespace) -> int:
    """Take turns until SIGTERM."""
    settings = settings_of(arguments)
    log = start_logging(settings)
    address = state_address(settings)
    if not isinstance(address, DatabaseAddress):
        raise SettingsError(f"{PREFIX}DATABASE names no database: a worker serves what lies in one.")
    try:
        from syncd.fleet.worker import Worker
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"`syncd worker` needs what comes with the extra `fleet` ({error.name} is not installed): "
            "install syncd[fleet]."
        ) from None
    signals: queue.SimpleQueue[str] = queue.SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: signals.put("stop"))
    worker = Worker(
        address,
        folder=settings.fleet.instances_dir,
        places=settings.fleet.places,
        log=log,
        log_format=settings.log_format,
    )
    worker.run(signals)
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that wait for a turn or for the database must not hold the process.
    os._exit(0)
