"""The lock files: closed, hashed, in step with pyproject.toml, and free of any address."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.packaging.locks import LOCKS, Environment, asked_for, environments, faults, read

ENVIRONMENTS = [
    pytest.param(found, id=f"{found['python_version']}-{found['sys_platform']}-{found['platform_machine']}")
    for found in environments()
]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_all_that_its_pins_require_and_nothing_else(
    lock: str, environment: Environment, root: Path
) -> None:
    pins = read((root / lock).read_text())
    assert faults(pins, asked_for(root, LOCKS[lock]), environment) == []


def test_a_requirement_of_an_extra_that_is_not_pinned_is_found(root: Path) -> None:
    pins = read((root / "requirements-fleet.txt").read_text())
    del pins["psycopg-binary"]
    (fault,) = faults(pins, asked_for(root, ("fleet",)), next(environments()))
    assert re.fullmatch(
        r"psycopg-binary==.*, asked for by psycopg, is not pinned on Python 3.11, linux", fault
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_a_pin_a_hash_or_a_comment(lock: str, root: Path) -> None:
    pin = r"[A-Za-z0-9._-]+(\[[a-z, ]+\])?==[^\s;]+( ; [^\\]+)? \\"
    line = re.compile(rf"{pin}|    --hash=sha256:[0-9a-f]{{64}}( \\)?|--only-binary :all:|\s*#.*|")
    assert [found for found in (root / lock).read_text().splitlines() if not line.fullmatch(found)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_nothing_is_built_from_source_since_the_tools_for_that_are_in_no_lock(lock: str, root: Path) -> None:
    assert "--only-binary :all:" in (root / lock).read_text().splitlines()


@pytest.mark.parametrize("lock", LOCKS)
def test_no_index_host_or_path_of_a_machine_is_named(lock: str, root: Path) -> None:
    assert re.findall(r"\w+://\S*|--\w*-?index\S*|--find-links|\s/\S+", (root / lock).read_text()) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_all_locks_hold_the_same_releases(lock: str, root: Path) -> None:
    everything = read((root / "requirements-dev.txt").read_text())
    for name, pin in read((root / lock).read_text()).items():
        assert (pin.version, pin.hashes) == (everything[name].version, everything[name].hashes), name


def test_every_extra_has_its_lock(root: Path) -> None:
    extras = tomllib.loads((root / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {f"requirements-{extra}.txt" for extra in extras} | {"requirements.txt"} == set(LOCKS)
    assert {path.name for path in root.glob("requirements*.txt")} == set(LOCKS)


def test_what_builds_the_project_is_locked_with_it(root: Path) -> None:
    document = tomllib.loads((root / "pyproject.toml").read_text())
    assert set(document["build-system"]["requires"]) <= set(document["dependency-groups"]["build"])


def test_every_direct_dependency_names_the_oldest_release_it_works_with(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    declared = list(chain(project["dependencies"], *project["optional-dependencies"].values()))
    bounds = {
        requirement.name: {specifier.operator for specifier in requirement.specifier}
        for requirement in map(Requirement, declared)
    }
    assert [name for name, operators in bounds.items() if ">=" not in operators] == []
