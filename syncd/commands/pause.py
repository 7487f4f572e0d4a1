"""`syncd pause`: nothing is written until `syncd resume`; reading goes on.

A daemon that runs is asked over its control socket (`syncd.control.client`); this is for when none does.
"""

from __future__ import annotations

import argparse
import time

from syncd.commands.shared.arguments import settings_of, who
from syncd.state.pause import pause
from syncd.state.store import State
from syncd.wiring import state_address


def run(arguments: argparse.Namespace) -> int:
    """Remember it in the state."""
    state = State.open_beside(state_address(settings_of(arguments)))
    try:
        pause(state.ledger, who(), now=time.time())
    finally:
        state.close()
    print("Paused: no cycle writes until syncd resume. No daemon runs on this state now.")
    return 0
