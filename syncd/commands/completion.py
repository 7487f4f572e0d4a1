"""`syncd completion SHELL`: a completion script made from the grammar itself, so that it cannot lag behind."""

from __future__ import annotations

import argparse

from syncd.grammar.completion import SCRIPTS


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    print(SCRIPTS[arguments.shell](), end="")
    return 0
