"""Builds the wheel once and installs it into an environment of its own, away from the checkout."""

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The wheel, and the environment it was installed into."""

    wheel: Path
    prefix: Path

    def run(self, command: Sequence[str], cwd: Path) -> str:
        """Runs a program of the environment in another folder and returns what it wrote to stdout."""
        environment = {"PATH": os.defpath, "HOME": str(cwd), "LC_ALL": "C.UTF-8"}
        finished = subprocess.run(
            [str(self.prefix / "bin" / command[0]), *command[1:]],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stdout


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Dependencies are lent from the environment of the tests; our own four packages come from the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [
        "wheel",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    subprocess.run([*pip, *build], check=True)
    (wheel,) = folder.glob("*.whl")

    prefix = folder / "environment"
    venv.create(prefix, with_pip=False, symlinks=True)
    python = str(prefix / "bin" / "python")
    subprocess.run([*pip, "--python", python, "install", "--no-index", "--no-deps", str(wheel)], check=True)
    # A path named in a .pth file is searched, but its own .pth files are not read: the editable install of
    # the checkout stays out of sight.
    (site_packages,) = prefix.glob("lib/python3*/site-packages")
    (site_packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Installation(wheel=wheel, prefix=prefix)
