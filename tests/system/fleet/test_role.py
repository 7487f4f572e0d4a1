"""A database role with the grants that docs/security.md names: the daemon and every verb work, and nothing more."""

from __future__ import annotations

import re
from dataclasses import replace

import psycopg
import pytest

from syncd.state.address import DatabaseAddress
from syncd.state.store import State
from tests.acceptance.conftest import fresh, make, stage  # noqa: F401 - fixtures
from tests.acceptance.sites import ROOT, Site
from tests.support.postgresql import Cluster
from tests.system.fleet.servers import Servers

pytestmark = pytest.mark.system

MAIN = "re-registration-autumn:main"
BESIDE = (
    "status",
    "history",
    "where re-registration-autumn",
    "--dry-run",
    "pause",
    "resume",
    "retry",
    "push",
)
"""Verbs beside the daemon."""
ALONE = ("--once", "retire law-autumn")
FORBIDDEN = (
    "SELECT * FROM u_south.facts",
    "UPDATE u_south.facts SET value = ''",
    "CREATE SCHEMA mine",
    "CREATE TABLE u_NAME.mine (x int)",
    "CREATE TABLE public.mine (x int)",
    "DROP TABLE u_NAME.facts",
    "TRUNCATE u_NAME.journal",
    "DROP SCHEMA u_NAME CASCADE",
    "ALTER TABLE u_NAME.facts ADD COLUMN x int",
    "UPDATE u_NAME.layout SET version = 1",
    "UPDATE fleet.layout SET version = 1",
    "UPDATE fleet.fleet_key SET key = ''",
    "DELETE FROM fleet.fence",
    "SELECT rolpassword FROM pg_authid",
    "CREATE ROLE another",
    "CREATE DATABASE another",
    "COPY u_NAME.facts TO '/tmp/facts'",
    "COPY u_NAME.facts TO PROGRAM 'true'",
)


def grants(name: str) -> str:
    """The statements of the guide, for the university of that name."""
    found = re.search(
        r"```sql\n(.*?)```", (ROOT / "docs" / "security.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert found is not None
    return found[1].replace("NAME", name)


@pytest.fixture
def own(postgresql: Cluster, address: DatabaseAddress) -> DatabaseAddress:
    """For a role of its own, in a database where its owner has made two universities' tables."""
    name = address.instance
    postgresql.run("createdb", "-h", "127.0.0.1", "-p", str(postgresql.port), "-U", "postgres", name)
    owner = replace(address, url=f"{address.url.rpartition('/')[0]}/{name}")
    for instance in (name, "south"):
        State.open(replace(owner, instance=instance), now=0.0).close()
    with psycopg.connect(owner.url, autocommit=True) as connection:
        connection.execute(grants(name).encode())
    return replace(owner, url=owner.url.replace("postgres@", f"{name}@"))


def test_a_role_with_the_grants_of_the_guide_serves_its_university(
    fresh: Site,  # noqa: F811 - a fixture
    own: DatabaseAddress,
) -> None:
    servers = Servers(fresh, own)
    with servers.running("one", interval=3600) as one:
        one.until_cycles(1)
        servers.on("one").edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
        one.until(lambda: fresh.days(fresh.event(101, MAIN))[1].day == 12, "the edit")
        said = {verb: servers.on("one").syncd(*verb.split(), **servers.variables()) for verb in BESIDE}
        assert one.end() == 0
    said |= {verb: servers.on("one").syncd(*verb.split(), **servers.variables()) for verb in ALONE}
    assert not [verb for verb, outcome in said.items() if "permission denied" in outcome.out + outcome.err]
    assert {verb: outcome.code for verb, outcome in said.items()} == dict.fromkeys(said, 0) | {
        "retire law-autumn": 3
    }


def test_such_a_role_can_do_nothing_more(own: DatabaseAddress) -> None:
    with psycopg.connect(own.url, autocommit=True) as connection:
        for statement in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.replace("NAME", own.instance).encode())
