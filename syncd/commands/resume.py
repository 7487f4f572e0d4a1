"""`syncd resume`: write again after `syncd pause`.

A daemon that runs is asked over its control socket (`syncd.control.client`); this is for when none does.
"""

from __future__ import annotations

import argparse

from syncd.commands.shared.arguments import settings_of
from syncd.commands.shared.state import wake_holder
from syncd.state.pause import resume
from syncd.state.store import State
from syncd.wiring import state_address


def run(arguments: argparse.Namespace) -> int:
    """Forget the pause in the state."""
    address = state_address(settings_of(arguments))
    state = State.open_beside(address)
    try:
        was = resume(state.ledger)
        wake_holder(state, address)
    finally:
        state.close()
    print("Resumed." if was else "It was not paused.")
    return 0
