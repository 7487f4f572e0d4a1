"""`syncd move-state`: the whole state from its file to PostgreSQL, or back, while no syncd runs on either."""

from __future__ import annotations

import argparse
import time

from syncd.commands.shared.arguments import settings_of
from syncd.config.settings import PREFIX
from syncd.errors import SettingsError
from syncd.state.address import DatabaseAddress
from syncd.state.store import State
from syncd.wiring import state_address


def run(arguments: argparse.Namespace) -> int:
    """Move it, and say how much that was and where the old one lies."""
    settings = settings_of(arguments)
    address = state_address(settings)
    if not isinstance(address, DatabaseAddress):
        raise SettingsError(f"{PREFIX}DATABASE names no database: it says where to, and where from.")
    folder, now = settings.state_folder, time.time()
    if arguments.to == "postgresql":
        moved = State.move(folder, address, now=now)
        print(f"Moved {sum(moved.values())} rows from {folder} to {address}.")
        print(f"The file is kept there as state.db.moved-{int(now)}; nothing uses it any more.")
    else:
        moved = State.move(address, folder, now=now)
        print(f"Moved {sum(moved.values())} rows from {address} to {folder}.")
        print(
            f"The database keeps them as schema {address.schema}.moved-{int(now)}; nothing uses it any more."
        )
        print(f"Take {PREFIX}DATABASE out of the settings before you start syncd again.")
    return 0
