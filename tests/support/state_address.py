"""Where the tests keep a state: in a file, or in PostgreSQL where `TEST_DATABASE` names a server.

So the suites of the state, the cycle and the daemon run over both; `tests/system` starts the second run.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from syncd.state.address import Address, DatabaseAddress

TEST_DATABASE = "SYNCD_TEST_DATABASE"
"""Environment: address of a database in which each folder becomes an instance of its own."""

in_a_file = pytest.mark.skipif(bool(os.environ.get(TEST_DATABASE)), reason="speaks of the SQLite file")


def instance_of(folder: Path) -> str:
    """The instance that stands for a folder."""
    return "t" + hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:20]


def state_address(folder: Path) -> Address:
    """The folder itself, or the instance that stands for it."""
    url = os.environ.get(TEST_DATABASE)
    if not url:
        return folder
    return DatabaseAddress(url=url, instance=instance_of(folder))


def environment(folder: Path) -> dict[str, str]:
    """What a process needs to use that state."""
    url = os.environ.get(TEST_DATABASE)
    return {"SYNCD_DATABASE": url, "SYNCD_INSTANCE": instance_of(folder)} if url else {}


def lose_state(folder: Path) -> None:
    """Leave nothing of what was known there."""
    address = state_address(folder)
    if isinstance(address, Path):
        for path in address.iterdir():
            path.unlink()
        return
    import psycopg  # noqa: PLC0415 - not there for the suites over SQLite alone

    with psycopg.connect(address.url, autocommit=True) as connection:
        connection.execute(f'DROP SCHEMA "{address.schema}" CASCADE'.encode())
