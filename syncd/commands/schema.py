"""`syncd schema DIR`: JSON Schemas of the data files, so that an editor completes and warns while typing."""

from __future__ import annotations

import argparse
from pathlib import Path

from syncd.source.schema import schemas, write_schemas


def run(arguments: argparse.Namespace) -> int:
    """Write them; schemas from before are replaced, since they are generated."""
    folder = Path(arguments.dir)
    write_schemas(folder)
    print("\n".join(str(folder / name) for name in schemas()))
    return 0
