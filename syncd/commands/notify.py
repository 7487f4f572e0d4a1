"""`syncd notify --test`: run the notify command once, so that its owner sees that the message arrives."""

from __future__ import annotations

import argparse

from syncd import exits
from syncd.commands.shared.arguments import settings_of, start_logging
from syncd.daemon.notify import check_command
from syncd.errors import SettingsError, UsageError


def run(arguments: argparse.Namespace) -> int:
    """Run it as the daemon would, with a message that says it is a test."""
    if not arguments.test:
        raise UsageError("syncd notify needs --test: it sends one message that says it is a test.")
    settings = settings_of(arguments)
    if not settings.notify_command:
        raise SettingsError("SYNCD_NOTIFY_COMMAND is not set, so nobody is told of anything.")
    told = check_command(settings.notify_command, start_logging(settings))
    if not told:
        print(f"The notify command failed; the log above says how: {settings.notify_command}")
        return exits.FAILED
    print(f"The notify command ended well. Now see that the message has arrived: {settings.notify_command}")
    return exits.DONE
