"""`syncd --version`."""

from __future__ import annotations

import argparse
from importlib.metadata import PackageNotFoundError, version


def run(_arguments: argparse.Namespace) -> int:
    """Print the installed version."""
    try:
        print(f"syncd {version('syncd')}")
    except PackageNotFoundError:
        print("syncd (not installed)")
    return 0
