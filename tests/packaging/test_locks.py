"""The lock files: whole, hashed, in step with pyproject.toml, and free of any address."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ("requirements.txt", "requirements-dev.txt")


def pins(lock: Path) -> dict[str, str]:
    """Maps each pinned project to its version."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", lock.read_text(), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_a_pin_a_hash_or_a_comment(lock: str, root: Path) -> None:
    pin = re.compile(r"[A-Za-z0-9._-]+==[^\s;]+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?|\s*#.*|")
    assert [line for line in (root / lock).read_text().splitlines() if not pin.fullmatch(line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_index_host_or_path_of_a_machine_is_named(lock: str, root: Path) -> None:
    assert re.findall(r"\w+://\S*|--\w*-?index\S*|--find-links|\s/\S+", (root / lock).read_text()) == []


def test_the_runtime_lock_satisfies_every_declared_dependency(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    pinned = pins(root / "requirements.txt")
    for requirement in map(Requirement, project["dependencies"]):
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), requirement


def test_the_development_lock_adds_to_the_runtime_lock_and_changes_nothing_in_it(root: Path) -> None:
    document = tomllib.loads((root / "pyproject.toml").read_text())
    pinned = pins(root / "requirements-dev.txt")
    assert pins(root / "requirements.txt").items() <= pinned.items()
    wanted = document["project"]["optional-dependencies"]["dev"] + document["build-system"]["requires"]
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), requirement


def test_every_direct_dependency_names_the_oldest_release_it_works_with(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    declared = project["dependencies"] + project["optional-dependencies"]["dev"]
    bounds = {
        requirement.name: {specifier.operator for specifier in requirement.specifier}
        for requirement in map(Requirement, declared)
    }
    assert [name for name, operators in bounds.items() if ">=" not in operators] == []
