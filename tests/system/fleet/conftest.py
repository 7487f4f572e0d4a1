"""A private PostgreSQL cluster for the tests of what goes beyond one machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
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
def short_lived(postgresql: Cluster, tmp_path: Path) -> DatabaseAddress:
    """An instance that no other test uses, with a lease as short as a test can wait for."""
    return DatabaseAddress(
        url=postgresql.url, instance=instance_of(tmp_path), lease_ttl_s=2.0, lease_grace_s=1.0
    )


@pytest.fixture
def address(short_lived: DatabaseAddress) -> DatabaseAddress:
    """What tests use that wait for a lease to end."""
    return short_lived


@pytest.fixture
def lasting(short_lived: DatabaseAddress) -> DatabaseAddress:
    """The same with a lease that outlasts the test, for what does not wait for one to end."""
    return replace(short_lived, lease_ttl_s=600.0, lease_grace_s=600.0)
