"""`syncd pause`: nothing is written until `syncd resume`; reading goes on.

A daemon that runs is asked over its control socket (`syncd.control.client`); this is for when none does.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from syncd.commands.shared.arguments import settings_of, who
from syncd.commands.shared.state import wake_holder
from syncd.state.pause import pause
from syncd.state.store import State
from syncd.wiring import state_address


def run(arguments: argparse.Namespace) -> int:
    """Remember it in the state."""
    address = state_address(settings_of(arguments))
    state = State.open_beside(address)
    try:
        pause(state.ledger, who(), now=time.time())
        wake_holder(state, address)
    finally:
        state.close()
    alone = " No daemon runs on this state now." if isinstance(address, Path) else ""
    print(f"Paused: no cycle writes until syncd resume.{alone}")
    return 0
