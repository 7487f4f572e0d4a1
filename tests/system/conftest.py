"""Tests that need Debian packages; each skips itself where its program is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def axe(root: Path) -> str:
    """The source of axe-core in the one version that the lock beside these tests names, fetched once into build/."""
    folder = root / "build" / "axe"
    source = folder / "node_modules" / "axe-core" / "axe.min.js"
    locked = root / "tests" / "system" / "axe"
    fetched = folder / "package-lock.json"
    if source.is_file() and fetched.read_bytes() == (locked / "package-lock.json").read_bytes():
        return source.read_text(encoding="utf-8")
    npm = shutil.which("npm")
    if npm is None and not os.environ.get("CI"):
        pytest.skip("npm is not installed here")
    shutil.copytree(locked, folder, dirs_exist_ok=True)
    ran = subprocess.run(
        [npm or "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode and not os.environ.get("CI"):
        pytest.skip("npm cannot fetch axe-core here")
    assert ran.returncode == 0, ran.stderr
    return source.read_text(encoding="utf-8")
