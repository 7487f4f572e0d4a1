"""`syncd --version`."""

from __future__ import annotations

import argparse
from importlib.metadata import PackageNotFoundError, version

from syncd.config.zone_data import use_newest


def run(_arguments: argparse.Namespace) -> int:
    """Print the installed version."""
    try:
        print(f"syncd {version('syncd')}")
    except PackageNotFoundError:
        print("syncd (not installed)")
    print(f"zone rules: {use_newest()}")
    return 0
