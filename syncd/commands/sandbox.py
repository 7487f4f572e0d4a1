"""`syncd sandbox`: local simulators of Canvas and Google Calendar, in the foreground."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path

from syncd.config.extras import needs_extra

with needs_extra("sandbox", "syncd sandbox"):
    from syncd.sandbox.pair import TODAY, Pair

SITE = "sandbox-site"


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM; says where, and how to point syncd at it."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with Pair.seeded(canvas_port=arguments.canvas_port, google_port=arguments.google_port) as pair:
        folder = Path(arguments.write_settings or SITE).resolve()
        pair.write_site(folder)
        print(f"Canvas:          {pair.canvas_server.url}")
        print(f"Google Calendar: {pair.google_server.url}")
        print(f"Settings:        SYNCD_ENV_FILE={folder / '.env'}")
        print(f"It is {TODAY} in these settings. Ctrl-C ends it.", flush=True)
        stop.wait()
    return 0
