"""`syncd status`, and bare `syncd`: how everything stands, from the state and the files.

A daemon that runs is asked over its control socket (`syncd.control.client`); this is for when none does.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

from syncd.commands.shared.arguments import settings_of
from syncd.commands.shared.site_facts import site_facts
from syncd.commands.shared.state import is_there, refuse_unreadable
from syncd.config.settings import Settings
from syncd.errors import SettingsError
from syncd.exits import INVALID, of_status
from syncd.reporting.status import as_json, as_text, read_status
from syncd.reporting.terminal import to_stderr
from syncd.state.store import State
from syncd.wiring import state_address

_UNCONFIGURED = """\
Nothing is configured yet.
  See it work, without any set-up:          syncd demo
  Begin with your own calendar and targets: syncd init DIR, then follow what it prints
  Where it should be running as a service:  systemctl status syncd
"""


def run(arguments: argparse.Namespace) -> int:
    """Print the status; without a verb, the help too."""
    bare = not arguments.verb
    code = _status(arguments, as_json_too=not bare and bool(arguments.json))
    if bare:
        from syncd.grammar import build_parser

        print()
        build_parser().print_help()
    return code


def _status(arguments: argparse.Namespace, *, as_json_too: bool) -> int:
    try:
        settings = settings_of(arguments)
    except SettingsError as error:
        to_stderr(f"syncd: {error}")
        return INVALID
    if not _is_configured(settings):
        if as_json_too:
            print(json.dumps({"configured": False}))
        print(_UNCONFIGURED, end="", file=sys.stderr if as_json_too else sys.stdout)
        return INVALID
    address = state_address(settings)
    refuse_unreadable(address)
    state = State.open_for_reading(address)
    try:
        status = read_status(state, site_facts(settings), now=time.time())
    finally:
        state.close()
    if as_json_too:
        print(json.dumps({"configured": True, **as_json(status)}, ensure_ascii=False, indent=1))
    else:
        sys.stdout.writelines(as_text(status))
    return of_status(status)


def _is_configured(settings: Settings) -> bool:
    try:
        return settings.targets_file is not None or is_there(state_address(settings))
    except OSError:
        return True
