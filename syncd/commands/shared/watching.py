"""A command that is run again and again until somebody interrupts it: `syncd status --watch`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

EVERY_S = 5.0
_FROM_THE_TOP = b"\x1b[H\x1b[2J"


def again_and_again(run: Callable[[], int], *, sleep: Callable[[float], None] = time.sleep) -> int:
    """Run it every `EVERY_S` seconds, each time at the top of a terminal, in a pipe one below the other.

    Ends with an interrupt (Ctrl-C); the exit code is then that of the last run.
    """
    clears = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    code = _once(run, clears=clears)
    try:
        while True:
            sleep(EVERY_S)
            code = _once(run, clears=clears)
    except KeyboardInterrupt:
        return code


def _once(run: Callable[[], int], *, clears: bool) -> int:
    """Run it once; ``clears``: on an empty screen."""
    if clears:
        sys.stdout.flush()
        # Past what is printed, where nothing may move the cursor.
        sys.stdout.buffer.write(_FROM_THE_TOP)
        sys.stdout.buffer.flush()
    code = run()
    print(flush=True)
    return code
