"""The suites of the state and the cycle over PostgreSQL: what they say of SQLite holds there too."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.postgresql import Cluster
from tests.support.state_address import TEST_DATABASE

pytestmark = pytest.mark.system

ROOT = Path(__file__).resolve().parents[3]
SUITES = ("tests/unit/syncd/state", "tests/unit/syncd/reconcile", "tests/unit/syncd/daemon")


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
    assert int(passed[1]) > 20
