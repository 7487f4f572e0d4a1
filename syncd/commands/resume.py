"""`syncd resume`: write again after `syncd pause`.

A daemon that runs is asked over its control socket (`syncd.control.client`); this is for when none does.
"""

from __future__ import annotations

import argparse

from syncd.commands.shared.arguments import settings_of
from syncd.daemon.pause import resume
from syncd.state.store import State


def run(arguments: argparse.Namespace) -> int:
    """Forget the pause in the state."""
    state = State.open_beside(settings_of(arguments).state_folder)
    try:
        was = resume(state.ledger)
    finally:
        state.close()
    print("Resumed." if was else "It was not paused.")
    return 0
