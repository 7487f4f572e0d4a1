"""The suites of the state and the cycle over PostgreSQL: what they say of SQLite holds there too."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.conftest import filled, small_moment, stage  # noqa: F401 - fixtures
from tests.acceptance.sites import Site
from tests.support.postgresql import Cluster
from tests.support.state_address import TEST_DATABASE, instance_of

pytestmark = pytest.mark.system

ROOT = Path(__file__).resolve().parents[3]
SUITES = (
    "tests/unit/syncd/state",
    "tests/unit/syncd/reconcile",
    "tests/unit/syncd/daemon",
    "tests/acceptance/test_daemon.py",
)


@pytest.mark.slow
@pytest.mark.parametrize("suite", SUITES)
def test_a_suite_passes_over_postgresql(suite: str, postgresql: Cluster) -> None:
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-m",
            "not system and not slow",
            suite,
        ],
        cwd=ROOT,
        env=os.environ | {TEST_DATABASE: postgresql.url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4000:]
    passed = re.search(r"(\d+) passed", ran.stdout)
    assert passed is not None
    assert int(passed[1]) > 10


def named_alike(text: str) -> str:
    """Without the name of the pass itself, which tells when it was made."""
    return re.sub(r'"run": "[^"]*"', '"run": ""', text)


def test_a_dry_run_says_the_same_byte_for_byte(filled: Site, postgresql: Cluster, tmp_path: Path) -> None:  # noqa: F811
    """Over the file, and over the same state moved to PostgreSQL, whose collation must not show."""
    filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
    filled.remove("fx-retake-autumn")
    address = {"database": postgresql.url, "instance": instance_of(tmp_path)}
    for words in (("--dry-run",), ("--dry-run", "--format", "json"), ("history",), ("status",)):
        before = filled.syncd(*words)
        if words == ("--dry-run",):
            assert filled.syncd("move-state", "postgresql", **address).code == 0
            filled.state.joinpath("moved").write_bytes(
                next(filled.state.glob("state.db.moved-*")).read_bytes()
            )
        else:
            filled.state.joinpath("state.db").unlink()
        after = filled.syncd(*words, **address)
        assert (after.code, named_alike(after.out)) == (before.code, named_alike(before.out))
        filled.state.joinpath("state.db").write_bytes(filled.state.joinpath("moved").read_bytes())
