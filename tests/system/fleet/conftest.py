"""A private PostgreSQL cluster for the tests of what goes beyond one machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncd.state.address import DatabaseAddress
from tests.support.postgresql import Cluster, cluster, programs
from tests.support.state_address import instance_of


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    if programs() is None:
        pytest.skip("Debian's package postgresql is not installed")
    with cluster() as running:
        yield running


@pytest.fixture
def address(postgresql: Cluster, tmp_path: Path) -> DatabaseAddress:
    """An instance that no other test uses, with a lease as short as a test can wait for."""
    return DatabaseAddress(
        url=postgresql.url, instance=instance_of(tmp_path), lease_ttl_s=2.0, lease_grace_s=1.0
    )
