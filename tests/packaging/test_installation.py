"""The commands of the Makefile and the guides on a machine where every package has a newer release.

A folder takes the place of the index. In it each locked file lies beside a release of the same project that is
newer than all others and empty: whatever is chosen rather than taken as it is locked ends up there.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.utils import canonicalize_name

from tests.packaging.commands import installations, pip_commands
from tests.packaging.locks import LOCKS, not_of_extras, read

pytestmark = pytest.mark.system

INTERPRETER = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
FUTURE = "9999.0"
NOT_OURS = frozenset({"pip", "setuptools", "syncd"})
"""What an environment holds besides the lock: what `venv` puts there, and the project."""
LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", "mutants", "dist"
)


@dataclass(frozen=True, slots=True)
class Machine:
    """A checkout and a home of its own, on which pip finds nothing but the folder."""

    home: Path
    index: Path

    @property
    def checkout(self) -> Path:
        """Where the commands are typed."""
        return self.home / "checkout"

    @property
    def prefix(self) -> Path:
        """What the guides call /opt/syncd."""
        return self.home / "opt" / "syncd"

    def type(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run what a guide says, by the interpreter of the tests and with nothing of their environment."""
        words = re.sub(r"(?<![\w/])/opt/syncd\b", str(self.prefix), command)
        words = re.sub(r"^python3\.11\b", str(INTERPRETER), words)
        environment = {
            "PATH": os.defpath,
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.index),
        }
        return subprocess.run(
            ["sh", "-ec", words],
            cwd=self.checkout,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def must(self, command: str) -> str:
        """As `type`; what it printed, once it has succeeded."""
        done = self.type(command)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def installed(self, prefix: Path) -> Mapping[str, str]:
        """Maps each project of an environment to its version."""
        listed = json.loads(self.must(f"{prefix}/bin/python -m pip list --format=json"))
        return {canonicalize_name(one["name"]): one["version"] for one in listed}


@pytest.fixture(scope="module")
def machine(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """The locked files come from the index, once; the releases of the future are made here."""
    home = tmp_path_factory.mktemp("machine")
    index = home / "index"
    lock = root / "requirements-dev.txt"
    download = ["download", "--quiet", "--no-deps", "--require-hashes", "--dest", str(index), "-r", str(lock)]
    subprocess.run([sys.executable, "-m", "pip", *download], check=True)
    for name in read(lock.read_text()):
        _release_of_the_future(name, index)
    made = Machine(home, index)
    shutil.copytree(root, made.checkout, ignore=LEFT_BEHIND)
    return made


def _release_of_the_future(name: str, index: Path) -> None:
    stem = f"{name.replace('-', '_')}-{FUTURE}"
    with zipfile.ZipFile(index / f"{stem}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(
            f"{stem}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {FUTURE}\n"
        )
        wheel.writestr(
            f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{stem}.dist-info/RECORD", "")


def _locked(root: Path, lock: str) -> dict[str, str]:
    here = {name: str(value) for name, value in default_environment().items()}
    return {name: pin.version for name, pin in read((root / lock).read_text()).items() if pin.holds(here)}


def _holds_the_lock(installed: Mapping[str, str], locked: Mapping[str, str]) -> None:
    assert {name: installed.get(name) for name in locked} == dict(locked)
    assert installed.keys() - locked.keys() <= NOT_OURS


def test_the_folder_does_lead_astray_whoever_leaves_pip_a_choice(machine: Machine) -> None:
    choice = "pip download --quiet --no-deps --dest astray tzdata"
    machine.must(f"{INTERPRETER} -m {choice}")
    assert [path.name for path in (machine.checkout / "astray").iterdir()] == [
        f"tzdata-{FUTURE}-py3-none-any.whl"
    ]


def test_make_demo_installs_the_lock_and_plays_to_its_end(machine: Machine, root: Path) -> None:
    assert "What a lecturer now sees" in machine.must(f"make PYTHON={INTERPRETER} demo")
    _holds_the_lock(machine.installed(machine.checkout / ".venv"), _locked(root, "requirements-dev.txt"))


@pytest.fixture(scope="module")
def server(machine: Machine, root: Path) -> Machine:
    """A production server, installed as README says."""
    (way,) = installations(root / "README.md")
    for command in way:
        machine.must(command)
    return machine


def test_a_server_holds_what_production_needs(server: Machine, root: Path) -> None:
    _holds_the_lock(server.installed(server.prefix), _locked(root, "requirements.txt"))
    assert json.loads(server.must("cd / && /opt/syncd/bin/syncd entries --json"))


def test_nothing_but_the_extras_own_modules_lacks_a_package_there(server: Machine) -> None:
    program = server.checkout / "tests" / "packaging" / "import_all.py"
    assert not_of_extras(json.loads(server.must(f"cd / && /opt/syncd/bin/python -I {program}"))) == {}


@pytest.mark.parametrize("lock", [lock for lock in LOCKS if lock != "requirements.txt"])
def test_every_extra_is_one_command_of_the_guide(lock: str, server: Machine) -> None:
    (command,) = {
        command
        for file, command in pip_commands(server.checkout)
        if file == "docs/operate.md" and command.startswith("/opt/syncd") and command.endswith(f" {lock}")
    }
    server.must(f"{command} --dry-run --quiet")


def test_the_sentence_of_a_verb_without_its_extra_brings_the_extra(server: Machine) -> None:
    refused = server.type("/opt/syncd/bin/syncd demo")
    assert refused.returncode == 64
    _, command, _ = refused.stderr.split("`")
    server.must(command)
    server.must("/opt/syncd/bin/python -c 'import syncd.commands.demo'")
