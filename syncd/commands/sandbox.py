"""`syncd sandbox`: local simulators of Canvas and Google Calendar, in the foreground."""

from __future__ import annotations

import argparse
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

from syncd.config.extras import needs_extra

with needs_extra("sandbox", "syncd sandbox"):
    from syncd.sandbox.pair import TODAY, Pair, write_made_site

SITE = "sandbox-site"


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM; says where, and how to point syncd at it."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with Pair.seeded(canvas_port=arguments.canvas_port, google_port=arguments.google_port) as pair:
        folder = Path(arguments.write_settings or SITE).resolve()
        if arguments.now:
            write_made_site(pair, folder, datetime.now(tz=UTC).date())
        else:
            pair.write_site(folder)
        print(f"Canvas:          {pair.canvas_server.url}")
        print(f"Google Calendar: {pair.google_server.url}")
        print(f"Settings:        SYNCD_ENV_FILE={folder / '.env'}")
        day = "It is today" if arguments.now else f"It is {TODAY}"
        print(f"{day} in these settings. Ctrl-C ends it.", flush=True)
        stop.wait()
    return 0
