"""`syncd retry`: send once more what a service did not store as it was sent, and forget its zone rules.

A daemon that runs is asked over its control socket (`syncd.control.client`); this is for when none does.
"""

from __future__ import annotations

import argparse
import time

from syncd.commands.shared.arguments import settings_of
from syncd.commands.shared.state import wake_holder
from syncd.reconcile.retrying import retry
from syncd.state.store import State
from syncd.wiring import state_address


def run(arguments: argparse.Namespace) -> int:
    """Forget it in the state."""
    address = state_address(settings_of(arguments))
    state = State.open_beside(address)
    try:
        print(retry(state.events, arguments.retry_context or "", now=time.time()))
        wake_holder(state, address)
    finally:
        state.close()
    return 0
