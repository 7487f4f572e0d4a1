"""`syncd fleet`: how all instances of a database stand, on the terminal, or as one page with metrics."""

from __future__ import annotations

import argparse
import json
import sys
import time

from syncd.commands.shared.arguments import settings_of, start_logging
from syncd.config.settings import PREFIX, UNIX
from syncd.errors import SettingsError, UsageError
from syncd.exits import DONE, FAILED
from syncd.state.address import DatabaseAddress
from syncd.state.store import State
from syncd.wiring import state_address


def run(arguments: argparse.Namespace) -> int:
    """Print the table, or serve it."""
    settings = settings_of(arguments)
    address = state_address(settings)
    if not isinstance(address, DatabaseAddress):
        raise SettingsError(f"{PREFIX}DATABASE names no database: there is no fleet to tell of.")
    State.needs_postgresql()
    from syncd.fleet.overview import Overview, as_json, as_text

    overview = Overview(address)
    if arguments.listen:
        from syncd.fleet.pages import serve

        _, _, port = arguments.listen.rpartition(":")
        if not (port.isdecimal() or arguments.listen.startswith(UNIX)):
            raise UsageError(f"--listen: {arguments.listen!r} is not an address such as 127.0.0.1:8572")
        start_logging(settings)
        serve(overview, f"127.0.0.1:{port}" if arguments.listen in {port, f":{port}"} else arguments.listen,
              settings.page_hosts)  # fmt: skip
        return DONE
    found = overview.read()
    if arguments.json:
        print(json.dumps(as_json(found), ensure_ascii=False, indent=1))
    else:
        sys.stdout.writelines(as_text(found, now=time.time()))
    return FAILED if any(one.is_failing for one in found) else DONE
