"""The installed thing, not the checkout: what the wheel holds, and that it works from any folder."""

import json
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.packaging.conftest import Installation

PACKAGES = ("syncd", "connectors", "mapping", "data")

IMPORT_ALL = f"""
import importlib, json
print(json.dumps({{name: importlib.import_module(name).__file__ for name in {PACKAGES}}}))
"""

READ_CALENDAR = """
import importlib.resources, json, yaml
documents = [path for path in importlib.resources.files("data").rglob("*") if path.suffix == ".yaml"]
print(json.dumps({path.name: bool(yaml.safe_load(path.read_text("utf-8"))) for path in documents}))
"""

CLAIMS = """
import json
from importlib.metadata import packages_distributions
print(json.dumps(packages_distributions()))
"""


def test_the_wheel_holds_our_four_packages_and_nothing_else(installation: Installation) -> None:
    names = zipfile.ZipFile(installation.wheel).namelist()
    assert {name.split("/")[0] for name in names if ".d" not in name.split("/")[0]} == set(PACKAGES)
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]


@pytest.mark.parametrize("package", PACKAGES)
def test_type_checkers_may_use_our_annotations(package: str, installation: Installation) -> None:
    assert f"{package}/py.typed" in zipfile.ZipFile(installation.wheel).namelist()


def test_every_file_of_the_calendar_reaches_the_wheel(installation: Installation, root: Path) -> None:
    files = [path for path in (root / "data").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    listed = {path.relative_to(root).as_posix() for path in files}
    assert listed <= set(zipfile.ZipFile(installation.wheel).namelist())


def test_folders_of_the_same_name_in_the_working_directory_are_not_imported(
    installation: Installation, tmp_path: Path
) -> None:
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("raise AssertionError")
    files = json.loads(installation.run(["python", "-I", "-c", IMPORT_ALL], cwd=tmp_path))
    assert {Path(file).is_relative_to(installation.prefix) for file in files.values()} == {True}
    assert installation.run(["python", "-Im", "syncd", "--help"], cwd=tmp_path)


def test_the_calendar_is_read_from_the_installed_package(
    installation: Installation, root: Path, tmp_path: Path
) -> None:
    documents = json.loads(installation.run(["python", "-I", "-c", READ_CALENDAR], cwd=tmp_path))
    assert documents
    assert documents == {path.name: True for path in (root / "data").rglob("*.yaml")}


def test_the_installed_command_lists_the_shipped_calendar(installation: Installation, tmp_path: Path) -> None:
    assert json.loads(installation.run(["syncd", "entries", "--json"], cwd=tmp_path))


def test_the_units_are_installed_where_the_guide_looks_for_them(
    installation: Installation, root: Path
) -> None:
    share = installation.prefix / "share" / "syncd" / "systemd"
    installed = {path.relative_to(share): path.read_bytes() for path in share.rglob("*") if path.is_file()}
    source = root / "deploy" / "systemd"
    assert installed == {
        path.relative_to(source): path.read_bytes() for path in source.rglob("*") if path.is_file()
    }
    assert Path("syncd.service") in installed


def test_nobody_else_in_the_environment_claims_our_top_level_names(
    installation: Installation, tmp_path: Path
) -> None:
    # An editable install is absent from this mapping, hence the default.
    claims = packages_distributions()
    assert {owner for name in PACKAGES for owner in claims.get(name, [])} <= {"syncd"}
    claims = json.loads(installation.run(["python", "-I", "-c", CLAIMS], cwd=tmp_path))
    assert {name: set(claims[name]) for name in PACKAGES} == {name: {"syncd"} for name in PACKAGES}
