"""`syncd schema DIR`: JSON Schemas of the data files, for editors, and of what plan, status and check say as JSON."""

from __future__ import annotations

import argparse
from pathlib import Path

from syncd.reporting.schemas import output_schemas, write_output_schemas
from syncd.source.schema import schemas, write_schemas


def run(arguments: argparse.Namespace) -> int:
    """Write them; schemas from before are replaced, since they are generated."""
    folder = Path(arguments.dir)
    write_schemas(folder)
    write_output_schemas(folder)
    print("\n".join(str(folder / name) for name in (*schemas(), *output_schemas())))
    return 0
